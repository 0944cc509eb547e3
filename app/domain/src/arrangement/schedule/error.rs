//! Why a plan cannot be made.

use chrono::NaiveDate;

use super::dates::MAX_INSTALLMENTS;
use super::rate::MAX_ANNUAL_PERCENT;
use crate::calendar::{DateError, NoBusinessDay};
use crate::money::{Money, MoneyError};

/// Names the cause and the remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("a plan needs at least one instalment")]
    NoInstallments,
    #[error("{0} instalments are too many; a plan has at most {MAX_INSTALLMENTS}")]
    TooManyInstallments(u32),
    #[error("there is nothing to spread: the balance is {0} and must be positive")]
    NotPositive(Money),
    #[error("a rate cannot be negative; use 0 for a plan without interest")]
    NegativeRate,
    #[error("the rate is beyond {MAX_ANNUAL_PERCENT} % a year; check the decimal point")]
    RateTooHigh,
    #[error("a down payment of {down} must not be negative and must leave something of {balance}")]
    DownPayment { down: Money, balance: Money },
    #[error("a down payment must lie between 0 and 100 %")]
    DownPaymentShare,
    #[error("a balloon of {balloon} must lie between zero and the balance of {balance}")]
    Balloon { balloon: Money, balance: Money },
    #[error("a grace of {grace} periods leaves none of {count} instalments to pay; shorten it")]
    GraceTooLong { grace: u32, count: u32 },
    #[error("instalment {number} has a negative amount; use zero or more")]
    NegativeAmount { number: u32 },
    #[error("the instalments come to {found}, but the balance is {balance}; correct one of them")]
    NotTheBalance { found: Money, balance: Money },
    #[error("instalment {number} pays {payment}, less than its interest of {interest}; raise it")]
    BelowInterest { number: u32, payment: Money, interest: Money },
    #[error("{0} does not come after the date before it; put the dates in order")]
    NotAscending(NaiveDate),
    #[error("there are {dates} due dates for {count} instalments; give one for each")]
    DatesMissing { dates: usize, count: u32 },
    #[error("a period needs at least one day, week or month, and a year at least one day")]
    EmptyPeriod,
    #[error("the plan leaves the calendar; start it earlier or shorten it")]
    BeyondCalendar,
    #[error("an instalment of {payment} is below the minimum of {minimum}; use fewer instalments")]
    BelowMinimum { payment: Money, minimum: Money },
    #[error("payments cannot be rounded to multiples of {0}; use a positive amount")]
    Multiple(Money),
    #[error(transparent)]
    Date(#[from] DateError),
    #[error(transparent)]
    BusinessDay(#[from] NoBusinessDay),
    #[error(transparent)]
    Money(#[from] MoneyError),
}
