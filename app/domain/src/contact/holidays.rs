//! Public holidays by country and region: a dated table, corrected by operators.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};

/// 2025–2030, made by `data/make_holidays.py` from PyPI `holidays` 0.109 (MIT).
const EMBEDDED: &str = include_str!("../../data/holidays.txt");

static TABLE: LazyLock<Result<HolidayTable, HolidayError>> = LazyLock::new(|| HolidayTable::parse(EMBEDDED));

/// Public holidays of countries and regions, each for a span of whole years.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HolidayTable {
    sets: BTreeMap<String, HolidaySet>,
}

/// The holidays of one country or region. A region's set is whole: it repeats the nation's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolidaySet {
    place: String,
    first_year: i32,
    last_year: i32,
    names: BTreeMap<NaiveDate, String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HolidayError {
    #[error("no holidays of {0} are known; add its table before contacting anybody there")]
    UnknownPlace(String),
    #[error("the holidays of {place} are not known for {year}; add that year to the table")]
    MissingYear { place: String, year: i32 },
    #[error("line {line} of the holiday table is not understood: {text:?}")]
    Malformed { line: usize, text: String },
    #[error("the calendar ends before the period does; check the date")]
    EndOfCalendar,
}

impl HolidayTable {
    /// The table that comes with Saldar.
    ///
    /// # Errors
    /// It was damaged; a test holds that it was not.
    pub fn embedded() -> Result<&'static Self, HolidayError> {
        TABLE.as_ref().map_err(Clone::clone)
    }

    /// Reads `[place] first-last` headings and `name|date date …` lines; `#` starts a comment.
    ///
    /// # Errors
    /// A line is something else.
    pub fn parse(text: &str) -> Result<Self, HolidayError> {
        let mut table = Self::default();
        let mut open: Option<HolidaySet> = None;
        for (index, line) in text.lines().enumerate() {
            let malformed =
                || HolidayError::Malformed { line: index + 1, text: line.chars().take(60).collect() };
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if line.starts_with('[') {
                let next = heading(line).ok_or_else(malformed)?;
                table.close(open.replace(next));
            } else {
                open.as_mut().and_then(|set| add_line(set, line)).ok_or_else(malformed)?;
            }
        }
        table.close(open);
        Ok(table)
    }

    fn close(&mut self, set: Option<HolidaySet>) {
        self.sets.extend(set.map(|set| (set.place.clone(), set)));
    }

    /// The holidays of a region, or of its nation where the region has no set of its own.
    ///
    /// # Errors
    /// Neither is known.
    pub fn of(&self, country: &str, subdivision: Option<&str>) -> Result<&HolidaySet, HolidayError> {
        let regional = subdivision.and_then(|code| self.sets.get(&format!("{country}-{code}")));
        let unknown = || HolidayError::UnknownPlace(country.to_owned());
        regional.or_else(|| self.sets.get(country)).ok_or_else(unknown)
    }

    pub fn sets(&self) -> impl Iterator<Item = &HolidaySet> {
        self.sets.values()
    }
}

impl HolidaySet {
    /// `CO`, or `BR-SP` for a region.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The holiday on `date`, if it is one.
    ///
    /// # Errors
    /// The year is not in the table: a missing year must never read as a year without holidays.
    pub fn name(&self, date: NaiveDate) -> Result<Option<&str>, HolidayError> {
        let year = date.year();
        if year < self.first_year || year > self.last_year {
            return Err(HolidayError::MissingYear { place: self.place.clone(), year });
        }
        Ok(self.names.get(&date).map(String::as_str))
    }

    pub fn iter(&self) -> impl Iterator<Item = (NaiveDate, &str)> {
        self.names.iter().map(|(date, name)| (*date, name.as_str()))
    }
}

fn heading(line: &str) -> Option<HolidaySet> {
    let (place, years) = line.strip_prefix('[')?.split_once("] ")?;
    let (first, last) = years.split_once('-')?;
    let (first_year, last_year) = (first.parse().ok()?, last.parse().ok()?);
    Some(HolidaySet { place: place.to_owned(), first_year, last_year, names: BTreeMap::new() })
}

fn add_line(set: &mut HolidaySet, line: &str) -> Option<()> {
    let (name, dates) = line.split_once('|')?;
    for date in dates.split(' ') {
        let date: NaiveDate = date.parse().ok()?;
        let in_span = (set.first_year..=set.last_year).contains(&date.year());
        if !in_span || set.names.insert(date, name.to_owned()).is_some() {
            return None;
        }
    }
    Some(())
}
