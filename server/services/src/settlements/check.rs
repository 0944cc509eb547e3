//! A payout's lines against the books: pure.

use domain::party::UnknownText;
use store::payouts::{InTransit, LineRow};

use super::port::LineKind;

/// What differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DifferenceKind {
    /// Gross less fee is not what the gateway paid.
    Arithmetic,
    /// The gateway moved money that our books know nothing of.
    Unknown,
    /// Both know it, with different amounts.
    Amount,
    /// The fee in our books is another.
    Fee,
    /// The gateway settles in another currency than was paid in.
    Currency,
    /// Another line is the same movement already.
    Twice,
    /// Something that the product does not do itself: a reserve, a transfer, a correction.
    Unexpected,
    /// The lines do not come to what was paid out.
    Total,
    /// The bank sent the payout back.
    Returned,
    /// Our books have it, and no payout had it in due time.
    Unsettled,
}

impl DifferenceKind {
    pub const ALL: [Self; 10] = [
        Self::Arithmetic,
        Self::Unknown,
        Self::Amount,
        Self::Fee,
        Self::Currency,
        Self::Twice,
        Self::Unexpected,
        Self::Total,
        Self::Returned,
        Self::Unsettled,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Arithmetic => "arithmetic",
            Self::Unknown => "unknown",
            Self::Amount => "amount",
            Self::Fee => "fee",
            Self::Currency => "currency",
            Self::Twice => "twice",
            Self::Unexpected => "unexpected",
            Self::Total => "total",
            Self::Returned => "returned",
            Self::Unsettled => "unsettled",
        }
    }

    /// Cause and remedy in English, for the command line and logs.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Arithmetic => "gross less fee is not the net that the gateway tells; ask the gateway",
            Self::Unknown => {
                "the gateway moved money that the books do not have; look the payment up at the gateway and post or return it"
            }
            Self::Amount => "the books have another amount; compare the account's ledger with the gateway",
            Self::Fee => "the books have another fee; compare the account's ledger with the gateway",
            Self::Currency => {
                "the gateway settles in another currency than was paid in; book the exchange in your accounts"
            }
            Self::Twice => "two lines of the gateway are the same movement; ask the gateway",
            Self::Unexpected => {
                "a reserve, transfer or correction of the gateway; find out what for and book it in your accounts"
            }
            Self::Total => "the lines do not come to what was paid out; ask the gateway",
            Self::Returned => "the bank sent the payout back; check the bank details at the gateway",
            Self::Unsettled => "the books have it, no payout of the gateway does; look it up at the gateway",
        }
    }
}

impl std::str::FromStr for DifferenceKind {
    type Err = UnknownText;

    fn from_str(text: &str) -> Result<Self, UnknownText> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| UnknownText { of: "DifferenceKind", text: text.to_owned() })
    }
}

/// How a payout stands with us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayoutState {
    /// The gateway does not know all lines yet, or the bank does not have the money yet.
    Waiting,
    /// Every line is one movement of the journal, and the sums are right.
    Matched,
    /// Something differs.
    Differs,
    /// Asked for by hand at the gateway, which then cannot say what is in it.
    Manual,
    /// It failed or was called off: the money is at the gateway.
    Returned,
}

impl PayoutState {
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Matched, Self::Differs, Self::Manual, Self::Returned];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Matched => "matched",
            Self::Differs => "differs",
            Self::Manual => "manual",
            Self::Returned => "returned",
        }
    }
}

impl std::str::FromStr for PayoutState {
    type Err = UnknownText;

    fn from_str(text: &str) -> Result<Self, UnknownText> {
        let found = Self::ALL.into_iter().find(|state| state.as_str() == text);
        found.ok_or_else(|| UnknownText { of: "PayoutState", text: text.to_owned() })
    }
}

/// A line's difference, with what the books have in its place.
pub(super) type Judged = (Option<DifferenceKind>, Option<i64>);

