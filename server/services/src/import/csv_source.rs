//! CSV: UTF-8 with or without BOM, `,` or `;`; read in pieces, whatever the file's size.

use std::io::{self, Read};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::file::Hashing;
use super::problem::{Problem, RowError};
use super::source::{RawRow, Unopened};

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// A row longer than this is a quote that was never closed.
pub const ROW_BYTES: usize = 1024 * 1024;

/// A CSV file being read row by row.
pub struct CsvSource {
    reader: Hashing,
    /// What was read and is not consumed yet: `buffer[start..]`.
    buffer: Vec<u8>,
    start: usize,
    /// Where `buffer[start]` is in the file.
    offset: u64,
    at_end: bool,
    parser: Reader,
    /// The cells of the row being read, without quotes, and where each ends.
    cells: Vec<u8>,
    ends: Vec<usize>,
    lines: LineCounter,
    header: RawRow,
    failed: Option<io::Error>,
    given_up: bool,
}

impl CsvSource {
    /// `head` is the file's beginning, already taken from `reader`.
    ///
    /// # Errors
    /// An empty file, or a header that is not UTF-8.
    pub fn open(head: Vec<u8>, reader: Hashing) -> Result<Self, Unopened> {
        let bom = if head.starts_with(BOM) { BOM.len() } else { 0 };
        let parser = ReaderBuilder::new().delimiter(delimiter(head.get(bom..).unwrap_or_default())).build();
        let mut source = Self {
            reader,
            buffer: head,
            start: bom,
            offset: bom as u64,
            at_end: false,
            parser,
            cells: vec![0; 4096],
            ends: vec![0; 64],
            lines: LineCounter::default(),
            header: RawRow::default(),
            failed: None,
            given_up: false,
        };
        let header = source.next();
        if let Some(error) = source.failed.take() {
            return Err(error.into());
        }
        let blank = |row: &RawRow| {
            row.broken.is_none() && row.width() == 1 && row.cells().all(|c| c.trim().is_empty())
        };
        let header = header.filter(|row| !blank(row)).ok_or_else(|| RowError::row(1, Problem::EmptyFile))?;
        let unreadable = header.unreadable.first().map(|(_, problem)| problem);
        if let Some(problem) = header.broken.as_ref().or(unreadable) {
            return Err(RowError::row(header.line, problem.clone()).into());
        }
        source.header = header;
        Ok(source)
    }

    pub const fn header(&self) -> &RawRow {
        &self.header
    }

    /// See [`super::source::Source::finish`].
    ///
    /// # Errors
    /// Reading failed.
    pub fn finish(mut self) -> io::Result<String> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        self.reader.drain()?;
        Ok(self.reader.hex())
    }

    /// Reads one row; nothing at the end of the file.
    fn read_row(&mut self) -> io::Result<Option<RawRow>> {
        if !self.skip_breaks()? {
            return Ok(None);
        }
        let (mut taken, mut cells, mut ends) = (0, 0, 0);
        loop {
            // An empty input tells the parser that the file ends here.
            if self.start + taken == self.buffer.len() && !self.at_end {
                self.fill()?;
            }
            let input = self.buffer.get(self.start + taken..).unwrap_or_default();
            let (result, read, written, ended) = self.parser.read_record(
                input,
                self.cells.get_mut(cells..).unwrap_or_default(),
                self.ends.get_mut(ends..).unwrap_or_default(),
            );
            taken += read;
            cells += written;
            ends += ended;
            match result {
                ReadRecordResult::InputEmpty if taken > ROW_BYTES => return Ok(Some(self.give_up())),
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.cells.resize(self.cells.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record => return Ok(Some(self.row(taken, cells, ends))),
                ReadRecordResult::End => return Ok(None),
            }
        }
    }

    /// Skips line breaks before a row; false at the end of the file.
    fn skip_breaks(&mut self) -> io::Result<bool> {
        loop {
            match self.buffer.get(self.start) {
                Some(b'\r' | b'\n') => self.consume(1),
                Some(_) => return Ok(true),
                None if self.at_end => return Ok(false),
                None => self.fill()?,
            }
        }
    }

    /// Reads on; what was consumed makes room.
    fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.start);
        self.start = 0;
        let had = self.buffer.len();
        self.buffer.resize(had + CHUNK, 0);
        let read = loop {
            match self.reader.read(self.buffer.get_mut(had..).unwrap_or_default()) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.buffer.truncate(had + *read.as_ref().unwrap_or(&0));
        self.at_end = read? == 0;
        Ok(())
    }

    fn consume(&mut self, count: usize) {
        self.lines.pass(self.buffer.get(self.start..self.start + count).unwrap_or_default());
        self.start += count;
        self.offset += count as u64;
    }

    fn row(&mut self, taken: usize, cells: usize, ends: usize) -> RawRow {
        let line = self.lines.line();
        let bytes = self.cells.get(..cells).unwrap_or_default();
        let ends = self.ends.get(..ends).unwrap_or_default();
        let row = match std::str::from_utf8(bytes) {
            // Broken characters at the edges of two cells may look whole when joined.
            Ok(text) if ends.iter().all(|end| text.is_char_boundary(*end)) => {
                RawRow::of_parts(line, text.to_owned(), ends.to_vec())
            }
            _ => self.unreadable(line, taken, bytes, ends),
        };
        self.consume(taken);
        row
    }

    /// Keeps the readable cells, so that their own errors are still found.
    fn unreadable(&self, line: u64, taken: usize, bytes: &[u8], ends: &[usize]) -> RawRow {
        let raw = self.buffer.get(self.start..self.start + taken).unwrap_or_default();
        let first_bad = std::str::from_utf8(raw).map_or_else(|error| error.valid_up_to(), str::len);
        let mut row = RawRow::new(line);
        let mut start = 0;
        for (position, end) in ends.iter().enumerate() {
            let cell = bytes.get(start..*end).unwrap_or_default();
            if std::str::from_utf8(cell).is_err() && row.unreadable.is_empty() {
                let byte = self.offset + first_bad as u64;
                row.unreadable.push((position, Problem::NotUtf8 { byte }));
            }
            row.push(&String::from_utf8_lossy(cell));
            start = *end;
        }
        row
    }

    /// A row without end: what follows cannot be told apart either.
    fn give_up(&mut self) -> RawRow {
        self.given_up = true;
        let problem = Problem::RowTooLong { limit: ROW_BYTES };
        RawRow::broken(self.lines.line(), problem)
    }
}

