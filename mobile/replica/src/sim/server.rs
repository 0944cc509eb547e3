//! A model of the server's half of the protocol. It judges events with the same code as the real one.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::field::{
    Body, BoxLine, DeviceStatus, EnrolResponse, EventAck, FieldError, Head, Judgement, Outcome, PullResponse,
    PushRequest, PushResponse, Stop, TokenPair, error_code, judge,
};
use uuid::Uuid;

use crate::{Reply, Request};

pub const COLLECTOR: Uuid = Uuid::from_u128(77);
pub const ACCOUNT: Uuid = Uuid::from_u128(4_000);
const ASSIGNMENT: Uuid = Uuid::from_u128(5_000);
pub const OWED: i64 = 1_000_000;
const ACCESS_MS: i64 = 600_000;

#[derive(Default, Clone)]
pub struct Server {
    device_id: Option<Uuid>,
    pub head: Head,
    hashes: BTreeMap<u64, (String, EventAck)>,
    /// Every business effect, in the order applied.
    pub applied: Vec<(u64, Uuid)>,
    pub cash: i64,
    access: BTreeMap<String, i64>,
    refresh: Option<String>,
    previous: Option<String>,
    retired: BTreeSet<String>,
    revoked: bool,
    suspended: bool,
    made: u64,
    pub epoch: u64,
    /// Switched off to prove that the simulator would notice.
    pub forgets_duplicates: bool,
    pub revocations: u32,
}

fn refused(status: u16, code: &str) -> Reply {
    Reply::Refused { status, error: FieldError { code: code.into(), detail: String::new() } }
}

impl Server {
    fn pair(&mut self, now: i64) -> TokenPair {
        self.made += 1;
        let access = format!("a{}", self.made);
        let refresh = format!("r{}", self.made);
        self.access.insert(access.clone(), now + ACCESS_MS);
        if let Some(old) = self.previous.replace(self.refresh.take().unwrap_or_default()) {
            self.retired.insert(old);
        }
        self.refresh = Some(refresh.clone());
        TokenPair { access_token: access, expires_in_s: 600, refresh_token: refresh, server_ms: now }
    }

    pub fn revoke(&mut self) {
        self.revoked = true;
        self.access.clear();
        self.revocations += 1;
    }

    pub fn handle(&mut self, request: &Request, now: i64) -> Reply {
        match request {
            Request::Enrol(body) => {
                if self.device_id.is_some_and(|id| id != body.device_id) {
                    return refused(409, error_code::BAD_CODE);
                }
                self.device_id = Some(body.device_id);
                self.revoked = false;
                (self.previous, self.refresh) = (None, None);
                Reply::Enrolled(EnrolResponse {
                    device_id: body.device_id,
                    device_code: "D07".into(),
                    collector_id: COLLECTOR,
                    collector_name: "Luz".into(),
                    organization_name: "Demo".into(),
                    acked_seq: self.head.seq,
                    last_receipt: 0,
                    tokens: self.pair(now),
                })
            }
            Request::Token(body) => {
                let token = Some(body.refresh_token.clone());
                if self.revoked {
                    refused(401, error_code::REVOKED)
                } else if token == self.refresh {
                    Reply::Tokens(self.pair(now))
                } else if token == self.previous {
                    // Its successor was never used: the answer was lost on the way.
                    self.refresh = token;
                    self.previous = None;
                    Reply::Tokens(self.pair(now))
                } else {
                    self.revoke();
                    refused(401, error_code::REVOKED)
                }
            }
            Request::Push { access, body } => match self.refuse(access, now) {
                Some(reply) => reply,
                None => self.push(body, now),
            },
            Request::Pull { access, cursor } => match self.refuse(access, now) {
                Some(reply) => reply,
                None => self.pull(cursor, now),
            },
        }
    }

    fn refuse(&self, access: &str, now: i64) -> Option<Reply> {
        if self.revoked {
            return Some(refused(401, error_code::REVOKED));
        }
        match self.access.get(access) {
            Some(until) if *until > now => None,
            _ => Some(refused(401, error_code::UNAUTHORIZED)),
        }
    }

    fn push(&mut self, body: &PushRequest, now: i64) -> Reply {
        let mut acks = Vec::new();
        let mut need_from = None;
        for event in &body.events {
            let known = if self.forgets_duplicates && event.seq <= self.head.seq {
                // The mutant applies what it has applied before.
                self.apply(
                    event.seq,
                    event.envelope().unwrap().event_id,
                    &event.envelope().unwrap().parsed_body().unwrap(),
                );
                self.hashes.get(&event.seq)
            } else {
                self.hashes.get(&event.seq)
            };
            match judge(body.device_id, COLLECTOR, &self.head, known.map(|(hash, _)| hash.as_str()), event) {
                Judgement::Duplicate => {
                    let (_, ack) = known.unwrap();
                    acks.push(EventAck { duplicate: true, ..ack.clone() });
                }
                Judgement::Accept(envelope, parsed) => {
                    let outcome = self.apply(event.seq, envelope.event_id, &parsed);
                    let ack = EventAck {
                        seq: event.seq,
                        event_id: Some(envelope.event_id),
                        outcome,
                        duplicate: false,
                    };
                    self.hashes.insert(event.seq, (event.hash.clone(), ack.clone()));
                    self.head = Head { seq: event.seq, hash: event.hash.clone() };
                    acks.push(ack);
                }
                Judgement::Gap { need_from: from } => {
                    need_from = Some(from);
                    break;
                }
                Judgement::Fork(_) | Judgement::Quarantine(_) => {
                    self.suspended = true;
                    break;
                }
            }
        }
        let status = if self.suspended { DeviceStatus::Suspended } else { DeviceStatus::Active };
        let device_id = body.device_id;
        Reply::Pushed(PushResponse {
            device_id,
            acked_seq: self.head.seq,
            acks,
            need_from,
            status,
            server_ms: now,
        })
    }

    fn apply(&mut self, seq: u64, event_id: Uuid, body: &Body) -> Outcome {
        self.applied.push((seq, event_id));
        match body {
            Body::Cash(cash) => {
                self.cash += cash.amount_minor;
                Outcome::Posted
            }
            Body::Visit(_) => Outcome::Recorded,
        }
    }

    fn pull(&self, cursor: &str, now: i64) -> Reply {
        let current = format!("{}:{}", self.epoch, self.head.seq);
        let changed = cursor != current;
        let stop = Stop {
            assignment_id: ASSIGNMENT,
            account_id: ACCOUNT,
            position: 1,
            debtor_name: "Ana".into(),
            address: String::new(),
            city: String::new(),
            phone: None,
            lat_e7: None,
            lng_e7: None,
            creditor_name: String::new(),
            external_id: "X1".into(),
            currency: "MXN".into(),
            owed_minor: OWED - self.cash,
            owed: Vec::new(),
            days_past_due: 10,
            activities: Vec::new(),
            offers: Vec::new(),
            visited: false,
        };
        Reply::Pulled(PullResponse {
            device_id: self.device_id.unwrap(),
            epoch: self.epoch.to_string(),
            cursor: current,
            reset: changed,
            stops: if changed { vec![stop] } else { Vec::new() },
            more: false,
            day: NaiveDate::default(),
            acked_seq: self.head.seq,
            cash_box: vec![BoxLine { currency: "MXN".into(), amount_minor: self.cash }],
            server_ms: now,
        })
    }

    pub fn is_suspended(&self) -> bool {
        self.suspended
    }
}
