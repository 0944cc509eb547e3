//! Portfolio import: a creditor's CSV or XLSX becomes accounts, all of it or nothing.
//!
//! Reading is row by row: [`Portfolio::open`] finds the columns, iterating gives one typed
//! [`PortfolioRow`] or all errors of a row at a time, and [`check`] judges a whole file with its
//! control totals. [`crate::Services::import_portfolio`] reads a sound file once more and writes
//! it, some thousand rows at a time, in one transaction: memory does not grow with the file.

pub(crate) mod bulk;
mod check;
mod column;
mod csv_source;
mod existing;
mod familiar;
mod fields;
mod file;
mod ids;
mod layout;
mod manifest;
mod mapping;
mod nearest;
mod payments;
mod persons;
mod phone;
mod places;
mod portfolio;
mod problem;
mod report;
mod row;
mod run;
mod seen;
mod sort;
mod source;
mod texts_en;
mod texts_es;
mod totals;
mod write;
mod xlsx_source;

pub use check::{Checked, check};
pub use column::{Column, FileColumn, PaymentColumn};
pub use file::ImportFile;
pub use layout::{ColumnSource, Layout};
pub use manifest::{Manifest, ManifestColumn, Moved};
pub use mapping::Mapping;
pub use payments::{PaymentTotal, PaymentsReport, PaymentsView};
pub(crate) use persons::search_rows;
pub use portfolio::{Portfolio, Refused};
pub use problem::{Differs, Problem, RowError, RowErrorView, Shown};
pub use report::{ImportLine, ImportRecord, ImportReport, ImportStatus, ImportView, TotalsByOutcome};
pub use row::{Address, Channel, DayCount, Debtor, Document, Guarantor, PortfolioRow, RatePct};
pub use run::ImportRequest;
pub use source::Unopened;
pub use totals::{ControlTotal, ControlTotals, TotalTooLarge};

/// The language of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    #[default]
    Es,
    En,
}
