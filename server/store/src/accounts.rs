//! Accounts: the list with its filters, and one account with all that hangs on it.

use chrono::NaiveDate;
use domain::account::{Account, Stage};
use domain::ids::{AccountId, CreditorId, OrganizationId, PartyId};
use domain::party::PartyRole;
use sea_orm::sea_query::{Condition, Expr, Func, Order, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QueryOrder,
};
use uuid::Uuid;

use crate::entities::{account_parties, accounts, balances, creditors, parties, search_terms};
use crate::search::{after_prefix, query_terms};
use crate::{StoreError, StoreResult};

/// Which accounts to list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AccountFilter {
    /// Name, document, phone, e-mail or external id, by prefix.
    pub text: String,
    pub creditor: Option<CreditorId>,
    pub stage: Option<Stage>,
    /// Days past due, inclusive.
    pub days_from: Option<i64>,
    pub days_to: Option<i64>,
    /// Total owed in minor units, inclusive.
    pub amount_from: Option<i64>,
    pub amount_to: Option<i64>,
    pub sort: AccountSort,
    /// Where the previous page ended.
    pub after: Option<PageKey>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AccountSort {
    /// Longest past due first.
    #[default]
    Oldest,
    /// Largest debt first.
    Largest,
}

/// Position of a row in the order of the list: due date or total, then id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageKey {
    Oldest(NaiveDate, AccountId),
    Largest(i64, AccountId),
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct AccountLine {
    pub id: Uuid,
    pub external_id: String,
    pub debtor_name: String,
    pub document: Option<String>,
    pub creditor_name: String,
    pub currency: String,
    pub total: i64,
    pub due_on: NaiveDate,
    pub charged_off_on: Option<NaiveDate>,
    pub product: Option<String>,
}

impl AccountLine {
    /// Where the next page begins when this is the last line of one.
    pub const fn key(&self, sort: AccountSort) -> PageKey {
        match sort {
            AccountSort::Oldest => PageKey::Oldest(self.due_on, AccountId(self.id)),
            AccountSort::Largest => PageKey::Largest(self.total, AccountId(self.id)),
        }
    }
}

/// Counting stops here: beyond it the screen says "more than".
pub const COUNT_LIMIT: u64 = 10_000;

/// One page of the list, at most `limit` lines.
///
/// # Errors
/// The database fails.
pub async fn list(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    filter: &AccountFilter,
    today: NaiveDate,
    limit: u64,
) -> StoreResult<Vec<AccountLine>> {
    let mut select = filtered(org, filter, today);
    select
        .column((accounts::Entity, accounts::Column::Id))
        .column((accounts::Entity, accounts::Column::ExternalId))
        .expr_as(Expr::col((parties::Entity, parties::Column::Name)), "debtor_name")
        .column((parties::Entity, parties::Column::Document))
        .expr_as(Expr::col((creditors::Entity, creditors::Column::Name)), "creditor_name")
        .column((accounts::Entity, accounts::Column::Currency))
        .column((balances::Entity, balances::Column::Total))
        .column((accounts::Entity, accounts::Column::DueOn))
        .column((accounts::Entity, accounts::Column::ChargedOffOn))
        .column((accounts::Entity, accounts::Column::Product));
    page(&mut select, filter);
    select.limit(limit);
    let rows = db.query_all(&select).await?;
    Ok(rows.iter().map(|row| AccountLine::from_query_result(row, "")).collect::<Result<_, _>>()?)
}

/// How many accounts the filter finds, at most [`COUNT_LIMIT`] + 1.
///
/// # Errors
/// The database fails.
pub async fn count(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    filter: &AccountFilter,
    today: NaiveDate,
) -> StoreResult<u64> {
    let mut inner = filtered(org, filter, today);
    inner.expr_as(Expr::val(1), "one").limit(COUNT_LIMIT + 1);
    let mut select = Query::select();
    select.expr_as(Func::count(Expr::col("one")), "found").from_subquery(inner, "limited");
    let row = db.query_one(&select).await?;
    let found: i64 = row.map(|row| row.try_get("", "found")).transpose()?.unwrap_or(0);
    Ok(u64::try_from(found).unwrap_or(0))
}

