//! The nightly batch: its bookkeeping, and the set-based statements that do a chunk's work.

mod ageing;
mod promises;
mod runs;
mod tariff;

use domain::ids::OrganizationId;
use sea_orm::sea_query::{Condition, Expr, InsertStatement, SelectStatement};
use sea_orm::{DbErr, ExprTrait};
use uuid::Uuid;

pub use ageing::{Aged, age, count_accounts};
pub(crate) use ageing::{bucket_on, stage_on};
pub use promises::{EndedPromises, end_promises, lock_balances};
pub use runs::{
    NewRun, boundaries, chunk_summaries, claim_chunk, close_chunk, close_run, find_run, first_open_chunk,
    insert_run, latest_run, lock_run, open_chunks, unfinished_before,
};
pub use tariff::{Chargeable, chargeable, finished_before};

use crate::StoreResult;

/// The accounts of one organization from an id up to, and without, another. No end means: as far
/// as there are accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountRange {
    pub organization_id: OrganizationId,
    pub from: Option<Uuid>,
    pub to: Option<Uuid>,
}

impl AccountRange {
    /// The condition for a table with these two columns.
    pub fn holds(&self, organization: Expr, account: Expr) -> Condition {
        Condition::all()
            .add(organization.eq(self.organization_id.0))
            .add_option(self.from.map(|from| account.clone().gte(from)))
            .add_option(self.to.map(|to| account.lt(to)))
    }
}

/// Fills an insert from a query; their columns are both ours, so a mismatch is a bug of ours.
fn filled(insert: &mut InsertStatement, from: SelectStatement) -> StoreResult<&mut InsertStatement> {
    Ok(insert.select_from(from).map_err(|error| DbErr::Custom(error.to_string()))?)
}
