//! What became of an event on the server.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Why money stays unapplied on the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnappliedReason {
    /// More was paid than is owed.
    Over,
    /// Nothing is owed any more.
    Settled,
    /// The account was closed or withdrawn.
    Closed,
}

/// Why money waits in suspense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuspenseReason {
    UnknownAccount,
    /// The receipt's currency is not the account's.
    OtherCurrency,
    /// The receipt number was used before, or is not of the device's own series.
    ReceiptNumberTaken,
}

/// Why an event was set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuarantineReason {
    HashMismatch,
    Unreadable,
    /// It names another device, collector or number.
    OtherOwner,
    UnknownKind,
    Malformed,
    /// Its id belongs to an earlier event.
    EventIdTaken,
    /// A visit of an account that is not there.
    UnknownAccount,
}

/// The lasting answer to one event. Cash is never rejected: the worst that happens to it is suspense or
/// quarantine, where a person looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Written to the account's history; moves no money.
    Recorded,
    /// In the ledger, wholly applied.
    Posted,
    /// In the ledger, part or all of it as a credit of the account.
    PostedUnapplied {
        reason: UnappliedReason,
    },
    /// Cash that waits outside the ledger until a person says where it belongs; it counts in the cash box.
    Suspense {
        reason: SuspenseReason,
    },
    /// In the ledger, though the stop was no longer this collector's.
    AcceptedLate,
    Quarantined {
        reason: QuarantineReason,
    },
    /// Set aside because the device's chain has come apart.
    Fork,
}

impl Outcome {
    /// Whether a person must look at it.
    pub fn needs_attention(self) -> bool {
        !matches!(self, Self::Recorded | Self::Posted)
    }

    /// A short code for logs and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Posted => "posted",
            Self::PostedUnapplied { .. } => "posted_unapplied",
            Self::Suspense { .. } => "suspense",
            Self::AcceptedLate => "accepted_late",
            Self::Quarantined { .. } => "quarantined",
            Self::Fork => "fork",
        }
    }
}

/// The server's answer to one event of a push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventAck {
    pub seq: u64,
    /// None when the event could not be read.
    pub event_id: Option<Uuid>,
    #[serde(flatten)]
    pub outcome: Outcome,
    /// True when the event was known already and this is its stored outcome.
    pub duplicate: bool,
}
