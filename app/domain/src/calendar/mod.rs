//! Business dates: dates in the organization's zone, never instants.

mod business_day;
mod months;
mod range;

use chrono::{DateTime, NaiveDate, Timelike, Utc};
use chrono_tz::Tz;

pub use business_day::{BusinessCalendar, NoBusinessDay, Shift};
pub use months::{add_months, is_end_of_month, is_leap_year, last_of_month};
pub use range::{DateError, FIRST_YEAR, LAST_YEAR, LONGEST_YEARS, check_date, check_interval};

/// The date on which `at` falls for an organization in `zone`.
pub fn business_date(at: DateTime<Utc>, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

/// Whole days from `due_on` to `as_of`; zero when it is not yet past due.
pub fn days_past_due(due_on: NaiveDate, as_of: NaiveDate) -> i64 {
    (as_of - due_on).num_days().max(0)
}

/// Cuts an instant to microseconds: what PostgreSQL keeps, so that both databases agree.
pub fn to_micros(at: DateTime<Utc>) -> DateTime<Utc> {
    at.with_nanosecond(at.nanosecond() / 1_000 * 1_000).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_evening_is_still_today_in_mexico() {
        let at = "2026-11-21T03:30:00Z".parse().unwrap();
        let date = business_date(at, chrono_tz::America::Mexico_City);
        assert_eq!(date, NaiveDate::from_ymd_opt(2026, 11, 20).unwrap());
    }

    #[test]
    fn not_yet_due_is_zero_days() {
        let due = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap();
        assert_eq!(days_past_due(due, NaiveDate::from_ymd_opt(2026, 11, 1).unwrap()), 0);
        assert_eq!(days_past_due(due, NaiveDate::from_ymd_opt(2026, 12, 11).unwrap()), 10);
    }
}
