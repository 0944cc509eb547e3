//! The sync driver: push what is unsent, then pull, one request at a time.

use domain::field::{
    DeviceStatus, EnrolRequest, EnrolResponse, MAX_PUSH_EVENTS, PullResponse, PushRequest, PushResponse,
    TokenPair, TokenRequest, error_code,
};
use uuid::Uuid;

use crate::disk::{Disk, Feed, KeptEvent, Session, Write, WriteSet};
use crate::replica::{Effect, Reply, Request, Trouble};

/// A synced phone looks for news this often.
const IDLE_MS: i64 = 60_000;
/// An answer later than this is taken as lost.
const PATIENCE_MS: i64 = 45_000;
const BACKOFF_MS: i64 = 2_000;
const BACKOFF_MAX_MS: i64 = 120_000;
/// A suspended phone asks again this often.
const SUSPENDED_MS: i64 = 600_000;
/// An access token is renewed this long before it expires.
const TOKEN_MARGIN_MS: i64 = 30_000;
/// Confirmed events beyond this many are forgotten, oldest first.
const KEEP_EVENTS: usize = 500;

#[derive(Debug, Clone, PartialEq)]
enum Asked {
    Enrol,
    Token,
    Push { from: u64 },
    Pull,
}

#[derive(Debug, Clone, PartialEq)]
enum Phase {
    Idle,
    Waiting { until_ms: i64 },
    Asking { req: u64, asked: Asked, since_ms: i64 },
    Storing { ticket: u64, set: WriteSet },
}

#[derive(Debug, Clone, PartialEq)]
struct Enrolment {
    code: String,
    label: String,
    proposed_device: Uuid,
    /// Its answer is being stored.
    answered: bool,
}

pub(crate) struct Sync {
    phase: Phase,
    attempt: u32,
    trouble: Option<Trouble>,
    enrolment: Option<Enrolment>,
    /// Set when the server asked for events again that it once confirmed.
    send_from: Option<u64>,
    batch: usize,
    /// The access token was renewed and has not yet been accepted.
    token_untried: bool,
    /// The server refused the access token: renew it whatever the clock says.
    token_refused: bool,
    pull_due: bool,
}

impl Default for Sync {
    fn default() -> Self {
        Self {
            phase: Phase::Idle,
            attempt: 0,
            trouble: None,
            enrolment: None,
            send_from: None,
            batch: MAX_PUSH_EVENTS,
            token_untried: false,
            token_refused: false,
            pull_due: true,
        }
    }
}

fn next_id(last_id: &mut u64) -> u64 {
    *last_id = last_id.saturating_add(1);
    *last_id
}

