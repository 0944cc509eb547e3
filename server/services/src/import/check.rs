//! A whole portfolio file read and judged, before anything is written.

use super::layout::Layout;
use super::mapping::Mapping;
use super::portfolio::Portfolio;
use super::problem::{Problem, RowError};
use super::row::PortfolioRow;
use super::totals::ControlTotals;

/// What a file holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Checked {
    /// The rows without errors. Nothing is imported while `errors` has any.
    pub rows: Vec<PortfolioRow>,
    /// Every error of every row, in file order.
    pub errors: Vec<RowError>,
    /// How many rows have errors.
    pub rejected: u64,
    /// Sums over every row whose amounts could be read, rejected or not.
    pub totals: ControlTotals,
    /// Where each column was found; nothing when the file could not be opened.
    pub layout: Option<Layout>,
    /// Headers that nothing is read from.
    pub ignored_columns: Vec<String>,
}

/// Reads the whole file. A file that cannot be opened gives errors and no rows.
pub fn check(bytes: &[u8], mapping: &Mapping) -> Checked {
    match Portfolio::open(bytes, mapping) {
        Ok(portfolio) => gather(portfolio),
        Err(errors) => Checked { errors, ..Checked::default() },
    }
}

fn gather(portfolio: Portfolio<'_>) -> Checked {
    let layout = portfolio.layout();
    let ignored_columns = layout.ignored();
    let mut checked = Checked { layout: Some(layout.clone()), ignored_columns, ..Checked::default() };
    for row in portfolio {
        match row {
            Ok(row) => {
                checked.totals.add(&row.opening);
                checked.rows.push(row);
            }
            Err(refused) => {
                checked.rejected += 1;
                checked.errors.extend(refused.errors);
                if let Some(opening) = &refused.opening {
                    checked.totals.add(opening);
                }
            }
        }
    }
    if checked.rows.is_empty() && checked.rejected == 0 {
        checked.errors.push(RowError::row(1, Problem::NoRows));
    }
    if let Err(too_large) = checked.totals.lines() {
        checked.errors.push(RowError::row(1, Problem::TotalTooLarge { currency: too_large.0 }));
    }
    checked
}

#[cfg(test)]
mod tests;
