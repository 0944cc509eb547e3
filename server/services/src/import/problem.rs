//! What can be wrong with a portfolio file, each with a stable code, a cause and a remedy.

use domain::money::Currency;
use serde::Serialize;

use super::{Lang, texts_en, texts_es};

/// Cell texts longer than this are cut when shown.
const SHOWN_CHARS: usize = 40;

/// One thing wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// Line of the file (sheet row for XLSX) where the row begins, the header being line 1.
    /// `None` when the mapping file is at fault.
    pub line: Option<u64>,
    /// The file's own header, or ours when the column is a constant.
    pub column: Option<String>,
    pub problem: Problem,
}

/// The stable form that the command line, the console and the API give out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowErrorView {
    pub line: Option<u64>,
    pub column: Option<String>,
    pub code: &'static str,
    pub message: String,
    pub remedy: String,
}

impl RowError {
    pub const fn mapping(problem: Problem) -> Self {
        Self { line: None, column: None, problem }
    }

    pub const fn row(line: u64, problem: Problem) -> Self {
        Self { line: Some(line), column: None, problem }
    }

    pub fn cell(line: u64, column: &str, problem: Problem) -> Self {
        Self { line: Some(line), column: Some(column.to_owned()), problem }
    }

    /// The error in the reader's language.
    pub fn view(&self, lang: Lang) -> RowErrorView {
        let (message, remedy) = match lang {
            Lang::Es => (texts_es::message(&self.problem), texts_es::remedy(&self.problem)),
            Lang::En => (texts_en::message(&self.problem), texts_en::remedy(&self.problem)),
        };
        RowErrorView {
            line: self.line,
            column: self.column.clone(),
            code: self.problem.code(),
            message,
            remedy,
        }
    }
}

/// A cell's text made safe to show: short, on one line, without control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown(String);

impl Shown {
    pub fn new(text: &str) -> Self {
        let mut shown: String = text
            .chars()
            .take(SHOWN_CHARS)
            .map(|c| if c.is_control() || is_direction_mark(c) { '·' } else { c })
            .collect();
        if text.chars().nth(SHOWN_CHARS).is_some() {
            shown.push('…');
        }
        Self(shown)
    }
}

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Characters that turn the direction of the text around them, to disguise it.
const fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What an account that is there already has otherwise than the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Differs {
    Debtor,
    Currency,
    DueOn,
    Amounts,
}

macro_rules! problems {
    ($($(#[$doc:meta])* $variant:ident $({ $($field:ident : $type:ty),* $(,)? })? = $code:literal),* $(,)?) => {
        /// Why a file, a row or a cell was refused.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Problem { $($(#[$doc])* $variant $({ $($field: $type),* })?),* }

        impl Problem {
            /// A code that programs may rely on.
            pub const fn code(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $code),* }
            }
        }
    };
}

problems! {
    // the mapping file
    MappingSyntax { line: usize, detail: String } = "mapping_syntax",
    UnknownMappingKey { key: String, suggestion: Option<String> } = "unknown_mapping_key",
    MappedTwice { key: String } = "mapped_twice",
    WrongMappingValue { key: String } = "wrong_mapping_value",
    ConstantNotAllowed { key: String } = "constant_not_allowed",
    BadDateFormat { format: String } = "bad_date_format",
    // the file as a whole
    EmptyFile = "empty_file",
    NoRows = "no_rows",
    LegacyWorkbook = "legacy_workbook",
    UnreadableWorkbook { detail: String } = "unreadable_workbook",
    WorkbookTooLarge { megabytes: usize, cells: usize } = "workbook_too_large",
    /// The bytes at writing were not those that were checked.
    FileChanged = "file_changed",
    MissingColumn { ours: &'static str, theirs: Option<String>, suggestion: Option<String> } = "missing_column",
    MissingDebtorColumn = "missing_debtor_column",
    DuplicateHeader = "duplicate_header",
    TotalTooLarge { currency: Currency } = "total_too_large",
    // a row
    /// Most likely a quote that was never closed; nothing after it was read.
    RowTooLong { limit: usize } = "row_too_long",
    NotUtf8 { byte: u64 } = "not_utf8",
    FieldCount { expected: usize, found: usize } = "field_count",
    Required = "required",
    DebtorRequired = "debtor_required",
    DuplicateId { value: Shown, first_line: u64 } = "duplicate_external_id",
    /// The account is there already, with other opening amounts, debtor, currency or due date.
    AlreadyDifferent { value: Shown, differs: Differs } = "already_different",
    // a payment
    TooManyRows { limit: usize } = "too_many_rows",
    UnknownAccount { value: Shown } = "unknown_account",
    OtherCurrency { value: Shown, currency: Shown } = "other_currency",
    /// A payment of this source was posted with another account, amount or day.
    PaymentDiffers { value: Shown } = "payment_differs",
    NothingPaid = "nothing_paid",
    FutureDate { value: Shown } = "future_date",
    // a cell
    SheetError { value: Shown } = "sheet_error",
    BadDate { value: Shown, format: String } = "bad_date",
    DateOrder { value: Shown } = "date_order",
    NotANumber { value: Shown, mark: char } = "not_a_number",
    Negative { value: Shown } = "negative_amount",
    TooManyDecimals { value: Shown, currency: Currency, allowed: u8, found: usize } = "too_many_decimals",
    TooLarge { value: Shown } = "too_large",
    UnknownCurrency { value: Shown } = "unknown_currency",
    BadRate { value: Shown, mark: char } = "bad_rate",
    BadInteger { value: Shown } = "bad_integer",
    BadChoice { value: Shown, allowed: &'static str } = "bad_choice",
    BadEmail { value: Shown } = "bad_email",
    BadPhone { value: Shown } = "bad_phone",
    BadCountry { value: Shown } = "bad_country",
    BadZone { value: Shown } = "bad_time_zone",
    BadCoordinate { value: Shown, limit: u8 } = "bad_coordinate",
    CoordinateAlone = "coordinate_alone",
    TooLong { limit: usize } = "too_long",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_text_is_short_and_plain() {
        assert_eq!(Shown::new("a\nb\u{202e}c").to_string(), "a·b·c");
        let long = Shown::new(&"x".repeat(400)).to_string();
        assert_eq!(long.chars().count(), 41);
        assert!(long.ends_with('…'));
    }

    #[test]
    fn both_languages_name_the_value_and_differ() {
        let error = RowError::cell(7, "DueDate", Problem::Negative { value: Shown::new("-3.00") });
        let (es, en) = (error.view(Lang::Es), error.view(Lang::En));
        assert!(es.message.contains("-3.00") && en.message.contains("-3.00"));
        assert_ne!(es.message, en.message);
        assert_ne!(es.remedy, en.remedy);
        assert_eq!((es.line, es.column.as_deref(), es.code), (Some(7), Some("DueDate"), "negative_amount"));
    }
}
