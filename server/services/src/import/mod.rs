//! Portfolio import: a creditor's CSV or XLSX becomes accounts, all of it or nothing.
//!
//! Reading is pure and row by row: [`Portfolio::open`] finds the columns, iterating gives one
//! typed [`PortfolioRow`] or all errors of a row at a time, and [`check`] gathers a whole file
//! with its control totals. [`crate::Services::import_portfolio`] writes what was read.

pub(crate) mod bulk;
mod check;
mod column;
mod csv_source;
mod existing;
mod fields;
mod layout;
mod mapping;
mod nearest;
mod persons;
mod phone;
mod places;
mod portfolio;
mod problem;
mod report;
mod row;
mod run;
mod source;
mod texts_en;
mod texts_es;
mod totals;
mod xlsx_source;

pub use check::{Checked, check};
pub use column::Column;
pub use layout::Layout;
pub use mapping::Mapping;
pub(crate) use persons::search_rows;
pub use portfolio::{Portfolio, Refused};
pub use problem::{Differs, Problem, RowError, RowErrorView, Shown};
pub use report::{ImportLine, ImportReport, ImportStatus, ImportView};
pub use row::{Address, Channel, DayCount, Debtor, Document, Guarantor, PortfolioRow, RatePct};
pub use run::ImportRequest;
pub use totals::{ControlTotal, ControlTotals, TotalTooLarge};

/// The language of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    #[default]
    Es,
    En,
}
