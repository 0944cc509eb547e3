//! The journal an account should have: every fact in value-date order, from the first to the last.
//!
//! Late facts need no special rule. The replay is a pure function of the facts; what the journal
//! already says is compared with it, and the differences are posted (see [`super::reconcile`]).

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::growth::{Growth, runs};
use super::{
    AccountTerms, AllocationOrder, Beneficiary, Book, Entry, EntryHead, EntryKind, Fact, FactKind,
    LedgerError, PaymentMethod, Posting, allocate,
};
use crate::account::{Balance, Component};
use crate::ids::{AccountId, EntryId};
use crate::interest::Segment;
use crate::money::{Currency, Money};

/// What one fact, or the interest grown up to it, does to the books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    pub source: String,
    pub kind: EntryKind,
    pub effective_on: NaiveDate,
    /// Sums to zero; empty when the fact turns out to change nothing.
    pub postings: Vec<Posting>,
}

/// Where an account stands after a replay.
#[derive(Clone, Debug)]
pub struct Replay {
    pub effects: Vec<Effect>,
    /// What is posted: the sum of the effects.
    pub posted: Balance,
    /// Interest and the tax on it that have grown until the day asked for and are not posted,
    /// because no fact has needed them yet.
    pub grown: Vec<(Component, Money)>,
    /// How interest came about, from the first day.
    pub segments: Vec<(Component, Segment)>,
}

impl Replay {
    /// Does the fact of this source do anything to the books? One that does not is not recorded:
    /// an entry has postings, and what has no entry is no fact.
    pub fn changes(&self, source: &str) -> bool {
        self.effects.iter().any(|effect| effect.source == source && !effect.postings.is_empty())
    }

    /// The whole of what is owed on the day asked for.
    ///
    /// # Errors
    /// Overflow.
    pub fn owed(&self) -> Result<Balance, LedgerError> {
        let mut owed = self.posted;
        for (component, amount) in &self.grown {
            owed = owed.add(*component, *amount)?;
        }
        Ok(owed)
    }
}

/// The source of the interest that is posted because of a fact.
pub(super) fn accrual_source(fact: &str) -> String {
    format!("accrual:{fact}")
}

/// Replays `facts`, which stand in value-date order, and grows interest until `as_of`. Facts after
/// `as_of` are left out.
///
/// # Errors
/// Another currency among the facts, a rate that cannot be computed, or overflow.
pub fn replay(
    currency: Currency,
    terms: &AccountTerms,
    facts: &[Fact],
    as_of: NaiveDate,
) -> Result<Replay, LedgerError> {
    let mut books = Books { owed: Balance::zero(currency), written_off: false };
    let mut effects = Vec::with_capacity(facts.len() * 2);
    let placed = facts.iter().find(|fact| matches!(fact.what, FactKind::Opening { .. }));
    let placed = placed.map_or(NaiveDate::MIN, |fact| fact.effective_on);
    let runs = runs(terms, placed)?;
    let mut growth = Growth::new(&runs, currency, terms.rounding)?;
    for fact in facts.iter().filter(|fact| fact.effective_on.max(placed) <= as_of) {
        let day = fact.effective_on.max(placed);
        growth.advance(day, books.owed.of(Component::Principal))?;
        if books.needs_interest(&fact.what) {
            let postings = books.grow(growth.take()?)?;
            effects.push(Effect {
                source: accrual_source(&fact.source),
                kind: EntryKind::Accrual,
                effective_on: fact.effective_on,
                postings,
            });
        }
        let postings = match &fact.what {
            FactKind::MoneyBack { amount, method, of, .. } => {
                books.give_back(*amount, *method, &held(of, facts, &effects)?)?
            }
            FactKind::MoneyAgain { amount, method, of } => {
                books.receive(*amount, *method, terms.order(day), designated(of, facts))?
            }
            what => books.apply(what, terms, day)?,
        };
        growth.advance(day, books.owed.of(Component::Principal))?;
        effects.push(Effect {
            source: fact.source.clone(),
            kind: fact.what.entry_kind(),
            effective_on: fact.effective_on,
            postings,
        });
    }
    if as_of >= placed {
        growth.advance(as_of, books.owed.of(Component::Principal))?;
    }
    let grown = growth.take()?;
    Ok(Replay { effects, posted: books.owed, grown, segments: growth.segments()? })
}

