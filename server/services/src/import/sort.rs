//! Rows of a file told apart: new, there already, or there and different.

use domain::ids::{CreditorId, OrganizationId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use store::entities::accounts;

use super::check::ERRORS_KEPT;
use super::column::{Column, FileColumn};
use super::existing::Existing;
use super::familiar::{Familiar, KEYS_LOADED, SMALL_FILE};
use super::layout::Layout;
use super::problem::{Differs, Problem, RowError, Shown};
use super::row::PortfolioRow;
use super::totals::ControlTotals;
use crate::ServiceResult;

/// Sorts the rows of one creditor's file, batch by batch.
pub struct Sorting {
    org: OrganizationId,
    /// Nothing when the creditor is new, and so are all its accounts.
    creditor: Option<CreditorId>,
    familiar: Familiar,
    pub accepted: u64,
    pub unchanged: u64,
    pub rejected: u64,
    pub accepted_totals: ControlTotals,
    pub unchanged_totals: ControlTotals,
    pub rejected_totals: ControlTotals,
    /// The first errors, in file order.
    pub errors: Vec<RowError>,
    /// How many errors there are in all.
    pub problems: u64,
}

impl Sorting {
    /// For a file of so many rows.
    pub async fn new(
        db: &impl ConnectionTrait,
        org: OrganizationId,
        creditor: Option<CreditorId>,
        rows: u64,
    ) -> ServiceResult<Self> {
        let familiar = match creditor {
            None => Familiar::none(),
            Some(_) if rows <= SMALL_FILE => Familiar::Any,
            Some(creditor) => {
                let keys: Vec<String> = accounts::Entity::find()
                    .select_only()
                    .column(accounts::Column::ExternalId)
                    .filter(accounts::Column::OrganizationId.eq(org.0))
                    .filter(accounts::Column::CreditorId.eq(creditor.0))
                    .limit(KEYS_LOADED + 1)
                    .into_tuple()
                    .all(db)
                    .await?;
                Familiar::of(keys)
            }
        };
        Ok(Self {
            org,
            creditor,
            familiar,
            accepted: 0,
            unchanged: 0,
            rejected: 0,
            accepted_totals: ControlTotals::default(),
            unchanged_totals: ControlTotals::default(),
            rejected_totals: ControlTotals::default(),
            errors: Vec::new(),
            problems: 0,
        })
    }

    /// Gives the new rows of a batch; the others are counted.
    pub async fn sort(
        &mut self,
        db: &impl ConnectionTrait,
        rows: Vec<PortfolioRow>,
        layout: Option<&Layout>,
    ) -> ServiceResult<Vec<PortfolioRow>> {
        let ids = rows.iter().map(|row| row.external_id.as_str()).filter(|id| self.familiar.may_know(id));
        let ids: Vec<&str> = ids.collect();
        let existing = match self.creditor {
            Some(creditor) if !ids.is_empty() => Some(Existing::load(db, self.org, creditor, &ids).await?),
            _ => None,
        };
        let mut new = rows;
        new.retain(|row| self.is_new(row, existing.as_ref().and_then(|known| known.compare(row)), layout));
        Ok(new)
    }

    fn is_new(
        &mut self,
        row: &PortfolioRow,
        known: Option<Result<(), Differs>>,
        layout: Option<&Layout>,
    ) -> bool {
        match known {
            None => {
                self.accepted += 1;
                self.accepted_totals.add(&row.opening);
            }
            Some(Ok(())) => {
                self.unchanged += 1;
                self.unchanged_totals.add(&row.opening);
            }
            Some(Err(differs)) => {
                self.rejected += 1;
                self.rejected_totals.add(&row.opening);
                self.problems += 1;
                if self.errors.len() < ERRORS_KEPT {
                    self.errors.push(different(row, differs, layout));
                }
            }
        }
        known.is_none()
    }
}

fn different(row: &PortfolioRow, differs: Differs, layout: Option<&Layout>) -> RowError {
    let column = match differs {
        Differs::Debtor => Column::DebtorDocument,
        Differs::Currency => Column::Currency,
        Differs::DueOn => Column::DueOn,
        Differs::Amounts => Column::Principal,
    };
    let header = layout.map_or(column.name(), |layout| layout.header(column));
    RowError::cell(
        row.line,
        header,
        Problem::AlreadyDifferent { value: Shown::new(&row.external_id), differs },
    )
}
