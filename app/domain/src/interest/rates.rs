//! Dated rates: what is charged, or may be charged, from which day on.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::InterestError;
use crate::calendar::{FIRST_YEAR, check_date};
use crate::money::{DayCountError, Decimal};

/// Rates beyond this are slips of the keyboard, whatever inflation does.
pub const HIGHEST_RATE_PCT: i64 = 1_000_000;

/// One line of a rate table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateRow {
    /// The first day of the rate; it holds until the next row.
    pub from: NaiveDate,
    /// Per cent a year.
    pub pct: Decimal,
}

/// Yearly rates by date, oldest first, at least one; each from 0 to [`HIGHEST_RATE_PCT`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<RateRow>", into = "Vec<RateRow>")]
pub struct RateTable(Vec<RateRow>);

impl RateTable {
    /// # Errors
    /// No rows, rows out of order, a date or rate out of range.
    pub fn new(rows: Vec<RateRow>) -> Result<Self, InterestError> {
        if rows.is_empty() {
            return Err(InterestError::NoRates);
        }
        for row in &rows {
            check_date(row.from).map_err(DayCountError::from)?;
            if row.pct.is_negative() || row.pct > HIGHEST_RATE_PCT.into() {
                return Err(InterestError::Rate(row.pct));
            }
        }
        let unordered = rows.iter().zip(rows.iter().skip(1)).find(|(row, next)| row.from >= next.from);
        unordered.map_or(Ok(Self(rows.clone())), |(_, next)| Err(InterestError::UnorderedRates(next.from)))
    }

    /// One rate for all time.
    ///
    /// # Errors
    /// A rate out of range.
    pub fn constant(pct: Decimal) -> Result<Self, InterestError> {
        let from = NaiveDate::from_ymd_opt(FIRST_YEAR, 1, 1).unwrap_or_default();
        Self::new(vec![RateRow { from, pct }])
    }

    pub fn rows(&self) -> &[RateRow] {
        &self.0
    }

    /// The rate that holds on a day.
    pub fn on(&self, day: NaiveDate) -> Option<Decimal> {
        let after = self.0.partition_point(|row| row.from <= day);
        self.0.get(after.checked_sub(1)?).map(|row| row.pct)
    }
}

impl TryFrom<Vec<RateRow>> for RateTable {
    type Error = InterestError;

    fn try_from(rows: Vec<RateRow>) -> Result<Self, InterestError> {
        Self::new(rows)
    }
}

impl From<RateTable> for Vec<RateRow> {
    fn from(table: RateTable) -> Self {
        table.0
    }
}