impl Fact {
    /// The entry of this fact on an account that owes `owed`, when nothing is dated later, no interest
    /// grows, nothing is written off and the fact [needs no history](FactKind::needs_history): the
    /// usual case, without a replay. None when the fact changes nothing.
    ///
    /// # Errors
    /// An amount that is not positive, another currency, overflow, or a fact that needs history.
    pub fn entry_on(
        &self,
        account_id: AccountId,
        id: EntryId,
        owed: &Balance,
        terms: &AccountTerms,
    ) -> Result<Option<Entry>, LedgerError> {
        let mut books = Books { owed: *owed, written_off: false };
        let postings = books.apply(&self.what, terms, self.effective_on)?;
        if postings.is_empty() {
            return Ok(None);
        }
        let head = EntryHead {
            id,
            account_id,
            kind: self.what.entry_kind(),
            source: self.source.clone(),
            effective_on: self.effective_on,
            recorded_at: self.recorded_at,
        };
        Ok(Some(Entry::new(head, postings)?.explained(serde_json::to_string(&self.what).ok())))
    }
}

/// The debt books of one account while facts are applied.
pub(super) struct Books {
    pub(super) owed: Balance,
    pub(super) written_off: bool,
}

impl Books {
    fn book(&self, component: Component) -> Book {
        if self.written_off { Book::Memorandum(component) } else { Book::Debt(component) }
    }

    /// Debits a part of the debt, credits `other`; nothing for nothing.
    fn owe(
        &mut self,
        component: Component,
        amount: Money,
        other: Book,
        into: &mut Vec<Posting>,
    ) -> Result<(), LedgerError> {
        if !amount.is_zero() {
            self.owed = self.owed.add(component, amount)?;
            into.push(Posting { book: self.book(component), amount });
            into.push(Posting { book: other, amount: amount.negate()? });
        }
        Ok(())
    }

    /// Does interest have to be posted before this fact? A second charge-off does nothing.
    fn needs_interest(&self, what: &FactKind) -> bool {
        match what {
            FactKind::Payment { .. }
            | FactKind::MoneyAgain { .. }
            | FactKind::Forgiveness { .. }
            | FactKind::Moved => true,
            FactKind::ChargeOff => !self.written_off,
            FactKind::Opening { .. }
            | FactKind::Charge { .. }
            | FactKind::MoneyBack { .. }
            | FactKind::GatewayFee { .. } => false,
        }
    }

    fn grow(&mut self, grown: Vec<(Component, Money)>) -> Result<Vec<Posting>, LedgerError> {
        let mut postings = Vec::new();
        for (component, amount) in grown {
            self.owe(component, amount, Book::CreditorPlacement, &mut postings)?;
        }
        Ok(postings)
    }

    /// Gives `amount` of a payment back: first what it left over, then what it covered last. `held`
    /// is what the payment still holds. What exceeds it was never on the debt: the debtor owes it to
    /// us as an overdrawn credit.
    fn give_back(
        &mut self,
        amount: Money,
        method: PaymentMethod,
        held: &[Posting],
    ) -> Result<Vec<Posting>, LedgerError> {
        if !amount.is_positive() {
            return Err(LedgerError::NotPositive);
        }
        let mut postings = vec![Posting { book: Book::Cash(method.cash_book()), amount: amount.negate()? }];
        let mut left = amount;
        for posting in held.iter().rev() {
            let back = posting.amount.negate()?.min(left)?;
            if !back.is_positive() {
                continue;
            }
            left = left.sub(back)?;
            let book = match posting.book.component() {
                Some(component) => {
                    self.owed = self.owed.add(component, back)?;
                    self.book(component)
                }
                None => posting.book,
            };
            postings.push(Posting { book, amount: back });
        }
        postings.push(Posting { book: Book::Unapplied, amount: left });
        postings.retain(|posting| !posting.amount.is_zero());
        Ok(merged(postings))
    }

    /// Allocates money that came in, what the debtor `designated` first.
    fn receive(
        &mut self,
        amount: Money,
        method: PaymentMethod,
        order: &AllocationOrder,
        designated: &[Component],
    ) -> Result<Vec<Posting>, LedgerError> {
        if !amount.is_positive() {
            return Err(LedgerError::NotPositive);
        }
        let allocation = allocate(amount, &self.owed, &order.preferring(designated))?;
        let mut postings = vec![Posting { book: Book::Cash(method.cash_book()), amount }];
        for (component, share) in allocation.parts {
            let share = share.negate()?;
            self.owed = self.owed.add(component, share)?;
            postings.push(Posting { book: self.book(component), amount: share });
        }
        postings.push(Posting { book: Book::Unapplied, amount: allocation.unapplied.negate()? });
        postings.retain(|posting| !posting.amount.is_zero());
        Ok(merged(postings))
    }

