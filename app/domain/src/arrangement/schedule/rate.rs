//! What a period costs: the rate of a period, and the periods in which it is not asked for.

use serde::{Deserialize, Serialize};

use super::{Frequency, Period, PlanError};
use crate::money::{Decimal, Money, MoneyError, Rounding};

/// The highest rate a plan takes, in per cent a year. Real ones stay far below, in the highest
/// inflation too; above it, somebody mistyped.
pub(super) const MAX_ANNUAL_PERCENT: i64 = 100_000;
/// The same as a fraction: 1,000 times the balance a year.
pub const MAX_ANNUAL_RATE: i64 = MAX_ANNUAL_PERCENT / 100;

const MONTHS_A_YEAR: i64 = 12;
const WEEKS_A_YEAR: i64 = 52;
const DAYS_A_YEAR: i64 = 365;

/// How much of the annual rate belongs to one period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InterestBasis {
    /// Every period costs the same, however long it is: a twelfth of the annual rate a month.
    #[default]
    SamePeriod,
    /// Actual days over a year of this many days.
    Daily { year_days: u32 },
}

/// On what interest is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Accrual {
    /// What is still owed.
    #[default]
    DecliningBalance,
    /// The first balance, to the end.
    Flat,
}

/// Periods at the start of a plan that ask for less.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grace {
    /// No principal is paid in the first so many; the rest carry it.
    pub principal: u32,
    /// Interest of the first so many is paid with the one after.
    pub interest_payment: u32,
    /// No interest runs at all in the first so many.
    pub interest_free: u32,
}

/// An annual rate put to use in one plan.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rate {
    annual: Decimal,
    basis: InterestBasis,
    frequency: Frequency,
}

impl Rate {
    pub(super) fn new(
        annual: Decimal,
        basis: InterestBasis,
        frequency: Frequency,
    ) -> Result<Self, PlanError> {
        if annual.is_negative() {
            return Err(PlanError::NegativeRate);
        }
        if annual > Decimal::from(MAX_ANNUAL_RATE) {
            return Err(PlanError::RateTooHigh);
        }
        if matches!(basis, InterestBasis::Daily { year_days: 0 }) {
            return Err(PlanError::EmptyPeriod);
        }
        Ok(Self { annual, basis, frequency })
    }

    /// The rate of a regular period: what the level payment is computed with.
    pub(super) fn nominal(&self) -> Result<Decimal, MoneyError> {
        let (times, year) = match self.frequency {
            Frequency::Days(n) => (n, DAYS_A_YEAR),
            Frequency::Weeks(n) => (n, WEEKS_A_YEAR),
            Frequency::Months(n) => (n, MONTHS_A_YEAR),
        };
        self.annual.mul(Decimal::from(i64::from(times)))?.div(Decimal::from(year))
    }

    /// Interest on `balance` over a regular period.
    pub(super) fn level_interest(&self, balance: Money, rounding: Rounding) -> Result<Money, MoneyError> {
        Decimal::from_money(balance).mul(self.nominal()?)?.to_money(balance.currency(), rounding)
    }

    /// Interest on `balance` over `period`, rounded here and nowhere else.
    pub(super) fn interest(
        &self,
        balance: Money,
        period: Period,
        rounding: Rounding,
    ) -> Result<Money, MoneyError> {
        let InterestBasis::Daily { year_days } = self.basis else {
            return self.level_interest(balance, rounding);
        };
        let days = Decimal::from(period.days());
        let yearly = Decimal::from_money(balance).mul(self.annual)?;
        yearly.mul(days)?.div(Decimal::from(i64::from(year_days)))?.to_money(balance.currency(), rounding)
    }
}
