//! Facts: what happened to an account. The journal follows from them, and can be made again.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{Book, Entry, EntryKind, LedgerError, PaymentMethod};
use crate::account::{Balance, Component};
use crate::ids::EntryId;
use crate::money::{Currency, Money};

/// Who keeps a charge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Beneficiary {
    #[default]
    Creditor,
    Agency,
}

/// What a fact is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum FactKind {
    /// The debt as the creditor placed it.
    Opening { owed: Balance },
    /// Money came in. `designated` are the parts that the debtor wants paid first.
    Payment {
        amount: Money,
        method: PaymentMethod,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        designated: Vec<Component>,
    },
    /// Money of the payment whose source is `of` went back to the payer: we returned it, or the bank
    /// took it. What the payment had covered last is owed again, from this day on: until then we held
    /// the money, and no interest is due for that time.
    MoneyBack { amount: Money, method: PaymentMethod, of: String, why: MoneyBack },
    /// Money of that payment that had gone back is here again: a refund that did not arrive, a dispute
    /// that was won. It counts as that payment did, and can go back once more.
    MoneyAgain { amount: Money, method: PaymentMethod, of: String },
    /// What a gateway kept for its service. The agency bears it; the debtor's credit stays whole.
    GatewayFee { amount: Money },
    Charge {
        component: Component,
        amount: Money,
        /// The charge is for being late: it counts only while principal is owed on its day, so a
        /// payment that turns out to have come before takes it away.
        #[serde(default)]
        only_while_owed: bool,
        #[serde(default)]
        beneficiary: Beneficiary,
    },
    /// Parts given up; of each never more than is owed on that day.
    Forgiveness { parts: Vec<(Component, Money)> },
    /// The balance moves to memorandum (castigo); it stays owed, and so does what comes after.
    ChargeOff,
    /// Everything owed on that day becomes part of another debt, which replaces this one.
    Moved,
}

/// Why money of a payment went back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoneyBack {
    /// We returned it.
    Refund,
    /// The payer's bank took it back (contracargo).
    Chargeback,
}

impl FactKind {
    pub const fn entry_kind(&self) -> EntryKind {
        match self {
            Self::Opening { .. } => EntryKind::Opening,
            Self::Payment { .. } | Self::MoneyAgain { .. } => EntryKind::Payment,
            Self::MoneyBack { why: MoneyBack::Refund, .. } => EntryKind::Refund,
            Self::MoneyBack { why: MoneyBack::Chargeback, .. } => EntryKind::Chargeback,
            Self::GatewayFee { .. } => EntryKind::GatewayFee,
            Self::Charge { .. } => EntryKind::Charge,
            Self::Forgiveness { .. } => EntryKind::Forgiveness,
            Self::ChargeOff => EntryKind::ChargeOff,
            Self::Moved => EntryKind::Transfer,
        }
    }

    /// What this does depends on earlier facts, not on the balance alone.
    pub const fn needs_history(&self) -> bool {
        matches!(self, Self::MoneyBack { .. } | Self::MoneyAgain { .. })
    }

    /// The payment whose money this moves.
    pub(super) const fn of_payment(&self) -> Option<&String> {
        match self {
            Self::MoneyBack { of, .. } | Self::MoneyAgain { of, .. } => Some(of),
            _ => None,
        }
    }
}

/// Something that happened to an account, on a day, learnt at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Unique within the organization.
    pub source: String,
    pub effective_on: NaiveDate,
    pub recorded_at: DateTime<Utc>,
    pub what: FactKind,
}

/// An account's journal, read as facts and what has been posted for each.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// In value-date order, without those that were taken back.
    pub facts: Vec<Fact>,
    /// What stands in the journal, by the source it belongs to.
    pub(super) posted: BTreeMap<String, Standing>,
    /// Facts that were taken back.
    pub(super) removed: BTreeSet<String>,
}

/// What the journal says for one source: its first entry, and the sum with every correction.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    pub(super) entry: EntryId,
    pub(super) kind: EntryKind,
    pub(super) effective_on: NaiveDate,
    pub(super) sums: BTreeMap<Book, i64>,
}

impl History {
    /// Reads a journal, in any order. For what was known at an instant, leave out the entries
    /// recorded later.
    ///
    /// # Errors
    /// An entry's details cannot be read, or a sum overflows.
    pub fn of(journal: &[Entry]) -> Result<Self, LedgerError> {
        let by_id: BTreeMap<EntryId, &Entry> = journal.iter().map(|entry| (entry.id, entry)).collect();
        let mut history = Self::default();
        // Corrections follow the entry they correct.
        let mut ordered: Vec<&Entry> = journal.iter().collect();
        ordered.sort_by_key(|entry| (is_correction(entry), entry.recorded_at, entry.id));
        for entry in ordered {
            let root = root(entry, &by_id);
            if entry.kind == EntryKind::Reversal {
                history.removed.insert(root.to_owned());
            }
            history.add(root, entry)?;
            if let Some(what) = fact_kind(entry)? {
                history.facts.push(Fact {
                    source: entry.source.clone(),
                    effective_on: entry.effective_on,
                    recorded_at: entry.recorded_at,
                    what,
                });
            }
        }
        let removed = std::mem::take(&mut history.removed);
        history.facts.retain(|fact| !removed.contains(&fact.source));
        history.removed = removed;
        history.sort();
        Ok(history)
    }

