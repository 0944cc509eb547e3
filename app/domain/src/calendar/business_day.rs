//! Business days: which dates are none, and where a date goes that falls on one of them.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use crate::party::text_enum;

/// Where a due date goes that is no business day (ISDA 2006 definitions, section 4.12).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shift {
    /// It stays.
    #[default]
    Unadjusted,
    /// To the next business day.
    Following,
    /// To the next business day, or back if that is in the next month.
    ModifiedFollowing,
    /// Back to the business day before.
    Preceding,
    /// Back to the business day before, or on if that is in the month before.
    ModifiedPreceding,
}

text_enum!(Shift {
    Unadjusted = "unadjusted",
    Following = "following",
    ModifiedFollowing = "modified_following",
    Preceding = "preceding",
    ModifiedPreceding = "modified_preceding",
});

/// Weekly rest days and holidays of one place. Holidays are loaded, never computed: governments
/// decree them at short notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusinessCalendar {
    pub rest_days: Vec<Weekday>,
    pub holidays: BTreeSet<NaiveDate>,
}

/// So many days in a row without one business day mean that the calendar is wrong.
const LONGEST_SEARCH_DAYS: usize = 366;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no business day within a year of {0}; check the holidays and rest days")]
pub struct NoBusinessDay(pub NaiveDate);

impl BusinessCalendar {
    /// Saturdays and Sundays rest.
    pub fn weekends(holidays: impl IntoIterator<Item = NaiveDate>) -> Self {
        Self { rest_days: vec![Weekday::Sat, Weekday::Sun], holidays: holidays.into_iter().collect() }
    }

    pub fn is_business_day(&self, date: NaiveDate) -> bool {
        !self.rest_days.contains(&date.weekday()) && !self.holidays.contains(&date)
    }

    /// Whether a holiday of this year is known: without one, nobody loaded the year.
    pub fn knows_year(&self, year: i32) -> bool {
        let first = NaiveDate::from_ymd_opt(year, 1, 1);
        let last = NaiveDate::from_ymd_opt(year, 12, 31);
        first.zip(last).is_some_and(|(first, last)| self.holidays.range(first..=last).next().is_some())
    }

    /// The date to which `date` goes.
    ///
    /// # Errors
    /// No business day is near.
    pub fn shift(&self, date: NaiveDate, shift: Shift) -> Result<NaiveDate, NoBusinessDay> {
        let nearest = |mut days: Box<dyn Iterator<Item = NaiveDate>>| {
            days.find(|day| self.is_business_day(*day)).ok_or(NoBusinessDay(date))
        };
        let onward = || nearest(Box::new(date.iter_days().take(LONGEST_SEARCH_DAYS)));
        let back = || nearest(Box::new(date.iter_days().rev().take(LONGEST_SEARCH_DAYS)));
        match shift {
            Shift::Unadjusted => Ok(date),
            Shift::Following => onward(),
            Shift::Preceding => back(),
            Shift::ModifiedFollowing => in_month(date, onward()?).map_or_else(back, Ok),
            Shift::ModifiedPreceding => in_month(date, back()?).map_or_else(onward, Ok),
        }
    }

    /// `date` moved by so many business days, back if negative; zero moves on to a business day.
    ///
    /// # Errors
    /// No business day is near.
    pub fn add_business_days(&self, date: NaiveDate, days: i32) -> Result<NaiveDate, NoBusinessDay> {
        let (shift, step) = if days < 0 { (Shift::Preceding, -1) } else { (Shift::Following, 1) };
        (0..days.unsigned_abs()).try_fold(self.shift(date, shift)?, |day, _| {
            let next = day.checked_add_signed(chrono::TimeDelta::days(step)).ok_or(NoBusinessDay(date))?;
            self.shift(next, shift)
        })
    }
}

fn in_month(date: NaiveDate, found: NaiveDate) -> Option<NaiveDate> {
    ((found.year(), found.month()) == (date.year(), date.month())).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn calendar() -> BusinessCalendar {
        BusinessCalendar::weekends([day("2026-01-01"), day("2026-01-02")])
    }

    #[test]
    fn each_convention_finds_its_day() {
        // 31 January 2026 is a Saturday.
        for (shift, date, want) in [
            (Shift::Unadjusted, "2026-01-31", "2026-01-31"),
            (Shift::Following, "2026-01-31", "2026-02-02"),
            (Shift::ModifiedFollowing, "2026-01-31", "2026-01-30"),
            (Shift::Preceding, "2026-01-31", "2026-01-30"),
            (Shift::Preceding, "2026-01-01", "2025-12-31"),
            (Shift::ModifiedPreceding, "2026-01-01", "2026-01-05"),
            (Shift::ModifiedFollowing, "2026-01-30", "2026-01-30"),
        ] {
            assert_eq!(calendar().shift(day(date), shift), Ok(day(want)), "{shift} {date}");
        }
    }

    #[test]
    fn business_days_count_over_weekends_and_holidays() {
        let calendar = calendar();
        assert_eq!(calendar.add_business_days(day("2025-12-30"), 2), Ok(day("2026-01-05")));
        assert_eq!(calendar.add_business_days(day("2026-01-05"), -1), Ok(day("2025-12-31")));
        assert_eq!(calendar.add_business_days(day("2026-01-03"), 0), Ok(day("2026-01-05")));
    }

    #[test]
    fn a_calendar_without_business_days_is_an_error() {
        use chrono::Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
        let never = BusinessCalendar {
            rest_days: vec![Mon, Tue, Wed, Thu, Fri, Sat, Sun],
            holidays: BTreeSet::new(),
        };
        let date = day("2026-01-31");
        assert_eq!(never.shift(date, Shift::Following), Err(NoBusinessDay(date)));
        assert_eq!(never.shift(NaiveDate::MAX, Shift::Following), Err(NoBusinessDay(NaiveDate::MAX)));
    }

    #[test]
    fn a_year_without_holidays_was_not_loaded() {
        assert!(calendar().knows_year(2026) && !calendar().knows_year(2027));
    }
}
