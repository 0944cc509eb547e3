//! Where each of our columns is found in one file.

use std::marker::PhantomData;

use serde::{Deserialize, Serialize};

use super::column::{Column, FileColumn};
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
pub struct Layout<C = Column> {
    /// By column, in the order of [`FileColumn::ALL`].
    slots: Vec<Option<Slot>>,
    headers: Vec<String>,
    header_line: u64,
    of: PhantomData<C>,
}

impl<C: FileColumn> Layout<C> {
    /// Finds every column by the mapping, else by our own header.
    ///
    /// # Errors
    /// Every column that is missing or ambiguous.
    pub fn new(header: &RawRow, mapping: &Mapping<C>) -> Result<Self, Vec<RowError>> {
        let headers: Vec<String> = header.cells().map(|h| h.trim().to_owned()).collect();
        let mut layout = Self { slots: Vec::new(), headers, header_line: header.line, of: PhantomData };
        let mut errors = Vec::new();
        for column in C::ALL {
            match layout.locate(*column, mapping) {
                Ok(slot) => layout.slots.push(slot),
                Err(error) => {
                    layout.slots.push(None);
                    errors.push(error);
                }
            }
        }
        if errors.is_empty() { Ok(layout) } else { Err(errors) }
    }

    /// Whether a file of this header has a column, even when others are missing.
    pub fn has_header(header: &RawRow, mapping: &Mapping<C>, column: C) -> bool {
        let named = |cell: &str| cell.trim().eq_ignore_ascii_case(column.name());
        mapping.constants.contains_key(&column) || header.cells().any(named)
    }

    fn locate(&self, column: C, mapping: &Mapping<C>) -> Result<Option<Slot>, RowError> {
        if let Some(text) = mapping.constants.get(&column) {
            return Ok(Some(Slot::Constant(text.clone())));
        }
        let theirs = mapping.columns.get(&column);
        let wanted = theirs.map_or(column.name(), String::as_str);
        match self.positions(wanted).as_slice() {
            [position] => Ok(Some(Slot::Cell(*position))),
            [] if theirs.is_some() || C::REQUIRED.contains(&column) => Err(self.missing(column, theirs)),
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

    fn missing(&self, column: C, theirs: Option<&String>) -> RowError {
        let wanted = theirs.map_or(column.name(), String::as_str);
        let problem = Problem::MissingColumn {
            ours: column.name(),
            theirs: theirs.cloned(),
            suggestion: nearest(wanted, self.headers.iter().map(String::as_str)).map(str::to_owned),
        };
        RowError::cell(self.header_line, wanted, problem)
    }

    fn slot(&self, column: C) -> Option<&Slot> {
        self.slots.get(column.index()).and_then(Option::as_ref)
    }

    pub fn has(&self, column: C) -> bool {
        self.slot(column).is_some()
    }

    /// The text of a column in one row, not trimmed; empty when the file does not have it.
    pub fn text<'a>(&'a self, row: &'a RawRow, column: C) -> &'a str {
        match self.slot(column) {
            Some(Slot::Cell(position)) => row.get(*position).unwrap_or(""),
            Some(Slot::Constant(text)) => text,
            None => "",
        }
    }

    /// Whether a column's cell could not be read in this row; that is reported elsewhere.
    pub fn is_unreadable(&self, row: &RawRow, column: C) -> bool {
        match self.slot(column) {
            Some(Slot::Cell(position)) => row.unreadable.iter().any(|(bad, _)| bad == position),
            _ => false,
        }
    }

    /// The file's own name for a column, ours for a constant.
    pub fn header(&self, column: C) -> &str {
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
        C::ALL.iter().zip(&self.slots).filter_map(|(column, slot)| {
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
