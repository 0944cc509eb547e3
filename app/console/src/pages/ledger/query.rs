//! The query of the ledger's addresses: the two times, and the filters.

use std::ops::RangeInclusive;

use chrono::{DateTime, Days, Duration, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use domain::account::Component;
use domain::calendar::check_date;
use domain::ledger::{Book, Entry, EntryKind};
use domain::text::Say;
use serde::{Deserialize, Serialize};
use services::FieldIssue;

use crate::typed::{self, keep};

/// Growth is shown so many days ahead at most; beyond that a date is a slip of the keyboard.
const AHEAD_DAYS: u64 = 3_653;

/// The fields as they stand in the address; empty ones are as good as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LedgerQuery {
    /// The day whose end the figures are for.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub as_of: String,
    /// What was recorded later is left out.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub known_at: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kind: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub from: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub to: String,
    /// A component's name, or a book's.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub book: String,
    /// Only reversals and reallocations.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub corrections: String,
}

/// The two times of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    pub as_of: NaiveDate,
    /// None: as known now.
    pub known_at: Option<DateTime<Utc>>,
}

/// Which entries to show. Balances run over all of them, shown or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryFilter {
    kind: Option<EntryKind>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    part: Option<Part>,
    corrections: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Component(Component),
    Book(Book),
}

impl LedgerQuery {
    /// The times it asks for, read in the organization's `zone`.
    ///
    /// # Errors
    /// What cannot be read, by field.
    pub fn times(&self, today: NaiveDate, zone: Tz) -> Result<Times, Vec<FieldIssue>> {
        let mut issues = Vec::new();
        let latest = today.checked_add_days(Days::new(AHEAD_DAYS)).unwrap_or(today);
        let as_of = match self.as_of.trim() {
            "" => Some(today),
            text => keep(&mut issues, typed::date("as_of", text).and_then(|day| within(day, latest))),
        };
        let known_at = match self.known_at.trim() {
            "" => None,
            text => keep(&mut issues, instant(text, zone)),
        };
        match as_of {
            Some(as_of) if issues.is_empty() => Ok(Times { as_of, known_at }),
            _ => Err(issues),
        }
    }

    /// The filter it stands for, and what could not be read.
    pub fn filter(&self) -> (EntryFilter, Vec<FieldIssue>) {
        let mut issues = Vec::new();
        let mut day = |field: &'static str, text: &str| {
            (!text.trim().is_empty()).then(|| keep(&mut issues, typed::date(field, text.trim()))).flatten()
        };
        let (from, to) = (day("from", &self.from), day("to", &self.to));
        let kind = match self.kind.as_str() {
            "" => None,
            text => keep(&mut issues, typed::choice("kind", text)),
        };
        let part = match self.book.as_str() {
            "" => None,
            text => keep(&mut issues, part(text)),
        };
        (EntryFilter { kind, from, to, part, corrections: !self.corrections.is_empty() }, issues)
    }

    pub const fn filtered(&self) -> bool {
        !(self.kind.is_empty()
            && self.from.is_empty()
            && self.to.is_empty()
            && self.book.is_empty()
            && self.corrections.is_empty())
    }

    /// The same times without filters.
    pub fn times_only(&self) -> Self {
        Self { as_of: self.as_of.clone(), known_at: self.known_at.clone(), ..Self::default() }
    }

    /// An address with this query.
    pub fn at(&self, path: &str) -> String {
        match serde_urlencoded::to_string(self) {
            Ok(query) if !query.is_empty() => format!("{path}?{query}"),
            _ => path.to_owned(),
        }
    }

    pub fn pairs(&self) -> Vec<(String, String)> {
        [
            ("as_of", &self.as_of),
            ("known_at", &self.known_at),
            ("kind", &self.kind),
            ("from", &self.from),
            ("to", &self.to),
            ("book", &self.book),
            ("corrections", &self.corrections),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .collect()
    }
}

