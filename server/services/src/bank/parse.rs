//! Reading a statement: CSV with a header, row by row; what is wrong is told by line.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::money::{Currency, DecimalMark, Money};
use domain::text::{Say, fold};
use sha2::{Digest, Sha256};

use crate::{ServiceError, ServiceResult};

/// Errors that one answer lists.
const MOST_ERRORS: usize = 50;
/// The longest text of a line that is kept.
const TEXT_CHARS: usize = 300;

/// In which order dates with slashes are written; ISO dates are read in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    DayMonthYear,
    MonthDayYear,
}

/// How the bank writes, as somebody said who looked at the file.
#[derive(Clone, Copy, Debug)]
pub struct StatementFormat {
    pub currency: Currency,
    pub mark: DecimalMark,
    pub dates: DateOrder,
}

/// What is wrong with one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineError {
    pub line: u64,
    pub says: Say,
}

/// Money that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Incoming {
    pub(super) line: u64,
    pub(super) booked_on: NaiveDate,
    pub(super) amount: Money,
    pub(super) description: String,
    pub(super) reference: String,
    /// The same for the same line however often it is read, and in which file.
    pub(super) identity: String,
}

/// Where each column is.
struct Columns {
    date: usize,
    amount: usize,
    /// The amount's column holds only what came in; empty for what went out.
    credits_only: bool,
    description: Option<usize>,
    reference: Option<usize>,
}

const DATES: &[&str] = &[
    "fecha",
    "date",
    "fecha operacion",
    "fecha de operacion",
    "fecha valor",
    "booking date",
    "posting date",
    "transaction date",
    "value date",
    "fecha movimiento",
    "fecha contable",
];
const AMOUNTS: &[&str] = &["importe", "monto", "amount", "valor"];
const CREDITS: &[&str] = &[
    "abono",
    "abonos",
    "deposito",
    "depositos",
    "credito",
    "creditos",
    "haber",
    "credit",
    "credits",
    "deposit",
];
const DESCRIPTIONS: &[&str] =
    &["descripcion", "concepto", "detalle", "description", "details", "glosa", "movimiento", "narrative"];
const REFERENCES: &[&str] =
    &["referencia", "reference", "ref", "numero de referencia", "referencia numerica", "no referencia"];

impl Columns {
    fn of(header: &csv::StringRecord) -> Result<Self, LineError> {
        let names: Vec<String> = header.iter().map(fold).collect();
        let find = |known: &[&str]| names.iter().position(|name| known.contains(&name.as_str()));
        let missing = |es: &str, en: &str, known: &[&str]| LineError {
            line: 1,
            says: Say::new(
                format!("Falta la columna {es}; se reconoce por uno de estos títulos: {}", known.join(", ")),
                format!(
                    "There is no column for {en}; it is known by one of these titles: {}",
                    known.join(", ")
                ),
            ),
        };
        let date = find(DATES).ok_or_else(|| missing("de la fecha", "the date", DATES))?;
        let (amount, credits_only) = match (find(CREDITS), find(AMOUNTS)) {
            (Some(column), _) => (column, true),
            (None, Some(column)) => (column, false),
            (None, None) => return Err(missing("del importe", "the amount", AMOUNTS)),
        };
        let (description, reference) = (find(DESCRIPTIONS), find(REFERENCES));
        if description.is_none() && reference.is_none() {
            return Err(missing(
                "de la descripción o la referencia",
                "description or reference",
                DESCRIPTIONS,
            ));
        }
        Ok(Self { date, amount, credits_only, description, reference })
    }
}

fn read_date(text: &str, order: DateOrder) -> Option<NaiveDate> {
    let formats: [&str; 4] = match order {
        DateOrder::DayMonthYear => ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"],
        DateOrder::MonthDayYear => ["%Y-%m-%d", "%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y"],
    };
    // Some banks add the time.
    let day = text.trim().split([' ', 'T']).next().unwrap_or_default();
    let read = formats.iter().find_map(|format| NaiveDate::parse_from_str(day, format).ok());
    // A year of two digits would be read as one of the first century.
    read.filter(|date| chrono::Datelike::year(date) >= 2000)
}

