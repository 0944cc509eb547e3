//! What a period costs per unit of balance.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::arrangement::schedule::{Frequency, PlanError};
use crate::calendar::{is_leap_year, last_of_month};
use crate::money::{Decimal, MoneyError};

/// How many days a year has for interest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum YearDays {
    Fixed(u32),
    /// 365, or 366 in leap years; a period over the year's end is split.
    Actual,
}

/// How many days a month has for interest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MonthDays {
    Thirty,
    Actual,
}

/// How an annual rate becomes the factor of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateFactor {
    /// As a fraction.
    pub annual_rate: Decimal,
    pub year: YearDays,
    pub month: MonthDays,
    pub frequency: Frequency,
}

impl RateFactor {
    /// The factor of `from..to` within the period `start..end`: the period's nominal length over
    /// the year, by the share of its days.
    ///
    /// # Errors
    /// An empty period, or overflow.
    pub fn of(
        &self,
        (from, to): (NaiveDate, NaiveDate),
        (start, end): (NaiveDate, NaiveDate),
    ) -> Result<Decimal, PlanError> {
        let whole = (end - start).num_days();
        if whole <= 0 {
            return Err(PlanError::NotAscending(end));
        }
        if self.year == YearDays::Actual && from.year() != to.year() {
            return Ok(self.annual_rate.mul(year_fractions(from, to)?)?);
        }
        let year = match self.year {
            YearDays::Fixed(0) => return Err(PlanError::EmptyPeriod),
            YearDays::Fixed(days) => i64::from(days),
            YearDays::Actual => days_in_year(from.year()),
        };
        let (unit, times) = match self.frequency {
            Frequency::Days(n) => (1, n),
            Frequency::Weeks(n) => (7, n),
            Frequency::Months(n) => (self.month_days(from), n),
        };
        let nominal = Decimal::from(unit).mul(Decimal::from(i64::from(times)))?;
        let days = Decimal::from((to - from).num_days());
        let share = nominal.mul(days)?.div(Decimal::from(year).mul(Decimal::from(whole))?)?;
        Ok(self.annual_rate.mul(share)?)
    }

    fn month_days(&self, date: NaiveDate) -> i64 {
        match self.month {
            MonthDays::Thirty => 30,
            MonthDays::Actual => i64::from(last_of_month(date).day()),
        }
    }
}

fn days_in_year(year: i32) -> i64 {
    if is_leap_year(year) { 366 } else { 365 }
}

/// Days of each calendar year over the days of that year.
fn year_fractions(from: NaiveDate, to: NaiveDate) -> Result<Decimal, MoneyError> {
    let mut sum = Decimal::ZERO;
    let mut start = from;
    for year in from.year()..=to.year() {
        let end = NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or(to).min(to);
        let days = Decimal::from((end - start).num_days());
        sum = sum.add(days.div(Decimal::from(days_in_year(year)))?)?;
        start = end;
    }
    Ok(sum)
}
