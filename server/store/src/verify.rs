//! Set-based checks of the projection against the facts.

use std::collections::BTreeMap;

use domain::account::Component;
use domain::ids::OrganizationId;
use domain::ledger::Book;
use sea_orm::sea_query::{Alias, Condition, Expr, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, PaginatorTrait, QueryFilter,
    QuerySelect,
};
use uuid::Uuid;

use crate::StoreResult;
use crate::entities::{balances, entries, payments, postings, receipt_series};

/// A component of an account whose projection is not what its postings sum to.
#[derive(Clone, Debug, FromQueryResult)]
pub struct WrongBalance {
    pub account_id: Uuid,
    pub book: String,
    pub stored: i64,
    pub journal: i64,
}

/// # Errors
/// The database fails.
pub async fn count_balances(db: &impl ConnectionTrait, org: OrganizationId) -> StoreResult<u64> {
    Ok(balances::Entity::find().filter(balances::Column::OrganizationId.eq(org.0)).count(db).await?)
}

/// # Errors
/// The database fails.
pub async fn count_entries(db: &impl ConnectionTrait, org: OrganizationId) -> StoreResult<u64> {
    Ok(entries::Entity::find().filter(entries::Column::OrganizationId.eq(org.0)).count(db).await?)
}

/// A sum of minor units; PostgreSQL would give a numeric.
fn sum_minor() -> Expr {
    Expr::cust("CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT)")
}

/// Sums of the postings of one component by account, written off or not.
fn sums(org: OrganizationId, component: Component) -> SelectStatement {
    let books = [Book::Debt(component).as_str(), Book::Memorandum(component).as_str()];
    let mut select = Query::select();
    select
        .column(postings::Column::AccountId)
        .expr_as(sum_minor(), "journal")
        .from(postings::Entity)
        .and_where(Expr::col(postings::Column::OrganizationId).eq(org.0))
        .and_where(Expr::col(postings::Column::Book).is_in(books))
        .group_by_col(postings::Column::AccountId);
    select
}

fn stored_column(component: Component) -> balances::Column {
    match component {
        Component::Principal => balances::Column::Principal,
        Component::Interest => balances::Column::Interest,
        Component::DefaultInterest => balances::Column::DefaultInterest,
        Component::LateCharge => balances::Column::LateCharge,
        Component::CollectionCost => balances::Column::CollectionCost,
        Component::Tax => balances::Column::Tax,
    }
}

/// Balances that the journal does not give, and totals that their components do not.
///
/// # Errors
/// The database fails.
pub async fn wrong_balances(
    db: &impl ConnectionTrait,
    org: OrganizationId,
) -> StoreResult<Vec<WrongBalance>> {
    let mut wrong = Vec::new();
    for component in Component::ALL {
        let book = Book::Debt(*component);
        let stored = || Expr::col((balances::Entity, stored_column(*component)));
        let journal = || Expr::cust("COALESCE(j.journal, 0)");
        let mut select = Query::select();
        select
            .column((balances::Entity, balances::Column::AccountId))
            .expr_as(Expr::val(book.as_str()), "book")
            .expr_as(stored(), "stored")
            .expr_as(journal(), "journal")
            .from(balances::Entity)
            .join_subquery(
                sea_orm::sea_query::JoinType::LeftJoin,
                sums(org, *component),
                Alias::new("j"),
                Condition::all().add(
                    Expr::col((Alias::new("j"), postings::Column::AccountId))
                        .equals((balances::Entity, balances::Column::AccountId)),
                ),
            )
            .and_where(Expr::col((balances::Entity, balances::Column::OrganizationId)).eq(org.0))
            .and_where(stored().ne(journal()));
        for row in db.query_all(&select).await? {
            wrong.push(WrongBalance::from_query_result(&row, "")?);
        }
    }
    let parts = "principal + interest + default_interest + late_charge + collection_cost + tax";
    let mut totals = Query::select();
    totals
        .column(balances::Column::AccountId)
        .expr_as(Expr::val("total"), "book")
        .expr_as(Expr::col(balances::Column::Total), "stored")
        .expr_as(Expr::cust(parts), "journal")
        .from(balances::Entity)
        .and_where(Expr::col(balances::Column::OrganizationId).eq(org.0))
        .and_where(Expr::col(balances::Column::Total).ne(Expr::cust(parts)));
    for row in db.query_all(&totals).await? {
        wrong.push(WrongBalance::from_query_result(&row, "")?);
    }
    Ok(wrong)
}

