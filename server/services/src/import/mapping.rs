//! The mapping file: how a creditor's headers and formats become ours.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono::format::{Item, StrftimeItems};
use domain::money::DecimalMark;

use super::column::{Column, FileColumn};
use super::nearest::nearest;
use super::problem::{Problem, RowError};

/// ISO 8601, used unless the mapping says otherwise.
pub const ISO_DATE: &str = "%Y-%m-%d";

const TABLES: [&str; 3] = ["columns", "constants", "formats"];
const FORMATS: [&str; 2] = ["date", "decimal"];

/// How to read one creditor's file. The default reads a file that uses our own headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping<C = Column> {
    /// Ours → the header in the file.
    pub columns: BTreeMap<C, String>,
    /// Ours → the same text for every row.
    pub constants: BTreeMap<C, String>,
    /// A `strftime` pattern for every date.
    pub date_format: String,
    pub decimal: DecimalMark,
}

impl<C> Default for Mapping<C> {
    fn default() -> Self {
        Self {
            columns: BTreeMap::new(),
            constants: BTreeMap::new(),
            date_format: ISO_DATE.to_owned(),
            decimal: DecimalMark::Point,
        }
    }
}

impl<C: FileColumn> Mapping<C> {
    /// Reads a mapping file (TOML with `[columns]`, `[constants]` and `[formats]`).
    ///
    /// # Errors
    /// Everything wrong with the file, each with its cause and remedy.
    pub fn parse(text: &str) -> Result<Self, Vec<RowError>> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let table: toml::Table = text
            .parse()
            .map_err(|error: toml::de::Error| vec![RowError::mapping(syntax_problem(text, &error))])?;
        let mut reader = Reader::<C> { mapping: Self::default(), problems: Vec::new() };
        reader.read(&table);
        if reader.problems.is_empty() {
            Ok(reader.mapping)
        } else {
            Err(reader.problems.into_iter().map(RowError::mapping).collect())
        }
    }

    /// The mark as the mapping file writes it.
    pub const fn decimal_sign(&self) -> char {
        match self.decimal {
            DecimalMark::Point => '.',
            DecimalMark::Comma => ',',
        }
    }
}

fn syntax_problem(text: &str, error: &toml::de::Error) -> Problem {
    let offset = error.span().map_or(0, |span| span.start);
    let before = text.get(..offset).unwrap_or(text);
    Problem::MappingSyntax { line: before.matches('\n').count() + 1, detail: error.message().to_owned() }
}

struct Reader<C> {
    mapping: Mapping<C>,
    problems: Vec<Problem>,
}

impl<C: FileColumn> Reader<C> {
    fn read(&mut self, table: &toml::Table) {
        for (name, value) in table {
            match (name.as_str(), value.as_table()) {
                ("columns", Some(entries)) => self.columns(entries),
                ("constants", Some(entries)) => self.constants(entries),
                ("formats", Some(entries)) => self.formats(entries),
                (known, None) if TABLES.contains(&known) => self.wrong_value(known),
                (unknown, _) => self.unknown("", unknown, TABLES.into_iter()),
            }
        }
        for column in self.mapping.columns.keys() {
            if self.mapping.constants.contains_key(column) {
                self.problems.push(Problem::MappedTwice { key: column.name().to_owned() });
            }
        }
    }

    fn columns(&mut self, entries: &toml::Table) {
        for (key, value) in entries {
            match (C::from_name(key), value.as_str()) {
                (None, _) => self.unknown("columns.", key, C::names()),
                (Some(_), None) => self.wrong_value(key),
                (Some(column), Some(header)) => {
                    self.mapping.columns.insert(column, header.trim().to_owned());
                }
            }
        }
    }

    fn constants(&mut self, entries: &toml::Table) {
        for (key, value) in entries {
            match (C::from_name(key), scalar(value)) {
                (None, _) => self.unknown("constants.", key, C::names()),
                (Some(column), _) if column == C::KEY => {
                    self.problems.push(Problem::ConstantNotAllowed { key: key.clone() });
                }
                (Some(_), None) => self.wrong_value(key),
                (Some(column), Some(text)) => {
                    self.mapping.constants.insert(column, text);
                }
            }
        }
    }

