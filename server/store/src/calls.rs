//! Calls that journeys ask for: which are open, and how they end.

use chrono::{DateTime, Utc};
use domain::account::PromiseStatus;
use domain::ids::{AccountId, OrganizationId};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::entities::call_tasks::{Column, Entity, Model};
use crate::entities::{balances, promises};
use crate::{StoreResult, Tx};

/// A call to make, as it lies in its table.
pub type Call = Model;

/// Of a call that waits to be made.
pub const OPEN: &str = "open";
/// Of one that was made, or is not needed any more.
const CLOSED: &str = "closed";

/// Open calls by due time; of one account, where one is named.
///
/// # Errors
/// The database fails.
pub async fn open(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    account: Option<AccountId>,
    limit: u64,
) -> StoreResult<Vec<Call>> {
    let mut found = Entity::find().filter(Column::OrganizationId.eq(org.0)).filter(Column::Status.eq(OPEN));
    if let Some(account) = account {
        found = found.filter(Column::AccountId.eq(account.0));
    }
    let found = found.order_by_asc(Column::NotBefore).order_by_asc(Column::Id).limit(limit);
    Ok(found.all(db).await?)
}

/// Closes the open calls of an account with what came of them; how many there were.
///
/// # Errors
/// The database fails.
pub async fn close(
    tx: &Tx,
    (org, account): (OrganizationId, AccountId),
    outcome: &str,
    (by, at): (&str, DateTime<Utc>),
) -> StoreResult<u64> {
    let of_account = Condition::all().add(Column::AccountId.eq(account.0));
    close_where(tx, org, of_account, outcome, (by, at)).await
}

/// Closes open calls about debts that are paid, or whose payment is promised; how many there were.
///
/// # Errors
/// The database fails.
pub async fn close_unwanted(
    tx: &Tx,
    org: OrganizationId,
    (by, at): (&str, DateTime<Utc>),
) -> StoreResult<u64> {
    let mut settled = Query::select();
    settled
        .column(balances::Column::AccountId)
        .from(balances::Entity)
        .and_where(balances::Column::OrganizationId.eq(org.0))
        .and_where(balances::Column::Total.lte(0));
    let mut promised = Query::select();
    promised
        .column(promises::Column::AccountId)
        .from(promises::Entity)
        .and_where(promises::Column::OrganizationId.eq(org.0))
        .and_where(promises::Column::Status.eq(PromiseStatus::Open.as_str()));
    let mut closed = 0;
    for (debts, outcome) in [(settled, "settled"), (promised, "promised")] {
        let of_them = Condition::all().add(Column::AccountId.in_subquery(debts));
        closed += close_where(tx, org, of_them, outcome, (by, at)).await?;
    }
    Ok(closed)
}

async fn close_where(
    tx: &Tx,
    org: OrganizationId,
    which: Condition,
    outcome: &str,
    (by, at): (&str, DateTime<Utc>),
) -> StoreResult<u64> {
    let done = Entity::update_many()
        .col_expr(Column::Status, Expr::value(CLOSED))
        .col_expr(Column::Outcome, Expr::value(Some(outcome.to_owned())))
        .col_expr(Column::ClosedBy, Expr::value(Some(by.to_owned())))
        .col_expr(Column::ClosedAt, Expr::value(Some(at)))
        .filter(Column::OrganizationId.eq(org.0))
        .filter(Column::Status.eq(OPEN))
        .filter(which)
        .exec(tx)
        .await?;
    Ok(done.rows_affected)
}
