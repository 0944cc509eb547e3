//! The state machine: inputs in, effects out.

use domain::field::{
    Body, EnrolRequest, EnrolResponse, FieldError, PullResponse, PushRequest, PushResponse, TokenPair,
    TokenRequest,
};
use uuid::Uuid;

use crate::disk::{Disk, WriteSet};
use crate::record::{NewEvent, write_set};
use crate::sync::Sync;

/// How often a recording is built again after another tab moved the head.
const RECORD_TRIES: u32 = 3;

/// A request to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    Enrol(EnrolRequest),
    Token(TokenRequest),
    Push { access: String, body: PushRequest },
    Pull { access: String, cursor: String },
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    Enrolled(EnrolResponse),
    Tokens(TokenPair),
    Pushed(PushResponse),
    Pulled(PullResponse),
    /// The server said no, in our own words.
    Refused {
        status: u16,
        error: FieldError,
    },
    /// No answer, or one that is not ours (a captive portal, a proxy).
    Failed,
}

/// Why a write set was not committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotCommitted {
    /// Another tab recorded in between.
    HeadMoved,
    /// The disk is full or gone.
    Failed,
}

/// Why something was not saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotSaved {
    /// This phone is not enrolled.
    NotEnrolled,
    /// Another recording is being written.
    Busy,
    /// The disk refused.
    Disk,
}

/// What keeps the phone from syncing until a person does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The last attempt got no answer; it will be repeated.
    NoAnswer,
    /// The tokens were revoked: enrol again. Nothing recorded is lost.
    Revoked,
    /// The office suspended this phone, or its chain has come apart.
    Suspended,
}

/// What happens to the replica. Times are the phone's clock in Unix milliseconds.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// A timer, the app opened, or it became visible.
    Wake {
        now_ms: i64,
    },
    /// The network came back, or the person asked to send now: waiting ends.
    Online {
        now_ms: i64,
    },
    Enrol {
        code: String,
        label: String,
        proposed_device: Uuid,
        now_ms: i64,
    },
    Record {
        items: Vec<NewEvent>,
        now_ms: i64,
    },
    Reply {
        req: u64,
        reply: Reply,
        now_ms: i64,
    },
    Committed {
        ticket: u64,
        now_ms: i64,
    },
    NotCommitted {
        ticket: u64,
        why: NotCommitted,
        now_ms: i64,
    },
    /// The disk was read again.
    Reloaded {
        disk: Box<Disk>,
        now_ms: i64,
    },
}

/// What the driver must do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Write all or nothing, then answer `Committed` or `NotCommitted`.
    Commit {
        ticket: u64,
        set: WriteSet,
    },
    /// Read the disk, then answer `Reloaded`.
    Reload,
    Send {
        req: u64,
        request: Request,
    },
    /// Answer `Wake` at this time, or earlier.
    WakeAt(i64),
    /// On disk. Only now may a screen say "saved".
    Saved {
        event_ids: Vec<Uuid>,
        receipts: Vec<String>,
    },
    NotSaved {
        event_ids: Vec<Uuid>,
        why: NotSaved,
    },
    Enrolled,
    /// The code of the refusal, or none when there was no answer.
    NotEnrolled {
        code: Option<String>,
    },
}

struct Recording {
    items: Vec<NewEvent>,
    now_ms: i64,
    tries: u32,
    /// Set while the write is under way; without it the disk is being read again.
    write: Option<(u64, WriteSet, Vec<String>)>,
}

impl Recording {
    fn event_ids(&self) -> Vec<Uuid> {
        self.items.iter().map(|item| item.event_id).collect()
    }
}

/// The offline core. See the crate's description.
pub struct Replica {
    disk: Disk,
    last_id: u64,
    recording: Option<Recording>,
    sync: Sync,
}

impl Replica {
    /// Starts from what is on disk.
    pub fn new(disk: Disk) -> Self {
        Self { disk, last_id: 0, recording: None, sync: Sync::default() }
    }

    /// What is on disk, as far as this replica knows.
    pub fn disk(&self) -> &Disk {
        &self.disk
    }

    /// What keeps it from syncing.
    pub fn trouble(&self) -> Option<Trouble> {
        if self.disk.session.as_ref().is_some_and(|s| s.revoked) {
            Some(Trouble::Revoked)
        } else {
            self.sync.trouble()
        }
    }

    /// Whether a request is under way.
    pub fn is_syncing(&self) -> bool {
        self.sync.is_busy()
    }

