//! Disk, network, clock and people around two tabs of one phone.

use std::collections::{BTreeMap, VecDeque};

use domain::field::{Head, NoFixReason, Position, VisitDisposition, verify_chain};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use super::server::{ACCOUNT, OWED, Server};
use crate::{
    Disk, Effect, Input, NewEvent, NotCommitted, Record, Replica, Reply, Request, Store, Trouble, View, What,
    WriteSet,
};

/// Chances out of a hundred.
#[derive(Clone, Copy)]
pub struct Faults {
    pub lose_request: u32,
    pub lose_reply: u32,
    pub duplicate: u32,
    pub delay: u32,
    pub crash: u32,
    pub disk_refuses: u32,
    pub clock_jump: u32,
}

impl Faults {
    pub const NONE: Self = Self {
        lose_request: 0,
        lose_reply: 0,
        duplicate: 0,
        delay: 0,
        crash: 0,
        disk_refuses: 0,
        clock_jump: 0,
    };
    pub const ROUGH: Self = Self {
        lose_request: 25,
        lose_reply: 25,
        duplicate: 20,
        delay: 40,
        crash: 6,
        disk_refuses: 4,
        clock_jump: 2,
    };
}

enum Packet {
    Request { life: u64, req: u64, request: Request },
    Reply { life: u64, req: u64, reply: Reply },
}

struct Tab {
    replica: Replica,
    inputs: VecDeque<Input>,
    wake_at: Option<i64>,
    /// Counts restarts: an answer to a dead tab reaches nobody.
    life: u64,
}

pub struct World {
    rng: ChaCha8Rng,
    pub faults: Faults,
    disk: BTreeMap<(Store, String), String>,
    /// The first syncs; the second only records.
    tabs: [Tab; 2],
    net: Vec<(u64, Packet)>,
    pub server: Server,
    pub tick: u64,
    phone_ms: i64,
    /// Events a screen called saved.
    pub saved: Vec<Uuid>,
    pub receipts: Vec<String>,
    made: u128,
    highest_acked: (u64, u64),
    kill_at_boundary: Option<u64>,
    boundaries: u64,
    /// The disk or the server's state changed since it was last checked.
    unchecked: bool,
}

fn read_disk(disk: &BTreeMap<(Store, String), String>) -> Disk {
    let all = |wanted: Store| -> Vec<String> {
        disk.iter().filter(|((store, _), _)| *store == wanted).map(|(_, value)| value.clone()).collect()
    };
    let meta = |key: &str| disk.get(&(Store::Meta, key.to_owned())).cloned();
    Disk::from_records(meta, &all(Store::Events), &all(Store::Stops)).unwrap()
}

impl World {
    pub fn new(seed: u64, faults: Faults) -> Self {
        let tab = || Tab {
            replica: Replica::new(Disk::default()),
            inputs: VecDeque::new(),
            wake_at: None,
            life: 0,
        };
        Self {
            rng: ChaCha8Rng::seed_from_u64(seed),
            faults,
            disk: BTreeMap::new(),
            tabs: [tab(), tab()],
            net: Vec::new(),
            server: Server::default(),
            tick: 0,
            phone_ms: 1_800_000_000_000,
            saved: Vec::new(),
            receipts: Vec::new(),
            made: 0,
            highest_acked: (0, 0),
            kill_at_boundary: None,
            boundaries: 0,
            unchecked: true,
        }
    }

    /// Kills the phone at the n-th boundary between an effect and what follows it.
    pub fn kill_at(mut self, boundary: u64) -> Self {
        self.kill_at_boundary = Some(boundary);
        self
    }

    pub fn boundaries(&self) -> u64 {
        self.boundaries
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.rng.random_range(0..100) < percent
    }

    fn server_ms(&self) -> i64 {
        1_800_000_000_000 + i64::try_from(self.tick).unwrap() * 1_000
    }

    /// One second passes.
    pub fn step(&mut self) {
        self.tick += 1;
        self.phone_ms += 1_000;
        if self.chance(self.faults.clock_jump) {
            self.phone_ms += self.rng.random_range(-259_200_000..259_200_000_i64);
        }
        self.deliver();
        for at in [0, 1] {
            if self.tabs[at].wake_at.is_some_and(|t| t <= self.phone_ms) || self.tick.is_multiple_of(60) {
                self.tabs[at].wake_at = None;
                let now_ms = self.phone_ms;
                let disk = Box::new(read_disk(&self.disk));
                self.tabs[at].inputs.push_back(Input::Reloaded { disk, now_ms });
                if at == 0 {
                    self.tabs[at].inputs.push_back(Input::Wake { now_ms });
                }
            }
            self.run(at);
        }
        if self.tabs[0].replica.disk().session.is_none()
            || self.tabs[0].replica.trouble() == Some(Trouble::Revoked)
        {
            self.enrol();
        }
        self.check_always();
    }

