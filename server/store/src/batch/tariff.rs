//! Accounts that late charges may fall due on.

use chrono::NaiveDate;
use domain::ids::OrganizationId;
use domain::ledger::EntryKind;
use sea_orm::sea_query::{Alias, Condition, Expr, Order, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QueryOrder,
};
use uuid::Uuid;

use super::AccountRange;
use crate::StoreResult;
use crate::entities::{accounts, balances, batch_runs, entries};

/// An account of a creditor that charges, with something owed.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Chargeable {
    pub id: Uuid,
    pub creditor_id: Uuid,
    pub product: Option<String>,
    pub due_on: NaiveDate,
    /// When the debt was placed: what fell due until then is in its opening.
    pub placed_on: NaiveDate,
}

/// The accounts of these creditors in the range that owe something and are past due on `date`, by
/// id.
///
/// # Errors
/// The database fails.
pub async fn chargeable(
    db: &impl ConnectionTrait,
    range: &AccountRange,
    creditors: &[Uuid],
    date: NaiveDate,
) -> StoreResult<Vec<Chargeable>> {
    let account = |column: accounts::Column| Expr::col((accounts::Entity, column));
    let same = |table: &'static str, id: &'static str| {
        Condition::all()
            .add(
                Expr::col((Alias::new(table), Alias::new("organization_id")))
                    .equals((accounts::Entity, accounts::Column::OrganizationId)),
            )
            .add(
                Expr::col((Alias::new(table), Alias::new(id)))
                    .equals((accounts::Entity, accounts::Column::Id)),
            )
    };
    let opening = Expr::col((entries::Entity, entries::Column::Kind)).eq(EntryKind::Opening.as_str());
    let query = Query::select()
        .expr_as(account(accounts::Column::Id), "id")
        .expr_as(account(accounts::Column::CreditorId), "creditor_id")
        .expr_as(account(accounts::Column::Product), "product")
        .expr_as(account(accounts::Column::DueOn), "due_on")
        .expr_as(Expr::col((entries::Entity, entries::Column::EffectiveOn)), "placed_on")
        .from(accounts::Entity)
        .inner_join(balances::Entity, same("balances", "account_id"))
        .inner_join(entries::Entity, same("entries", "account_id").add(opening))
        .cond_where(range.holds(account(accounts::Column::OrganizationId), account(accounts::Column::Id)))
        .and_where(account(accounts::Column::CreditorId).is_in(creditors.iter().copied()))
        .and_where(account(accounts::Column::DueOn).lt(date))
        .and_where(Expr::col((balances::Entity, balances::Column::Total)).gt(0_i64))
        .order_by((accounts::Entity, accounts::Column::Id), Order::Asc)
        .take();
    let rows = db.query_all(&query).await?;
    Ok(rows.iter().map(|row| Chargeable::from_query_result(row, "")).collect::<Result<_, _>>()?)
}

/// The last finished run before `date`.
///
/// # Errors
/// The database fails.
pub async fn finished_before(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    date: NaiveDate,
) -> StoreResult<Option<batch_runs::Model>> {
    Ok(batch_runs::Entity::find()
        .filter(batch_runs::Column::OrganizationId.eq(org.0))
        .filter(batch_runs::Column::OnDate.lt(date))
        .filter(batch_runs::Column::FinishedAt.is_not_null())
        .order_by_desc(batch_runs::Column::OnDate)
        .one(db)
        .await?)
}
