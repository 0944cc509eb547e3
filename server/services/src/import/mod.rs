//! Portfolio import: a creditor's CSV or XLSX becomes accounts, all of it or nothing.
//!
//! Reading is pure and row by row: [`Portfolio::open`] finds the columns, iterating gives one
//! typed [`PortfolioRow`] or all errors of a row at a time, and [`check`] gathers a whole file
//! with its control totals. `run` writes what was read.

mod check;
mod column;
mod csv_source;
mod fields;
mod layout;
mod mapping;
mod nearest;
mod phone;
mod places;
mod portfolio;
mod problem;
mod row;
mod source;
mod texts_en;
mod texts_es;
mod totals;
mod xlsx_source;

pub use check::{Checked, check};
pub use column::Column;
pub use mapping::Mapping;
pub use portfolio::{Portfolio, Refused};
pub use problem::{Problem, RowError, RowErrorView, Shown};
pub use row::{Address, Channel, DayCount, Debtor, Document, Guarantor, PortfolioRow, RatePct};
pub use totals::{ControlTotal, ControlTotals, TotalTooLarge};

/// The language of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    #[default]
    Es,
    En,
}
