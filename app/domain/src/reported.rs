//! Payments that a debtor says they made elsewhere (pago informado): claims, until a person has seen
//! the money.

use serde::{Deserialize, Serialize};

use crate::party::text_enum;

/// How the debtor says that they paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportWay {
    Transfer,
    /// Cash paid in at a bank.
    Deposit,
    /// At a shop that takes payments.
    Store,
    /// At our office.
    Office,
    /// To the creditor itself.
    Creditor,
    Other,
}

text_enum!(ReportWay {
    Transfer = "transfer",
    Deposit = "deposit",
    Store = "store",
    Office = "office",
    Creditor = "creditor",
    Other = "other",
});

/// How far a reported payment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportStatus {
    Received,
    /// Somebody looks for the money.
    Checking,
    /// Found and posted: it has a receipt.
    Confirmed,
    /// Not found, with the reason.
    NotFound,
}

text_enum!(ReportStatus {
    Received = "received",
    Checking = "checking",
    Confirmed = "confirmed",
    NotFound = "not_found",
});

impl ReportStatus {
    /// Nobody has decided yet.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Received | Self::Checking)
    }
}
