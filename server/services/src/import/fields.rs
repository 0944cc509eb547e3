//! The cells of one row, each read into its type. Errors are gathered, so one reading names
//! everything that is wrong with a row.

use std::cell::RefCell;

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use domain::account::{Balance, Component};
use domain::money::{Currency, Money, ParseMoneyError};

use super::column::{Column, FileColumn};
use super::layout::Layout;
use super::mapping::{ISO_DATE, Mapping};
use super::problem::{Problem, RowError, Shown};
use super::row::{Channel, DayCount, RatePct};
use super::source::RawRow;
use super::{phone, places};

/// The longest text a cell may hold.
const TEXT_LIMIT: usize = 200;

/// Years outside are typing errors (`0026`, `20260`).
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;

/// The column of each component.
pub const AMOUNTS: [(Column, Component); 6] = [
    (Column::Principal, Component::Principal),
    (Column::Interest, Component::Interest),
    (Column::DefaultInterest, Component::DefaultInterest),
    (Column::LateCharge, Component::LateCharge),
    (Column::CollectionCost, Component::CollectionCost),
    (Column::Tax, Component::Tax),
];

/// Reads the cells of one row and gathers what is wrong with them.
pub struct Fields<'a, C = Column> {
    row: &'a RawRow,
    layout: &'a Layout<C>,
    mapping: &'a Mapping<C>,
    errors: RefCell<Vec<RowError>>,
}

impl<'a, C: FileColumn> Fields<'a, C> {
    pub const fn new(row: &'a RawRow, layout: &'a Layout<C>, mapping: &'a Mapping<C>) -> Self {
        Self { row, layout, mapping, errors: RefCell::new(Vec::new()) }
    }

    pub fn into_errors(self) -> Vec<RowError> {
        self.errors.into_inner()
    }

    pub fn fail(&self, column: C, problem: Problem) {
        let header = self.layout.header(column);
        self.errors.borrow_mut().push(RowError::cell(self.row.line, header, problem));
    }

    /// The trimmed text of a cell that has one.
    fn given(&self, column: C) -> Option<&'a str> {
        let text = self.layout.text(self.row, column).trim();
        (!text.is_empty() && !self.layout.is_unreadable(self.row, column)).then_some(text)
    }

    pub fn has(&self, column: C) -> bool {
        self.layout.has(column)
    }

    /// Whether a cell holds anything, readable or not.
    pub fn is_given(&self, column: C) -> bool {
        self.given(column).is_some() || self.layout.is_unreadable(self.row, column)
    }

    /// A cell read by `read`; nothing when it is empty or wrong, and then the error is noted.
    fn read<T>(&self, column: C, read: impl FnOnce(&str) -> Result<T, Problem>) -> Option<T> {
        read(self.given(column)?).map_err(|problem| self.fail(column, problem)).ok()
    }

    /// Notes an error when a cell that must have a text has none.
    pub fn require(&self, column: C) {
        if !self.is_given(column) {
            self.fail(column, Problem::Required);
        }
    }

    /// A text on one line: control characters and runs of blanks become one blank.
    pub fn text(&self, column: C) -> Option<String> {
        self.read(column, |text| {
            if is_plain(text) {
                return Ok(text.to_owned());
            }
            let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            let text = plain.split_whitespace().collect::<Vec<_>>().join(" ");
            if text.chars().count() > TEXT_LIMIT {
                return Err(Problem::TooLong { limit: TEXT_LIMIT });
            }
            Ok(text)
        })
    }

    pub fn date(&self, column: C) -> Option<NaiveDate> {
        self.read(column, |text| {
            let iso = if self.mapping.date_format == ISO_DATE { iso_date(text) } else { None };
            iso.or_else(|| NaiveDate::parse_from_str(text, &self.mapping.date_format).ok())
                .filter(|date| YEARS.contains(&date.year()))
                .ok_or_else(|| Problem::BadDate {
                    value: Shown::new(text),
                    format: self.mapping.date_format.clone(),
                })
        })
    }

    pub fn currency_of(&self, column: C) -> Option<Currency> {
        self.read(column, |text| {
            text.parse().map_err(|_| Problem::UnknownCurrency { value: Shown::new(text) })
        })
    }

    /// An amount that is not negative.
    pub fn amount(&self, column: C, currency: Currency) -> Option<Money> {
        self.read(column, |text| {
            let value = Shown::new(text);
            match Money::parse(text, currency, self.mapping.decimal) {
                Ok(amount) if amount.is_negative() => Err(Problem::Negative { value }),
                Ok(amount) => Ok(amount),
                Err(ParseMoneyError::TooManyDecimals { found, allowed, currency }) => {
                    Err(Problem::TooManyDecimals { value, currency, allowed, found })
                }
                Err(ParseMoneyError::Overflow) => Err(Problem::TooLarge { value }),
                Err(_) => Err(Problem::NotANumber { value, mark: self.mapping.decimal_sign() }),
            }
        })
    }

    pub const fn line(&self) -> u64 {
        self.row.line
    }
}

