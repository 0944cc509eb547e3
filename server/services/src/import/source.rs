//! The file as a sequence of rows of text, whatever its format.

use csv::StringRecord;

use super::csv_source::CsvSource;
use super::mapping::Mapping;
use super::problem::{Problem, RowError};
use super::xlsx_source::XlsxSource;

/// One row of text cells as read, before any of them is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRow {
    /// Line of the file where the row begins; the header is usually line 1.
    pub line: u64,
    pub cells: StringRecord,
    /// Cells that could not be read as text, by position, and why.
    pub unreadable: Vec<(usize, Problem)>,
}

/// A file being read row by row.
pub enum Source<'a> {
    Csv(CsvSource<'a>),
    Xlsx(XlsxSource),
}

impl<'a> Source<'a> {
    /// Recognises the format by the first bytes. The mapping says how dates and numbers of a
    /// spreadsheet, which has no text of its own for them, are written out.
    ///
    /// # Errors
    /// An empty or unreadable file, or a header that is not text.
    pub fn open(bytes: &'a [u8], mapping: &Mapping) -> Result<Self, RowError> {
        match bytes {
            [b'P', b'K', 3, 4, ..] => XlsxSource::open(bytes, mapping).map(Self::Xlsx),
            [0xD0, 0xCF, 0x11, 0xE0, ..] => Err(RowError::row(1, Problem::LegacyWorkbook)),
            _ => CsvSource::open(bytes).map(Self::Csv),
        }
    }

    pub const fn header(&self) -> &RawRow {
        match self {
            Self::Csv(source) => source.header(),
            Self::Xlsx(source) => source.header(),
        }
    }
}

impl Iterator for Source<'_> {
    type Item = RawRow;

    fn next(&mut self) -> Option<RawRow> {
        match self {
            Self::Csv(source) => source.next(),
            Self::Xlsx(source) => source.next(),
        }
    }
}