fn filtered(org: OrganizationId, filter: &AccountFilter, today: NaiveDate) -> SelectStatement {
    let account = |column: accounts::Column| Expr::col((accounts::Entity, column));
    let total = || Expr::col((balances::Entity, balances::Column::Total));
    let mut select = Query::select();
    select
        .from(accounts::Entity)
        .inner_join(
            balances::Entity,
            Condition::all()
                .add(Expr::col((balances::Entity, balances::Column::OrganizationId)).eq(org.0))
                .add(
                    Expr::col((balances::Entity, balances::Column::AccountId))
                        .equals((accounts::Entity, accounts::Column::Id)),
                ),
        )
        .inner_join(
            parties::Entity,
            Condition::all()
                .add(Expr::col((parties::Entity, parties::Column::OrganizationId)).eq(org.0))
                .add(
                    Expr::col((parties::Entity, parties::Column::Id))
                        .equals((accounts::Entity, accounts::Column::DebtorId)),
                ),
        )
        .inner_join(
            creditors::Entity,
            Condition::all()
                .add(Expr::col((creditors::Entity, creditors::Column::OrganizationId)).eq(org.0))
                .add(
                    Expr::col((creditors::Entity, creditors::Column::Id))
                        .equals((accounts::Entity, accounts::Column::CreditorId)),
                ),
        )
        .and_where(account(accounts::Column::OrganizationId).eq(org.0));
    if let Some(creditor) = filter.creditor {
        select.and_where(account(accounts::Column::CreditorId).eq(creditor.0));
    }
    if let Some(days) = filter.days_from {
        select.and_where(account(accounts::Column::DueOn).lte(days_before(today, days)));
    }
    if let Some(days) = filter.days_to {
        select.and_where(account(accounts::Column::DueOn).gte(days_before(today, days)));
    }
    if let Some(minor) = filter.amount_from {
        select.and_where(total().gte(minor));
    }
    if let Some(minor) = filter.amount_to {
        select.and_where(total().lte(minor));
    }
    if let Some(stage) = filter.stage {
        select.cond_where(in_stage(stage, today));
    }
    if !filter.text.trim().is_empty() {
        select.cond_where(matches_text(org, &filter.text));
    }
    select
}

fn days_before(today: NaiveDate, days: i64) -> NaiveDate {
    chrono::Duration::try_days(days).and_then(|span| today.checked_sub_signed(span)).unwrap_or(NaiveDate::MIN)
}

/// The conditions of [`Stage::of`] in SQL; a test holds the two together.
fn in_stage(stage: Stage, today: NaiveDate) -> Condition {
    let due = || Expr::col((accounts::Entity, accounts::Column::DueOn));
    let owed = Expr::col((balances::Entity, balances::Column::Total)).gt(0);
    let off = || Expr::col((accounts::Entity, accounts::Column::ChargedOffOn));
    let not_off = Condition::any().add(off().is_null()).add(off().gt(today));
    let between = |from: i64, to: i64| {
        Condition::all().add(due().lte(days_before(today, from))).add(due().gte(days_before(today, to)))
    };
    match stage {
        Stage::Settled => Condition::all().add(owed.not()),
        Stage::ChargedOff => Condition::all().add(owed).add(off().lte(today)),
        Stage::PreDelinquency => Condition::all().add(owed).add(not_off).add(due().gte(today)),
        Stage::Early => Condition::all().add(owed).add(not_off).add(between(1, Stage::EARLY_UP_TO)),
        Stage::Late => {
            Condition::all().add(owed).add(not_off).add(between(Stage::EARLY_UP_TO + 1, Stage::LATE_UP_TO))
        }
        Stage::Residual => {
            Condition::all().add(owed).add(not_off).add(due().lt(days_before(today, Stage::LATE_UP_TO)))
        }
    }
}

