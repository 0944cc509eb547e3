//! The debtor's clock: a zone of the time zone database, or a bare offset.

use std::fmt;

use chrono::{
    DateTime, FixedOffset, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc,
};
use chrono_tz::Tz;
use serde::{Serialize, Serializer};

/// Where a clock is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    Named(Tz),
    /// Only an offset is known, not where it holds: daylight saving cannot be foreseen.
    Fixed(FixedOffset),
}

/// The longest gap that a clock was ever put forward by is a day; searched minute by minute.
const LONGEST_GAP_MINUTES: i64 = 26 * 60;

impl Zone {
    /// The wall clock at `at`.
    pub fn local(self, at: DateTime<Utc>) -> NaiveDateTime {
        let utc = at.naive_utc();
        let offset = match self {
            Self::Named(tz) => tz.offset_from_utc_datetime(&utc).fix(),
            Self::Fixed(offset) => offset,
        };
        // Only the calendar's very ends have no local time; there UTC is as good.
        utc.checked_add_offset(offset).unwrap_or(utc)
    }

    pub fn date(self, at: DateTime<Utc>) -> NaiveDate {
        self.local(at).date()
    }

    /// `at` with the offset that holds there, for people and for RFC 3339.
    pub fn shown(self, at: DateTime<Utc>) -> DateTime<FixedOffset> {
        match self {
            Self::Named(tz) => at.with_timezone(&tz).fixed_offset(),
            Self::Fixed(offset) => at.with_timezone(&offset),
        }
    }

    /// The instants at which the wall clock comes to this time: two when clocks go back over it;
    /// the end of the gap when clocks go forward over it; none outside the calendar.
    pub fn instants(self, date: NaiveDate, time: NaiveTime) -> Vec<DateTime<Utc>> {
        let wanted = date.and_time(time);
        let after_gap = || {
            let later = |minutes| wanted.checked_add_signed(TimeDelta::minutes(minutes));
            (1..LONGEST_GAP_MINUTES).find_map(|m| self.resolve(later(m)?).into_iter().next())
        };
        let found = self.resolve(wanted);
        if found.is_empty() { after_gap().into_iter().collect() } else { found }
    }

    /// The instant of this UTC day at which the clock is put forward or back, if it is.
    pub(super) fn change_on(self, utc_day: NaiveDate) -> Option<DateTime<Utc>> {
        let mut before = utc_day.and_time(NaiveTime::MIN).and_utc();
        let mut after = before.checked_add_signed(TimeDelta::days(1))?;
        let offset = |at: DateTime<Utc>| self.local(at) - at.naive_utc();
        let old = offset(before);
        if offset(after) == old {
            return None;
        }
        while after - before > TimeDelta::seconds(1) {
            let middle = before + TimeDelta::seconds((after - before).num_seconds() / 2);
            if offset(middle) == old { before = middle } else { after = middle }
        }
        Some(after)
    }

    fn resolve(self, local: NaiveDateTime) -> Vec<DateTime<Utc>> {
        match self {
            Self::Named(tz) => utc(tz.from_local_datetime(&local)),
            Self::Fixed(offset) => utc(offset.from_local_datetime(&local)),
        }
    }
}

fn utc<Z: TimeZone>(found: LocalResult<DateTime<Z>>) -> Vec<DateTime<Utc>> {
    match found {
        LocalResult::None => Vec::new(),
        LocalResult::Single(at) => vec![at.to_utc()],
        LocalResult::Ambiguous(first, second) => vec![first.to_utc(), second.to_utc()],
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(tz) => f.write_str(tz.name()),
            Self::Fixed(offset) => write!(f, "UTC{offset}"),
        }
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
