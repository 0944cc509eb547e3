//! Remittances and commission terms.

use chrono::NaiveDate;
use domain::ids::{CreditorId, EntryId, OrganizationId, RemittanceId};
use domain::ledger::{Book, Entry, EntryKind};
use sea_orm::sea_query::{Alias, Condition, Expr, JoinType, Query, SelectStatement};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, IntoActiveModel,
    Order, QueryFilter, QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use crate::entities::{
    accounts, commission_terms, creditors, entries, postings, remittance_lines, remittances,
};
use crate::{StoreResult, Tx, ledger};

/// Money of one creditor's debts that an entry moved, and that no remittance has stated.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Unstated {
    pub entry_id: Uuid,
    pub account_id: Uuid,
    pub kind: String,
    pub source: String,
    pub effective_on: NaiveDate,
    pub reverses: Option<Uuid>,
    pub due_on: NaiveDate,
    pub currency: String,
    /// Cash that came, less what stayed unapplied; negative when it went back.
    pub minor: i64,
}

/// Makes one creditor's remittances wait for each other.
///
/// # Errors
/// The database fails.
pub async fn lock_creditor(tx: &Tx, org: OrganizationId, creditor: CreditorId) -> StoreResult<bool> {
    Ok(creditors::Entity::find_by_id((org.0, creditor.0)).lock_exclusive().one(tx).await?.is_some())
}

/// A sum of minor units; PostgreSQL would give a numeric.
fn sum_minor(column: &str) -> Expr {
    Expr::cust(format!("CAST(COALESCE(SUM({column}), 0) AS BIGINT)"))
}

/// The books that payments debit and credit beside the debt: their sum is what reached the debt.
fn cash_or_unapplied(column: Expr) -> Condition {
    Condition::any().add(column.clone().like("cash.%")).add(column.eq(Book::Unapplied.as_str()))
}

/// Every entry effective until `until` that moved money of the creditor's debts and is on no
/// remittance: by entry, not by period, so that late payments and reversals are not lost. In the
/// order of their days.
///
/// # Errors
/// The database fails.
pub async fn unstated(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    creditor: CreditorId,
    until: NaiveDate,
) -> StoreResult<Vec<Unstated>> {
    let entry = |column| Expr::col(("e", column));
    let mut select = Query::select();
    select
        .expr_as(entry(entries::Column::Id), "entry_id")
        .expr(entry(entries::Column::AccountId))
        .expr(entry(entries::Column::Kind))
        .expr(entry(entries::Column::Source))
        .expr(entry(entries::Column::EffectiveOn))
        .expr(entry(entries::Column::Reverses))
        .expr(Expr::col(("a", accounts::Column::DueOn)))
        .expr(Expr::col(("a", accounts::Column::Currency)))
        .expr_as(sum_minor("p.amount_minor"), "minor")
        .from_as(accounts::Entity, "a")
        .join_as(
            JoinType::InnerJoin,
            entries::Entity,
            "e",
            Condition::all()
                .add(entry(entries::Column::OrganizationId).eq(org.0))
                .add(entry(entries::Column::AccountId).equals(("a", accounts::Column::Id))),
        )
        .join_as(
            JoinType::InnerJoin,
            postings::Entity,
            "p",
            Condition::all()
                .add(Expr::col(("p", postings::Column::OrganizationId)).eq(org.0))
                .add(Expr::col(("p", postings::Column::EntryId)).equals(("e", entries::Column::Id)))
                .add(cash_or_unapplied(Expr::col(("p", postings::Column::Book)))),
        )
        .and_where(Expr::col(("a", accounts::Column::OrganizationId)).eq(org.0))
        .and_where(Expr::col(("a", accounts::Column::CreditorId)).eq(creditor.0))
        .and_where(entry(entries::Column::EffectiveOn).lte(until))
        .and_where(entry(entries::Column::Kind).is_in(EntryKind::MONEY.map(EntryKind::as_str)))
        .and_where(entry(entries::Column::Id).not_in_subquery(stated(org)))
        .group_by_columns([("e", entries::Column::Id), ("e", entries::Column::AccountId)])
        .group_by_columns([("e", entries::Column::Kind), ("e", entries::Column::Source)])
        .group_by_columns([("e", entries::Column::EffectiveOn), ("e", entries::Column::Reverses)])
        .group_by_columns([("a", accounts::Column::DueOn), ("a", accounts::Column::Currency)])
        .and_having(Expr::cust("SUM(p.amount_minor) <> 0"))
        .order_by(("e", entries::Column::EffectiveOn), Order::Asc)
        .order_by(("e", entries::Column::Id), Order::Asc);
    let rows = db.query_all(&select).await?;
    Ok(rows.iter().map(|row| Unstated::from_query_result(row, "")).collect::<Result<_, _>>()?)
}

