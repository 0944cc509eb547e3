//! Buckets of delinquency: thirty-day steps, as portfolios are reported.

use std::fmt;

use chrono::{Duration, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::calendar::days_past_due;

/// A delinquency bucket (tramo de mora): 0 is current, 1 is 1–30 days past due, 2 is 31–60, up to
/// 7, which is more than 180.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DelinquencyBucket(u8);

impl DelinquencyBucket {
    /// Width of a bucket in days.
    pub const STEP_DAYS: i64 = 30;
    pub const CURRENT: Self = Self(0);
    /// More than 180 days.
    pub const LAST: Self = Self(7);

    /// Where a debt stands on `as_of`. What is not owed is current.
    pub fn of(total_minor: i64, due_on: NaiveDate, as_of: NaiveDate) -> Self {
        if total_minor <= 0 {
            return Self::CURRENT;
        }
        let step = days_past_due(due_on, as_of).saturating_add(Self::STEP_DAYS - 1) / Self::STEP_DAYS;
        u8::try_from(step).map_or(Self::LAST, |number| Self(number).min(Self::LAST))
    }

    /// The buckets, each with the earliest due date that is still in it on `as_of`, latest first;
    /// what is due before all of them is in the last. For comparing due dates without counting
    /// days.
    pub fn earliest_due(as_of: NaiveDate) -> impl Iterator<Item = (NaiveDate, Self)> {
        (0..Self::LAST.0)
            .map(move |number| (days_before(as_of, i64::from(number) * Self::STEP_DAYS), Self(number)))
    }

    /// The number under which the bucket is stored.
    pub const fn code(self) -> i16 {
        self.0 as i16
    }

    /// The bucket stored as `code`.
    pub fn from_code(code: i16) -> Option<Self> {
        u8::try_from(code).ok().map(Self).filter(|bucket| *bucket <= Self::LAST)
    }
}

impl fmt::Display for DelinquencyBucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A date so many days earlier, or the first there is.
pub(super) fn days_before(date: NaiveDate, days: i64) -> NaiveDate {
    Duration::try_days(days).and_then(|span| date.checked_sub_signed(span)).unwrap_or(NaiveDate::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_days_a_bucket() {
        let due = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        let on = |days| DelinquencyBucket::of(1, due, due + chrono::Days::new(days)).code();
        assert_eq!((on(0), on(1), on(30), on(31), on(60), on(61)), (0, 1, 1, 2, 2, 3));
        assert_eq!((on(180), on(181), on(99_999)), (6, 7, 7));
        assert_eq!(DelinquencyBucket::of(0, due, due + chrono::Days::new(400)), DelinquencyBucket::CURRENT);
        assert_eq!(DelinquencyBucket::of(1, NaiveDate::MIN, NaiveDate::MAX), DelinquencyBucket::LAST);
    }

    #[test]
    fn due_dates_compare_as_days_count() {
        let as_of = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        for days in -40..=400 {
            let due = as_of - Duration::days(days);
            let by_date = DelinquencyBucket::earliest_due(as_of).find(|(from, _)| due >= *from);
            let by_date = by_date.map_or(DelinquencyBucket::LAST, |(_, bucket)| bucket);
            assert_eq!(by_date, DelinquencyBucket::of(1, due, as_of), "{days} days");
        }
    }

    #[test]
    fn codes_are_the_numbers() {
        assert_eq!((0..=8).filter_map(DelinquencyBucket::from_code).count(), 8);
        assert_eq!(DelinquencyBucket::from_code(-1), None);
    }
}
