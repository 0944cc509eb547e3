//! ACT/ACT ICMA (rule 251): a regular interest period is its share of a year, whatever its days;
//! a part of one is its days over those of the period. What reaches beyond the reference period
//! is cut into further periods of the same months.

use chrono::NaiveDate;

use super::{DayCountError, YearFraction};
use crate::calendar::add_months;

/// A regular period and its whole months.
#[derive(Clone, Copy)]
struct Period {
    from: NaiveDate,
    to: NaiveDate,
    months: i32,
}

/// `start` is not after `end`. Without a reference the interval is its own period.
pub fn fraction(
    start: NaiveDate,
    end: NaiveDate,
    reference: Option<(NaiveDate, NaiveDate)>,
) -> Result<YearFraction, DayCountError> {
    if start == end {
        return Ok(YearFraction::new(0, MONTHS));
    }
    let (from, to) = reference.unwrap_or((start, end));
    let wrong = || DayCountError::Reference { from, to };
    if to <= from || to <= start {
        return Err(wrong());
    }
    let period = Period::named_by(from, to, start).ok_or_else(wrong)?;
    if end > period.to && start < period.from {
        return Err(wrong());
    }
    if end > period.to { onward(start, end, period) } else { back(start, end, period) }.ok_or_else(wrong)
}

impl Period {
    /// Less than half a month names no period: then it is the year from `start`.
    fn named_by(from: NaiveDate, to: NaiveDate, start: NaiveDate) -> Option<Self> {
        let months = i32::try_from((24 * (to - from).num_days() + 365) / 730).ok()?;
        if months == 0 {
            return Some(Self { from: start, to: add_months(start, 12)?, months: 12 });
        }
        Some(Self { from, to, months })
    }

    /// The share of a month count that lies between two dates of this period, as a ratio of days.
    fn part(self, from: NaiveDate, to: NaiveDate) -> (i64, i64) {
        (i64::from(self.months) * (to - from).num_days(), (self.to - self.from).num_days())
    }
}

/// The interval begins in `period` and ends after it.
fn onward(start: NaiveDate, end: NaiveDate, period: Period) -> Option<YearFraction> {
    let mut last = 0;
    while add_months(period.to, period.months * (last + 1))? <= end {
        last += 1;
    }
    let from = add_months(period.to, period.months * last)?;
    let to = add_months(period.to, period.months * (last + 1))?;
    let tail = Period { from, to, ..period };
    add(period.months * last, period.part(start, period.to), tail.part(from, end))
}

/// The interval ends in `period` or before it, and begins wherever.
fn back(start: NaiveDate, end: NaiveDate, period: Period) -> Option<YearFraction> {
    let mut current = period;
    while end <= current.from {
        current = current.before()?;
    }
    if start >= current.from {
        return add(0, current.part(start, end), (0, 1));
    }
    let (tail, mut whole) = (current.part(current.from, end), 0);
    current = current.before()?;
    while start < current.from {
        whole += current.months;
        current = current.before()?;
    }
    add(whole, current.part(start, current.to), tail)
}

impl Period {
    fn before(self) -> Option<Self> {
        Some(Self { from: add_months(self.from, -self.months)?, to: self.from, ..self })
    }
}

const MONTHS: i64 = 12;

/// Whole months and two parts of months, as a fraction of a year.
fn add(whole_months: i32, one: (i64, i64), other: (i64, i64)) -> Option<YearFraction> {
    let denominator = one.1.checked_mul(other.1)?;
    let whole = i64::from(whole_months).checked_mul(denominator)?;
    let parts = one.0.checked_mul(other.1)?.checked_add(other.0.checked_mul(one.1)?)?;
    Some(YearFraction::new(whole.checked_add(parts)?, denominator.checked_mul(MONTHS)?))
}
