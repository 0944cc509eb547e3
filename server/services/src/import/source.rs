//! The file as a sequence of rows of text, whatever its format.

use std::io::{self, Read};

use super::column::FileColumn;
use super::csv_source::CsvSource;
use super::file::{Hashing, ImportFile};
use super::mapping::Mapping;
use super::problem::{Problem, RowError};
use super::xlsx_source::XlsxSource;

/// Bytes looked at before the format is known.
const HEAD: usize = 64 * 1024;

/// One row of text cells as read, before any of them is understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawRow {
    /// Line of the file where the row begins; the header is usually line 1.
    pub line: u64,
    /// All cells, one after the other.
    text: String,
    /// Where each cell ends in `text`.
    ends: Vec<usize>,
    /// Cells that could not be read as text, by position, and why.
    pub unreadable: Vec<(usize, Problem)>,
    /// What is wrong with the row as a whole; nothing is read from it then.
    pub broken: Option<Problem>,
}

impl RawRow {
    pub fn new(line: u64) -> Self {
        Self { line, ..Self::default() }
    }

    /// Cells that stand in `text` one after the other; each end must be one of a character.
    pub fn of_parts(line: u64, text: String, ends: Vec<usize>) -> Self {
        Self { line, text, ends, ..Self::default() }
    }

    /// A row that nothing can be read from.
    pub fn broken(line: u64, problem: Problem) -> Self {
        Self { line, broken: Some(problem), ..Self::default() }
    }

    pub fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }

    /// How many cells there are.
    pub fn width(&self) -> usize {
        self.ends.len()
    }

    pub fn get(&self, position: usize) -> Option<&str> {
        let end = *self.ends.get(position)?;
        let start = position.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.text.get(start..end)
    }

    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.width()).filter_map(|position| self.get(position))
    }
}

/// Why a file could not be opened as a portfolio.
#[derive(Debug)]
pub enum Unopened {
    /// The file itself cannot be read.
    Io(io::Error),
    /// It was read, and is refused.
    Refused(Vec<RowError>),
}

impl From<io::Error> for Unopened {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<RowError> for Unopened {
    fn from(error: RowError) -> Self {
        Self::Refused(vec![error])
    }
}

/// A file being read row by row.
pub enum Source {
    Csv(Box<CsvSource>),
    Xlsx(XlsxSource),
}

impl Source {
    /// Recognises the format by the first bytes. The mapping says how dates and numbers of a
    /// spreadsheet, which has no text of its own for them, are written out.
    ///
    /// # Errors
    /// A file that cannot be read, is empty, or whose header is not text.
    pub fn open<C: FileColumn>(file: &ImportFile, mapping: &Mapping<C>) -> Result<Self, Unopened> {
        let mut reader = Hashing::new(file.open()?);
        let mut head = Vec::with_capacity(HEAD);
        reader.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
        match head.as_slice() {
            [b'P', b'K', 3, 4, ..] => Ok(Self::Xlsx(XlsxSource::open(head, reader, mapping)?)),
            [0xD0, 0xCF, 0x11, 0xE0, ..] => Err(RowError::row(1, Problem::LegacyWorkbook).into()),
            _ => Ok(Self::Csv(Box::new(CsvSource::open(head, reader)?))),
        }
    }

    pub const fn header(&self) -> &RawRow {
        match self {
            Self::Csv(source) => source.header(),
            Self::Xlsx(source) => source.header(),
        }
    }

    /// Reads what is left and gives the hash of the whole file, lower hex.
    ///
    /// # Errors
    /// Reading failed, now or in the middle of the rows.
    pub fn finish(self) -> io::Result<String> {
        match self {
            Self::Csv(source) => source.finish(),
            Self::Xlsx(source) => Ok(source.finish()),
        }
    }
}

impl Iterator for Source {
    type Item = RawRow;

    fn next(&mut self) -> Option<RawRow> {
        match self {
            Self::Csv(source) => source.next(),
            Self::Xlsx(source) => source.next(),
        }
    }
}
