//! What is open of an instalment, part by part and charge by charge.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::money::{Money, MoneyError};
use crate::party::text_enum;

/// A part of an instalment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Penalty,
    Fee,
    Interest,
    Principal,
}

text_enum!(Part { Penalty = "penalty", Fee = "fee", Interest = "interest", Principal = "principal" });

/// One claim within an instalment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub part: Part,
    pub owed: Money,
    pub paid: Money,
    /// A charge has its own due date; the rest fall due with the instalment.
    pub due_on: NaiveDate,
    /// Which event made the charge, to hide it from payments that came before it.
    pub charge: Option<usize>,
}

/// An instalment with what came in for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    pub from: NaiveDate,
    pub due_on: NaiveDate,
    pub down_payment: bool,
    pub entries: Vec<Entry>,
    /// Paid before its due date.
    pub in_advance: Money,
    /// Paid after it.
    pub late: Money,
    pub last_paid_on: Option<NaiveDate>,
}

impl Open {
    pub(super) fn new(from: NaiveDate, due_on: NaiveDate, down_payment: bool, zero: Money) -> Self {
        Self { from, due_on, down_payment, entries: vec![], in_advance: zero, late: zero, last_paid_on: None }
    }

    pub(super) fn owe(&mut self, part: Part, owed: Money, due_on: NaiveDate, charge: Option<usize>) {
        self.entries.push(Entry { part, owed, paid: Money::zero(owed.currency()), due_on, charge });
    }

    /// What is owed of a part.
    ///
    /// # Errors
    /// Overflow.
    pub fn owed(&self, part: Part) -> Result<Money, MoneyError> {
        self.sum(Some(part), |entry| Ok(entry.owed))
    }

    /// What falls due in all.
    ///
    /// # Errors
    /// Overflow.
    pub fn due(&self) -> Result<Money, MoneyError> {
        self.sum(None, |entry| Ok(entry.owed))
    }

    /// What came in.
    ///
    /// # Errors
    /// Overflow.
    pub fn paid(&self) -> Result<Money, MoneyError> {
        self.sum(None, |entry| Ok(entry.paid))
    }

    /// What is still open.
    ///
    /// # Errors
    /// Overflow.
    pub fn outstanding(&self) -> Result<Money, MoneyError> {
        self.sum(None, |entry| entry.owed.sub(entry.paid))
    }

    fn sum(
        &self,
        part: Option<Part>,
        of: impl Fn(&Entry) -> Result<Money, MoneyError>,
    ) -> Result<Money, MoneyError> {
        let zero = Money::zero(self.in_advance.currency());
        let wanted = self.entries.iter().filter(|entry| part.is_none_or(|part| entry.part == part));
        wanted.map(of).try_fold(zero, |sum, amount| sum.add(amount?))
    }

    /// Pays `part` of what `visible` lets through; returns what it took.
    pub(super) fn pay(
        &mut self,
        part: Part,
        amount: Money,
        on: NaiveDate,
        visible: impl Fn(&Entry) -> bool,
    ) -> Result<Money, MoneyError> {
        let mut rest = amount;
        for entry in self.entries.iter_mut().filter(|entry| entry.part == part && visible(entry)) {
            let share = rest.min(entry.owed.sub(entry.paid)?)?;
            entry.paid = entry.paid.add(share)?;
            rest = rest.sub(share)?;
        }
        let took = amount.sub(rest)?;
        if took.is_positive() {
            self.last_paid_on = Some(on);
            match on.cmp(&self.due_on) {
                std::cmp::Ordering::Less => self.in_advance = self.in_advance.add(took)?,
                std::cmp::Ordering::Greater => self.late = self.late.add(took)?,
                std::cmp::Ordering::Equal => {}
            }
        }
        Ok(took)
    }
}
