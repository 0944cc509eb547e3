//! The journal and its projection.

use chrono::{DateTime, NaiveDate, Utc};
use domain::account::{Balance, Component};
use domain::ids::{AccountId, EntryId, OrganizationId};
use domain::ledger::{Book, Entry, EntryHead, EntryKind, Posting};
use domain::money::{Currency, Money};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    Set, Statement,
};
use uuid::Uuid;

use crate::entities::{balances, entries, postings};
use crate::writes::Writes;
use crate::{StoreError, StoreResult, Tx};

/// The balance of an account, its row locked until the transaction ends: every posting goes
/// through here, so two payments on one account wait for each other.
///
/// # Errors
/// The database fails or the row is invalid.
pub async fn lock_balance(tx: &Tx, org: OrganizationId, account: AccountId) -> StoreResult<Option<Balance>> {
    let row = balances::Entity::find_by_id((org.0, account.0)).lock_exclusive().one(tx).await?;
    row.map(|row| balance(&row)).transpose()
}

/// The balance of an account now.
///
/// # Errors
/// The database fails or the row is invalid.
pub async fn find_balance(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    account: AccountId,
) -> StoreResult<Option<Balance>> {
    let row = balances::Entity::find_by_id((org.0, account.0)).one(db).await?;
    row.map(|row| balance(&row)).transpose()
}

/// The entry of this source, if it was posted.
///
/// # Errors
/// The database fails.
pub async fn entry_of_source(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    source: &str,
) -> StoreResult<Option<EntryId>> {
    let row = entries::Entity::find()
        .filter(entries::Column::OrganizationId.eq(org.0))
        .filter(entries::Column::Source.eq(source))
        .one(db)
        .await?;
    Ok(row.map(|row| EntryId(row.id)))
}

/// Posts entries of one account and moves its balance, which is locked; see [`lock_balance`].
/// Gives the balance after them.
///
/// # Errors
/// The database fails, a source was posted before, or the new balance cannot be represented.
pub async fn post_all(
    tx: &Tx,
    org: OrganizationId,
    new: &[Entry],
    before: Balance,
    livemode: bool,
) -> StoreResult<Balance> {
    let mut writes = Writes::new(tx);
    let after = post_into(&mut writes, org, new, before, livemode)?;
    writes.flush(tx).await?;
    Ok(after)
}

/// The same, written with whatever else `writes` holds.
///
/// # Errors
/// The new balance cannot be represented.
pub fn post_into(
    writes: &mut Writes,
    org: OrganizationId,
    new: &[Entry],
    before: Balance,
    livemode: bool,
) -> StoreResult<Balance> {
    let Some(last) = new.last() else { return Ok(before) };
    let heads: Vec<_> = new.iter().map(|entry| entry_row(org, entry, livemode)).collect();
    let lines: Vec<_> = new.iter().flat_map(|entry| posting_rows(org, entry)).collect();
    for rows in heads.chunks(ROWS) {
        writes.insert_many(rows.to_vec());
    }
    for rows in lines.chunks(ROWS) {
        writes.insert_many(rows.to_vec());
    }
    let after = new.iter().try_fold(before, |balance, entry| entry.apply(balance))?;
    if after != before {
        writes.update(balance_row(org, last.account_id, &after, last.recorded_at))?;
    }
    Ok(after)
}

/// Rows in one statement: within what both databases bind.
const ROWS: usize = 2_000;

/// The last day on which something counts for an account; none before its first entry.
///
/// # Errors
/// The database fails.
pub async fn last_effective(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    account: AccountId,
) -> StoreResult<Option<NaiveDate>> {
    let row = entries::Entity::find()
        .select_only()
        .column(entries::Column::EffectiveOn)
        .filter(entries::Column::OrganizationId.eq(org.0))
        .filter(entries::Column::AccountId.eq(account.0))
        .order_by_desc(entries::Column::EffectiveOn)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(row)
}

/// The row for an entry: for bulk loading of opening entries; elsewhere use [`post`].
pub fn entry_row(org: OrganizationId, entry: &Entry, livemode: bool) -> entries::ActiveModel {
    entries::ActiveModel {
        organization_id: Set(org.0),
        id: Set(entry.id.0),
        account_id: Set(entry.account_id.0),
        kind: Set(entry.kind.as_str().to_owned()),
        source: Set(entry.source.clone()),
        effective_on: Set(entry.effective_on),
        recorded_at: Set(entry.recorded_at),
        reverses: Set(entry.reverses.map(|id| id.0)),
        livemode: Set(livemode),
        details: Set(entry.details.clone()),
    }
}

/// The rows for an entry's postings.
pub fn posting_rows(org: OrganizationId, entry: &Entry) -> Vec<postings::ActiveModel> {
    (1..)
        .zip(entry.postings())
        .map(|(line, posting)| postings::ActiveModel {
            organization_id: Set(org.0),
            entry_id: Set(entry.id.0),
            line: Set(line),
            account_id: Set(entry.account_id.0),
            book: Set(posting.book.as_str().to_owned()),
            amount_minor: Set(posting.amount.minor()),
            currency: Set(posting.amount.currency().to_string()),
        })
        .collect()
}

/// The row of the projection.
pub fn balance_row(
    org: OrganizationId,
    account: AccountId,
    balance: &Balance,
    at: DateTime<Utc>,
) -> balances::ActiveModel {
    let of = |component| Set(balance.of(component).minor());
    balances::ActiveModel {
        organization_id: Set(org.0),
        account_id: Set(account.0),
        currency: Set(balance.currency().to_string()),
        principal: of(Component::Principal),
        interest: of(Component::Interest),
        default_interest: of(Component::DefaultInterest),
        late_charge: of(Component::LateCharge),
        collection_cost: of(Component::CollectionCost),
        tax: of(Component::Tax),
        total: Set(balance.total_minor()),
        updated_at: Set(at),
    }
}

