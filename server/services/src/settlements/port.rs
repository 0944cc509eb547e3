//! What a gateway tells of the money that it sends to our bank.

use chrono::{DateTime, NaiveDate, Utc};
use domain::money::Money;
use domain::party::UnknownText;

use crate::payments::{GatewayRef, MovementKind};

/// How a payout stands at the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayoutStatus {
    /// Decided on, not sent yet.
    Pending,
    /// On its way to the bank.
    InTransit,
    Paid,
    /// The bank sent it back: the money is at the gateway again.
    Failed,
    /// Called off before it was sent.
    Canceled,
}

impl PayoutStatus {
    pub const ALL: [Self; 5] = [Self::Pending, Self::InTransit, Self::Paid, Self::Failed, Self::Canceled];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::InTransit => "in_transit",
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }
}

impl std::str::FromStr for PayoutStatus {
    type Err = UnknownText;

    fn from_str(text: &str) -> Result<Self, UnknownText> {
        let found = Self::ALL.into_iter().find(|status| status.as_str() == text);
        found.ok_or_else(|| UnknownText { of: "PayoutStatus", text: text.to_owned() })
    }
}

/// Money that a gateway sends to our bank account, or fetches from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payout {
    pub id: GatewayRef,
    /// What reaches the bank; less than zero when the gateway fetches money.
    pub amount: Money,
    pub status: PayoutStatus,
    /// Made by the gateway itself. Of one that somebody asked for by hand, no gateway can say which
    /// payments are in it.
    pub automatic: bool,
    /// The gateway knows all lines: no other will come.
    pub complete: bool,
    pub created_at: DateTime<Utc>,
    /// The day on which the bank has it.
    pub arrives_on: NaiveDate,
    /// What the bank's statement shows of it, where the gateway knows that.
    pub bank_reference: Option<String>,
    pub livemode: bool,
}

/// What a line of a payout is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// Money of a payment, as the ledger has it.
    Movement(MovementKind),
    /// What the gateway keeps on its own account, beside any payment.
    Fee,
    /// The payout itself: the opposite of all others.
    Payout,
    /// A payout that came back.
    PayoutBack,
    /// Something that the product does not do: a transfer, a reserve, a correction.
    Other,
}

impl LineKind {
    const ALL: [Self; 9] = [
        Self::Movement(MovementKind::Received),
        Self::Movement(MovementKind::Refunded),
        Self::Movement(MovementKind::RefundFailed),
        Self::Movement(MovementKind::Withdrawn),
        Self::Movement(MovementKind::Reinstated),
        Self::Fee,
        Self::Payout,
        Self::PayoutBack,
        Self::Other,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Movement(kind) => kind.as_str(),
            Self::Fee => "fee",
            Self::Payout => "payout",
            Self::PayoutBack => "payout_back",
            Self::Other => "other",
        }
    }
}

impl std::str::FromStr for LineKind {
    type Err = UnknownText;

    fn from_str(text: &str) -> Result<Self, UnknownText> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| UnknownText { of: "LineKind", text: text.to_owned() })
    }
}

/// One movement of our money at the gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettlementLine {
    /// The gateway's name of the line; unique.
    pub id: String,
    pub kind: LineKind,
    /// The gateway's own word for what it is, for people.
    pub category: String,
    /// Of a movement, its name as in [`crate::payments::Movement::id`]; of a payout, the payout.
    pub subject: Option<String>,
    /// The payment that it belongs to, to be fetched.
    pub payment: Option<GatewayRef>,
    /// Less than zero for what leaves.
    pub gross: Money,
    pub fee: Money,
    /// What it adds to the payout, as the gateway says it.
    pub net: Money,
    pub at: DateTime<Utc>,
}

/// A payout with its lines; none where they cannot be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    pub payout: Payout,
    pub lines: Option<Vec<SettlementLine>>,
}
