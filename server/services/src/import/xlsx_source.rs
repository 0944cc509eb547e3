//! XLSX: the first sheet, its values written out as text the way the mapping says.

use std::fmt::Write as _;
use std::io::Cursor;

use calamine::{Data, ExcelDateTime, Reader as _, Xlsx};
use chrono::NaiveDate;
use csv::StringRecord;

use super::mapping::Mapping;
use super::problem::{Problem, RowError, Shown};
use super::source::RawRow;

/// A sheet being read row by row. Formulas count by the value stored with them; none is run.
pub struct XlsxSource {
    header: RawRow,
    rows: std::vec::IntoIter<RawRow>,
}

impl XlsxSource {
    /// # Errors
    /// A broken workbook, or one whose first sheet is empty.
    pub fn open(bytes: &[u8], mapping: &Mapping) -> Result<Self, RowError> {
        let unreadable = |error: calamine::XlsxError| {
            let detail = Shown::new(&error.to_string()).to_string();
            RowError::row(1, Problem::UnreadableWorkbook { detail })
        };
        let empty = || RowError::row(1, Problem::EmptyFile);
        let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
        let sheet = workbook.worksheet_range_at(0).ok_or_else(empty)?.map_err(unreadable)?;
        let first = u64::from(sheet.start().ok_or_else(empty)?.0) + 1;
        let mut rows = sheet
            .rows()
            .zip(first..)
            .filter(|(cells, _)| cells.iter().any(|cell| *cell != Data::Empty))
            .map(|(cells, line)| raw_row(line, cells, mapping))
            .collect::<Vec<_>>()
            .into_iter();
        let header = rows.next().ok_or_else(empty)?;
        Ok(Self { header, rows })
    }

    pub const fn header(&self) -> &RawRow {
        &self.header
    }
}

impl Iterator for XlsxSource {
    type Item = RawRow;

    fn next(&mut self) -> Option<RawRow> {
        self.rows.next()
    }
}

fn raw_row(line: u64, cells: &[Data], mapping: &Mapping) -> RawRow {
    let mut row = RawRow { line, cells: StringRecord::new(), unreadable: Vec::new() };
    for (position, cell) in cells.iter().enumerate() {
        if let Data::Error(error) = cell {
            let value = Shown::new(&error.to_string());
            row.unreadable.push((position, Problem::SheetError { value }));
        }
        row.cells.push_field(&text(cell, mapping));
    }
    row
}

fn text(cell: &Data, mapping: &Mapping) -> String {
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
fn number_text(number: f64, mapping: &Mapping) -> String {
    number.to_string().replace('.', &mapping.decimal_sign().to_string())
}

fn date_text(moment: &ExcelDateTime, mapping: &Mapping) -> String {
    let (year, month, day, ..) = moment.to_ymd_hms_milli();
    let date = NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day));
    let mut text = String::new();
    // An impossible date stays empty and is then reported as missing.
    if let Some(date) = date {
        let _ = write!(text, "{}", date.format(&mapping.date_format));
    }
    text
}