/// Parses a row of the projection.
///
/// # Errors
/// An unknown currency.
pub fn balance(row: &balances::Model) -> StoreResult<Balance> {
    let currency: Currency = row.currency.parse().map_err(StoreError::bad_row("balances", row.account_id))?;
    let parts =
        [row.principal, row.interest, row.default_interest, row.late_charge, row.collection_cost, row.tax];
    let mut balance = Balance::zero(currency);
    for (component, minor) in Component::ALL.iter().zip(parts) {
        balance = balance.with(*component, Money::from_minor(minor, currency))?;
    }
    Ok(balance)
}

/// The journal of an account, oldest first.
///
/// # Errors
/// The database fails or a row is invalid.
pub async fn journal(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    account: AccountId,
) -> StoreResult<Vec<Entry>> {
    let values = [org.0.into(), account.0.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), JOURNAL, values);
    let mut journal = Vec::new();
    let mut lines: Vec<postings::Model> = Vec::new();
    let mut of: Option<entries::Model> = None;
    for row in db.query_all_raw(statement).await? {
        let id: Uuid = row.try_get("", "id")?;
        if of.as_ref().is_none_or(|head| head.id != id) {
            if let Some(head) = of.take() {
                journal.push(entry(head, std::mem::take(&mut lines))?);
            }
            of = Some(entries::Model::from_query_result(&row, "")?);
        }
        lines.push(postings::Model {
            organization_id: org.0,
            entry_id: id,
            line: row.try_get("", "p_line")?,
            account_id: account.0,
            book: row.try_get("", "p_book")?,
            amount_minor: row.try_get("", "p_amount_minor")?,
            currency: row.try_get("", "p_currency")?,
        });
    }
    if let Some(head) = of {
        journal.push(entry(head, lines)?);
    }
    Ok(journal)
}

/// Every entry has postings, so the join leaves none out. `CROSS JOIN` keeps SQLite from beginning
/// with everybody's postings.
const JOURNAL: &str = "SELECT e.*, p.line AS p_line, p.book AS p_book, p.amount_minor AS p_amount_minor, \
    p.currency AS p_currency FROM entries e CROSS JOIN postings p \
    WHERE e.organization_id = $1 AND e.account_id = $2 \
    AND p.organization_id = e.organization_id AND p.entry_id = e.id \
    ORDER BY e.effective_on, e.recorded_at, e.id, p.line";

/// One entry with its postings.
///
/// # Errors
/// The database fails or a row is invalid.
pub async fn find_entry(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    id: EntryId,
) -> StoreResult<Option<Entry>> {
    let Some(head) = entries::Entity::find_by_id((org.0, id.0)).one(db).await? else { return Ok(None) };
    let lines = postings::Entity::find()
        .filter(postings::Column::OrganizationId.eq(org.0))
        .filter(postings::Column::EntryId.eq(id.0))
        .order_by_asc(postings::Column::Line)
        .all(db)
        .await?;
    entry(head, lines).map(Some)
}

/// Rebuilds an entry from its rows; one that does not balance is a bad row.
pub(crate) fn entry(head: entries::Model, lines: Vec<postings::Model>) -> StoreResult<Entry> {
    let id = head.id;
    let kind: EntryKind = head.kind.parse().map_err(StoreError::bad_row("entries", id))?;
    let postings = lines.iter().map(posting).collect::<StoreResult<Vec<_>>>()?;
    let new = EntryHead {
        id: EntryId(id),
        account_id: AccountId(head.account_id),
        kind,
        source: head.source,
        effective_on: head.effective_on,
        recorded_at: head.recorded_at,
    };
    let entry = Entry::new(new, postings).map_err(StoreError::bad_row("entries", id))?;
    Ok(entry.reversing(head.reverses.map(EntryId)).explained(head.details))
}

fn posting(row: &postings::Model) -> StoreResult<Posting> {
    let book: Book = row.book.parse().map_err(StoreError::bad_row("postings", row.entry_id))?;
    let currency: Currency = row.currency.parse().map_err(StoreError::bad_row("postings", row.entry_id))?;
    Ok(Posting { book, amount: Money::from_minor(row.amount_minor, currency) })
}

/// Sums of the journal of one account as its debt books have them, up to and with `as_of`.
///
/// # Errors
/// A sum that cannot be represented.
pub fn replay(currency: Currency, journal: &[Entry], as_of: Option<NaiveDate>) -> StoreResult<Balance> {
    let mut balance = Balance::zero(currency);
    for entry in journal.iter().filter(|entry| as_of.is_none_or(|day| entry.effective_on <= day)) {
        balance = entry.apply(balance)?;
    }
    Ok(balance)
}

/// Takes the next number of a receipt series: 1, 2, 3 … without gaps, because the counter
/// moves in the payment's own transaction.
///
/// # Errors
/// The database fails.
pub async fn next_receipt(tx: &Tx, org: OrganizationId, series: &str) -> StoreResult<i64> {
    const NEXT: &str = "INSERT INTO receipt_series (organization_id, series, next) VALUES ($1, $2, 2) \
        ON CONFLICT (organization_id, series) DO UPDATE SET next = receipt_series.next + 1 RETURNING next - 1 AS number";
    let statement =
        Statement::from_sql_and_values(tx.get_database_backend(), NEXT, [org.0.into(), series.into()]);
    let row = tx.query_one_raw(statement).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("receipt_series".to_owned()))?;
    Ok(row.try_get("", "number")?)
}