    fn enrol(&mut self) {
        self.made += 1;
        let proposed_device = Uuid::from_u128(900_000 + self.made);
        let now_ms = self.phone_ms;
        let input = Input::Enrol { code: "ABC".into(), label: "sim".into(), proposed_device, now_ms };
        self.tabs[0].inputs.push_back(input);
        self.run(0);
    }

    /// The collector saves a form in a tab.
    pub fn record(&mut self, at: usize) {
        self.made += 1;
        let n = self.made;
        let what = if n.is_multiple_of(3) {
            What::Visit { disposition: VisitDisposition::NotHome, note: format!("nota {n}") }
        } else {
            What::Cash {
                amount_minor: 100,
                currency: "MXN".into(),
                payer_name: "Ana".into(),
                note: String::new(),
            }
        };
        let item = NewEvent {
            event_id: Uuid::from_u128(n),
            assignment_id: None,
            account_id: Some(ACCOUNT),
            position: Position::None { reason: NoFixReason::NotAsked },
            what,
        };
        let now_ms = self.phone_ms;
        self.tabs[at].inputs.push_back(Input::Record { items: vec![item], now_ms });
        self.run(at);
    }

    fn run(&mut self, at: usize) {
        while let Some(input) = self.tabs[at].inputs.pop_front() {
            let effects = self.tabs[at].replica.step(input);
            for effect in effects {
                if self.dies() {
                    self.restart(at);
                    return;
                }
                self.perform(at, effect);
                if self.dies() {
                    self.restart(at);
                    return;
                }
            }
        }
    }

    fn dies(&mut self) -> bool {
        self.boundaries += 1;
        self.kill_at_boundary == Some(self.boundaries) || self.chance(self.faults.crash)
    }

    fn restart(&mut self, at: usize) {
        let tab = &mut self.tabs[at];
        tab.replica = Replica::new(read_disk(&self.disk));
        tab.inputs.clear();
        tab.wake_at = Some(0);
        tab.life += 1;
    }

    fn perform(&mut self, at: usize, effect: Effect) {
        let now_ms = self.phone_ms;
        match effect {
            Effect::Commit { ticket, set } => {
                let answer = match self.commit(&set) {
                    Ok(()) => Input::Committed { ticket, now_ms },
                    Err(why) => Input::NotCommitted { ticket, why, now_ms },
                };
                self.tabs[at].inputs.push_back(answer);
            }
            Effect::Reload => {
                let disk = Box::new(read_disk(&self.disk));
                self.tabs[at].inputs.push_back(Input::Reloaded { disk, now_ms });
            }
            // Only the tab that holds the lock talks to the server.
            Effect::Send { req, request } if at == 0 => self.send(at, req, request),
            Effect::WakeAt(ms) => {
                let wake_at = &mut self.tabs[at].wake_at;
                *wake_at = Some(wake_at.map_or(ms, |t| t.min(ms)));
            }
            Effect::Saved { event_ids, receipts } => {
                self.saved.extend(event_ids);
                self.receipts.extend(receipts);
            }
            Effect::Send { .. } | Effect::NotSaved { .. } | Effect::Enrolled | Effect::NotEnrolled { .. } => {
            }
        }
    }

    fn commit(&mut self, set: &WriteSet) -> Result<(), NotCommitted> {
        if self.chance(self.faults.disk_refuses) {
            return Err(NotCommitted::Failed);
        }
        let chain = self.disk.get(&(Store::Meta, WriteSet::CHAIN_KEY.to_owned()));
        if !set.head_matches(chain.map(String::as_str)).unwrap() {
            return Err(NotCommitted::HeadMoved);
        }
        self.unchecked = true;
        for record in set.records().unwrap() {
            match record {
                Record::Put { store, key, value } => {
                    self.disk.insert((store, key), value);
                }
                Record::Delete { store, key } => {
                    self.disk.remove(&(store, key));
                }
                Record::Clear(store) => self.disk.retain(|(s, _), _| *s != store),
            }
        }
        if set.expect_head.is_some() && self.chance(self.faults.disk_refuses) {
            // Written, but the browser lost its connection to the database before it could say so; trying
            // again then finds the head moved.
            return Err(NotCommitted::HeadMoved);
        }
        Ok(())
    }