    /// What a fact does to the books as they stand.
    pub(super) fn apply(
        &mut self,
        what: &FactKind,
        terms: &AccountTerms,
        day: NaiveDate,
    ) -> Result<Vec<Posting>, LedgerError> {
        let mut postings = Vec::new();
        match what {
            FactKind::Opening { owed } => {
                for (component, amount) in owed.components() {
                    self.owe(component, amount, Book::CreditorPlacement, &mut postings)?;
                }
            }
            FactKind::Payment { amount, method, designated } => {
                return self.receive(*amount, *method, terms.order(day), designated);
            }
            FactKind::MoneyBack { .. } | FactKind::MoneyAgain { .. } => {
                return Err(LedgerError::NeedsHistory);
            }
            FactKind::GatewayFee { amount } => {
                postings.push(Posting { book: Book::GatewayFees, amount: *amount });
                postings.push(Posting {
                    book: Book::Cash(PaymentMethod::Gateway.cash_book()),
                    amount: amount.negate()?,
                });
            }
            FactKind::Charge { component, amount, only_while_owed, beneficiary } => {
                let due = !only_while_owed || self.owed.of(Component::Principal).is_positive();
                let other = match beneficiary {
                    Beneficiary::Creditor => Book::CreditorPlacement,
                    Beneficiary::Agency => Book::Fees,
                };
                let amount = if due { *amount } else { Money::zero(amount.currency()) };
                self.owe(*component, amount, other, &mut postings)?;
            }
            FactKind::Forgiveness { parts } => {
                for (component, amount) in parts {
                    let most = self.owed.of(*component);
                    let given =
                        amount.min(if most.is_negative() { Money::zero(most.currency()) } else { most })?;
                    self.owe(*component, given.negate()?, Book::CreditorPlacement, &mut postings)?;
                }
            }
            FactKind::ChargeOff => {
                if !self.written_off {
                    for (component, amount) in self.owed.components() {
                        postings.push(Posting { book: Book::Memorandum(component), amount });
                        postings.push(Posting { book: Book::Debt(component), amount: amount.negate()? });
                    }
                    self.written_off = true;
                }
            }
            FactKind::Moved => {
                let owed = self.owed;
                for (component, amount) in owed.components() {
                    self.owe(component, amount.negate()?, Book::CreditorPlacement, &mut postings)?;
                }
            }
        }
        postings.retain(|posting| !posting.amount.is_zero());
        Ok(merged(postings))
    }
}

/// What the debtor wanted paid first of the payment whose source is `of`.
fn designated<'a>(of: &str, facts: &'a [Fact]) -> &'a [Component] {
    let payment = facts.iter().find(|fact| fact.source == of).map(|fact| &fact.what);
    if let Some(FactKind::Payment { designated, .. }) = payment { designated } else { &[] }
}

/// What the payment of source `of` still covers, in the order in which it was allocated, what it left
/// over last: its own credits, without what went back, with what came again. Written off or not is
/// the same debt.
fn held(of: &str, facts: &[Fact], effects: &[Effect]) -> Result<Vec<Posting>, LedgerError> {
    let moves: BTreeSet<&str> = facts
        .iter()
        .filter(|fact| fact.source == of || fact.what.of_payment().is_some_and(|payment| payment == of))
        .map(|fact| fact.source.as_str())
        .collect();
    let same = |a: Book, b: Book| a == b || (a.component().is_some() && a.component() == b.component());
    let mut held: Vec<Posting> = Vec::new();
    let postings = effects.iter().filter(|effect| moves.contains(effect.source.as_str()));
    for posting in postings.flat_map(|effect| &effect.postings) {
        if matches!(posting.book, Book::Cash(_)) {
            continue;
        }
        match held.iter_mut().find(|one| same(one.book, posting.book)) {
            Some(one) => one.amount = one.amount.add(posting.amount)?,
            None => held.push(*posting),
        }
    }
    held.sort_by_key(|posting| posting.book == Book::Unapplied);
    Ok(held)
}

/// Postings on the same book as one: an opening credits the placement once.
fn merged(postings: Vec<Posting>) -> Vec<Posting> {
    let mut sums: Vec<Posting> = Vec::with_capacity(postings.len());
    for posting in postings {
        match sums.iter_mut().find(|sum| sum.book == posting.book) {
            Some(sum) => match sum.amount.add(posting.amount) {
                Ok(amount) => sum.amount = amount,
                Err(_) => sums.push(posting),
            },
            None => sums.push(posting),
        }
    }
    sums.retain(|posting| !posting.amount.is_zero());
    sums
}
