//! Why interest has no right answer.

use chrono::NaiveDate;

use super::HIGHEST_RATE_PCT;
use crate::money::{DayCount, DayCountError, Decimal, MoneyError};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InterestError {
    #[error(transparent)]
    DayCount(#[from] DayCountError),
    #[error(transparent)]
    Money(#[from] MoneyError),
    #[error("a rate of {0} % is no rate; give one from 0 to {HIGHEST_RATE_PCT}")]
    Rate(Decimal),
    #[error("the rate table has no rows; give at least one rate and the date it holds from")]
    NoRates,
    #[error("the rate from {0} stands twice or out of order; sort the table by date")]
    UnorderedRates(NaiveDate),
    #[error("no rate holds on {0}; add one from that date or earlier")]
    NoRateOn(NaiveDate),
    #[error("{0} needs a reference period, which arrears have not; choose another day count")]
    NeedsReference(DayCount),
    #[error("{0} needs the dates, not only the number of days; give both dates or choose another day count")]
    NeedsDates(DayCount),
    #[error("{0} days is no time in arrears; give from 0 to 36524")]
    Days(i64),
    #[error("a year of {0} days is none; give 360, 365 or 366")]
    Basis(u16),
    #[error("VAT of {0} % is none; give from 0 to 100")]
    Vat(Decimal),
    #[error("the change on {on} comes after the one on {after}; give changes by date")]
    OutOfOrder { on: NaiveDate, after: NaiveDate },
    #[error("the principal is {principal} from {on}; what is overdue cannot be less than zero")]
    NegativePrincipal { on: NaiveDate, principal: Decimal },
}