impl Sync {
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        self.trouble
    }

    pub(crate) fn is_busy(&self) -> bool {
        matches!(self.phase, Phase::Asking { .. } | Phase::Storing { .. })
    }

    pub(crate) fn wake(&mut self, disk: &Disk, ids: &mut u64, now_ms: i64, effects: &mut Vec<Effect>) {
        match self.phase {
            Phase::Idle => {
                self.pull_due = true;
                self.next(disk, ids, now_ms, effects);
            }
            // A clock set back must not prolong the wait without end.
            Phase::Waiting { until_ms }
                if now_ms >= until_ms || until_ms.saturating_sub(now_ms) > SUSPENDED_MS =>
            {
                self.next(disk, ids, now_ms, effects);
            }
            Phase::Waiting { until_ms } => effects.push(Effect::WakeAt(until_ms)),
            Phase::Asking { since_ms, .. } => {
                let age = now_ms.saturating_sub(since_ms);
                if (0..PATIENCE_MS).contains(&age) {
                    effects.push(Effect::WakeAt(since_ms.saturating_add(PATIENCE_MS)));
                } else {
                    self.no_answer(disk, now_ms, effects);
                }
            }
            Phase::Storing { .. } => effects.push(Effect::WakeAt(now_ms.saturating_add(BACKOFF_MS))),
        }
    }

    pub(crate) fn online(&mut self, disk: &Disk, ids: &mut u64, now_ms: i64, effects: &mut Vec<Effect>) {
        if matches!(self.phase, Phase::Idle | Phase::Waiting { .. }) {
            self.attempt = 0;
            self.pull_due = true;
            self.next(disk, ids, now_ms, effects);
        } else {
            self.wake(disk, ids, now_ms, effects);
        }
    }

    /// Something new may be unsent.
    pub(crate) fn recorded(&mut self, disk: &Disk, ids: &mut u64, now_ms: i64, effects: &mut Vec<Effect>) {
        if self.phase == Phase::Idle && disk.unsent() > 0 {
            self.next(disk, ids, now_ms, effects);
        }
    }

    #[allow(clippy::too_many_arguments, reason = "the fields of one input")]
    pub(crate) fn enrol(
        &mut self,
        disk: &Disk,
        ids: &mut u64,
        code: String,
        label: String,
        proposed_device: Uuid,
        now_ms: i64,
        effects: &mut Vec<Effect>,
    ) {
        if self.is_busy() {
            effects.push(Effect::NotEnrolled { code: None });
            return;
        }
        self.enrolment = Some(Enrolment { code, label, proposed_device, answered: false });
        self.next(disk, ids, now_ms, effects);
    }

    /// Decides what to ask next; the only place where requests begin.
    fn next(&mut self, disk: &Disk, ids: &mut u64, now_ms: i64, effects: &mut Vec<Effect>) {
        self.phase = Phase::Idle;
        if let Some(enrolment) = self.enrolment.clone() {
            let Some(device_id) = disk.device_id else {
                // The id is on disk before the server hears it, so that asking again names the same device.
                self.store(ids, vec![Write::Device(enrolment.proposed_device)], effects);
                return;
            };
            let body = EnrolRequest { code: enrolment.code, device_id, label: enrolment.label };
            self.ask(ids, Asked::Enrol, Request::Enrol(body), now_ms, effects);
            return;
        }
        let (Some(device_id), Some(session)) = (disk.device_id, &disk.session) else { return };
        if session.revoked {
            return;
        }
        if self.token_refused || now_ms >= session.access_until_ms {
            let body = TokenRequest { device_id, refresh_token: session.refresh_token.clone() };
            self.ask(ids, Asked::Token, Request::Token(body), now_ms, effects);
            return;
        }
        let unsent_from = disk.acked.saturating_add(1);
        let from = self.send_from.map_or(unsent_from, |seq| seq.min(unsent_from));
        if disk.head.seq >= from {
            let events =
                disk.events.range(from..).take(self.batch).map(|(_, kept)| kept.event.clone()).collect();
            let request = Request::Push {
                access: session.access_token.clone(),
                body: PushRequest { device_id, from_seq: from, events },
            };
            self.ask(ids, Asked::Push { from }, request, now_ms, effects);
        } else if self.pull_due {
            let request =
                Request::Pull { access: session.access_token.clone(), cursor: disk.feed.cursor.clone() };
            self.ask(ids, Asked::Pull, request, now_ms, effects);
        } else {
            effects.push(Effect::WakeAt(now_ms.saturating_add(IDLE_MS)));
        }
    }

    fn ask(&mut self, ids: &mut u64, asked: Asked, request: Request, now_ms: i64, effects: &mut Vec<Effect>) {
        let req = next_id(ids);
        self.phase = Phase::Asking { req, asked, since_ms: now_ms };
        effects.push(Effect::Send { req, request });
        effects.push(Effect::WakeAt(now_ms.saturating_add(PATIENCE_MS)));
    }

    fn store(&mut self, ids: &mut u64, writes: Vec<Write>, effects: &mut Vec<Effect>) {
        let ticket = next_id(ids);
        let set = WriteSet { expect_head: None, writes };
        self.phase = Phase::Storing { ticket, set: set.clone() };
        effects.push(Effect::Commit { ticket, set });
    }

    /// Hands out the write set of a ticket of this driver.
    pub(crate) fn committed(&mut self, ticket: u64) -> Option<WriteSet> {
        match &self.phase {
            Phase::Storing { ticket: mine, set } if *mine == ticket => {
                let set = set.clone();
                self.phase = Phase::Idle;
                Some(set)
            }
            _ => None,
        }
    }

    /// Goes on after its writes are on disk.
    pub(crate) fn stored(&mut self, disk: &Disk, ids: &mut u64, now_ms: i64, effects: &mut Vec<Effect>) {
        if self.enrolment.as_ref().is_some_and(|e| e.answered) {
            self.enrolment = None;
            effects.push(Effect::Enrolled);
        }
        if self.trouble == Some(Trouble::Suspended) {
            self.wait(now_ms, SUSPENDED_MS, effects);
        } else {
            self.next(disk, ids, now_ms, effects);
        }
    }

    pub(crate) fn not_stored(&mut self, disk: &Disk, ticket: u64, now_ms: i64, effects: &mut Vec<Effect>) {
        if matches!(self.phase, Phase::Storing { ticket: mine, .. } if mine == ticket) {
            self.no_answer(disk, now_ms, effects);
        }
    }

    fn wait(&mut self, now_ms: i64, for_ms: i64, effects: &mut Vec<Effect>) {
        let until_ms = now_ms.saturating_add(for_ms);
        self.phase = Phase::Waiting { until_ms };
        effects.push(Effect::WakeAt(until_ms));
    }

    /// Waits longer after each failure, each phone a little differently.
    fn no_answer(&mut self, disk: &Disk, now_ms: i64, effects: &mut Vec<Effect>) {
        if self.enrolment.take().is_some() {
            // A person is waiting for this one, and will press again.
            self.phase = Phase::Idle;
            effects.push(Effect::NotEnrolled { code: None });
            return;
        }
        let base = BACKOFF_MS.saturating_mul(1_i64 << self.attempt.min(6)).min(BACKOFF_MAX_MS);
        let spread = disk.device_id.map_or(0, |id| i64::from(id.as_fields().0 % 1_000));
        self.attempt = self.attempt.saturating_add(1);
        self.trouble.get_or_insert(Trouble::NoAnswer);
        self.wait(now_ms, base.saturating_add(base.saturating_mul(spread) / 4_000), effects);
    }

    fn answered(&mut self) {
        self.attempt = 0;
        self.trouble = None;
        self.token_untried = false;
    }

    pub(crate) fn reply(
        &mut self,
        disk: &Disk,
        ids: &mut u64,
        req: u64,
        reply: Reply,
        now_ms: i64,
        effects: &mut Vec<Effect>,
    ) {
        let Phase::Asking { req: mine, asked, .. } = &self.phase else { return };
        if *mine != req {
            return;
        }
        let writes = match (asked.clone(), reply) {
            (asked, Reply::Refused { status, error }) => {
                self.refused(disk, ids, &asked, status, &error.code, now_ms, effects);
                return;
            }
            (Asked::Enrol, Reply::Enrolled(answer)) => self.enrolled(disk, answer, now_ms),
            (Asked::Token, Reply::Tokens(pair)) => self.renewed(disk, pair, now_ms),
            (Asked::Push { from }, Reply::Pushed(answer)) => self.pushed(disk, from, &answer),
            (Asked::Pull, Reply::Pulled(page)) => self.pulled(disk, page, now_ms),
            _ => None,
        };
        match writes {
            Some(writes) => self.store(ids, writes, effects),
            None => self.no_answer(disk, now_ms, effects),
        }
    }

    fn enrolled(&mut self, disk: &Disk, answer: EnrolResponse, now_ms: i64) -> Option<Vec<Write>> {
        if Some(answer.device_id) != disk.device_id {
            return None;
        }
        self.answered();
        self.token_refused = false;
        self.pull_due = true;
        if let Some(enrolment) = &mut self.enrolment {
            enrolment.answered = true;
        }
        let mut writes = vec![Write::Session(Session {
            device_code: answer.device_code,
            collector_id: answer.collector_id,
            collector_name: answer.collector_name,
            organization_name: answer.organization_name,
            access_until_ms: access_until(&answer.tokens, now_ms),
            access_token: answer.tokens.access_token,
            refresh_token: answer.tokens.refresh_token,
            revoked: false,
        })];
        if answer.last_receipt > disk.last_receipt {
            writes.push(Write::Chain { head: disk.head.clone(), last_receipt: answer.last_receipt });
        }
        Some(writes)
    }

    fn renewed(&mut self, disk: &Disk, pair: TokenPair, now_ms: i64) -> Option<Vec<Write>> {
        let session = disk.session.clone()?;
        self.token_refused = false;
        self.token_untried = true;
        Some(vec![Write::Session(Session {
            access_until_ms: access_until(&pair, now_ms),
            access_token: pair.access_token,
            refresh_token: pair.refresh_token,
            ..session
        })])
    }

    fn pushed(&mut self, disk: &Disk, from: u64, answer: &PushResponse) -> Option<Vec<Write>> {
        if Some(answer.device_id) != disk.device_id || answer.acked_seq > disk.head.seq {
            return None;
        }
        let suspended = answer.status == DeviceStatus::Suspended;
        let took_some = answer.acked_seq >= from;
        let asks_elsewhere =
            answer.need_from.is_some_and(|seq| seq != from && disk.events.contains_key(&seq));
        if !suspended && !took_some && !asks_elsewhere {
            return None;
        }
        self.answered();
        self.batch = MAX_PUSH_EVENTS;
        self.pull_due = true;
        self.send_from = answer.need_from.or_else(|| {
            // A restored server is brought up to date again, batch by batch.
            (answer.acked_seq < disk.acked).then(|| answer.acked_seq.saturating_add(1))
        });
        if suspended {
            self.trouble = Some(Trouble::Suspended);
        }
        let mut writes: Vec<Write> = answer
            .acks
            .iter()
            .filter_map(|ack| {
                let kept = disk.events.get(&ack.seq)?;
                Some(Write::Event(KeptEvent { event: kept.event.clone(), ack: Some(ack.clone()) }))
            })
            .collect();
        writes.push(Write::Acked(disk.acked.max(answer.acked_seq)));
        Some(writes)
    }

    fn pulled(&mut self, disk: &Disk, page: PullResponse, now_ms: i64) -> Option<Vec<Write>> {
        let same_epoch = page.epoch == disk.feed.epoch;
        let goes_back = same_epoch && page.acked_seq < disk.feed.seen_seq;
        if Some(page.device_id) != disk.device_id || page.acked_seq > disk.head.seq || goes_back {
            return None;
        }
        self.answered();
        self.pull_due = page.more;
        let mut writes = Vec::new();
        if page.reset {
            writes.push(Write::ClearStops);
        }
        writes.extend(page.stops.into_iter().map(Write::Stop));
        // Another epoch is another server state: what it holds of this phone is what it says.
        let acked = if same_epoch { disk.acked.max(page.acked_seq) } else { page.acked_seq };
        writes.push(Write::Acked(acked));
        writes.extend(forgettable(disk, acked.min(page.acked_seq)).map(Write::DropEvent));
        writes.push(Write::Feed(Feed {
            epoch: page.epoch,
            cursor: page.cursor,
            day: Some(page.day),
            seen_seq: page.acked_seq,
            cash_box: page.cash_box,
            server_ms: Some(page.server_ms),
            pulled_ms: if page.more { disk.feed.pulled_ms } else { Some(now_ms) },
        }));
        Some(writes)
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one refusal")]
    fn refused(
        &mut self,
        disk: &Disk,
        ids: &mut u64,
        asked: &Asked,
        status: u16,
        code: &str,
        now_ms: i64,
        effects: &mut Vec<Effect>,
    ) {
        match (asked, code) {
            (Asked::Enrol, error_code::OTHER_COLLECTOR) if disk.unsent() == 0 => {
                // Nothing here is unsent: the phone starts afresh for its new owner.
                let device = self.enrolment.as_ref().map(|e| e.proposed_device);
                let writes = [Some(Write::Wipe), device.map(Write::Device)].into_iter().flatten().collect();
                self.store(ids, writes, effects);
            }
            (Asked::Enrol, _) => {
                self.enrolment = None;
                self.phase = Phase::Idle;
                effects.push(Effect::NotEnrolled { code: Some(code.to_owned()) });
            }
            (_, error_code::REVOKED) | (Asked::Token, error_code::UNAUTHORIZED) => {
                self.revoked(disk, ids, effects);
            }
            (_, error_code::UNAUTHORIZED) if !self.token_untried => {
                self.token_refused = true;
                self.next(disk, ids, now_ms, effects);
            }
            (_, error_code::SUSPENDED) => {
                self.trouble = Some(Trouble::Suspended);
                self.wait(now_ms, SUSPENDED_MS, effects);
            }
            _ => {
                if status == 413 {
                    self.batch = (self.batch / 2).max(1);
                }
                self.no_answer(disk, now_ms, effects);
            }
        }
    }

    /// Other people's data goes; what this phone recorded stays until somebody enrols it again.
    fn revoked(&mut self, disk: &Disk, ids: &mut u64, effects: &mut Vec<Effect>) {
        self.answered();
        let Some(session) = disk.session.clone() else { return };
        let session =
            Session { revoked: true, access_token: String::new(), refresh_token: String::new(), ..session };
        let feed = Feed { cursor: String::new(), ..disk.feed.clone() };
        self.store(ids, vec![Write::Session(session), Write::ClearStops, Write::Feed(feed)], effects);
    }
}

fn access_until(tokens: &TokenPair, now_ms: i64) -> i64 {
    let life_ms = i64::from(tokens.expires_in_s).saturating_mul(1_000);
    now_ms.saturating_add(life_ms.saturating_sub(TOKEN_MARGIN_MS).max(0))
}

/// The oldest events that are confirmed and part of the state held.
fn forgettable(disk: &Disk, safe_seq: u64) -> impl Iterator<Item = u64> + '_ {
    let surplus = disk.events.len().saturating_sub(KEEP_EVENTS);
    disk.events.keys().copied().take(surplus).filter(move |seq| *seq <= safe_seq)
}
