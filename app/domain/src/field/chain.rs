//! The chain: its head, its verification, and the judgement of one arriving event.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::event::{Body, BodyError, Envelope, WireEvent};
use super::outcome::QuarantineReason;

/// The newest event of a chain. The empty chain has sequence 0 and an empty hash.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub seq: u64,
    pub hash: String,
}

/// The first place where a chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    #[error("event {0} was changed: its text does not have its hash")]
    Changed(u64),
    #[error("event {0} cannot be read")]
    Unreadable(u64),
    #[error("event {found} stands where {expected} belongs")]
    OutOfOrder { expected: u64, found: u64 },
    #[error("event {0} does not follow from the one before it")]
    Unlinked(u64),
    #[error("event {0} belongs to another device")]
    OtherDevice(u64),
}

/// Follows a chain from `from` over `events`; gives the head it ends in.
pub fn verify_chain<'a>(
    device_id: Uuid,
    from: &Head,
    events: impl IntoIterator<Item = &'a WireEvent>,
) -> Result<Head, ChainError> {
    let mut head = from.clone();
    for event in events {
        let expected = head.seq.saturating_add(1);
        if event.seq != expected {
            return Err(ChainError::OutOfOrder { expected, found: event.seq });
        }
        if !event.is_intact() {
            return Err(ChainError::Changed(event.seq));
        }
        let envelope = event.envelope().ok_or(ChainError::Unreadable(event.seq))?;
        if envelope.seq != event.seq || envelope.prev_hash != head.hash {
            return Err(ChainError::Unlinked(event.seq));
        }
        if envelope.device_id != device_id {
            return Err(ChainError::OtherDevice(event.seq));
        }
        head = Head { seq: event.seq, hash: event.hash.clone() };
    }
    Ok(head)
}

/// How two chains of one device came apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForkReason {
    /// Another event already holds this number.
    OtherEventAtSeq,
    /// The event does not follow from the newest one known.
    OtherPredecessor,
}

/// What to do with one arriving event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// Known already: answer with the stored outcome.
    Duplicate,
    /// The phone was copied or tampered with: keep the bytes aside and suspend the device.
    Fork(ForkReason),
    /// Events are missing before this one: stop and ask for them.
    Gap { need_from: u64 },
    /// Next in line and well formed.
    Accept(Box<Envelope>, Body),
    /// Next in line but not usable: keep it aside, raise a task, and go on.
    Quarantine(QuarantineReason),
}

/// Judges an event against the device's head. `known_hash` is the hash on file at the event's own number, if
/// there is one. `collector_id` is the person the device is enrolled for.
pub fn judge(
    device_id: Uuid,
    collector_id: Uuid,
    head: &Head,
    known_hash: Option<&str>,
    event: &WireEvent,
) -> Judgement {
    if event.seq <= head.seq {
        return match known_hash {
            Some(hash) if hash == event.hash => Judgement::Duplicate,
            _ => Judgement::Fork(ForkReason::OtherEventAtSeq),
        };
    }
    let expected = head.seq.saturating_add(1);
    if event.seq != expected {
        return Judgement::Gap { need_from: expected };
    }
    if !event.is_intact() {
        return Judgement::Quarantine(QuarantineReason::HashMismatch);
    }
    let Some(envelope) = event.envelope() else {
        return Judgement::Quarantine(QuarantineReason::Unreadable);
    };
    if envelope.device_id != device_id || envelope.collector_id != collector_id || envelope.seq != event.seq {
        return Judgement::Quarantine(QuarantineReason::OtherOwner);
    }
    if envelope.prev_hash != head.hash {
        return Judgement::Fork(ForkReason::OtherPredecessor);
    }
    match envelope.parsed_body() {
        Ok(body) => Judgement::Accept(Box::new(envelope), body),
        Err(BodyError::UnknownKind) => Judgement::Quarantine(QuarantineReason::UnknownKind),
        Err(BodyError::Malformed) => Judgement::Quarantine(QuarantineReason::Malformed),
    }
}