/// Every word must begin a term of the debtor, or the whole text begin the external id.
fn matches_text(org: OrganizationId, text: &str) -> Condition {
    let external = text.trim().to_owned();
    let external_id = || Expr::col((accounts::Entity, accounts::Column::ExternalId));
    let by_external = external_id().gte(external.clone()).and(external_id().lt(after_prefix(&external)));
    let mut by_words = Condition::all();
    let terms = query_terms(text);
    if terms.is_empty() {
        return Condition::any().add(by_external);
    }
    for term in terms {
        let mut having = Query::select();
        having
            .column(search_terms::Column::PartyId)
            .from(search_terms::Entity)
            .and_where(Expr::col(search_terms::Column::OrganizationId).eq(org.0))
            .and_where(Expr::col(search_terms::Column::Term).gte(term.clone()))
            .and_where(Expr::col(search_terms::Column::Term).lt(after_prefix(&term)));
        by_words =
            by_words.add(Expr::col((accounts::Entity, accounts::Column::DebtorId)).in_subquery(having));
    }
    Condition::any().add(by_words).add(by_external)
}

fn page(select: &mut SelectStatement, filter: &AccountFilter) {
    let id = (accounts::Entity, accounts::Column::Id);
    let due = (accounts::Entity, accounts::Column::DueOn);
    let total = (balances::Entity, balances::Column::Total);
    match filter.sort {
        AccountSort::Oldest => select.order_by(due, Order::Asc).order_by(id, Order::Asc),
        AccountSort::Largest => select.order_by(total, Order::Desc).order_by(id, Order::Asc),
    };
    let same_then_id = |same: Expr, last: AccountId| same.and(Expr::col(id).gt(last.0));
    match filter.after {
        Some(PageKey::Oldest(on, last)) => select.cond_where(
            Condition::any().add(Expr::col(due).gt(on)).add(same_then_id(Expr::col(due).eq(on), last)),
        ),
        Some(PageKey::Largest(minor, last)) => select.cond_where(
            Condition::any()
                .add(Expr::col(total).lt(minor))
                .add(same_then_id(Expr::col(total).eq(minor), last)),
        ),
        None => select,
    };
}

/// Parses an account row.
///
/// # Errors
/// An unknown currency.
pub fn account(row: accounts::Model) -> StoreResult<Account> {
    let currency = row.currency.parse().map_err(StoreError::bad_row("accounts", row.id))?;
    Ok(Account {
        id: AccountId(row.id),
        creditor_id: CreditorId(row.creditor_id),
        debtor_id: PartyId(row.debtor_id),
        external_id: row.external_id,
        currency,
        product: row.product,
        credit_type: row.credit_type,
        opened_on: row.opened_on,
        due_on: row.due_on,
        charged_off_on: row.charged_off_on,
        installments_total: row.installments_total,
        installments_unpaid: row.installments_unpaid,
    })
}

/// # Errors
/// The database fails or the row is invalid.
pub async fn find(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    id: AccountId,
) -> StoreResult<Option<Account>> {
    accounts::Entity::find_by_id((org.0, id.0)).one(db).await?.map(account).transpose()
}

/// The accounts of one debtor, longest past due first.
///
/// # Errors
/// The database fails or a row is invalid.
pub async fn of_debtor(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    debtor: PartyId,
) -> StoreResult<Vec<Account>> {
    let rows = accounts::Entity::find()
        .filter(accounts::Column::OrganizationId.eq(org.0))
        .filter(accounts::Column::DebtorId.eq(debtor.0))
        .order_by_asc(accounts::Column::DueOn)
        .order_by_asc(accounts::Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(account).collect()
}

/// Accounts whose external id is this one, of any creditor.
///
/// # Errors
/// The database fails or a row is invalid.
pub async fn by_external_id(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    external_id: &str,
) -> StoreResult<Vec<Account>> {
    let rows = accounts::Entity::find()
        .filter(accounts::Column::OrganizationId.eq(org.0))
        .filter(accounts::Column::ExternalId.eq(external_id))
        .all(db)
        .await?;
    rows.into_iter().map(account).collect()
}

/// Guarantors and others with a part in the debt.
///
/// # Errors
/// The database fails or a row is invalid.
pub async fn other_parties(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    account: AccountId,
) -> StoreResult<Vec<(PartyRole, PartyId)>> {
    let rows = account_parties::Entity::find()
        .filter(account_parties::Column::OrganizationId.eq(org.0))
        .filter(account_parties::Column::AccountId.eq(account.0))
        .all(db)
        .await?;
    rows.into_iter()
        .map(|row| {
            let role = row.role.parse().map_err(StoreError::bad_row("account_parties", row.account_id))?;
            Ok((role, PartyId(row.party_id)))
        })
        .collect()
}
