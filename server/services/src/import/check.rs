//! A whole portfolio file read and judged, before anything is written.

use std::io;

use super::file::ImportFile;
use super::layout::Layout;
use super::mapping::Mapping;
use super::portfolio::Portfolio;
use super::problem::{Problem, RowError};
use super::row::PortfolioRow;
use super::source::Unopened;
use super::totals::ControlTotals;

/// Errors that are kept to be shown; the rest are only counted.
pub const ERRORS_KEPT: usize = 10_000;

/// What a file holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Checked {
    /// Rows in the file, with or without errors.
    pub rows: u64,
    /// The first errors, in file order. Nothing is imported while there is any.
    pub errors: Vec<RowError>,
    /// How many errors there are in all.
    pub problems: u64,
    /// How many rows have errors.
    pub rejected: u64,
    /// Sums over every row whose amounts could be read, rejected or not.
    pub totals: ControlTotals,
    /// Sums over the rejected rows among them.
    pub rejected_totals: ControlTotals,
    /// Where each column was found; nothing when the file could not be opened.
    pub layout: Option<Layout>,
    /// Headers that nothing is read from.
    pub ignored_columns: Vec<String>,
    /// Of the file's bytes, lower hex.
    pub sha256: String,
    /// The country of the first sound row.
    pub country: String,
}

impl Checked {
    pub fn fail(&mut self, error: RowError) {
        self.problems += 1;
        if self.errors.len() < ERRORS_KEPT {
            self.errors.push(error);
        }
    }
}

/// Reads the whole file and forgets its rows. A file that is no portfolio gives errors.
///
/// # Errors
/// The file cannot be read at all.
pub fn check(file: &ImportFile, mapping: &Mapping) -> io::Result<Checked> {
    check_each(file, mapping, |_| {})
}

/// The same, giving every sound row to `keep`.
///
/// # Errors
/// See [`check`].
pub fn check_each(
    file: &ImportFile,
    mapping: &Mapping,
    mut keep: impl FnMut(PortfolioRow),
) -> io::Result<Checked> {
    let mut portfolio = match Portfolio::open(file, mapping) {
        Ok(portfolio) => portfolio,
        Err(Unopened::Io(error)) => return Err(error),
        Err(Unopened::Refused(errors)) => {
            let problems = errors.len() as u64;
            return Ok(Checked { errors, problems, sha256: file.sha256()?, ..Checked::default() });
        }
    };
    let layout = portfolio.layout().clone();
    let mut checked =
        Checked { ignored_columns: layout.ignored(), layout: Some(layout), ..Checked::default() };
    for row in portfolio.by_ref() {
        checked.rows += 1;
        match row {
            Ok(row) => {
                checked.totals.add(&row.opening);
                if checked.country.is_empty() {
                    checked.country.clone_from(&row.debtor.country);
                }
                keep(row);
            }
            Err(refused) => {
                checked.rejected += 1;
                refused.errors.into_iter().for_each(|error| checked.fail(error));
                if let Some(opening) = &refused.opening {
                    checked.totals.add(opening);
                    checked.rejected_totals.add(opening);
                }
            }
        }
    }
    checked.sha256 = portfolio.finish()?;
    if checked.rows == 0 {
        checked.fail(RowError::row(1, Problem::NoRows));
    }
    if let Err(too_large) = checked.totals.lines() {
        checked.fail(RowError::row(1, Problem::TotalTooLarge { currency: too_large.0 }));
    }
    Ok(checked)
}

#[cfg(test)]
mod tests;