/// Judges one line. `fee` is the entry of its fee; `twice`: another line is the same movement.
pub(super) fn judge(
    line: &LineRow,
    kind: LineKind,
    books: Option<&InTransit>,
    fee: Option<&InTransit>,
    twice: bool,
) -> Judged {
    if line.gross_minor.checked_sub(line.fee_minor) != Some(line.net_minor) {
        return (Some(DifferenceKind::Arithmetic), line.gross_minor.checked_sub(line.fee_minor));
    }
    if kind == LineKind::Other {
        return (Some(DifferenceKind::Unexpected), None);
    }
    let Some(books) = books else { return (Some(DifferenceKind::Unknown), None) };
    if twice {
        return (Some(DifferenceKind::Twice), Some(0));
    }
    if !books.currency.is_empty() && books.currency != line.currency {
        return (Some(DifferenceKind::Currency), Some(books.minor));
    }
    // A fee on its own is booked net; whatever else, gross with its fee beside it.
    let amount = if kind == LineKind::Fee { line.net_minor } else { line.gross_minor };
    if books.minor != amount {
        return (Some(DifferenceKind::Amount), Some(books.minor));
    }
    if kind == LineKind::Fee {
        return (None, None);
    }
    let booked = fee.map_or(0, |fee| fee.minor.saturating_neg());
    if booked != line.fee_minor {
        return (Some(DifferenceKind::Fee), Some(booked));
    }
    (None, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payments::MovementKind;
    use uuid::Uuid;

    fn line(gross: i64, fee: i64, net: i64) -> LineRow {
        LineRow {
            organization_id: Uuid::nil(),
            gateway: "stripe".to_owned(),
            id: "txn_1".to_owned(),
            payout_id: Uuid::nil(),
            kind: "payment".to_owned(),
            category: "charge".to_owned(),
            movement: Some("payment:stripe:pi_1".to_owned()),
            payment_ref: None,
            gross_minor: gross,
            fee_minor: fee,
            net_minor: net,
            currency: "MXN".to_owned(),
            at: chrono::DateTime::UNIX_EPOCH,
            entry_id: None,
            account_id: None,
            expected_minor: None,
            difference: None,
        }
    }

    fn books(minor: i64, currency: &str) -> InTransit {
        InTransit {
            entry_id: Uuid::nil(),
            account_id: Uuid::nil(),
            effective_on: chrono::NaiveDate::MIN,
            minor,
            currency: currency.to_owned(),
        }
    }

    #[test]
    fn each_difference_is_named() {
        let payment = LineKind::Movement(MovementKind::Received);
        let (paid, fee) = (books(1_000, "MXN"), books(-66, "MXN"));
        let of = |line: &LineRow, paid: Option<&InTransit>, fee: Option<&InTransit>, twice| {
            judge(line, payment, paid, fee, twice)
        };
        let good = line(1_000, 66, 934);
        assert_eq!(of(&good, Some(&paid), Some(&fee), false), (None, None));
        let arithmetic = of(&line(1_000, 66, 935), Some(&paid), Some(&fee), false);
        assert_eq!(arithmetic, (Some(DifferenceKind::Arithmetic), Some(934)));
        assert_eq!(of(&good, None, None, false), (Some(DifferenceKind::Unknown), None));
        assert_eq!(of(&good, Some(&paid), Some(&fee), true).0, Some(DifferenceKind::Twice));
        let other = books(999, "MXN");
        assert_eq!(of(&good, Some(&other), Some(&fee), false), (Some(DifferenceKind::Amount), Some(999)));
        let foreign = books(1_000, "USD");
        assert_eq!(of(&good, Some(&foreign), Some(&fee), false).0, Some(DifferenceKind::Currency));
        assert_eq!(of(&good, Some(&paid), None, false), (Some(DifferenceKind::Fee), Some(0)));
        // Taken back in our books: nothing of it is there.
        let reversed = books(0, "MXN");
        assert_eq!(of(&good, Some(&reversed), Some(&fee), false).0, Some(DifferenceKind::Amount));
        let own = line(-500, 0, -500);
        assert_eq!(judge(&own, LineKind::Fee, Some(&books(-500, "MXN")), None, false), (None, None));
        assert_eq!(judge(&own, LineKind::Other, None, None, false).0, Some(DifferenceKind::Unexpected));
    }
}
