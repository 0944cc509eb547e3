//! Why a charge has no right answer.

use chrono::NaiveDate;

use crate::calendar::DateError;
use crate::money::{Currency, Decimal, MoneyError};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChargeError {
    #[error(transparent)]
    Date(#[from] DateError),
    #[error(transparent)]
    Money(#[from] MoneyError),
    #[error("late charge {code:?}: {what}")]
    Rule { code: String, what: &'static str },
    #[error(
        "late charge {code:?} would fall due more than {most} times from {from} to {to}; make it rarer or look at fewer days"
    )]
    TooMany { code: String, from: NaiveDate, to: NaiveDate, most: usize },
    #[error("no rule for collection costs in {country:?} on {on}; known are CL and CR")]
    NoRule { country: String, on: NaiveDate },
    #[error("an overdue amount of {0} has no collection cost; give one from zero")]
    NegativeOverdue(Decimal),
    #[error("the unit's value is {0}; give the published one, above zero")]
    UnitValue(Decimal),
    #[error("{days} days past due is none; give from zero")]
    NegativeDays { days: i64 },
    #[error("the rule counts in {0}, the amount is in {1}")]
    Currency(Currency, Currency),
}
