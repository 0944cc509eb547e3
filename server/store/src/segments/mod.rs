//! The rule language in SQL, and accounts as rules see them.
//!
//! [`matching`] compiles a rule to one query for a million accounts; [`rows`] reads what the
//! evaluator of `domain::strategy` asks. A property test holds the two together on random rules.
//! Conditions never become unknown: what may be missing is made false where it is asked for.

mod compile;
mod kept;
mod read;

pub use compile::{Moment, matching};
pub use kept::{SegmentRow, all, newest, save, version};
pub use read::rows;

use domain::account::ActivityChannel;
use domain::ids::{AccountId, OrganizationId};
use domain::strategy::Rule;
use sea_orm::sea_query::{Expr, Func, Order, Query};
use sea_orm::{ConnectionTrait, ExprTrait, FromQueryResult};
use uuid::Uuid;

use crate::StoreResult;
use crate::entities::accounts;

/// Activities that reach somebody, or try to.
pub(crate) const CONTACTS: [&str; 6] = [
    ActivityChannel::Call.as_str(),
    ActivityChannel::Visit.as_str(),
    ActivityChannel::Email.as_str(),
    ActivityChannel::Sms.as_str(),
    ActivityChannel::Whatsapp.as_str(),
    ActivityChannel::Letter.as_str(),
];

/// How many accounts a checked rule holds for.
///
/// # Errors
/// The database fails.
pub async fn count(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    rule: &Rule,
    at: Moment,
) -> StoreResult<u64> {
    let mut select = Query::select();
    select.expr_as(Func::count(Expr::val(1)), "found").from_subquery(matching(org, rule, at), "matching");
    let row = db.query_one(&select).await?;
    let found: i64 = row.map(|row| row.try_get("", "found")).transpose()?.unwrap_or(0);
    Ok(u64::try_from(found).unwrap_or(0))
}

/// Accounts that a checked rule holds for, by id, after one.
///
/// # Errors
/// The database fails.
pub async fn page(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    rule: &Rule,
    at: Moment,
    after: Option<AccountId>,
    limit: u64,
) -> StoreResult<Vec<AccountId>> {
    let id = (accounts::Entity, accounts::Column::Id);
    let mut select = matching(org, rule, at);
    if let Some(after) = after {
        select.and_where(Expr::col(id).gt(after.0));
    }
    select.order_by(id, Order::Asc).limit(limit);
    let rows = db.query_all(&select).await?;
    rows.iter().map(|row| Ok(AccountId(row.try_get_by_index::<Uuid>(0)?))).collect()
}

/// A matching account as a list shows it.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Match {
    pub id: Uuid,
    pub external_id: String,
    pub debtor_name: String,
    pub currency: String,
    pub total: i64,
    pub due_on: chrono::NaiveDate,
}

/// Those accounts, in the order of their ids.
///
/// # Errors
/// The database fails.
pub async fn lines(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    ids: &[AccountId],
) -> StoreResult<Vec<Match>> {
    use crate::entities::{balances, parties};
    use sea_orm::sea_query::Condition;
    let account = |column: accounts::Column| Expr::col((accounts::Entity, column));
    let owed =
        Condition::all().add(Expr::col((balances::Entity, balances::Column::OrganizationId)).eq(org.0)).add(
            Expr::col((balances::Entity, balances::Column::AccountId))
                .equals((accounts::Entity, accounts::Column::Id)),
        );
    let debtor =
        Condition::all().add(Expr::col((parties::Entity, parties::Column::OrganizationId)).eq(org.0)).add(
            Expr::col((parties::Entity, parties::Column::Id))
                .equals((accounts::Entity, accounts::Column::DebtorId)),
        );
    let mut select = Query::select();
    select
        .columns(
            [
                accounts::Column::Id,
                accounts::Column::ExternalId,
                accounts::Column::Currency,
                accounts::Column::DueOn,
            ]
            .map(|c| (accounts::Entity, c)),
        )
        .column((balances::Entity, balances::Column::Total))
        .expr_as(Expr::col((parties::Entity, parties::Column::Name)), "debtor_name")
        .from(accounts::Entity)
        .inner_join(balances::Entity, owed)
        .inner_join(parties::Entity, debtor)
        .and_where(account(accounts::Column::OrganizationId).eq(org.0))
        .and_where(account(accounts::Column::Id).is_in(ids.iter().map(|id| id.0)))
        .order_by((accounts::Entity, accounts::Column::Id), Order::Asc);
    let rows = db.query_all(&select).await?;
    Ok(rows.iter().map(|row| Match::from_query_result(row, "")).collect::<Result<_, _>>()?)
}
