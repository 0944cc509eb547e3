//! XLSX: the first sheet, its values written out as text the way the mapping says.
//!
//! A workbook is a compressed archive that cannot be read in pieces; so it is held in memory,
//! and both its size and the number of its cells have a limit.

use std::fmt::Write as _;
use std::io::{Cursor, Read};

use calamine::{Data, ExcelDateTime, Reader as _, Xlsx, XlsxError};
use chrono::NaiveDate;

use super::column::FileColumn;
use super::file::Hashing;
use super::mapping::Mapping;
use super::problem::{Problem, RowError, Shown};
use super::source::{RawRow, Unopened};

/// The largest workbook read, in megabytes of the file; a larger portfolio comes as CSV.
pub const WORKBOOK_MB: usize = 32;

/// The most cells read of a sheet: about a quarter of a million rows of the usual columns.
pub const WORKBOOK_CELLS: usize = 4_000_000;

/// A sheet being read row by row. Formulas count by the value stored with them; none is run.
pub struct XlsxSource {
    header: RawRow,
    rows: std::vec::IntoIter<RawRow>,
    sha256: String,
}

impl XlsxSource {
    /// `head` is the file's beginning, already taken from `reader`.
    ///
    /// # Errors
    /// A workbook that is broken or too large, or whose first sheet is empty.
    pub fn open<C: FileColumn>(
        head: Vec<u8>,
        mut reader: Hashing,
        mapping: &Mapping<C>,
    ) -> Result<Self, Unopened> {
        let limit = WORKBOOK_MB * 1024 * 1024;
        let mut bytes = head;
        let room = limit.saturating_sub(bytes.len()) as u64 + 1;
        reader.by_ref().take(room).read_to_end(&mut bytes)?;
        if bytes.len() > limit {
            return Err(too_large().into());
        }
        let mut rows = read_rows(bytes, mapping)?.into_iter();
        let header = rows.next().ok_or_else(empty)?;
        Ok(Self { header, rows, sha256: reader.hex() })
    }

    pub const fn header(&self) -> &RawRow {
        &self.header
    }

    /// The hash of the file, lower hex.
    pub fn finish(self) -> String {
        self.sha256
    }
}

impl Iterator for XlsxSource {
    type Item = RawRow;

    fn next(&mut self) -> Option<RawRow> {
        self.rows.next()
    }
}

fn empty() -> RowError {
    RowError::row(1, Problem::EmptyFile)
}

fn too_large() -> RowError {
    RowError::row(1, Problem::WorkbookTooLarge { megabytes: WORKBOOK_MB, cells: WORKBOOK_CELLS })
}

fn unreadable(error: XlsxError) -> RowError {
    let detail = Shown::new(&error.to_string()).to_string();
    RowError::row(1, Problem::UnreadableWorkbook { detail })
}

/// The rows that hold anything, each as wide as the widest.
fn read_rows<C: FileColumn>(bytes: Vec<u8>, mapping: &Mapping<C>) -> Result<Vec<RawRow>, RowError> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let first = workbook.sheet_names().first().cloned().ok_or_else(empty)?;
    let mut reader = workbook.worksheet_cells_reader(&first).map_err(unreadable)?;
    let mut sheet = Sheet::default();
    let mut count = 0;
    while let Some(cell) = reader.next_cell().map_err(unreadable)? {
        let (row, column) = cell.get_position();
        let value = Data::from(cell.get_value().clone());
        if value == Data::Empty {
            continue;
        }
        count += 1;
        if count > WORKBOOK_CELLS {
            return Err(too_large());
        }
        sheet.put(row, column, &value, mapping);
    }
    sheet.into_rows(WORKBOOK_CELLS)
}

/// Cells as they come: by row, by column.
#[derive(Default)]
struct Sheet {
    rows: Vec<SheetRow>,
    first_column: u32,
    last_column: u32,
}

struct SheetRow {
    number: u32,
    cells: Vec<(u32, String)>,
    errors: Vec<(u32, Problem)>,
}

impl Sheet {
    fn put<C: FileColumn>(&mut self, row: u32, column: u32, value: &Data, mapping: &Mapping<C>) {
        if self.rows.is_empty() {
            (self.first_column, self.last_column) = (column, column);
        }
        self.first_column = self.first_column.min(column);
        self.last_column = self.last_column.max(column);
        if self.rows.last().is_none_or(|last| last.number != row) {
            self.rows.push(SheetRow { number: row, cells: Vec::new(), errors: Vec::new() });
        }
        let Some(last) = self.rows.last_mut() else { return };
        if let Data::Error(error) = value {
            let value = Shown::new(&error.to_string());
            last.errors.push((column, Problem::SheetError { value }));
        }
        last.cells.push((column, text(value, mapping)));
    }

    /// Fills the gaps; a sheet that is mostly gaps is too large as well.
    fn into_rows(self, most: usize) -> Result<Vec<RawRow>, RowError> {
        let width = (self.last_column - self.first_column) as usize + 1;
        if self.rows.len().saturating_mul(width) > most.saturating_mul(4) {
            return Err(too_large());
        }
        let columns = self.first_column..=self.last_column;
        let first = self.first_column;
        let position = |column: u32| (column - first) as usize;
        let rows = self.rows.into_iter().map(|sheet_row| {
            let mut row = RawRow::new(u64::from(sheet_row.number) + 1);
            let mut cells = sheet_row.cells.into_iter().peekable();
            for column in columns.clone() {
                let cell = cells.next_if(|(own, _)| *own <= column);
                row.push(cell.as_ref().map_or("", |(_, text)| text));
            }
            row.unreadable =
                sheet_row.errors.into_iter().map(|(own, problem)| (position(own), problem)).collect();
            row
        });
        Ok(rows.collect())
    }
}

fn text<C: FileColumn>(cell: &Data, mapping: &Mapping<C>) -> String {
    match cell {
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number_text(*number, mapping),
        Data::Bool(truth) => truth.to_string(),
        Data::DateTime(moment) => date_text(moment, mapping),
        Data::Error(_) | Data::Empty => String::new(),
    }
}

/// The shortest decimal that reads back to the stored number: what the sheet shows, not the
/// binary neighbour. Only text leaves here, so amounts are still read digit by digit.
fn number_text<C: FileColumn>(number: f64, mapping: &Mapping<C>) -> String {
    number.to_string().replace('.', &mapping.decimal_sign().to_string())
}

fn date_text<C: FileColumn>(moment: &ExcelDateTime, mapping: &Mapping<C>) -> String {
    let (year, month, day, ..) = moment.to_ymd_hms_milli();
    let date = NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day));
    let mut text = String::new();
    // An impossible date stays empty and is then reported as missing.
    if let Some(date) = date {
        let _ = write!(text, "{}", date.format(&mapping.date_format));
    }
    text
}
