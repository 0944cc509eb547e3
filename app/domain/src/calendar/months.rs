//! Counting in months, where months end on different days.

use chrono::{Datelike, Months, NaiveDate};

/// `date` moved by whole months, back if negative. A day that the month does not have becomes
/// its last: 31 January plus one month is 28 or 29 February. Count every date of a series from
/// its first, so that 31 January, 28 February is followed by 31 March.
///
/// `None` beyond the calendar.
pub fn add_months(date: NaiveDate, months: i32) -> Option<NaiveDate> {
    let span = Months::new(months.unsigned_abs());
    if months < 0 { date.checked_sub_months(span) } else { date.checked_add_months(span) }
}

/// The last day of the month of `date`.
pub fn last_of_month(date: NaiveDate) -> NaiveDate {
    let days = u32::from(date.num_days_in_month());
    date.with_day(days).unwrap_or(date)
}

pub fn is_end_of_month(date: NaiveDate) -> bool {
    date == last_of_month(date)
}

/// By the Gregorian rule: every fourth year, but only every fourth century.
pub fn is_leap_year(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_missing_day_becomes_the_last_and_comes_back() {
        let first = day("2026-01-31");
        let series: Vec<_> = (0..4).map(|n| add_months(first, n).unwrap().to_string()).collect();
        assert_eq!(series, ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]);
        assert_eq!(add_months(day("2024-03-31"), -1), Some(day("2024-02-29")));
        assert_eq!(add_months(NaiveDate::MAX, 1), None);
    }

    #[test]
    fn ends_of_months() {
        assert_eq!(last_of_month(day("2024-02-03")), day("2024-02-29"));
        assert!(is_end_of_month(day("2100-02-28")) && !is_end_of_month(day("2000-02-28")));
    }
}