    fn add(&mut self, root: &str, entry: &Entry) -> Result<(), LedgerError> {
        let standing = self.posted.entry(root.to_owned()).or_insert_with(|| Standing {
            entry: entry.id,
            kind: entry.kind,
            effective_on: entry.effective_on,
            sums: BTreeMap::new(),
        });
        for posting in entry.postings() {
            let sum = standing.sums.entry(posting.book).or_default();
            *sum = sum.checked_add(posting.amount.minor()).ok_or(crate::money::MoneyError::Overflow)?;
        }
        Ok(())
    }

    /// Adds a fact that the journal does not have yet.
    pub fn learn(&mut self, fact: Fact) {
        self.facts.push(fact);
        self.sort();
    }

    /// Takes a fact back, as if it had never been.
    pub fn forget(&mut self, source: &str) {
        self.facts.retain(|fact| fact.source != source);
        self.removed.insert(source.to_owned());
    }

    /// The opening first: what is dated before the debt was placed counts from the placement.
    fn sort(&mut self) {
        let opening = |fact: &Fact| matches!(fact.what, FactKind::Opening { .. });
        let placed = self.facts.iter().find(|fact| opening(fact)).map(|fact| fact.effective_on);
        self.facts.sort_by(|a, b| {
            let key = |fact: &Fact| {
                (
                    !opening(fact),
                    placed.map_or(fact.effective_on, |day| day.max(fact.effective_on)),
                    // On its day a payment comes before money of it that goes back or comes again.
                    fact.what.of_payment().is_some(),
                    fact.recorded_at,
                )
            };
            key(a).cmp(&key(b)).then_with(|| a.source.cmp(&b.source))
        });
    }
}

impl Entry {
    /// The source of the payment whose money this entry gives back.
    pub fn gives_back(&self) -> Option<String> {
        if !matches!(self.kind, EntryKind::Refund | EntryKind::Chargeback) {
            return None;
        }
        match serde_json::from_str(self.details.as_deref()?).ok()? {
            FactKind::MoneyBack { of, .. } => Some(of),
            _ => None,
        }
    }
}

impl Entry {
    /// What the debtor wanted paid first of this payment.
    pub fn designated(&self) -> Vec<Component> {
        let details = self.details.as_deref().filter(|_| self.kind == EntryKind::Payment);
        match details.and_then(|details| serde_json::from_str(details).ok()) {
            Some(FactKind::Payment { designated, .. }) => designated,
            _ => Vec::new(),
        }
    }
}

fn is_correction(entry: &Entry) -> bool {
    matches!(entry.kind, EntryKind::Reversal | EntryKind::Reallocation)
}

/// The source that an entry belongs to: its own, or that of the entry it corrects.
fn root<'a>(entry: &'a Entry, by_id: &BTreeMap<EntryId, &'a Entry>) -> &'a str {
    match (entry.kind, entry.reverses) {
        (EntryKind::Reversal, Some(id)) => {
            by_id.get(&id).map_or(entry.source.as_str(), |other| &other.source)
        }
        // `replay:{cause}:{source}`, and a cause has no colon.
        (EntryKind::Reallocation, _) => entry.source.splitn(3, ':').nth(2).unwrap_or(&entry.source),
        _ => &entry.source,
    }
}

/// The fact behind an entry; none behind what only follows from facts.
fn fact_kind(entry: &Entry) -> Result<Option<FactKind>, LedgerError> {
    if !matches!(
        entry.kind,
        EntryKind::Opening
            | EntryKind::Payment
            | EntryKind::Refund
            | EntryKind::Chargeback
            | EntryKind::GatewayFee
            | EntryKind::Charge
            | EntryKind::Forgiveness
            | EntryKind::ChargeOff
            | EntryKind::Transfer
    ) {
        return Ok(None);
    }
    if let Some(details) = &entry.details {
        let bad = |error: serde_json::Error| LedgerError::BadDetails(entry.id, error.to_string());
        return serde_json::from_str(details).map(Some).map_err(bad);
    }
    // Entries without details say all by their postings.
    Ok(match entry.kind {
        EntryKind::Opening => Some(FactKind::Opening { owed: entry.apply(Balance::zero(entry.currency()))? }),
        EntryKind::Payment => payment_of(entry, entry.currency()),
        _ => return Err(LedgerError::BadDetails(entry.id, "they are missing".to_owned())),
    })
}

fn payment_of(entry: &Entry, currency: Currency) -> Option<FactKind> {
    let cash = entry.postings().iter().find_map(|posting| match posting.book {
        Book::Cash(book) => Some((book, posting.amount)),
        _ => None,
    });
    let (book, amount) = cash.unwrap_or((super::CashBook::Office, Money::zero(currency)));
    PaymentMethod::ALL.iter().find(|method| method.cash_book() == book).map(|method| FactKind::Payment {
        amount,
        method: *method,
        designated: Vec::new(),
    })
}
