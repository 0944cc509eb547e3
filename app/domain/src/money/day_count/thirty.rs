//! Conventions with months of 30 days: 360 × years + 30 × months + days, each with its own idea
//! of which days count as the 30th.

use chrono::{Datelike, NaiveDate};

use crate::calendar::is_end_of_month;

pub fn bond_basis(start: NaiveDate, end: NaiveDate) -> i64 {
    let first = start.day().min(30);
    let last = if first == 30 { end.day().min(30) } else { end.day() };
    count(start, end, first, last)
}

pub fn eurobond(start: NaiveDate, end: NaiveDate) -> i64 {
    count(start, end, start.day().min(30), end.day().min(30))
}

pub fn isda(start: NaiveDate, end: NaiveDate, termination: Option<NaiveDate>) -> i64 {
    let last = if ends_february(end) && termination != Some(end) { 30 } else { end.day().min(30) };
    let first = if ends_february(start) { 30 } else { start.day().min(30) };
    count(start, end, first, last)
}

pub fn us(start: NaiveDate, end: NaiveDate) -> i64 {
    let (mut first, mut last) = (start.day(), end.day());
    if ends_february(start) {
        if ends_february(end) {
            last = 30;
        }
        first = 30;
    }
    if last == 31 && first >= 30 {
        last = 30;
    }
    count(start, end, first.min(30), last)
}

fn ends_february(date: NaiveDate) -> bool {
    date.month() == 2 && is_end_of_month(date)
}

fn count(start: NaiveDate, end: NaiveDate, first: u32, last: u32) -> i64 {
    let years = i64::from(end.year()) - i64::from(start.year());
    let months = i64::from(end.month()) - i64::from(start.month());
    360 * years + 30 * months + i64::from(last) - i64::from(first)
}
