//! Day counts: how the days between two dates become a fraction of a year.

mod actual;
mod icma;
mod interval;
mod names;
mod thirty;

use chrono::NaiveDate;

use super::{Decimal, MoneyError};
use crate::calendar::{DateError, check_interval};

pub use interval::{Interval, YearFraction};
pub use names::UnknownDayCount;

/// How days become a fraction of a year. Sections are those of the 2006 ISDA definitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DayCount {
    /// Actual days over 365, also in leap years (4.16(d)).
    Act365F,
    /// Actual days over 360 (4.16(e)).
    Act360,
    /// Days in leap years over 366, the others over 365 (4.16(b)).
    ActActIsda,
    /// Actual days over those of the reference period and its number in a year (ICMA rule 251).
    ActActIcma,
    /// Whole years counted back from the end, the rest over 365, or 366 if it holds a
    /// 29 February (Association Française des Banques, 1994).
    ActActAfb,
    /// Months of 30 days; a 31st at the end becomes the 30th only after a 30th or 31st at the
    /// start (4.16(f), "Bond Basis").
    Thirty360,
    /// Months of 30 days; every 31st becomes the 30th (4.16(g), "Eurobond").
    Thirty360E,
    /// Months of 30 days; the last day of every month becomes the 30th, except a last of February
    /// on which the contract ends (4.16(h)).
    Thirty360EIsda,
    /// Bond Basis, and the last of February counts as the 30th (NASD and SIA rules).
    Thirty360Us,
    /// Months of 30 days as in 30E/360, over a year of 365.
    Thirty365,
}

/// Why an interval has no length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DayCountError {
    #[error(transparent)]
    Date(#[from] DateError),
    #[error(transparent)]
    Money(#[from] MoneyError),
    #[error(
        "the reference period {from} to {to} does not lead to the interval; give the regular period that the interval begins or ends in"
    )]
    Reference { from: NaiveDate, to: NaiveDate },
}

impl DayCount {
    /// The days that count between two dates; negative when the end lies before the start.
    ///
    /// # Errors
    /// A date out of range, or a century between them.
    pub fn days(self, interval: &Interval) -> Result<i64, DayCountError> {
        let Interval { start, end, .. } = *interval;
        check_interval(start, end)?;
        Ok(match self {
            Self::Act365F | Self::Act360 | Self::ActActIsda | Self::ActActIcma | Self::ActActAfb => {
                (end - start).num_days()
            }
            Self::Thirty360 => thirty::bond_basis(start, end),
            Self::Thirty360E | Self::Thirty365 => thirty::eurobond(start, end),
            Self::Thirty360EIsda => thirty::isda(start, end, interval.termination),
            Self::Thirty360Us => thirty::us(start, end),
        })
    }

    /// The fraction of a year as an exact ratio; negative when the end lies before the start.
    ///
    /// # Errors
    /// A date out of range, or a century between them.
    pub fn fraction(self, interval: &Interval) -> Result<YearFraction, DayCountError> {
        let days = self.days(interval)?;
        if let Some(year_days) = self.year_days() {
            return Ok(YearFraction::new(days, year_days));
        }
        let Interval { start, end, .. } = *interval;
        Ok(match self {
            Self::ActActIsda => directed(start, end, actual::isda),
            Self::ActActAfb => directed(start, end, actual::afb),
            Self::ActActIcma if start <= end => icma::fraction(start, end, interval.reference)?,
            _ => icma::fraction(end, start, interval.reference)?.negate(),
        })
    }

    /// The days of every year, if years do not differ.
    pub const fn year_days(self) -> Option<i64> {
        match self {
            Self::Act365F | Self::Thirty365 => Some(365),
            Self::Act360 | Self::Thirty360 | Self::Thirty360E | Self::Thirty360EIsda | Self::Thirty360Us => {
                Some(360)
            }
            Self::ActActIsda | Self::ActActIcma | Self::ActActAfb => None,
        }
    }

    /// The fraction of a year as a decimal number.
    ///
    /// # Errors
    /// A date out of range, or a century between them.
    pub fn year_fraction(self, interval: &Interval) -> Result<Decimal, DayCountError> {
        Ok(self.fraction(interval)?.to_decimal()?)
    }
}

/// The rules for actual days are written forwards; backwards only the sign differs.
fn directed(
    start: NaiveDate,
    end: NaiveDate,
    rule: impl Fn(NaiveDate, NaiveDate) -> YearFraction,
) -> YearFraction {
    if start <= end { rule(start, end) } else { rule(end, start).negate() }
}

#[cfg(test)]
mod tests;