impl Fields<'_> {
    pub fn currency(&self) -> Option<Currency> {
        self.currency_of(Column::Currency)
    }

    /// Every component's amount. Without a currency nothing can be read, so nothing is said.
    pub fn opening(&self, currency: Option<Currency>) -> Option<Balance> {
        let currency = currency?;
        let mut balance = Some(Balance::zero(currency));
        for (column, component) in AMOUNTS {
            if self.given(column).is_none() {
                continue;
            }
            let amount = self.amount(column, currency);
            balance = balance.and_then(|b| b.with(component, amount?).ok());
        }
        let balance = balance?;
        if balance.total().is_err() {
            let value = Shown::new(self.given(Column::Principal).unwrap_or_default());
            self.fail(Column::Principal, Problem::TooLarge { value });
            return None;
        }
        Some(balance)
    }

    /// A yearly rate in per cent, up to six decimals.
    pub fn rate(&self, column: Column) -> Option<RatePct> {
        let mark = self.mapping.decimal_sign();
        self.read(column, |text| {
            let number = text.trim_end_matches('%').trim_end();
            rate(number, mark).ok_or_else(|| Problem::BadRate { value: Shown::new(text), mark })
        })
    }

    pub fn day_count(&self) -> Option<DayCount> {
        self.choice(Column::DayCount, DayCount::CHOICES, DayCount::from_text)
    }

    /// A count from 0 to 9999.
    pub fn count(&self, column: Column) -> Option<i32> {
        self.read(column, |text| {
            let number = text.parse().ok().filter(|n| (0..=9_999).contains(n));
            number.ok_or_else(|| Problem::BadInteger { value: Shown::new(text) })
        })
    }

    /// One of a few words, in either case.
    pub fn choice<T>(
        &self,
        column: Column,
        allowed: &'static str,
        find: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        self.read(column, |text| {
            find(text).ok_or_else(|| Problem::BadChoice { value: Shown::new(text), allowed })
        })
    }

    pub fn channel(&self, column: Column) -> Option<Channel> {
        self.choice(column, Channel::CHOICES, Channel::from_text)
    }

    /// Channels parted by blanks or commas, each named once.
    pub fn channels(&self, column: Column) -> Vec<Channel> {
        let mut channels = self
            .choice(column, Channel::CHOICES, |text| {
                let words = text.split([' ', ',', ';', '|']).filter(|word| !word.is_empty());
                words.map(Channel::from_text).collect::<Option<Vec<_>>>()
            })
            .unwrap_or_default();
        channels.sort_unstable();
        channels.dedup();
        channels
    }

    pub fn emails(&self) -> Vec<String> {
        let read = |text: &str| {
            let email = text.to_lowercase();
            if is_email(&email) { Ok(email) } else { Err(Problem::BadEmail { value: Shown::new(text) }) }
        };
        Column::EMAILS.iter().filter_map(|column| self.read(*column, read)).collect()
    }

    pub fn phone(&self, column: Column, country: Option<&str>) -> Option<String> {
        self.read(column, |text| {
            phone::e164(text, country).ok_or_else(|| Problem::BadPhone { value: Shown::new(text) })
        })
    }

    pub fn phones(&self, country: Option<&str>) -> Vec<String> {
        Column::PHONES.iter().filter_map(|column| self.phone(*column, country)).collect()
    }

    pub fn country(&self) -> Option<String> {
        self.read(Column::Country, |text| {
            places::country(text).ok_or_else(|| Problem::BadCountry { value: Shown::new(text) })
        })
    }

    pub fn time_zone(&self) -> Option<Tz> {
        self.read(Column::TimeZone, |text| {
            text.parse().map_err(|_| Problem::BadZone { value: Shown::new(text) })
        })
    }

    /// Both coordinates or none.
    pub fn position(&self) -> Option<(f64, f64)> {
        let latitude = self.degrees(Column::Latitude, 90);
        let longitude = self.degrees(Column::Longitude, 180);
        match (self.given(Column::Latitude), self.given(Column::Longitude)) {
            (Some(_), None) => self.fail(Column::Longitude, Problem::CoordinateAlone),
            (None, Some(_)) => self.fail(Column::Latitude, Problem::CoordinateAlone),
            _ => {}
        }
        Some((latitude?, longitude?))
    }

    fn degrees(&self, column: Column, limit: u8) -> Option<f64> {
        self.read(column, |text| {
            let number = text.replace(self.mapping.decimal_sign(), ".").parse().ok();
            number
                .filter(|degrees: &f64| degrees.abs() <= f64::from(limit))
                .ok_or_else(|| Problem::BadCoordinate { value: Shown::new(text), limit })
        })
    }
}

