//! Promises whose day has passed: broken, unless the money came after all.

use chrono::{DateTime, NaiveDate, Utc};
use domain::account::PromiseStatus;
use domain::ids::ArrangementId;
use domain::ledger::PaymentStatus;
use sea_orm::sea_query::{
    Condition, Expr, LockType, Order, Query, SelectStatement, UnionType, UpdateStatement,
};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, ExprTrait, Set};
use uuid::Uuid;

use super::AccountRange;
use crate::entities::{account_events, arrangement_debts, balances, payments, promises};
use crate::{StoreResult, Tx};

/// How many promises ended, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EndedPromises {
    pub broken: u64,
    pub kept: u64,
}

/// Ends the open promises of the range that were for a day before `date`. A promise is kept when
/// what was paid since it was taken reaches it, or nothing is owed any more, as when a payment is
/// posted; otherwise it is broken. The accounts are locked, see [`lock_balances`].
///
/// # Errors
/// The database fails.
pub async fn end_promises(
    tx: &Tx,
    range: &AccountRange,
    date: NaiveDate,
    at: DateTime<Utc>,
) -> StoreResult<EndedPromises> {
    if !any_due(tx, range, date).await? {
        return Ok(EndedPromises::default());
    }
    let mut kept = ending(range, date, PromiseStatus::Kept);
    kept.cond_where(
        Condition::any().add(paid_since().gte(promise(promises::Column::AmountMinor))).add(nothing_owed()),
    );
    let kept = end(tx, range, date, at, kept, PromiseStatus::Kept).await?;
    let broken = ending(range, date, PromiseStatus::Broken);
    let broken = end(tx, range, date, at, broken, PromiseStatus::Broken).await?;
    Ok(EndedPromises { broken, kept })
}

fn promise(column: promises::Column) -> Expr {
    Expr::col((promises::Entity, column))
}

fn balance(column: balances::Column) -> Expr {
    Expr::col((balances::Entity, column))
}

fn due(range: &AccountRange, date: NaiveDate) -> Condition {
    range
        .holds(promise(promises::Column::OrganizationId), promise(promises::Column::AccountId))
        .add(promise(promises::Column::Status).eq(PromiseStatus::Open.as_str()))
        .add(promise(promises::Column::DueOn).lt(date))
}

/// Locks the balances of every account that a chunk may decide something about, by id, as every
/// posting does: a payment either is seen by the decision, or sees it. On SQLite there is one
/// writer anyway.
///
/// # Errors
/// The database fails.
pub async fn lock_balances(
    tx: &Tx,
    range: &AccountRange,
    date: NaiveDate,
    looked_at: &[ArrangementId],
) -> StoreResult<()> {
    if tx.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let org = range.organization_id.0;
    let mut accounts = Query::select()
        .column((promises::Entity, promises::Column::AccountId))
        .from(promises::Entity)
        .cond_where(due(range, date))
        .take();
    if !looked_at.is_empty() {
        let debts = Query::select()
            .column(arrangement_debts::Column::AccountId)
            .from(arrangement_debts::Entity)
            .and_where(Expr::col(arrangement_debts::Column::OrganizationId).eq(org))
            .and_where(
                Expr::col(arrangement_debts::Column::ArrangementId).is_in(looked_at.iter().map(|id| id.0)),
            )
            .take();
        accounts.union(UnionType::All, debts);
    }
    let locking = Query::select()
        .column(balances::Column::AccountId)
        .from(balances::Entity)
        .and_where(balance(balances::Column::OrganizationId).eq(org))
        .and_where(balance(balances::Column::AccountId).in_subquery(accounts))
        .order_by((balances::Entity, balances::Column::AccountId), Order::Asc)
        .lock(LockType::Update)
        .take();
    tx.query_all(&locking).await?;
    Ok(())
}

async fn any_due(tx: &Tx, range: &AccountRange, date: NaiveDate) -> StoreResult<bool> {
    let first = Query::select()
        .column((promises::Entity, promises::Column::Id))
        .from(promises::Entity)
        .cond_where(due(range, date))
        .limit(1)
        .take();
    Ok(tx.query_one(&first).await?.is_some())
}

fn ending(range: &AccountRange, date: NaiveDate, status: PromiseStatus) -> UpdateStatement {
    Query::update()
        .table(promises::Entity)
        .value(promises::Column::Status, status.as_str())
        .cond_where(due(range, date))
        .returning(Query::returning().columns([promises::Column::AccountId, promises::Column::Id]))
        .take()
}

/// What was paid on the promise's account since it was taken.
fn paid_since() -> Expr {
    let paid = |column: payments::Column| Expr::col((payments::Entity, column));
    let sum: SelectStatement = Query::select()
        .expr(Expr::cust("COALESCE(SUM(amount_minor - returned_minor), 0)"))
        .from(payments::Entity)
        .and_where(
            paid(payments::Column::OrganizationId)
                .equals((promises::Entity, promises::Column::OrganizationId)),
        )
        .and_where(paid(payments::Column::AccountId).equals((promises::Entity, promises::Column::AccountId)))
        .and_where(paid(payments::Column::Status).eq(PaymentStatus::Posted.as_str()))
        .and_where(paid(payments::Column::RecordedAt).gte(promise(promises::Column::TakenAt)))
        .take();
    Expr::from(sum)
}

fn nothing_owed() -> Expr {
    let settled = Query::select()
        .expr(Expr::val(1))
        .from(balances::Entity)
        .and_where(
            balance(balances::Column::OrganizationId)
                .equals((promises::Entity, promises::Column::OrganizationId)),
        )
        .and_where(
            balance(balances::Column::AccountId).equals((promises::Entity, promises::Column::AccountId)),
        )
        .and_where(balance(balances::Column::Total).lte(0_i64))
        .take();
    Expr::exists(settled)
}

/// Runs the update and writes an event for each promise it changed.
async fn end(
    tx: &Tx,
    range: &AccountRange,
    date: NaiveDate,
    at: DateTime<Utc>,
    update: UpdateStatement,
    status: PromiseStatus,
) -> StoreResult<u64> {
    let rows = tx.query_all(&update).await?;
    let mut ended = rows
        .iter()
        .map(|row| Ok((row.try_get("", "account_id")?, row.try_get("", "id")?)))
        .collect::<StoreResult<Vec<(Uuid, Uuid)>>>()?;
    // The database gives them in any order; the same run leaves the same rows.
    ended.sort_unstable();
    let events: Vec<_> =
        ended.iter().map(|(account, id)| event(range, date, at, *account, *id, status)).collect();
    // SQLite binds at most 32,766 values a statement.
    for part in events.chunks(2_000) {
        account_events::Entity::insert_many(part.to_vec()).exec_without_returning(tx).await?;
    }
    Ok(ended.len() as u64)
}

fn event(
    range: &AccountRange,
    date: NaiveDate,
    at: DateTime<Utc>,
    account: Uuid,
    id: Uuid,
    status: PromiseStatus,
) -> account_events::ActiveModel {
    account_events::ActiveModel {
        organization_id: Set(range.organization_id.0),
        account_id: Set(account),
        on_date: Set(date),
        kind: Set(format!("promise_{status}")),
        subject_id: Set(id),
        from_value: Set(Some(PromiseStatus::Open.as_str().to_owned())),
        to_value: Set(Some(status.as_str().to_owned())),
        details: Set(None),
        recorded_at: Set(at),
    }
}
