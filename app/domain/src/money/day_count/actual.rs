//! Conventions with actual days over actual years. `start` is never after `end` here.

use chrono::{Datelike, NaiveDate};

use super::YearFraction;
use crate::calendar::{add_months, is_leap_year};

/// The common denominator of years of 365 and of 366 days.
const EITHER_YEAR: i64 = 365 * 366;

pub fn isda(start: NaiveDate, end: NaiveDate) -> YearFraction {
    let (first, last) = (start.year(), end.year());
    if first == last {
        return part_of_year((end - start).num_days(), first);
    }
    let until_new_year = NaiveDate::from_ymd_opt(first + 1, 1, 1).map_or(0, |day| (day - start).num_days());
    let since_new_year = i64::from(end.ordinal0());
    let whole = i64::from(last - first - 1) * EITHER_YEAR;
    let parts =
        part_of_year(until_new_year, first).numerator() + part_of_year(since_new_year, last).numerator();
    YearFraction::new(whole + parts, EITHER_YEAR)
}

fn part_of_year(days: i64, year: i32) -> YearFraction {
    YearFraction::new(days * if is_leap_year(year) { 365 } else { 366 }, EITHER_YEAR)
}

pub fn afb(start: NaiveDate, end: NaiveDate) -> YearFraction {
    let (mut years, mut rest_end) = (0, end);
    while let Some(before) = year_before(rest_end).filter(|before| *before >= start) {
        years += 1;
        rest_end = before;
    }
    let leap_day_within = [start.year(), rest_end.year()].into_iter().any(|year| {
        NaiveDate::from_ymd_opt(year, 2, 29).is_some_and(|leap_day| start <= leap_day && leap_day < rest_end)
    });
    let (basis, scale) = if leap_day_within { (366, 365) } else { (365, 366) };
    debug_assert_eq!(basis * scale, EITHER_YEAR);
    YearFraction::new(years * EITHER_YEAR + (rest_end - start).num_days() * scale, EITHER_YEAR)
}

/// One year back; from a 28 February into a leap year to the 29th, as the rule asks.
fn year_before(date: NaiveDate) -> Option<NaiveDate> {
    let before = add_months(date, -12)?;
    let into_leap_year = before.month() == 2 && before.day() == 28 && is_leap_year(before.year());
    if into_leap_year { before.succ_opt() } else { Some(before) }
}
