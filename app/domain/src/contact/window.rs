//! Hours of contact: `[start, end)` on the wall clock, by day of the week and on holidays.

use std::fmt;

use chrono::{NaiveTime, Weekday};
use serde::{Deserialize, Serialize};

use super::Citation;
use crate::party::text_enum;

/// A day as the norms tell days apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
    Holiday,
}

text_enum!(DayKind {
    Mon = "mon",
    Tue = "tue",
    Wed = "wed",
    Thu = "thu",
    Fri = "fri",
    Sat = "sat",
    Sun = "sun",
    Holiday = "holiday",
});

impl From<Weekday> for DayKind {
    fn from(day: Weekday) -> Self {
        match day {
            Weekday::Mon => Self::Mon,
            Weekday::Tue => Self::Tue,
            Weekday::Wed => Self::Wed,
            Weekday::Thu => Self::Thu,
            Weekday::Fri => Self::Fri,
            Weekday::Sat => Self::Sat,
            Weekday::Sun => Self::Sun,
        }
    }
}

/// Wall time `[start, end)`: the end is exclusive, the careful reading of every statute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Window {
    start: NaiveTime,
    end: NaiveTime,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no window; write it as 07:00-19:00, the start before the end")]
pub struct NotAWindow(String);

impl Window {
    /// None if it would be empty.
    pub fn new(start: NaiveTime, end: NaiveTime) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    pub const fn start(self) -> NaiveTime {
        self.start
    }

    pub const fn end(self) -> NaiveTime {
        self.end
    }

    pub fn contains(self, time: NaiveTime) -> bool {
        self.start <= time && time < self.end
    }
}

impl TryFrom<String> for Window {
    type Error = NotAWindow;

    fn try_from(text: String) -> Result<Self, NotAWindow> {
        let time = |part: &str| NaiveTime::parse_from_str(part, "%H:%M").ok();
        let parts = text.split_once('-').and_then(|(from, to)| Some((time(from)?, time(to)?)));
        parts.and_then(|(start, end)| Self::new(start, end)).ok_or(NotAWindow(text))
    }
}

impl From<Window> for String {
    fn from(window: Window) -> Self {
        window.to_string()
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.start.format("%H:%M"), self.end.format("%H:%M"))
    }
}

/// The hours of some kinds of day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayRule {
    pub days: Vec<DayKind>,
    /// None: no contact on such a day.
    pub open: Option<Window>,
    pub cite: Citation,
}

/// Hours that the debtor asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnHours {
    pub slots: Vec<OwnSlot>,
    /// Asked for in a document apart from the contract and later than it. Where a norm says so,
    /// these hours then take the place of the statutory ones; otherwise they only narrow them.
    pub separate_instrument: bool,
}

/// Hours on some days of the week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSlot {
    pub days: Vec<Weekday>,
    pub open: Window,
}

impl OwnHours {
    /// The slot that is open then.
    pub fn slot(&self, day: Weekday, time: NaiveTime) -> Option<&OwnSlot> {
        self.slots.iter().find(|slot| slot.days.contains(&day) && slot.open.contains(time))
    }
}
