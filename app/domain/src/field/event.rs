//! One event of a phone's chain: its envelope, its body, and the text that is hashed.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::chain::Head;

/// Version of the envelope this code writes.
const ENVELOPE_VERSION: u16 = 1;
/// Longest note a visit or a receipt carries, in characters.
pub const MAX_NOTE_CHARS: usize = 2_000;

/// Why an event carries no position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoFixReason {
    /// The person or the browser refused.
    Denied,
    /// The phone could not tell where it is.
    Unavailable,
    /// No fix came in time.
    Timeout,
    /// The phone has no positioning.
    Unsupported,
    /// The form was saved before a fix was asked for.
    NotAsked,
}

/// Where the phone was when the event was recorded. Whole numbers, so the text of an event has one form only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// A fix: degrees times ten million, accuracy in metres, time of the fix in Unix milliseconds.
    Fix { lat_e7: i32, lng_e7: i32, accuracy_m: u32, fix_ms: i64 },
    /// No fix, and why.
    None { reason: NoFixReason },
}

/// What came of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitDisposition {
    /// Paid, wholly or in part, in cash. The money itself is a `cash_received` event.
    PaidCash,
    PromiseToPay,
    RefusedToPay,
    NotHome,
    /// Another person answered; the debt was not discussed.
    ThirdParty,
    GoneAway,
    WrongAddress,
    DebtDenial,
    Hardship,
    NoticeLeft,
}

impl VisitDisposition {
    /// Every disposition, in the order a form shows them.
    pub const ALL: [Self; 10] = [
        Self::PaidCash,
        Self::PromiseToPay,
        Self::NotHome,
        Self::NoticeLeft,
        Self::ThirdParty,
        Self::RefusedToPay,
        Self::Hardship,
        Self::DebtDenial,
        Self::WrongAddress,
        Self::GoneAway,
    ];

    /// The code used on the wire and in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::PaidCash => "paid_cash",
            Self::PromiseToPay => "promise_to_pay",
            Self::RefusedToPay => "refused_to_pay",
            Self::NotHome => "not_home",
            Self::ThirdParty => "third_party",
            Self::GoneAway => "gone_away",
            Self::WrongAddress => "wrong_address",
            Self::DebtDenial => "debt_denial",
            Self::Hardship => "hardship",
            Self::NoticeLeft => "notice_left",
        }
    }

    /// The disposition of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.code() == code)
    }
}

/// A visit and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitRecorded {
    pub disposition: VisitDisposition,
    pub note: String,
}

/// Cash taken against a numbered receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CashReceived {
    /// The device's own series, gapless: `D07-000123`.
    pub receipt_no: String,
    /// In the currency's smallest unit; more than zero.
    pub amount_minor: i64,
    /// ISO 4217.
    pub currency: String,
    /// Who handed the money over, as written on the receipt.
    pub payer_name: String,
    pub note: String,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    Visit(VisitRecorded),
    Cash(CashReceived),
}

/// Why a body cannot be understood. The event is kept and set aside, never dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    #[error("this kind or version of event is not known")]
    UnknownKind,
    #[error("the event's body does not have the form of its kind")]
    Malformed,
}

impl Body {
    /// The kind's name on the wire.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Visit(_) => "visit_recorded",
            Self::Cash(_) => "cash_received",
        }
    }

    fn kind_version() -> u16 {
        1
    }

    fn to_value(&self) -> Result<Value, serde_json::Error> {
        match self {
            Self::Visit(body) => serde_json::to_value(body),
            Self::Cash(body) => serde_json::to_value(body),
        }
    }

    /// Reads a body; every version ever released stays readable here.
    pub fn parse(kind: &str, kind_v: u16, value: &Value) -> Result<Self, BodyError> {
        let body = match (kind, kind_v) {
            ("visit_recorded", 1) => {
                serde_json::from_value(value.clone()).map(Self::Visit).map_err(|_| BodyError::Malformed)?
            }
            ("cash_received", 1) => {
                serde_json::from_value(value.clone()).map(Self::Cash).map_err(|_| BodyError::Malformed)?
            }
            _ => return Err(BodyError::UnknownKind),
        };
        if body.is_sound() { Ok(body) } else { Err(BodyError::Malformed) }
    }

    fn is_sound(&self) -> bool {
        match self {
            Self::Visit(visit) => visit.note.chars().count() <= MAX_NOTE_CHARS,
            Self::Cash(cash) => {
                cash.amount_minor > 0
                    && cash.currency.len() == 3
                    && cash.currency.bytes().all(|b| b.is_ascii_uppercase())
                    && cash.note.chars().count() <= MAX_NOTE_CHARS
                    && super::receipt::parse_receipt_no(&cash.receipt_no).is_ok()
            }
        }
    }
}

