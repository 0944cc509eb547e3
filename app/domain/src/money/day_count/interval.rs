//! An interval between two dates, and its length in years.

use chrono::NaiveDate;

use crate::money::{Decimal, MoneyError};

/// From `start` (counted) to `end` (not counted), with what some conventions ask besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    pub start: NaiveDate,
    pub end: NaiveDate,
    /// The regular interest period to which the interval belongs: asked by ACT/ACT ICMA.
    pub reference: Option<(NaiveDate, NaiveDate)>,
    /// The day on which the contract ends: asked by 30E/360 ISDA.
    pub termination: Option<NaiveDate>,
}

impl Interval {
    pub const fn new(start: NaiveDate, end: NaiveDate) -> Self {
        Self { start, end, reference: None, termination: None }
    }

    #[must_use]
    pub const fn in_period(self, start: NaiveDate, end: NaiveDate) -> Self {
        Self { reference: Some((start, end)), ..self }
    }

    #[must_use]
    pub const fn terminating(self, on: NaiveDate) -> Self {
        Self { termination: Some(on), ..self }
    }
}

/// Years as an exact ratio: dividing last keeps halves of a cent exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YearFraction {
    numerator: i64,
    denominator: i64,
}

impl YearFraction {
    pub(super) const fn new(numerator: i64, denominator: i64) -> Self {
        Self { numerator, denominator }
    }

    pub const fn numerator(self) -> i64 {
        self.numerator
    }

    /// Positive.
    pub const fn denominator(self) -> i64 {
        self.denominator
    }

    pub(super) const fn negate(self) -> Self {
        Self::new(-self.numerator, self.denominator)
    }

    /// `amount` times this fraction.
    ///
    /// # Errors
    /// Overflow.
    pub fn of(self, amount: Decimal) -> Result<Decimal, MoneyError> {
        amount.mul(self.numerator.into())?.div(self.denominator.into())
    }

    /// # Errors
    /// Overflow.
    pub fn to_decimal(self) -> Result<Decimal, MoneyError> {
        self.of(Decimal::ONE)
    }
}