    fn formats(&mut self, entries: &toml::Table) {
        for (key, value) in entries {
            match (key.as_str(), value.as_str()) {
                ("date", Some(format)) if reads_back(format) => {
                    format.clone_into(&mut self.mapping.date_format);
                }
                ("date", Some(format)) => {
                    self.problems.push(Problem::BadDateFormat { format: format.to_owned() });
                }
                ("decimal", Some(".")) => self.mapping.decimal = DecimalMark::Point,
                ("decimal", Some(",")) => self.mapping.decimal = DecimalMark::Comma,
                ("date" | "decimal", _) => self.wrong_value(key),
                (unknown, _) => self.unknown("formats.", unknown, FORMATS.into_iter()),
            }
        }
    }

    fn unknown(&mut self, table: &str, key: &str, known: impl Iterator<Item = &'static str>) {
        self.problems.push(Problem::UnknownMappingKey {
            key: format!("{table}{key}"),
            suggestion: nearest(key, known).map(|name| format!("{table}{name}")),
        });
    }

    fn wrong_value(&mut self, key: &str) {
        self.problems.push(Problem::WrongMappingValue { key: key.to_owned() });
    }
}

fn scalar(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.trim().to_owned()),
        toml::Value::Integer(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Whether a pattern is valid and says day, month and year: a date written with it reads back.
fn reads_back(format: &str) -> bool {
    let items: Vec<Item<'_>> = StrftimeItems::new(format).collect();
    let sample = NaiveDate::from_ymd_opt(2024, 2, 29);
    !items.contains(&Item::Error)
        && sample.is_some_and(|date| {
            use std::fmt::Write as _;
            let mut text = String::new();
            // `to_string` on a pattern with hours would panic; `write!` reports it.
            write!(text, "{}", date.format_with_items(items.iter())).is_ok()
                && NaiveDate::parse_from_str(&text, format) == Ok(date)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = r#"
[columns]            # ours = theirs
external_id = "invoiceNumber"
due_on      = "DueDate"
principal   = "InvoiceAmount"
[constants]
currency = "USD"
country  = "US"
[formats]
date    = "%m/%d/%Y"
decimal = "."
"#;

    fn problems(text: &str) -> Vec<&'static str> {
        Mapping::<Column>::parse(text).unwrap_err().iter().map(|e| e.problem.code()).collect()
    }

    #[test]
    fn reads_the_documented_example() {
        let mapping = Mapping::<Column>::parse(EXAMPLE).unwrap();
        assert_eq!(mapping.columns[&Column::DueOn], "DueDate");
        assert_eq!(mapping.constants[&Column::Country], "US");
        assert_eq!(mapping.date_format, "%m/%d/%Y");
    }

    #[test]
    fn suggests_the_key_that_was_meant() {
        let errors =
            Mapping::<Column>::parse("[columns]\nexternal_ld = \"x\"\n[format]\ndate = \"%Y\"").unwrap_err();
        let suggestions: Vec<_> = errors
            .iter()
            .filter_map(|e| match &e.problem {
                Problem::UnknownMappingKey { suggestion, .. } => suggestion.clone(),
                _ => None,
            })
            .collect();
        assert_eq!(suggestions, ["columns.external_id", "formats"]);
    }

    #[test]
    fn refuses_what_cannot_work() {
        assert_eq!(problems("[columns"), ["mapping_syntax"]);
        assert_eq!(problems("[formats]\ndate = \"%m/%d\""), ["bad_date_format"]);
        assert_eq!(problems("[formats]\ndate = \"%H:%M\""), ["bad_date_format"]);
        assert_eq!(problems("[formats]\ndecimal = \";\""), ["wrong_mapping_value"]);
        assert_eq!(problems("[constants]\nexternal_id = \"1\""), ["constant_not_allowed"]);
        assert_eq!(problems("[columns]\ncountry=\"C\"\n[constants]\ncountry=\"US\""), ["mapped_twice"]);
        assert_eq!(problems("columns = 3"), ["wrong_mapping_value"]);
    }
}