/// An event as recorded. Its JSON text in this field order is what is hashed and kept; the text is never made
/// again from the parsed form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    pub v: u16,
    pub kind: String,
    pub kind_v: u16,
    pub event_id: Uuid,
    pub device_id: Uuid,
    /// 1 for the device's first event.
    pub seq: u64,
    /// Hash of the event before this one; empty for the first.
    pub prev_hash: String,
    pub collector_id: Uuid,
    pub assignment_id: Option<Uuid>,
    pub account_id: Option<Uuid>,
    /// What the collector knew: the pull cursor at the time of recording.
    pub base_cursor: Option<String>,
    /// The phone's clock, Unix milliseconds. A claim, never trusted for money.
    pub wall_ms: i64,
    /// The server's clock as last heard, Unix milliseconds.
    pub server_anchor_ms: Option<i64>,
    pub position: Position,
    pub body: Value,
}

impl Envelope {
    /// The typed body.
    pub fn parsed_body(&self) -> Result<Body, BodyError> {
        Body::parse(&self.kind, self.kind_v, &self.body)
    }
}

/// An event on its way to the server: the exact text and its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WireEvent {
    pub seq: u64,
    /// SHA-256 of `payload`, lower-case hex.
    pub hash: String,
    /// The envelope's JSON text, byte for byte as recorded.
    pub payload: String,
}

impl WireEvent {
    /// The envelope inside, if it can be read.
    pub fn envelope(&self) -> Option<Envelope> {
        serde_json::from_str(&self.payload).ok()
    }

    /// Whether the text still has the hash it was recorded with.
    pub fn is_intact(&self) -> bool {
        hash_payload(&self.payload) == self.hash
    }
}

/// SHA-256 of an event's text in lower-case hex.
pub fn hash_payload(payload: &str) -> String {
    hex::encode(Sha256::digest(payload.as_bytes()))
}

/// All that an event states besides its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventDraft {
    pub event_id: Uuid,
    pub device_id: Uuid,
    pub collector_id: Uuid,
    pub assignment_id: Option<Uuid>,
    pub account_id: Option<Uuid>,
    pub base_cursor: Option<String>,
    pub wall_ms: i64,
    pub server_anchor_ms: Option<i64>,
    pub position: Position,
    pub body: Body,
}

/// Links a draft to the chain's head; gives the event and the new head.
///
/// # Errors
/// Only when JSON cannot hold the body, which no value of these types causes.
pub fn build_event(head: &Head, draft: &EventDraft) -> Result<(WireEvent, Head), serde_json::Error> {
    let seq = head.seq.saturating_add(1);
    let envelope = Envelope {
        v: ENVELOPE_VERSION,
        kind: draft.body.kind().to_owned(),
        kind_v: Body::kind_version(),
        event_id: draft.event_id,
        device_id: draft.device_id,
        seq,
        prev_hash: head.hash.clone(),
        collector_id: draft.collector_id,
        assignment_id: draft.assignment_id,
        account_id: draft.account_id,
        base_cursor: draft.base_cursor.clone(),
        wall_ms: draft.wall_ms,
        server_anchor_ms: draft.server_anchor_ms,
        position: draft.position,
        body: draft.body.to_value()?,
    };
    let payload = serde_json::to_string(&envelope)?;
    let hash = hash_payload(&payload);
    Ok((WireEvent { seq, hash: hash.clone(), payload }, Head { seq, hash }))
}
