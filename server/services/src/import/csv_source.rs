//! CSV: UTF-8 with or without BOM, `,` or `;`.

use csv::{ByteRecord, Reader, ReaderBuilder, StringRecord};

use super::problem::{Problem, RowError};
use super::source::RawRow;

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// A CSV file being read row by row.
pub struct CsvSource<'a> {
    bytes: &'a [u8],
    /// Bytes before `bytes` in the file (the BOM), to report true offsets.
    skipped: usize,
    reader: Reader<&'a [u8]>,
    header: RawRow,
    lines: LineCounter,
}

impl<'a> CsvSource<'a> {
    /// # Errors
    /// An empty file, or a header that is not UTF-8.
    pub fn open(file: &'a [u8]) -> Result<Self, RowError> {
        let bytes = file.strip_prefix(BOM).unwrap_or(file);
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(RowError::row(1, Problem::EmptyFile));
        }
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter(bytes))
            .from_reader(bytes);
        let header = RawRow { line: 1, cells: StringRecord::new(), unreadable: Vec::new() };
        let mut source =
            Self { bytes, skipped: file.len() - bytes.len(), reader, header, lines: LineCounter::default() };
        source.header = source.next().ok_or_else(|| RowError::row(1, Problem::EmptyFile))?;
        match source.header.unreadable.first() {
            Some((_, problem)) => Err(RowError::row(source.header.line, problem.clone())),
            None => Ok(source),
        }
    }

    pub const fn header(&self) -> &RawRow {
        &self.header
    }

    fn row(&mut self, start: usize, record: ByteRecord) -> RawRow {
        let start = start + leading_breaks(self.bytes.get(start..).unwrap_or_default());
        let line = self.lines.at(self.bytes, start);
        match StringRecord::from_byte_record(record) {
            Ok(cells) => RawRow { line, cells, unreadable: Vec::new() },
            Err(error) => self.unreadable(line, start, error.into_byte_record()),
        }
    }

    /// Keeps the readable cells, so that their own errors are still found.
    fn unreadable(&self, line: u64, start: usize, record: ByteRecord) -> RawRow {
        let rest = self.bytes.get(start..).unwrap_or_default();
        let first_bad = std::str::from_utf8(rest).map_or_else(|error| error.valid_up_to(), str::len);
        let byte = (self.skipped + start + first_bad) as u64;
        let position = record.iter().position(|cell| std::str::from_utf8(cell).is_err()).unwrap_or(0);
        RawRow {
            line,
            cells: record.iter().map(String::from_utf8_lossy).collect(),
            unreadable: vec![(position, Problem::NotUtf8 { byte })],
        }
    }
}

impl Iterator for CsvSource<'_> {
    type Item = RawRow;

    fn next(&mut self) -> Option<RawRow> {
        let start = usize::try_from(self.reader.position().byte()).ok()?;
        let mut record = ByteRecord::new();
        // Reading from memory into flexible records has no way to fail.
        let found = self.reader.read_byte_record(&mut record).unwrap_or(false);
        found.then(|| self.row(start, record))
    }
}

/// The separator that the header line uses more, outside quotes.
fn delimiter(bytes: &[u8]) -> u8 {
    let (mut commas, mut semicolons, mut quoted) = (0_u32, 0_u32, false);
    for byte in bytes.iter().skip_while(|byte| matches!(byte, b'\r' | b'\n')) {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => commas += 1,
            b';' if !quoted => semicolons += 1,
            b'\r' | b'\n' if !quoted => break,
            _ => {}
        }
    }
    if semicolons > commas { b';' } else { b',' }
}

/// Line breaks that the CSV reader skips before a record.
fn leading_breaks(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count()
}

/// Counts lines of the file up to an offset, including breaks inside quotes. The CSV reader's
/// own count is of records' ends and goes astray at blank lines.
#[derive(Default)]
struct LineCounter {
    offset: usize,
    breaks: u64,
}

impl LineCounter {
    fn at(&mut self, bytes: &[u8], offset: usize) -> u64 {
        let between = bytes.get(self.offset..offset).unwrap_or_default();
        let after = bytes.get(offset);
        let mut previous = None;
        for byte in between.iter().chain(after) {
            // A lone CR (old Macintosh files) is a break too; CRLF is one.
            self.breaks += u64::from(previous == Some(b'\n') || (previous == Some(b'\r') && *byte != b'\n'));
            previous = Some(*byte);
        }
        self.offset = offset;
        self.breaks + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &[u8]) -> Vec<(u64, Vec<String>)> {
        let source = CsvSource::open(text).unwrap();
        let header = source.header().clone();
        std::iter::once(header)
            .chain(source)
            .map(|row| (row.line, row.cells.iter().map(str::to_owned).collect()))
            .collect()
    }

    fn lines(text: &str) -> Vec<u64> {
        rows(text.as_bytes()).into_iter().map(|(line, _)| line).collect()
    }

    #[test]
    fn either_separator_with_or_without_bom() {
        let expected = vec![(1, vec!["a".to_owned(), "b".to_owned()]), (2, vec!["1".into(), "2,5".into()])];
        assert_eq!(rows(b"a;b\n1;2,5\n"), expected);
        assert_eq!(rows(b"\xEF\xBB\xBFa,b\r\n1,\"2,5\"\r\n"), expected);
        assert_eq!(rows(b"\"x;y;z\",b\n1,2\n")[0].1, ["x;y;z", "b"]);
    }

    #[test]
    fn lines_are_those_of_the_file() {
        assert_eq!(lines("a,b\n1,2\n3,4"), [1, 2, 3]);
        assert_eq!(lines("a,b\r\n1,2\r\n3,4\r\n"), [1, 2, 3]);
        assert_eq!(lines("a,b\n\"1\n1\n1\",2\n3,4\n"), [1, 2, 5]);
        assert_eq!(lines("a,b\n\n\n1,2\n\n3,4\n"), [1, 4, 6]);
        assert_eq!(lines("a,b\r1,2\r3,4"), [1, 2, 3]);
        assert_eq!(lines("a,b\r\n\r\n\"1\r\n1\",2\r\n3,4"), [1, 3, 5]);
    }

    #[test]
    fn names_the_first_byte_that_is_not_utf8() {
        let mut source = CsvSource::open(b"\xEF\xBB\xBFa,b\n1,2\n3,\xE9x\n4,5\n").unwrap();
        assert_eq!(source.next().map(|row| row.unreadable.len()), Some(0));
        let bad = source.next().unwrap();
        assert_eq!((bad.line, bad.unreadable), (3, vec![(1, Problem::NotUtf8 { byte: 13 })]));
        assert_eq!(source.next().unwrap().line, 4);
    }

    #[test]
    fn empty_and_unreadable_headers_are_refused() {
        assert_eq!(CsvSource::open(b"").err().unwrap().problem, Problem::EmptyFile);
        assert_eq!(CsvSource::open(b"\xEF\xBB\xBF \n").err().unwrap().problem, Problem::EmptyFile);
        let utf16 = CsvSource::open(b"\xFF\xFEa\0,\0b\0\n\0").err().unwrap();
        assert_eq!(utf16, RowError::row(1, Problem::NotUtf8 { byte: 0 }));
    }
}
