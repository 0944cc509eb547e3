//! The dates a debt can have. Anything else is a slip of the keyboard or a broken export, and a
//! figure computed from it would only look right.

use chrono::{Datelike, NaiveDate};

pub const FIRST_YEAR: i32 = 1900;
pub const LAST_YEAR: i32 = 2199;
/// Nothing accrues for this many years or longer.
pub const LONGEST_YEARS: i32 = 100;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    #[error("the date {0} is outside the years {FIRST_YEAR} to {LAST_YEAR}; correct the year")]
    OutOfRange(NaiveDate),
    #[error("{start} to {end} is {LONGEST_YEARS} years or longer; correct one of the dates")]
    TooLong { start: NaiveDate, end: NaiveDate },
}

/// # Errors
/// The date is outside the years that debts have.
pub fn check_date(date: NaiveDate) -> Result<(), DateError> {
    if (FIRST_YEAR..=LAST_YEAR).contains(&date.year()) { Ok(()) } else { Err(DateError::OutOfRange(date)) }
}

/// Accepts an interval in either direction.
///
/// # Errors
/// A date out of range, or a century between the two.
pub fn check_interval(start: NaiveDate, end: NaiveDate) -> Result<(), DateError> {
    check_date(start)?;
    check_date(end)?;
    let years = start.max(end).years_since(start.min(end)).unwrap_or(u32::MAX);
    if years >= LONGEST_YEARS.unsigned_abs() { Err(DateError::TooLong { start, end }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_mistyped_year_is_an_error() {
        for text in ["0000-01-01", "0206-01-01", "9999-12-31"] {
            assert_eq!(check_date(day(text)), Err(DateError::OutOfRange(day(text))));
        }
        let (start, end) = (day("1950-03-01"), day("2050-03-01"));
        assert_eq!(check_interval(start, end), Err(DateError::TooLong { start, end }));
        assert_eq!(check_interval(end, start), Err(DateError::TooLong { start: end, end: start }));
        assert_eq!(check_interval(start, day("2050-02-28")), Ok(()));
    }
}
