//! Where each of our columns is found in one file.

use serde::{Deserialize, Serialize};

use super::column::Column;
use super::mapping::Mapping;
use super::nearest::nearest;
use super::problem::{Problem, RowError};
use super::source::RawRow;

/// Where a column's text comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Slot {
    Cell(usize),
    Constant(String),
}

/// Where a column's texts came from, as a manifest keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnSource {
    /// The file's column of this header.
    Header(String),
    /// The mapping: the same text in every row.
    Constant(String),
}

/// The columns of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// By column, in the order of [`Column::ALL`].
    slots: Vec<Option<Slot>>,
    headers: Vec<String>,
    header_line: u64,
}

impl Layout {
    /// Finds every column by the mapping, else by our own header.
    ///
    /// # Errors
    /// Every column that is missing or ambiguous.
    pub fn new(header: &RawRow, mapping: &Mapping) -> Result<Self, Vec<RowError>> {
        let headers: Vec<String> = header.cells().map(|h| h.trim().to_owned()).collect();
        let mut layout = Self { slots: Vec::new(), headers, header_line: header.line };
        let mut errors = Vec::new();
        for column in Column::ALL {
            match layout.locate(*column, mapping) {
                Ok(slot) => layout.slots.push(slot),
                Err(error) => {
                    layout.slots.push(None);
                    errors.push(error);
                }
            }
        }
        if !layout.has(Column::DebtorDocument)
            && !layout.has(Column::DebtorName)
            && !mapping.columns.contains_key(&Column::DebtorDocument)
            && !mapping.columns.contains_key(&Column::DebtorName)
        {
            errors.push(RowError::row(header.line, Problem::MissingDebtorColumn));
        }
        if errors.is_empty() { Ok(layout) } else { Err(errors) }
    }

    fn locate(&self, column: Column, mapping: &Mapping) -> Result<Option<Slot>, RowError> {
        if let Some(text) = mapping.constants.get(&column) {
            return Ok(Some(Slot::Constant(text.clone())));
        }
        let theirs = mapping.columns.get(&column);
        let wanted = theirs.map_or(column.name(), String::as_str);
        match self.positions(wanted).as_slice() {
            [position] => Ok(Some(Slot::Cell(*position))),
            [] if theirs.is_some() || Column::REQUIRED.contains(&column) => Err(self.missing(column, theirs)),
            [] => Ok(None),
            [..] => Err(RowError::cell(self.header_line, wanted, Problem::DuplicateHeader)),
        }
    }

    /// Headers spelled exactly so; failing that, in another case.
    fn positions(&self, wanted: &str) -> Vec<usize> {
        let matching = |same: fn(&str, &str) -> bool| -> Vec<usize> {
            let found = self.headers.iter().enumerate().filter(|(_, header)| same(header, wanted));
            found.map(|(position, _)| position).collect()
        };
        let exact = matching(|a, b| a == b);
        if exact.is_empty() { matching(str::eq_ignore_ascii_case) } else { exact }
    }

    fn missing(&self, column: Column, theirs: Option<&String>) -> RowError {
        let wanted = theirs.map_or(column.name(), String::as_str);
        let problem = Problem::MissingColumn {
            ours: column.name(),
            theirs: theirs.cloned(),
            suggestion: nearest(wanted, self.headers.iter().map(String::as_str)).map(str::to_owned),
        };
        RowError::cell(self.header_line, wanted, problem)
    }

    fn slot(&self, column: Column) -> Option<&Slot> {
        self.slots.get(column as usize).and_then(Option::as_ref)
    }

    pub fn has(&self, column: Column) -> bool {
        self.slot(column).is_some()
    }

    /// The text of a column in one row, not trimmed; empty when the file does not have it.
    pub fn text<'a>(&'a self, row: &'a RawRow, column: Column) -> &'a str {
        match self.slot(column) {
            Some(Slot::Cell(position)) => row.get(*position).unwrap_or(""),
            Some(Slot::Constant(text)) => text,
            None => "",
        }
    }

    /// Whether a column's cell could not be read in this row; that is reported elsewhere.
    pub fn is_unreadable(&self, row: &RawRow, column: Column) -> bool {
        match self.slot(column) {
            Some(Slot::Cell(position)) => row.unreadable.iter().any(|(bad, _)| bad == position),
            _ => false,
        }
    }

    /// The file's own name for a column, ours for a constant.
    pub fn header(&self, column: Column) -> &str {
        match self.slot(column) {
            Some(Slot::Cell(position)) => self.header_at(*position),
            _ => column.name(),
        }
    }

    pub fn header_at(&self, position: usize) -> &str {
        self.headers.get(position).map_or("", String::as_str)
    }

    /// How many fields a row must have.
    pub fn width(&self) -> usize {
        self.headers.len()
    }

    /// Where each of our columns comes from: its name, and the file's header or the constant.
    pub fn sources(&self) -> impl Iterator<Item = (&'static str, ColumnSource)> + '_ {
        Column::ALL.iter().zip(&self.slots).filter_map(|(column, slot)| {
            let source = match slot.as_ref()? {
                Slot::Cell(position) => ColumnSource::Header(self.header_at(*position).to_owned()),
                Slot::Constant(text) => ColumnSource::Constant(text.clone()),
            };
            Some((column.name(), source))
        })
    }

    /// Headers that nothing is read from.
    pub fn ignored(&self) -> Vec<String> {
        let used = |position| self.slots.iter().flatten().any(|slot| *slot == Slot::Cell(position));
        let unused = self.headers.iter().enumerate().filter(|(position, _)| !used(*position));
        unused.map(|(_, header)| header.clone()).collect()
    }
}
