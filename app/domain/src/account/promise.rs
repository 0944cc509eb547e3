//! Promises to pay.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::money::Money;
use crate::party::text_enum;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromiseStatus {
    Open,
    Kept,
    Broken,
    Cancelled,
}

text_enum!(PromiseStatus { Open = "open", Kept = "kept", Broken = "broken", Cancelled = "cancelled" });

/// What a debtor promises: an amount on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromiseTerms {
    pub amount: Money,
    pub due_on: NaiveDate,
}

/// Why a promise cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PromiseError {
    #[error("the amount must be more than zero")]
    NotPositive,
    #[error("the promise is for more than the debt of {0}")]
    MoreThanOwed(Money),
    #[error("the date has passed; a promise is for today or later")]
    InThePast,
    #[error("a promise reaches at most {0} days ahead; for longer, agree a plan")]
    TooFar(i64),
}

impl PromiseTerms {
    /// How far ahead a promise may lie, in days.
    pub const HORIZON_DAYS: i64 = 60;

    /// # Errors
    /// Terms that make no sense for a debt of `owed` on `today`.
    pub fn check(self, owed: Money, today: NaiveDate) -> Result<Self, PromiseError> {
        if !self.amount.is_positive() {
            return Err(PromiseError::NotPositive);
        }
        if self.amount.currency() != owed.currency() || self.amount > owed {
            return Err(PromiseError::MoreThanOwed(owed));
        }
        match (self.due_on - today).num_days() {
            ..0 => Err(PromiseError::InThePast),
            days if days > Self::HORIZON_DAYS => Err(PromiseError::TooFar(Self::HORIZON_DAYS)),
            _ => Ok(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    #[test]
    fn promises_are_for_a_real_amount_and_a_near_day() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let owed = Money::from_minor(1_000, Currency::MXN);
        let terms = |minor, days| PromiseTerms {
            amount: Money::from_minor(minor, Currency::MXN),
            due_on: today + chrono::Duration::days(days),
        };
        assert!(terms(1_000, 0).check(owed, today).is_ok());
        assert_eq!(terms(0, 1).check(owed, today), Err(PromiseError::NotPositive));
        assert_eq!(terms(1_001, 1).check(owed, today), Err(PromiseError::MoreThanOwed(owed)));
        assert_eq!(terms(1, -1).check(owed, today), Err(PromiseError::InThePast));
        assert_eq!(terms(1, 61).check(owed, today), Err(PromiseError::TooFar(60)));
    }
}