/// Entries whose postings do not sum to zero, with the sum; an entry without postings is
/// among them.
///
/// # Errors
/// The database fails.
pub async fn unbalanced_entries(
    db: &impl ConnectionTrait,
    org: OrganizationId,
) -> StoreResult<Vec<(Uuid, i64)>> {
    let mut sums = Query::select();
    sums.column(postings::Column::EntryId)
        .expr_as(sum_minor(), "rest")
        .from(postings::Entity)
        .and_where(Expr::col(postings::Column::OrganizationId).eq(org.0))
        .group_by_col(postings::Column::EntryId);
    let mut select = Query::select();
    select
        .column((entries::Entity, entries::Column::Id))
        .expr_as(Expr::cust("COALESCE(s.rest, -1)"), "rest")
        .from(entries::Entity)
        .join_subquery(
            sea_orm::sea_query::JoinType::LeftJoin,
            sums,
            Alias::new("s"),
            Condition::all().add(
                Expr::col((Alias::new("s"), postings::Column::EntryId))
                    .equals((entries::Entity, entries::Column::Id)),
            ),
        )
        .and_where(Expr::col((entries::Entity, entries::Column::OrganizationId)).eq(org.0))
        .and_where(Expr::cust("COALESCE(s.rest, -1)").ne(0));
    let rows = db.query_all(&select).await?;
    rows.iter().map(|row| Ok((row.try_get("", "id")?, row.try_get("", "rest")?))).collect()
}

/// Payments whose cash posting is missing or of another amount.
///
/// # Errors
/// The database fails.
pub async fn payments_without_entry(
    db: &impl ConnectionTrait,
    org: OrganizationId,
) -> StoreResult<Vec<(Uuid, String)>> {
    let mut cash = Query::select();
    cash.column(postings::Column::EntryId)
        .expr_as(sum_minor(), "cash")
        .from(postings::Entity)
        .and_where(Expr::col(postings::Column::OrganizationId).eq(org.0))
        .and_where(Expr::col(postings::Column::Book).like("cash.%"))
        .group_by_col(postings::Column::EntryId);
    let mut select = Query::select();
    select
        .column((payments::Entity, payments::Column::Id))
        .expr_as(Expr::cust("COALESCE(c.cash, 0)"), "cash")
        .from(payments::Entity)
        .join_subquery(
            sea_orm::sea_query::JoinType::LeftJoin,
            cash,
            Alias::new("c"),
            Condition::all().add(
                Expr::col((Alias::new("c"), postings::Column::EntryId))
                    .equals((payments::Entity, payments::Column::EntryId)),
            ),
        )
        .and_where(Expr::col((payments::Entity, payments::Column::OrganizationId)).eq(org.0))
        .and_where(
            Expr::col((payments::Entity, payments::Column::AmountMinor))
                .ne(Expr::cust("COALESCE(c.cash, 0)")),
        );
    let rows = db.query_all(&select).await?;
    rows.iter()
        .map(|row| {
            let cash: i64 = row.try_get("", "cash")?;
            Ok((row.try_get("", "id")?, format!("its entry moved {cash} of cash")))
        })
        .collect()
}

/// Every receipt number given out.
///
/// # Errors
/// The database fails.
pub async fn receipt_numbers(db: &impl ConnectionTrait, org: OrganizationId) -> StoreResult<Vec<String>> {
    Ok(payments::Entity::find()
        .select_only()
        .column(payments::Column::ReceiptNo)
        .filter(payments::Column::OrganizationId.eq(org.0))
        .into_tuple()
        .all(db)
        .await?)
}

/// The next number of each series.
///
/// # Errors
/// The database fails.
pub async fn series_counters(
    db: &impl ConnectionTrait,
    org: OrganizationId,
) -> StoreResult<BTreeMap<String, i64>> {
    let rows = receipt_series::Entity::find()
        .filter(receipt_series::Column::OrganizationId.eq(org.0))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.series, row.next)).collect())
}