/// Bytes read at a time.
const CHUNK: usize = 64 * 1024;

impl Iterator for CsvSource {
    type Item = RawRow;

    fn next(&mut self) -> Option<RawRow> {
        if self.given_up || self.failed.is_some() {
            return None;
        }
        self.read_row().unwrap_or_else(|error| {
            self.failed = Some(error);
            None
        })
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

/// Counts lines of the file, including breaks inside quotes.
#[derive(Default)]
struct LineCounter {
    breaks: u64,
    after_return: bool,
}

impl LineCounter {
    /// The line on which the next byte stands.
    const fn line(&self) -> u64 {
        self.breaks + 1
    }

    fn pass(&mut self, bytes: &[u8]) {
        for byte in bytes {
            // A lone CR (old Macintosh files) is a break too; CRLF is one.
            self.breaks += u64::from(*byte == b'\r' || (*byte == b'\n' && !self.after_return));
            self.after_return = *byte == b'\r';
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// Gives out one byte at a time, so that every row is cut at every place.
    struct Trickle(std::vec::IntoIter<u8>);

    impl Read for Trickle {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match (buffer.first_mut(), self.0.next()) {
                (Some(slot), Some(byte)) => {
                    *slot = byte;
                    Ok(1)
                }
                _ => Ok(0),
            }
        }
    }

    fn open(text: &[u8]) -> Result<CsvSource, Unopened> {
        let rest = text.get(4..).unwrap_or_default().to_vec();
        let head = text.get(..4).unwrap_or(text).to_vec();
        // The separator is looked for in the head, which is always long enough outside tests.
        let head = if head.contains(&b'\n') || rest.is_empty() { head } else { text.to_vec() };
        let rest = if head.len() == text.len() { Vec::new() } else { rest };
        CsvSource::open(head, Hashing::new(Box::new(Trickle(rest.into_iter()))))
    }

    fn rows(text: &[u8]) -> Vec<(u64, Vec<String>)> {
        let source = open(text).unwrap();
        let header = source.header().clone();
        std::iter::once(header)
            .chain(source)
            .map(|row| (row.line, row.cells().map(str::to_owned).collect()))
            .collect()
    }

    fn refused(text: &[u8]) -> RowError {
        match open(text) {
            Err(Unopened::Refused(mut errors)) => errors.remove(0),
            _ => panic!("the file was opened"),
        }
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
        let mut source = open(b"\xEF\xBB\xBFa,b\n1,2\n3,\xE9x\n4,5\n").unwrap();
        assert_eq!(source.next().map(|row| row.unreadable.len()), Some(0));
        let bad = source.next().unwrap();
        assert_eq!((bad.line, bad.unreadable), (3, vec![(1, Problem::NotUtf8 { byte: 13 })]));
        assert_eq!(source.next().unwrap().line, 4);
    }

    #[test]
    fn empty_and_unreadable_headers_are_refused() {
        assert_eq!(refused(b"").problem, Problem::EmptyFile);
        assert_eq!(refused(b"\xEF\xBB\xBF \n").problem, Problem::EmptyFile);
        let utf16 = refused(b"\xFF\xFEa\0,\0b\0\n\0");
        assert_eq!(utf16, RowError::row(1, Problem::NotUtf8 { byte: 0 }));
    }

    #[test]
    fn long_files_are_cut_into_rows_wherever_the_pieces_end() {
        let mut text = String::from("a,b\n");
        for n in 0..30_000 {
            writeln!(text, "{n},\"x\n{}\"", "y".repeat(n % 50)).unwrap();
        }
        let file = super::super::ImportFile::from(text.into_bytes());
        let mut reader = Hashing::new(file.open().unwrap());
        let mut head = Vec::new();
        reader.by_ref().take(100).read_to_end(&mut head).unwrap();
        let mut source = CsvSource::open(head, reader).unwrap();
        let mut count = 0_u64;
        for row in source.by_ref() {
            assert_eq!(row.get(0), Some(count.to_string().as_str()));
            assert_eq!(row.line, count * 2 + 2);
            count += 1;
        }
        assert_eq!(count, 30_000);
        assert_eq!(source.finish().unwrap(), file.sha256().unwrap());
    }

    #[test]
    fn a_quote_that_is_never_closed_ends_the_reading() {
        let text = format!("a,b\n1,2\n\"3,{}", "4\n".repeat(ROW_BYTES));
        let file = super::super::ImportFile::from(text.into_bytes());
        let source = CsvSource::open(Vec::new(), Hashing::new(file.open().unwrap()));
        let rows: Vec<_> = source.unwrap().collect();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[1].broken, Some(Problem::RowTooLong { limit: ROW_BYTES }));
        assert_eq!(rows[1].line, 3);
    }
}