    fn arrival(&mut self) -> u64 {
        let delay = if self.chance(self.faults.delay) { self.rng.random_range(1..90) } else { 1 };
        self.tick + delay
    }

    fn send(&mut self, at: usize, req: u64, request: Request) {
        let life = self.tabs[at].life;
        let copies = 1 + u32::from(self.chance(self.faults.duplicate));
        for _ in 0..copies {
            if !self.chance(self.faults.lose_request) {
                let arrival = self.arrival();
                self.net.push((arrival, Packet::Request { life, req, request: request.clone() }));
            }
        }
    }

    fn deliver(&mut self) {
        let (due, later): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.net).into_iter().partition(|(t, _)| *t <= self.tick);
        self.net = later;
        for (_, packet) in due {
            match packet {
                Packet::Request { life, req, request } => {
                    let reply = self.server.handle(&request, self.server_ms());
                    if !self.chance(self.faults.lose_reply) {
                        let arrival = self.arrival();
                        self.net.push((arrival, Packet::Reply { life, req, reply }));
                    }
                }
                Packet::Reply { life, req, reply } => {
                    if life == self.tabs[0].life {
                        let now_ms = self.phone_ms;
                        self.tabs[0].inputs.push_back(Input::Reply { req, reply, now_ms });
                        self.run(0);
                    }
                }
            }
        }
    }

    /// What must hold at every moment.
    fn check_always(&mut self) {
        if !std::mem::take(&mut self.unchecked) {
            return;
        }
        let disk = read_disk(&self.disk);
        if let Some(device_id) = disk.device_id {
            let head =
                verify_chain(device_id, &Head::default(), disk.events.values().map(|k| &k.event)).unwrap();
            assert_eq!(head, disk.head, "the chain on disk verifies");
        }
        let (epoch, highest) = self.highest_acked;
        if epoch == self.server.epoch {
            assert!(disk.acked >= highest, "what was confirmed stays confirmed");
        }
        assert!(disk.acked <= disk.head.seq);
        self.highest_acked = (self.server.epoch, disk.acked);
        assert!(!self.server.is_suspended(), "an honest phone never forks");
        // The view counts every event on disk exactly once, wherever it is.
        if disk.feed.pulled_ms.is_some() && self.server.epoch == 0 {
            let taken: i64 = cash_on(&disk);
            let view = View::of(&disk);
            assert_eq!(view.cash_box.get("MXN").copied().unwrap_or(0), taken);
            for stop in &view.stops {
                assert_eq!(stop.owed_minor, OWED - taken);
            }
        }
    }

    pub fn disk(&self) -> Disk {
        read_disk(&self.disk)
    }

    /// The network heals; the queue must empty within a bound.
    pub fn heal_and_drain(&mut self) {
        self.faults = Faults::NONE;
        let mut left = 3_000;
        while left > 0 && (self.disk().unsent() > 0 || !self.net.is_empty()) {
            for _ in 0..20 {
                self.step();
            }
            left -= 20;
        }
        // Late copies may still arrive, and the next pull.
        for _ in 0..200 {
            self.step();
        }
        let disk = self.disk();
        assert_eq!(disk.unsent(), 0, "the queue is empty");
        let on_phone: Vec<(u64, Uuid)> =
            disk.events.values().map(|k| (k.event.seq, k.event.envelope().unwrap().event_id)).collect();
        assert_eq!(self.server.applied, on_phone, "every event arrived once, in order");
        assert!(disk.events.values().all(|k| k.ack.is_some()), "every event has its outcome");
        for id in &self.saved {
            assert_eq!(
                self.server.applied.iter().filter(|(_, e)| e == id).count(),
                1,
                "saved means sent once"
            );
        }
        assert_eq!(self.server.cash, cash_on(&disk));
        assert_eq!(View::of(&disk).cash_box.get("MXN").copied().unwrap_or(0), self.server.cash);
    }
}

fn cash_on(disk: &Disk) -> i64 {
    disk.events
        .values()
        .filter_map(|k| match k.event.envelope()?.parsed_body().ok()? {
            domain::field::Body::Cash(cash) => Some(cash.amount_minor),
            domain::field::Body::Visit(_) => None,
        })
        .sum()
}