impl EntryFilter {
    pub fn takes(&self, entry: &Entry) -> bool {
        let days: RangeInclusive<NaiveDate> =
            self.from.unwrap_or(NaiveDate::MIN)..=self.to.unwrap_or(NaiveDate::MAX);
        let part = |part: Part| {
            entry.postings().iter().any(|posting| match part {
                Part::Component(component) => posting.book.component() == Some(component),
                Part::Book(book) => posting.book == book,
            })
        };
        self.kind.is_none_or(|kind| kind == entry.kind)
            && days.contains(&entry.effective_on)
            && self.part.is_none_or(part)
            && (!self.corrections || matches!(entry.kind, EntryKind::Reversal | EntryKind::Reallocation))
    }
}

fn part(text: &str) -> Result<Part, FieldIssue> {
    typed::choice("book", text)
        .map(Part::Component)
        .or_else(|_: FieldIssue| typed::choice("book", text).map(Part::Book))
}

fn within(day: NaiveDate, latest: NaiveDate) -> Result<NaiveDate, FieldIssue> {
    if check_date(day).is_ok() && day <= latest {
        return Ok(day);
    }
    Err(FieldIssue {
        field: "as_of",
        says: Say::new(
            "Elija una fecha de hasta diez años en adelante",
            "Choose a date up to ten years ahead",
        ),
    })
}

/// The last moment of the minute, or second, that was typed: what was recorded in it counts.
fn instant(text: &str, zone: Tz) -> Result<DateTime<Utc>, FieldIssue> {
    let wrong = || FieldIssue {
        field: "known_at",
        says: Say::new(
            "Elija fecha y hora; sin calendario, escríbalas como 2026-11-30T17:45",
            "Choose date and time; without a calendar, write them like 2026-11-30T17:45",
        ),
    };
    let second =
        NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").map(|at| (at, Duration::seconds(1)));
    let (from, unit) = second
        .or_else(|_| {
            NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").map(|at| (at, Duration::minutes(1)))
        })
        .map_err(|_| wrong())?;
    check_date(from.date()).map_err(|_| wrong())?;
    // An hour that the clocks skip or repeat is read as its later reading.
    let at = zone.from_local_datetime(&from).latest().ok_or_else(wrong)?;
    Ok(at.with_timezone(&Utc) + unit - Duration::microseconds(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn without_wishes_it_is_today_as_known_now() {
        let times = LedgerQuery::default().times(day("2026-11-20"), chrono_tz::America::Mexico_City).unwrap();
        assert_eq!(times, Times { as_of: day("2026-11-20"), known_at: None });
    }

    #[test]
    fn an_instant_is_read_in_the_organizations_zone_and_holds_its_minute() {
        let query = LedgerQuery { known_at: "2026-11-20T12:05".to_owned(), ..LedgerQuery::default() };
        let times = query.times(day("2026-11-20"), chrono_tz::America::Mexico_City).unwrap();
        assert_eq!(times.known_at, Some("2026-11-20T18:05:59.999999Z".parse().unwrap()));
    }

    #[test]
    fn what_cannot_be_read_names_its_field() {
        let query = LedgerQuery {
            as_of: "9999-12-31".to_owned(),
            known_at: "ayer".to_owned(),
            book: "caja".to_owned(),
            ..LedgerQuery::default()
        };
        let issues = query.times(day("2026-11-20"), chrono_tz::UTC).unwrap_err();
        assert_eq!(issues.iter().map(|issue| issue.field).collect::<Vec<_>>(), ["as_of", "known_at"]);
        assert_eq!(query.filter().1.first().unwrap().field, "book");
    }

    #[test]
    fn an_address_keeps_only_what_was_asked() {
        let query = LedgerQuery {
            as_of: "2026-11-01".to_owned(),
            kind: "payment".to_owned(),
            ..LedgerQuery::default()
        };
        assert_eq!(query.at("/libro"), "/libro?as_of=2026-11-01&kind=payment");
        assert_eq!(query.times_only().at("/libro"), "/libro?as_of=2026-11-01");
        assert!(query.filtered() && !query.times_only().filtered());
    }
}
