//! Journal entries.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::Book;
use crate::account::Balance;
use crate::ids::{AccountId, EntryId};
use crate::money::{Currency, Money, MoneyError};
use crate::party::text_enum;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// The debt as the creditor placed it.
    Opening,
    Payment,
    /// Money of a payment that we returned.
    Refund,
    /// Money of a payment that the payer's bank took back (contracargo).
    Chargeback,
    /// What a gateway kept for its service.
    GatewayFee,
    /// The opposite of an earlier entry, in force from the same day.
    Reversal,
    /// Interest that had grown up to a fact, and the tax on it.
    Accrual,
    /// A late charge, a collection cost or another charge by rule or by hand.
    Charge,
    /// A part of the debt that is given up (quita, condonación).
    Forgiveness,
    /// The balance moves to memorandum and stays owed (castigo).
    ChargeOff,
    /// A late fact changed what an earlier entry should have said: the difference.
    Reallocation,
    /// A statement to the creditor: what was collected becomes payable to it.
    Remittance,
    /// Money moves between books of ours, or is paid out.
    Transfer,
}

text_enum!(EntryKind {
    Opening = "opening",
    Payment = "payment",
    Refund = "refund",
    Chargeback = "chargeback",
    GatewayFee = "gateway_fee",
    Reversal = "reversal",
    Accrual = "accrual",
    Charge = "charge",
    Forgiveness = "forgiveness",
    ChargeOff = "charge_off",
    Reallocation = "reallocation",
    Remittance = "remittance",
    Transfer = "transfer",
});

impl EntryKind {
    /// Entries of these kinds may move money in or out, beside what corrects them.
    pub const MONEY: [Self; 5] =
        [Self::Payment, Self::Refund, Self::Chargeback, Self::Reversal, Self::Reallocation];
}

/// One line of an entry: a signed amount on one book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    pub book: Book,
    pub amount: Money,
}

/// A journal entry that holds: it has postings, none of them zero, all of one currency, and
/// they sum to zero. Only [`Entry::new`] makes one, so an unbalanced entry cannot exist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    pub id: EntryId,
    pub account_id: AccountId,
    pub kind: EntryKind,
    /// Unique within the organization; a second entry of the same source is not posted.
    pub source: String,
    /// The day on which it counts.
    pub effective_on: NaiveDate,
    /// When Saldar learnt of it.
    pub recorded_at: DateTime<Utc>,
    pub reverses: Option<EntryId>,
    /// JSON: what the fact was, and how its figures came about; see [`super::Fact`].
    pub details: Option<String>,
    postings: Vec<Posting>,
}

/// Why an entry cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    #[error(transparent)]
    Money(#[from] MoneyError),
    #[error("the entry has no postings")]
    Empty,
    #[error("the postings sum to {0}, not to zero")]
    Unbalanced(Money),
    #[error("the amount must be more than zero")]
    NotPositive,
    #[error("what this fact does cannot be told from the balance alone")]
    NeedsHistory,
    #[error("the details of entry {0} cannot be read: {1}")]
    BadDetails(EntryId, String),
    #[error(transparent)]
    Interest(#[from] crate::interest::InterestError),
}

/// What identifies an entry, beside its postings.
#[derive(Clone, Debug)]
pub struct EntryHead {
    pub id: EntryId,
    pub account_id: AccountId,
    pub kind: EntryKind,
    pub source: String,
    pub effective_on: NaiveDate,
    pub recorded_at: DateTime<Utc>,
}

impl Entry {
    /// # Errors
    /// No postings, different currencies, or a sum other than zero.
    pub fn new(head: EntryHead, postings: Vec<Posting>) -> Result<Self, LedgerError> {
        let postings: Vec<_> = postings.into_iter().filter(|p| !p.amount.is_zero()).collect();
        let currency = postings.first().ok_or(LedgerError::Empty)?.amount.currency();
        let sum = Money::sum(currency, postings.iter().map(|p| p.amount))?;
        if !sum.is_zero() {
            return Err(LedgerError::Unbalanced(sum));
        }
        let EntryHead { id, account_id, kind, source, effective_on, recorded_at } = head;
        Ok(Self {
            id,
            account_id,
            kind,
            source,
            effective_on,
            recorded_at,
            reverses: None,
            details: None,
            postings,
        })
    }

    /// The opposite of this entry, effective on `effective_on`.
    ///
    /// # Errors
    /// An amount without opposite.
    pub fn reversal(
        &self,
        id: EntryId,
        effective_on: NaiveDate,
        recorded_at: DateTime<Utc>,
    ) -> Result<Self, LedgerError> {
        let postings = self
            .postings
            .iter()
            .map(|p| Ok(Posting { book: p.book, amount: p.amount.negate()? }))
            .collect::<Result<Vec<_>, MoneyError>>()?;
        let head = EntryHead {
            id,
            account_id: self.account_id,
            kind: EntryKind::Reversal,
            source: format!("reversal:{}", self.id),
            effective_on,
            recorded_at,
        };
        Ok(Self { reverses: Some(self.id), ..Self::new(head, postings)? })
    }

    /// This entry marked as the reversal of another; for reading it back from the store.
    #[must_use]
    pub fn reversing(self, reverses: Option<EntryId>) -> Self {
        Self { reverses, ..self }
    }

    /// This entry with its evidence.
    #[must_use]
    pub fn explained(self, details: Option<String>) -> Self {
        Self { details, ..self }
    }

    /// The lines; never empty, never zero, one currency.
    pub fn postings(&self) -> &[Posting] {
        &self.postings
    }

    pub fn currency(&self) -> Currency {
        // `new` refuses an entry without postings.
        self.postings.first().map_or(Currency::USD, |p| p.amount.currency())
    }

    /// `balance` after this entry.
    ///
    /// # Errors
    /// Another currency, or overflow.
    pub fn apply(&self, balance: Balance) -> Result<Balance, MoneyError> {
        self.postings.iter().try_fold(balance, |balance, posting| match posting.book.component() {
            Some(component) => balance.add(component, posting.amount),
            None => Ok(balance),
        })
    }
}
