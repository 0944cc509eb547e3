//! All that posting on an account needs to know, in one look: posting is what a busy day does most.

use chrono::NaiveDate;
use domain::account::{Account, Balance, PromiseStatus};
use domain::ids::{AccountId, EntryId, OrganizationId};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use crate::accounts::Rates;
use crate::entities::{accounts as account_rows, balances};
use crate::{StoreResult, Tx, accounts, ledger};

/// Where an account stands when something is about to be posted. Its balance is locked until the
/// transaction ends, so two postings on one account wait for each other.
#[derive(Clone, Debug)]
pub struct PostingContext {
    pub account: Account,
    pub balance: Balance,
    pub rates: Rates,
    /// ISO 3166 code of the creditor's country.
    pub country: String,
    /// The entry of the source, when it was posted before.
    pub already: Option<EntryId>,
    /// The last day on which something counts.
    pub last_effective: Option<NaiveDate>,
    /// Has the creditor any product terms?
    pub has_terms: bool,
    pub has_open_promises: bool,
    pub has_arrangements: bool,
    /// The debt that replaced this one: what is paid on this is paid on that.
    pub replaced_by: Option<AccountId>,
}

#[derive(FromQueryResult)]
struct Around {
    country: String,
    already: Option<Uuid>,
    last_effective: Option<NaiveDate>,
    terms: i64,
    promises: i64,
    arrangements: i64,
    replaced_by: Option<Uuid>,
}

/// The open promises are searched by account: `|| ''` keeps the index by status, which lists the
/// promises of everybody, out of it.
const QUERY: &str = "SELECT a.*, b.principal, b.interest, b.default_interest, b.late_charge, b.collection_cost, b.tax, \
    b.total, b.updated_at, c.country, \
    (SELECT e.id FROM entries e WHERE e.organization_id = $1 AND e.source = $3) AS already, \
    (SELECT MAX(e.effective_on) FROM entries e WHERE e.organization_id = $1 AND e.account_id = $2) AS last_effective, \
    CASE WHEN EXISTS (SELECT 1 FROM product_terms t WHERE t.organization_id = $1 AND t.creditor_id = a.creditor_id) \
      THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS terms, \
    CASE WHEN EXISTS (SELECT 1 FROM promises p WHERE p.organization_id = $1 AND p.account_id = $2 AND p.status || '' = $4) \
      THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS promises, \
    CASE WHEN EXISTS (SELECT 1 FROM arrangement_debts d WHERE d.organization_id = $1 AND d.account_id = $2) \
      THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS arrangements, \
    (SELECT l.new_id FROM account_links l WHERE l.organization_id = $1 AND l.old_id = $2) AS replaced_by \
    FROM accounts a \
    JOIN balances b ON b.organization_id = a.organization_id AND b.account_id = a.id \
    JOIN creditors c ON c.organization_id = a.organization_id AND c.id = a.creditor_id \
    WHERE a.organization_id = $1 AND a.id = $2";

/// Locks the account's balance and looks around it; none when there is no such account.
///
/// # Errors
/// The database fails or a row is invalid.
pub async fn lock(
    tx: &Tx,
    org: OrganizationId,
    account: AccountId,
    source: &str,
) -> StoreResult<Option<PostingContext>> {
    let backend = tx.get_database_backend();
    // PostgreSQL answers sub-queries as of the statement's start: what somebody posted while we
    // waited for the lock is only seen by the next statement. SQLite has one writer.
    if backend == DbBackend::Postgres && ledger::lock_balance(tx, org, account).await?.is_none() {
        return Ok(None);
    }
    let values = [org.0.into(), account.0.into(), source.into(), PromiseStatus::Open.as_str().into()];
    let Some(row) = tx.query_one_raw(Statement::from_sql_and_values(backend, QUERY, values)).await? else {
        return Ok(None);
    };
    let around = Around::from_query_result(&row, "")?;
    let account = account_rows::Model::from_query_result(&row, "")?;
    let balance = balances::Model {
        organization_id: org.0,
        account_id: account.id,
        currency: account.currency.clone(),
        principal: row.try_get("", "principal")?,
        interest: row.try_get("", "interest")?,
        default_interest: row.try_get("", "default_interest")?,
        late_charge: row.try_get("", "late_charge")?,
        collection_cost: row.try_get("", "collection_cost")?,
        tax: row.try_get("", "tax")?,
        total: row.try_get("", "total")?,
        updated_at: row.try_get("", "updated_at")?,
    };
    let rates =
        Rates { contract: account.annual_rate_pct.clone(), default: account.default_rate_pct.clone() };
    Ok(Some(PostingContext {
        rates,
        account: accounts::account(account)?,
        balance: ledger::balance(&balance)?,
        country: around.country,
        already: around.already.map(EntryId),
        last_effective: around.last_effective,
        has_terms: around.terms != 0,
        has_open_promises: around.promises != 0,
        has_arrangements: around.arrangements != 0,
        replaced_by: around.replaced_by.map(AccountId),
    }))
}
