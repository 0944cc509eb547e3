//! When a charge falls due: once, or again and again.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::calendar::add_months;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recurrence {
    Once,
    /// On the first day, and every so many days after it.
    EveryDays(u16),
    /// On the first day, and every so many months after it, by the month-end rule.
    EveryMonths(u16),
}

/// One falling due of a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Occurrence {
    /// 1 for the first.
    pub number: u32,
    pub on: NaiveDate,
}

impl Recurrence {
    pub const fn is_valid(self) -> bool {
        !matches!(self, Self::EveryDays(0) | Self::EveryMonths(0))
    }

    /// The days on which it falls due, from `first` on, without end until the calendar ends.
    pub fn from(self, first: NaiveDate) -> impl Iterator<Item = Occurrence> {
        (0_u32..).map_while(move |n| Some(Occurrence { number: n.checked_add(1)?, on: self.nth(first, n)? }))
    }

    /// How many fall due up to a day, at least; used to skip what was long ago.
    pub(super) fn surely_before(self, first: NaiveDate, day: NaiveDate) -> u32 {
        const LONGEST_MONTH_DAYS: i64 = 31;
        let days = (day - first).num_days().max(0);
        let times = match self {
            Self::Once => 0,
            Self::EveryDays(n) => days / i64::from(n.max(1)),
            Self::EveryMonths(n) => days / (LONGEST_MONTH_DAYS * i64::from(n.max(1))),
        };
        u32::try_from(times).unwrap_or(u32::MAX).saturating_sub(1)
    }

    /// The occurrence after `n` others.
    pub(super) fn nth(self, first: NaiveDate, n: u32) -> Option<NaiveDate> {
        match self {
            Self::Once => (n == 0).then_some(first),
            Self::EveryDays(days) => first.checked_add_days(Days::new(u64::from(days) * u64::from(n))),
            Self::EveryMonths(months) => {
                add_months(first, i32::try_from(u64::from(months) * u64::from(n)).ok()?)
            }
        }
    }
}