/// The kind of line that says that an entry is stated.
pub const COLLECTED: &str = "collected";

fn stated(org: OrganizationId) -> SelectStatement {
    let mut select = Query::select();
    select
        .column(remittance_lines::Column::EntryId)
        .from(remittance_lines::Entity)
        .and_where(Expr::col(remittance_lines::Column::OrganizationId).eq(org.0))
        .and_where(Expr::col(remittance_lines::Column::Kind).eq(COLLECTED))
        .and_where(Expr::col(remittance_lines::Column::EntryId).is_not_null());
    select
}

/// The creditor's accounts on which the agency made charges of its own.
///
/// # Errors
/// The database fails.
pub async fn accounts_with_agency_charges(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    creditor: CreditorId,
) -> StoreResult<Vec<Uuid>> {
    let mut own = Query::select();
    own.column(accounts::Column::Id)
        .from(accounts::Entity)
        .and_where(Expr::col(accounts::Column::OrganizationId).eq(org.0))
        .and_where(Expr::col(accounts::Column::CreditorId).eq(creditor.0));
    Ok(postings::Entity::find()
        .select_only()
        .column(postings::Column::AccountId)
        .distinct()
        .filter(postings::Column::OrganizationId.eq(org.0))
        .filter(postings::Column::Book.eq(Book::Fees.as_str()))
        .filter(postings::Column::AccountId.in_subquery(own))
        .order_by_asc(postings::Column::AccountId)
        .into_tuple()
        .all(db)
        .await?)
}

/// What lines of a kind came to for an account so far.
///
/// # Errors
/// The database fails.
pub async fn stated_of_account(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    account: Uuid,
    kind: &str,
) -> StoreResult<i64> {
    sum_where(db, org, kind, |find| {
        find.and_where(Expr::col(remittance_lines::Column::AccountId).eq(account))
    })
    .await
}

/// What lines of a kind came to for some entries so far.
///
/// # Errors
/// The database fails.
pub async fn stated_of_entries(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    ids: &[Uuid],
    kind: &str,
) -> StoreResult<i64> {
    let ids = ids.to_vec();
    sum_where(db, org, kind, |find| find.and_where(Expr::col(remittance_lines::Column::EntryId).is_in(ids)))
        .await
}

async fn sum_where(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    kind: &str,
    narrow: impl FnOnce(&mut SelectStatement) -> &mut SelectStatement,
) -> StoreResult<i64> {
    let mut select = Query::select();
    select
        .expr_as(sum_minor("amount_minor"), "minor")
        .from(remittance_lines::Entity)
        .and_where(Expr::col(remittance_lines::Column::OrganizationId).eq(org.0))
        .and_where(Expr::col(remittance_lines::Column::Kind).eq(kind));
    narrow(&mut select);
    let row = db.query_one(&select).await?;
    Ok(row.map(|row| row.try_get("", "minor")).transpose()?.unwrap_or(0))
}

/// An entry, and those that moved it since because a late fact came.
///
/// # Errors
/// The database fails.
pub async fn family(db: &impl ConnectionTrait, org: OrganizationId, id: Uuid) -> StoreResult<Vec<Uuid>> {
    let Some(first) = entries::Entity::find_by_id((org.0, id)).one(db).await? else { return Ok(vec![id]) };
    let others = entries::Entity::find()
        .filter(entries::Column::OrganizationId.eq(org.0))
        .filter(entries::Column::AccountId.eq(first.account_id))
        .filter(entries::Column::Kind.eq(EntryKind::Reallocation.as_str()))
        .all(db)
        .await?;
    // `replay:{cause}:{source}`, and a cause has no colon.
    let belongs = |row: &entries::Model| row.source.splitn(3, ':').nth(2) == Some(first.source.as_str());
    Ok(std::iter::once(id).chain(others.into_iter().filter(belongs).map(|row| row.id)).collect())
}

/// Every version of a creditor's commission terms, oldest first.
///
/// # Errors
/// The database fails.
pub async fn terms(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    creditor: CreditorId,
) -> StoreResult<Vec<commission_terms::Model>> {
    Ok(commission_terms::Entity::find()
        .filter(commission_terms::Column::OrganizationId.eq(org.0))
        .filter(commission_terms::Column::CreditorId.eq(creditor.0))
        .order_by_asc(commission_terms::Column::EffectiveFrom)
        .order_by_asc(commission_terms::Column::Version)
        .all(db)
        .await?)
}