    /// Takes one input in and says what to do.
    pub fn step(&mut self, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        match input {
            Input::Wake { now_ms } => self.sync.wake(&self.disk, &mut self.last_id, now_ms, &mut effects),
            Input::Online { now_ms } => self.sync.online(&self.disk, &mut self.last_id, now_ms, &mut effects),
            Input::Enrol { code, label, proposed_device, now_ms } => {
                self.sync.enrol(
                    &self.disk,
                    &mut self.last_id,
                    code,
                    label,
                    proposed_device,
                    now_ms,
                    &mut effects,
                );
            }
            Input::Record { items, now_ms } => self.record(items, now_ms, &mut effects),
            Input::Reply { req, reply, now_ms } => {
                self.sync.reply(&self.disk, &mut self.last_id, req, reply, now_ms, &mut effects);
            }
            Input::Committed { ticket, now_ms } => self.committed(ticket, now_ms, &mut effects),
            Input::NotCommitted { ticket, why, now_ms } => {
                self.not_committed(ticket, why, now_ms, &mut effects);
            }
            Input::Reloaded { disk, now_ms } => {
                self.disk = *disk;
                if self.recording.as_ref().is_some_and(|r| r.write.is_none()) {
                    self.record_again(&mut effects);
                }
                self.sync.recorded(&self.disk, &mut self.last_id, now_ms, &mut effects);
            }
        }
        effects
    }

    fn record(&mut self, items: Vec<NewEvent>, now_ms: i64, effects: &mut Vec<Effect>) {
        let recording = Recording { items, now_ms, tries: 0, write: None };
        if self.recording.is_some() {
            effects.push(Effect::NotSaved { event_ids: recording.event_ids(), why: NotSaved::Busy });
            return;
        }
        self.recording = Some(recording);
        self.write_recording(effects);
    }

    /// After the disk was read again. A write that was reported as lost may have been made after all: then the
    /// events are there, and making them again would count them twice.
    fn record_again(&mut self, effects: &mut Vec<Effect>) {
        let Some(recording) = &self.recording else { return };
        let event_ids = recording.event_ids();
        let found = recorded_receipts(&self.disk, &event_ids);
        match found {
            Some(receipts) => {
                self.recording = None;
                effects.push(Effect::Saved { event_ids, receipts });
            }
            None => self.write_recording(effects),
        }
    }

    fn write_recording(&mut self, effects: &mut Vec<Effect>) {
        let Some(recording) = &mut self.recording else { return };
        if let Some((set, receipts)) = write_set(&self.disk, &recording.items, recording.now_ms) {
            self.last_id = self.last_id.saturating_add(1);
            recording.write = Some((self.last_id, set.clone(), receipts));
            effects.push(Effect::Commit { ticket: self.last_id, set });
        } else {
            let event_ids = recording.event_ids();
            self.recording = None;
            effects.push(Effect::NotSaved { event_ids, why: NotSaved::NotEnrolled });
        }
    }

    fn is_recording_ticket(&self, ticket: u64) -> bool {
        self.recording.as_ref().and_then(|r| r.write.as_ref()).is_some_and(|(t, _, _)| *t == ticket)
    }

    fn committed(&mut self, ticket: u64, now_ms: i64, effects: &mut Vec<Effect>) {
        if self.is_recording_ticket(ticket) {
            if let Some(recording) = self.recording.take() {
                let event_ids = recording.event_ids();
                if let Some((_, set, receipts)) = recording.write {
                    self.disk.apply(&set);
                    effects.push(Effect::Saved { event_ids, receipts });
                }
            }
            self.sync.recorded(&self.disk, &mut self.last_id, now_ms, effects);
        } else if let Some(set) = self.sync.committed(ticket) {
            self.disk.apply(&set);
            self.sync.stored(&self.disk, &mut self.last_id, now_ms, effects);
        }
    }

    fn not_committed(&mut self, ticket: u64, why: NotCommitted, now_ms: i64, effects: &mut Vec<Effect>) {
        if !self.is_recording_ticket(ticket) {
            self.sync.not_stored(&self.disk, ticket, now_ms, effects);
            return;
        }
        let Some(recording) = &mut self.recording else { return };
        recording.tries = recording.tries.saturating_add(1);
        if why == NotCommitted::HeadMoved && recording.tries < RECORD_TRIES {
            recording.write = None;
            effects.push(Effect::Reload);
            return;
        }
        let event_ids = recording.event_ids();
        self.recording = None;
        effects.push(Effect::NotSaved { event_ids, why: NotSaved::Disk });
    }
}

/// The receipt numbers of these events in order, if all of them are on disk.
fn recorded_receipts(disk: &Disk, event_ids: &[Uuid]) -> Option<Vec<String>> {
    let newest: Vec<_> =
        disk.events.values().rev().take(50).filter_map(|kept| kept.event.envelope()).collect();
    let mut receipts = Vec::new();
    for id in event_ids {
        let envelope = newest.iter().find(|envelope| envelope.event_id == *id)?;
        if let Ok(Body::Cash(cash)) = envelope.parsed_body() {
            receipts.push(cash.receipt_no);
        }
    }
    Some(receipts)
}