fn short(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(TEXT_CHARS).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `;`, a tab or `,`: what the header has most of.
fn delimiter(bytes: &[u8]) -> u8 {
    let header = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |mark: u8| header.split(|byte| *byte == mark).count();
    [b';', b'\t', b','].into_iter().max_by_key(|mark| count(*mark)).unwrap_or(b',')
}

/// A statement, read line by line.
pub(super) struct Lines<'a> {
    records: csv::ByteRecordsIntoIter<&'a [u8]>,
    columns: Columns,
    format: StatementFormat,
    today: NaiveDate,
    /// How often the same line stood in this file before: two equal transfers are two.
    seen: HashMap<[u8; 32], u32>,
    pub(super) outgoing: usize,
}

/// Banks also write Latin-1; its bytes are characters.
fn text_of(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes)
        .map_or_else(|_| bytes.iter().map(|byte| char::from(*byte)).collect(), str::to_owned)
}

fn text_record(record: &csv::ByteRecord) -> csv::StringRecord {
    record.iter().map(text_of).collect()
}

impl<'a> Lines<'a> {
    pub(super) fn open(
        bytes: &'a [u8],
        format: StatementFormat,
        today: NaiveDate,
    ) -> Result<Self, LineError> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let mut reader =
            csv::ReaderBuilder::new().delimiter(delimiter(bytes)).flexible(true).from_reader(bytes);
        let unreadable = |line| LineError {
            line,
            says: Say::new("El archivo no se lee como CSV", "The file cannot be read as CSV"),
        };
        let header = reader.byte_headers().map_err(|_| unreadable(1))?;
        let columns = Columns::of(&text_record(header))?;
        let records = reader.into_byte_records();
        Ok(Self { records, columns, format, today, seen: HashMap::new(), outgoing: 0 })
    }

    fn read(&mut self, record: &csv::ByteRecord) -> Result<Option<Incoming>, LineError> {
        let line = record.position().map_or(0, csv::Position::line);
        let row = text_record(record);
        let wrong = |es: String, en: String| LineError { line, says: Say::new(es, en) };
        let cell = |column: usize| row.get(column).unwrap_or_default().trim();
        let typed = cell(self.columns.amount);
        if typed.is_empty() && self.columns.credits_only {
            return Ok(None);
        }
        let plain: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '$').collect();
        let amount = Money::parse(&plain, self.format.currency, self.format.mark).map_err(|_| {
            let (es, en) = match self.format.mark {
                DecimalMark::Point => ("1,234.50", "point"),
                DecimalMark::Comma => ("1.234,50", "comma"),
            };
            wrong(
                format!("«{}» no es un importe en {} escrito como {es}", short(typed), self.format.currency),
                format!("“{}” is no amount in {} with a decimal {en}", short(typed), self.format.currency),
            )
        })?;
        let day = cell(self.columns.date);
        let booked_on = read_date(day, self.format.dates).ok_or_else(|| {
            wrong(
                format!("«{}» no es una fecha como se eligió", short(day)),
                format!("“{}” is no date as was chosen", short(day)),
            )
        })?;
        if !amount.is_positive() {
            return Ok(None);
        }
        if booked_on > self.today {
            return Err(wrong(
                format!("La fecha {booked_on} es futura; revise el orden de día y mes"),
                format!("The date {booked_on} is in the future; check the order of day and month"),
            ));
        }
        let description = short(self.columns.description.map_or("", cell));
        let reference = short(self.columns.reference.map_or("", cell));
        let identity = self.identity(booked_on, amount, &description, &reference);
        Ok(Some(Incoming { line, booked_on, amount, description, reference, identity }))
    }

    fn identity(
        &mut self,
        booked_on: NaiveDate,
        amount: Money,
        description: &str,
        reference: &str,
    ) -> String {
        let fields = [
            self.format.currency.code().to_owned(),
            booked_on.to_string(),
            amount.minor().to_string(),
            description.to_owned(),
            reference.to_owned(),
        ];
        let mut hasher = Sha256::new();
        for field in fields {
            hasher.update((field.len() as u64).to_be_bytes());
            hasher.update(field.as_bytes());
        }
        let content: [u8; 32] = hasher.clone().finalize().into();
        let before = self.seen.entry(content).or_insert(0);
        hasher.update(before.to_be_bytes());
        *before += 1;
        hex::encode(hasher.finalize())
    }
}