/// # Errors
/// The database fails, or the version is there already.
pub async fn insert_terms(tx: &Tx, row: commission_terms::Model) -> StoreResult<()> {
    let row = row.into_active_model().reset_all();
    commission_terms::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// The number of the creditor's last remittance in a currency; 0 before the first.
///
/// # Errors
/// The database fails.
pub async fn last_number(
    tx: &Tx,
    org: OrganizationId,
    creditor: CreditorId,
    currency: &str,
) -> StoreResult<i32> {
    let last = remittances::Entity::find()
        .filter(remittances::Column::OrganizationId.eq(org.0))
        .filter(remittances::Column::CreditorId.eq(creditor.0))
        .filter(remittances::Column::Currency.eq(currency))
        .order_by_desc(remittances::Column::Number)
        .limit(1)
        .one(tx)
        .await?;
    Ok(last.map_or(0, |row| row.number))
}

/// Writes a statement with its lines.
///
/// # Errors
/// The database fails.
pub async fn insert(
    tx: &Tx,
    row: remittances::Model,
    lines: Vec<remittance_lines::Model>,
) -> StoreResult<()> {
    remittances::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    let lines: Vec<_> = lines.into_iter().map(|line| line.into_active_model().reset_all()).collect();
    for some in lines.chunks(1_000) {
        remittance_lines::Entity::insert_many(some.to_vec()).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Writes an entry on a creditor's control account. Creditors owe nothing by component, so there
/// is no balance to move; elsewhere use [`ledger::post`].
///
/// # Errors
/// The database fails, or an entry of this source is there already.
pub async fn insert_entry(tx: &Tx, org: OrganizationId, entry: &Entry, livemode: bool) -> StoreResult<()> {
    entries::Entity::insert(ledger::entry_row(org, entry, livemode)).exec_without_returning(tx).await?;
    postings::Entity::insert_many(ledger::posting_rows(org, entry)).exec_without_returning(tx).await?;
    Ok(())
}

/// # Errors
/// The database fails.
pub async fn find(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    id: RemittanceId,
) -> StoreResult<Option<remittances::Model>> {
    Ok(remittances::Entity::find_by_id((org.0, id.0)).one(db).await?)
}

/// Remittances of one creditor, or of all, newest first.
///
/// # Errors
/// The database fails.
pub async fn list(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    creditor: Option<CreditorId>,
    limit: u64,
) -> StoreResult<Vec<remittances::Model>> {
    let mut find = remittances::Entity::find().filter(remittances::Column::OrganizationId.eq(org.0));
    if let Some(creditor) = creditor {
        find = find.filter(remittances::Column::CreditorId.eq(creditor.0));
    }
    Ok(find.order_by_desc(remittances::Column::Id).limit(limit).all(db).await?)
}

/// The creditor's remittances in a currency that are stated and not paid, oldest first.
///
/// # Errors
/// The database fails.
pub async fn unpaid(
    tx: &Tx,
    org: OrganizationId,
    creditor: CreditorId,
    currency: &str,
) -> StoreResult<Vec<remittances::Model>> {
    Ok(remittances::Entity::find()
        .filter(remittances::Column::OrganizationId.eq(org.0))
        .filter(remittances::Column::CreditorId.eq(creditor.0))
        .filter(remittances::Column::Currency.eq(currency))
        .filter(remittances::Column::PaidEntryId.is_null())
        .order_by_asc(remittances::Column::Number)
        .all(tx)
        .await?)
}

/// Marks statements as paid by an entry.
///
/// # Errors
/// The database fails.
pub async fn mark_paid(
    tx: &Tx,
    org: OrganizationId,
    ids: &[Uuid],
    status: &str,
    by: EntryId,
) -> StoreResult<()> {
    let row = remittances::ActiveModel {
        status: Set(status.to_owned()),
        paid_entry_id: Set(Some(by.0)),
        ..Default::default()
    };
    remittances::Entity::update_many()
        .set(row)
        .filter(remittances::Column::OrganizationId.eq(org.0))
        .filter(remittances::Column::Id.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    Ok(())
}

/// The lines of a statement, each with the number of its account.
///
/// # Errors
/// The database fails.
pub async fn lines(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    id: RemittanceId,
) -> StoreResult<Vec<(remittance_lines::Model, Option<String>)>> {
    let lines = remittance_lines::Entity::find()
        .filter(remittance_lines::Column::OrganizationId.eq(org.0))
        .filter(remittance_lines::Column::RemittanceId.eq(id.0))
        .order_by_asc(remittance_lines::Column::Number)
        .all(db)
        .await?;
    let mut ids: Vec<Uuid> = lines.iter().filter_map(|line| line.account_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut numbers = std::collections::HashMap::new();
    for some in ids.chunks(5_000) {
        let rows: Vec<(Uuid, String)> = accounts::Entity::find()
            .select_only()
            .columns([accounts::Column::Id, accounts::Column::ExternalId])
            .filter(accounts::Column::OrganizationId.eq(org.0))
            .filter(accounts::Column::Id.is_in(some.iter().copied()))
            .into_tuple()
            .all(db)
            .await?;
        numbers.extend(rows);
    }
    let number = |line: &remittance_lines::Model| line.account_id.and_then(|id| numbers.get(&id).cloned());
    Ok(lines.into_iter().map(|line| (number(&line), line)).map(|(number, line)| (line, number)).collect())
}

/// Entries that stand on more than one remittance, with how often.
///
/// # Errors
/// The database fails.
pub async fn stated_twice(db: &impl ConnectionTrait, org: OrganizationId) -> StoreResult<Vec<(Uuid, i64)>> {
    let mut select = Query::select();
    select
        .column(remittance_lines::Column::EntryId)
        .expr_as(Expr::cust("CAST(COUNT(*) AS BIGINT)"), "times")
        .from(remittance_lines::Entity)
        .and_where(Expr::col(remittance_lines::Column::OrganizationId).eq(org.0))
        .and_where(Expr::col(remittance_lines::Column::Kind).eq(COLLECTED))
        .and_where(Expr::col(remittance_lines::Column::EntryId).is_not_null())
        .group_by_col(remittance_lines::Column::EntryId)
        .and_having(Expr::cust("COUNT(*) > 1"));
    let rows = db.query_all(&select).await?;
    rows.iter().map(|row| Ok((row.try_get("", "entry_id")?, row.try_get("", "times")?))).collect()
}

/// A remittance with what its lines of each kind come to.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct LineTotals {
    pub remittance_id: Uuid,
    pub collected: i64,
    pub commission: i64,
    pub tax: i64,
    pub fees: i64,
}

/// What the lines of every remittance come to.
///
/// # Errors
/// The database fails.
pub async fn line_totals(db: &impl ConnectionTrait, org: OrganizationId) -> StoreResult<Vec<LineTotals>> {
    let of = |kinds: &str| {
        let sum = format!("SUM(CASE WHEN kind IN ({kinds}) THEN amount_minor ELSE 0 END)");
        Expr::cust(format!("CAST(COALESCE({sum}, 0) AS BIGINT)"))
    };
    let mut select = Query::select();
    select
        .column(remittance_lines::Column::RemittanceId)
        .expr_as(of("'collected', 'agency_charge'"), "collected")
        .expr_as(of("'commission'"), "commission")
        .expr_as(of("'tax'"), "tax")
        .expr_as(of("'fee'"), "fees")
        .from(remittance_lines::Entity)
        .and_where(Expr::col(remittance_lines::Column::OrganizationId).eq(org.0))
        .group_by_col(remittance_lines::Column::RemittanceId);
    let rows = db.query_all(&select).await?;
    Ok(rows.iter().map(|row| LineTotals::from_query_result(row, "")).collect::<Result<_, _>>()?)
}

/// Stated amounts that are not what their entries moved: entry, stated, moved.
///
/// # Errors
/// The database fails.
pub async fn misstated(db: &impl ConnectionTrait, org: OrganizationId) -> StoreResult<Vec<(Uuid, i64, i64)>> {
    let mut moved = Query::select();
    moved
        .column(postings::Column::EntryId)
        .expr_as(sum_minor("amount_minor"), "moved")
        .from(postings::Entity)
        .and_where(Expr::col(postings::Column::OrganizationId).eq(org.0))
        .cond_where(cash_or_unapplied(Expr::col(postings::Column::Book)))
        .and_where(Expr::col(postings::Column::EntryId).in_subquery(stated(org)))
        .group_by_col(postings::Column::EntryId);
    let line = |column| Expr::col((remittance_lines::Entity, column));
    let mut select = Query::select();
    select
        .expr(line(remittance_lines::Column::EntryId))
        .expr_as(line(remittance_lines::Column::AmountMinor), "stated")
        .expr_as(Expr::cust("COALESCE(m.moved, 0)"), "moved")
        .from(remittance_lines::Entity)
        .join_subquery(
            JoinType::LeftJoin,
            moved,
            Alias::new("m"),
            Condition::all().add(
                Expr::col((Alias::new("m"), postings::Column::EntryId))
                    .equals((remittance_lines::Entity, remittance_lines::Column::EntryId)),
            ),
        )
        .and_where(line(remittance_lines::Column::OrganizationId).eq(org.0))
        .and_where(line(remittance_lines::Column::Kind).eq(COLLECTED))
        .and_where(line(remittance_lines::Column::AmountMinor).ne(Expr::cust("COALESCE(m.moved, 0)")));
    let rows = db.query_all(&select).await?;
    rows.iter()
        .map(|row| Ok((row.try_get("", "entry_id")?, row.try_get("", "stated")?, row.try_get("", "moved")?)))
        .collect()
}