/// Whether a text is short, on one line and singly spaced already, as nearly all are.
fn is_plain(text: &str) -> bool {
    let mut after_blank = false;
    text.len() <= TEXT_LIMIT
        && text.bytes().all(|byte| {
            let double = after_blank && byte == b' ';
            after_blank = byte == b' ';
            (b' '..=b'~').contains(&byte) && !double
        })
}

/// A date written exactly as `2026-01-31`, read without the help of a pattern.
fn iso_date(text: &str) -> Option<NaiveDate> {
    let bytes: &[u8; 10] = text.as_bytes().try_into().ok()?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *bytes else { return None };
    let number = |digits: &[u8]| {
        digits
            .iter()
            .try_fold(0_u32, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0')))
    };
    let year = i32::try_from(number(&[y1, y2, y3, y4])?).ok()?;
    NaiveDate::from_ymd_opt(year, number(&[m1, m2])?, number(&[d1, d2])?)
}

fn rate(number: &str, mark: char) -> Option<RatePct> {
    let (whole, fraction) = number.split_once(mark).unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > 6 {
        return None;
    }
    let millionths: i64 = format!("{whole}{fraction:0<6}").parse().ok()?;
    (millionths <= 10_000 * 1_000_000).then_some(RatePct(millionths))
}

/// Enough to catch typing errors; only a message that arrives proves an address.
fn is_email(text: &str) -> bool {
    let Some((local, host)) = text.rsplit_once('@') else { return false };
    let plain = |c: char| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let dots_ok = !local.starts_with('.') && !local.ends_with('.') && !local.contains("..");
    (1..=64).contains(&local.len())
        && text.len() <= 254
        && local.chars().all(plain)
        && dots_ok
        && host.contains('.')
        && host.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emails() {
        for good in ["ana@example.com", "a.b+c@sub.example.com.mx", "josé@ejemplo.es"] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["", "ana", "ana@", "@example.com", "ana@example", "a b@example.com", "a@b..c", "a@@b.co"]
        {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn plain_texts_and_iso_dates_are_read_as_all_others() {
        assert!(is_plain("Ana Ruiz, S.A. (2)") && is_plain(""));
        for odd in ["a  b", "a\tb", "José", &"x".repeat(TEXT_LIMIT + 1)] {
            assert!(!is_plain(odd), "{odd}");
        }
        for text in ["2024-02-29", "2023-02-29", "2026-13-01", "2026-1-01", "0026-01-01", "2026-01-0a", "x"] {
            let slow = NaiveDate::parse_from_str(text, ISO_DATE).ok();
            assert!(iso_date(text).is_none() || iso_date(text) == slow, "{text}");
        }
        assert_eq!(iso_date("2024-02-29"), NaiveDate::from_ymd_opt(2024, 2, 29));
    }

    #[test]
    fn rates_keep_six_decimals() {
        assert_eq!(rate("36.5", '.'), Some(RatePct(36_500_000)));
        assert_eq!(rate("0,000001", ','), Some(RatePct(1)));
        for bad in ["", "-1", "1.0000001", "10000.1", "1,5", "x"] {
            assert_eq!(rate(bad, '.'), None, "{bad}");
        }
    }
}
