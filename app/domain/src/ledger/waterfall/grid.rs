//! Components × instalments.

use std::fmt::Debug;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::order::{check_amount, check_claim};
use super::{Waterfall, WaterfallError, pour};
use crate::money::{Money, MoneyError};
use crate::party::text_enum;

/// Which way the payment runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Instalment by instalment, each with all its components.
    #[default]
    Horizontal,
    /// Component by component, each over all instalments.
    Vertical,
}

text_enum!(Direction { Horizontal = "horizontal", Vertical = "vertical" });

/// What becomes of money beyond what is due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overpayment {
    /// It pays the next instalments ahead; of several debts, the next debt.
    #[default]
    Next,
    /// It pays the last instalment first, so that the plan becomes shorter.
    Last,
    /// It lowers all coming instalments in proportion.
    Reamortise,
    /// It stays the debtor's credit.
    Credit,
}

text_enum!(Overpayment { Next = "next", Last = "last", Reamortise = "reamortise", Credit = "credit" });

/// What is open of one instalment, per component of the waterfall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatedClaims {
    pub due_on: NaiveDate,
    /// In the order of the waterfall's labels.
    pub owed: Vec<Money>,
}

/// What each instalment and component received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GridAllocation {
    /// As the claims: one row an instalment, in the order of the waterfall's labels.
    pub parts: Vec<Vec<Money>>,
    pub unapplied: Money,
}

/// Runs `amount` over instalments. What is due by `as_of` comes first, oldest first; what is left
/// then goes where `overpayment` says. Without `as_of`, everything counts as due.
///
/// # Errors
/// A negative amount or claim, a row that does not have one claim a component, or mixed
/// currencies.
pub fn allocate_grid<L: Clone + PartialEq + Debug>(
    amount: Money,
    claims: &[DatedClaims],
    waterfall: &Waterfall<L>,
    direction: Direction,
    as_of: Option<NaiveDate>,
    overpayment: Overpayment,
) -> Result<GridAllocation, WaterfallError> {
    check(amount, claims, waterfall)?;
    let mut rows: Vec<usize> = (0..claims.len()).collect();
    rows.sort_by_key(|row| claims.get(*row).map(|claim| claim.due_on));
    let is_due =
        |row: &usize| as_of.is_none_or(|as_of| claims.get(*row).is_some_and(|claim| claim.due_on <= as_of));
    let (due, mut coming): (Vec<_>, Vec<_>) = rows.into_iter().partition(is_due);
    let zero = Money::zero(amount.currency());
    let mut grid = Grid { claims, parts: claims.iter().map(|row| vec![zero; row.owed.len()]).collect() };
    let mut rest = grid.fill(amount, &due, direction)?;
    match overpayment {
        Overpayment::Next => rest = grid.fill(rest, &coming, direction)?,
        Overpayment::Last => {
            coming.reverse();
            rest = grid.fill(rest, &coming, direction)?;
        }
        Overpayment::Reamortise => rest = grid.lower(rest, &coming)?,
        Overpayment::Credit => {}
    }
    Ok(GridAllocation { parts: grid.parts, unapplied: rest })
}

fn check<L: Clone + PartialEq + Debug>(
    amount: Money,
    claims: &[DatedClaims],
    waterfall: &Waterfall<L>,
) -> Result<(), WaterfallError> {
    check_amount(amount)?;
    if claims.is_empty() {
        return Err(WaterfallError::NoClaims);
    }
    for row in claims {
        if let Some(missing) = waterfall.labels().get(row.owed.len()) {
            return Err(WaterfallError::LeftOut(format!("{missing:?}")));
        }
        for (label, owed) in waterfall.labels().iter().zip(&row.owed) {
            check_claim(label, *owed)?;
        }
    }
    Ok(())
}

struct Grid<'a> {
    claims: &'a [DatedClaims],
    parts: Vec<Vec<Money>>,
}

impl Grid<'_> {
    fn fill(&mut self, amount: Money, rows: &[usize], direction: Direction) -> Result<Money, WaterfallError> {
        let columns = rows.iter().filter_map(|row| self.claims.get(*row)).map(|row| row.owed.len()).max();
        let columns = columns.unwrap_or(0);
        let cells: Vec<(usize, usize)> = match direction {
            Direction::Horizontal => {
                rows.iter().flat_map(|row| (0..columns).map(|column| (*row, column))).collect()
            }
            Direction::Vertical => {
                (0..columns).flat_map(|column| rows.iter().map(move |row| (*row, column))).collect()
            }
        };
        let filled = pour(amount, cells.iter().map(|cell| self.owed(*cell, amount)))?;
        for (cell, part) in cells.into_iter().zip(filled.parts) {
            self.give(cell, part)?;
        }
        Ok(filled.rest)
    }

    /// Lowers the last component, the principal, of all `rows` in proportion.
    fn lower(&mut self, amount: Money, rows: &[usize]) -> Result<Money, WaterfallError> {
        let cells: Vec<_> = rows
            .iter()
            .filter_map(|row| Some((*row, self.claims.get(*row)?.owed.len().checked_sub(1)?)))
            .collect();
        let owed: Vec<_> = cells.iter().map(|cell| self.owed(*cell, amount)).collect();
        let (shares, rest) = super::pro_rata(amount, &owed)?;
        for (cell, share) in cells.into_iter().zip(shares) {
            self.give(cell, share)?;
        }
        Ok(rest)
    }

    fn owed(&self, (row, column): (usize, usize), like: Money) -> Money {
        let claim = self.claims.get(row).and_then(|row| row.owed.get(column));
        claim.copied().unwrap_or(Money::zero(like.currency()))
    }

    fn give(&mut self, (row, column): (usize, usize), share: Money) -> Result<(), MoneyError> {
        if let Some(part) = self.parts.get_mut(row).and_then(|row| row.get_mut(column)) {
            *part = part.add(share)?;
        }
        Ok(())
    }
}
