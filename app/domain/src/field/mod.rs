//! The field protocol: what a collector's phone records while it is offline, and how a server takes it in.
//!
//! A phone keeps an append-only chain of events. Every event names the hash of the one before it, so a lost,
//! changed or reordered event is noticed. The server applies each event once and answers with an outcome that
//! it stores; asking again returns the stored outcome.

mod chain;
mod event;
mod outcome;
mod receipt;
mod wire;

#[cfg(test)]
mod tests;

pub use chain::{ChainError, ForkReason, Head, Judgement, judge, verify_chain};
pub use event::{
    Body, BodyError, CashReceived, Envelope, EventDraft, MAX_NOTE_CHARS, NoFixReason, Position,
    VisitDisposition, VisitRecorded, WireEvent, build_event, hash_payload,
};
pub use outcome::{EventAck, Outcome, QuarantineReason, SuspenseReason, UnappliedReason};
pub use receipt::{ReceiptNoError, format_receipt_no, parse_receipt_no};
pub use wire::{
    ActivityLine, BoxLine, DeviceStatus, EnrolRequest, EnrolResponse, FIELD_PATH, FieldError,
    MAX_PUSH_EVENTS, OfferLine, OwedLine, PullResponse, PushRequest, PushResponse, Stop, TokenPair,
    TokenRequest, error_code,
};