impl Iterator for Lines<'_> {
    type Item = Result<Incoming, LineError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let record = match self.records.next()? {
                Ok(record) => record,
                Err(error) => {
                    let line = error.position().map_or(0, csv::Position::line);
                    let says = Say::new("La línea no se lee como CSV", "The line cannot be read as CSV");
                    return Some(Err(LineError { line, says }));
                }
            };
            match self.read(&record) {
                Ok(Some(incoming)) => return Some(Ok(incoming)),
                Ok(None) => self.outgoing += 1,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// Reads the whole file once and keeps nothing; `Invalid` with every line that is wrong.
pub(super) fn check(
    bytes: &[u8],
    format: StatementFormat,
    today: NaiveDate,
) -> Result<usize, Vec<LineError>> {
    let lines = Lines::open(bytes, format, today).map_err(|error| vec![error])?;
    let mut errors = Vec::new();
    let mut count = 0;
    for line in lines {
        match line {
            Ok(_) => count += 1,
            Err(error) => errors.push(error),
        }
        if errors.len() >= MOST_ERRORS {
            break;
        }
    }
    if errors.is_empty() { Ok(count) } else { Err(errors) }
}

pub(super) fn opened(bytes: &[u8], format: StatementFormat, today: NaiveDate) -> ServiceResult<Lines<'_>> {
    Lines::open(bytes, format, today).map_err(|error| ServiceError::told("file", error.says))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMAT: StatementFormat =
        StatementFormat { currency: Currency::MXN, mark: DecimalMark::Point, dates: DateOrder::DayMonthYear };

    fn today() -> NaiveDate {
        "2026-11-20".parse().unwrap()
    }

    fn read(text: &str, format: StatementFormat) -> Vec<Incoming> {
        Lines::open(text.as_bytes(), format, today()).unwrap().collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn spanish_and_english_headers_and_both_decimal_marks_are_read_alike() {
        let spanish = read(
            "Fecha;Concepto;Referencia;Importe\n19/11/2026;SPEI JUAN;ABC;1.234,50\n",
            StatementFormat { mark: DecimalMark::Comma, ..FORMAT },
        );
        let english =
            read("Date,Amount,Description,Reference\n2026-11-19,\"1,234.50\",SPEI JUAN,ABC\n", FORMAT);
        assert_eq!(spanish.len(), 1);
        assert_eq!(spanish[0].identity, english[0].identity);
        assert_eq!(spanish[0].amount.minor(), 123_450);
        let american = StatementFormat { dates: DateOrder::MonthDayYear, ..FORMAT };
        assert_eq!(
            read("date,amount,details\n11/02/2026,5.00,x\n", american)[0].booked_on.to_string(),
            "2026-11-02"
        );
    }

    #[test]
    fn what_went_out_is_left_and_two_equal_lines_are_two() {
        let text = "fecha,abono,descripcion\n01/11/2026,10.00,A\n01/11/2026,,PAGO LUZ\n01/11/2026,10.00,A\n";
        let mut lines = Lines::open(text.as_bytes(), FORMAT, today()).unwrap();
        let found: Vec<_> = lines.by_ref().collect::<Result<_, _>>().unwrap();
        assert_eq!((found.len(), lines.outgoing), (2, 1));
        assert_ne!(found[0].identity, found[1].identity);
        let negative = Lines::open(b"fecha,monto,detalle\n01/11/2026,-10.00,A\n", FORMAT, today()).unwrap();
        assert_eq!(negative.count(), 0);
    }

    #[test]
    fn every_wrong_line_is_told_by_its_number() {
        let text = "fecha,monto,detalle\n31/02/2026,1.00,A\n01/11/2026,\"1,5\",B\n01/11/2026,2.00,C\n21/11/2026,2.00,D\n01/11/26,2.00,E\n";
        let errors = check(text.as_bytes(), FORMAT, today()).unwrap_err();
        assert_eq!(errors.iter().map(|error| error.line).collect::<Vec<_>>(), [2, 3, 5, 6]);
        let errors = check(b"dia,monto\n", FORMAT, today()).unwrap_err();
        assert!(errors[0].says.es.contains("fecha"), "{:?}", errors[0]);
    }

    #[test]
    fn latin_letters_of_old_files_are_read() {
        let bytes = b"Fecha;Descripci\xf3n;Monto\n01/11/2026;PE\xd1A;1.00\n";
        let found: Vec<_> = Lines::open(bytes, FORMAT, today()).unwrap().collect::<Result<_, _>>().unwrap();
        assert_eq!(found[0].description, "PEÑA");
    }
}
