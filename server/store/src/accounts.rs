//! Accounts: the list with its filters, and one account with all that hangs on it.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::account::{Account, Stage};
use domain::ids::{AccountId, CreditorId, OrganizationId, PartyId};
use domain::party::{ContactPoint, PartyRole};
use sea_orm::sea_query::{Alias, Condition, Expr, Func, Order, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QueryOrder, Set,
};
use uuid::Uuid;

use crate::entities::{
    account_parties, account_states, accounts, balances, contact_points, creditors, parties, search_terms,
};
use crate::parties::{contact_point, party};
use crate::search::{after_prefix, query_terms, terms};
use crate::{StoreError, StoreResult, Tx};

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
pub const COUNT_LIMIT: u64 = 1_000;

/// Up to so many debtors or accounts, a search is looked up one by one; a commoner word is
/// checked while the list is walked in its order.
const FEW: u64 = 1_000;

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
    let mut hits = filtered(db, org, filter, today).await?;
    hits.columns(SHOWN.map(|column| (accounts::Entity, column)))
        .column((balances::Entity, balances::Column::Total))
        .limit(limit);
    page(&mut hits, filter);
    // Names are fetched for the lines of the page only.
    let hit = |column: &'static str| Expr::col((Alias::new("hits"), Alias::new(column)));
    let same = |table, id, column| {
        let of_org = Expr::col((Alias::new(table), Alias::new("organization_id"))).eq(org.0);
        Condition::all().add(of_org).add(Expr::col((Alias::new(table), Alias::new(id))).eq(hit(column)))
    };
    let mut select = Query::select();
    select
        .exprs(["id", "external_id", "currency", "total", "due_on", "charged_off_on", "product"].map(hit))
        .expr_as(Expr::col((parties::Entity, parties::Column::Name)), "debtor_name")
        .column((parties::Entity, parties::Column::Document))
        .expr_as(Expr::col((creditors::Entity, creditors::Column::Name)), "creditor_name")
        .from_subquery(hits, "hits")
        .inner_join(parties::Entity, same("parties", "id", "debtor_id"))
        .inner_join(creditors::Entity, same("creditors", "id", "creditor_id"));
    match filter.sort {
        AccountSort::Oldest => {
            select.order_by_expr(hit("due_on"), Order::Asc).order_by_expr(hit("id"), Order::Asc)
        }
        AccountSort::Largest => {
            select.order_by_expr(hit("total"), Order::Desc).order_by_expr(hit("id"), Order::Desc)
        }
    };
    let rows = db.query_all(&select).await?;
    Ok(rows.iter().map(|row| AccountLine::from_query_result(row, "")).collect::<Result<_, _>>()?)
}

const SHOWN: [accounts::Column; 8] = [
    accounts::Column::Id,
    accounts::Column::ExternalId,
    accounts::Column::Currency,
    accounts::Column::DueOn,
    accounts::Column::ChargedOffOn,
    accounts::Column::Product,
    accounts::Column::DebtorId,
    accounts::Column::CreditorId,
];

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
    let mut inner = filtered(db, org, filter, today).await?;
    inner.expr_as(Expr::val(1), "one").limit(COUNT_LIMIT + 1);
    let mut select = Query::select();
    select.expr_as(Func::count(Expr::col("one")), "found").from_subquery(inner, "limited");
    let row = db.query_one(&select).await?;
    let found: i64 = row.map(|row| row.try_get("", "found")).transpose()?.unwrap_or(0);
    Ok(u64::try_from(found).unwrap_or(0))
}

async fn filtered(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    filter: &AccountFilter,
    today: NaiveDate,
) -> StoreResult<SelectStatement> {
    let account = |column: accounts::Column| Expr::col((accounts::Entity, column));
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
        select.and_where(total(filter).gte(minor));
    }
    if let Some(minor) = filter.amount_to {
        select.and_where(total(filter).lte(minor));
    }
    if let Some(stage) = filter.stage {
        select.cond_where(in_stage(stage, total(filter), today));
    }
    if !filter.text.trim().is_empty() {
        select.cond_where(matches_text(db, org, &filter.text).await?);
    }
    Ok(select)
}

/// What is owed. In the order of due dates it is written so that no index serves it: the walk
/// along the due dates meets enough lines soon, while an index on the total would have to be
/// sorted whole.
fn total(filter: &AccountFilter) -> Expr {
    let total = Expr::col((balances::Entity, balances::Column::Total));
    match filter.sort {
        AccountSort::Oldest => total.add(0),
        AccountSort::Largest => total,
    }
}

fn days_before(today: NaiveDate, days: i64) -> NaiveDate {
    chrono::Duration::try_days(days).and_then(|span| today.checked_sub_signed(span)).unwrap_or(NaiveDate::MIN)
}

/// The conditions of [`Stage::of`] in SQL; a test holds the two together.
fn in_stage(stage: Stage, total: Expr, today: NaiveDate) -> Condition {
    let due = || Expr::col((accounts::Entity, accounts::Column::DueOn));
    let owed = total.gt(0);
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
async fn matches_text(db: &impl ConnectionTrait, org: OrganizationId, text: &str) -> StoreResult<Condition> {
    let mut found = debtors_with(db, org, text).await?;
    let numbered = accounts_numbered(org, text);
    let few = ids(db, numbered.clone().limit(FEW + 1)).await?;
    let id = Expr::col((accounts::Entity, accounts::Column::Id));
    if few.len() as u64 > FEW {
        found = found.add(id.in_subquery(numbered));
    } else if !few.is_empty() {
        found = found.add(id.is_in(few));
    }
    Ok(if found.is_empty() { Condition::all().add(Expr::val(1).eq(0)) } else { found })
}

async fn ids(db: &impl ConnectionTrait, query: &SelectStatement) -> StoreResult<Vec<Uuid>> {
    let rows = db.query_all(query).await?;
    Ok(rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?)
}

/// Debtors who have a term for each word. The longest word, which is the rarest, leads: when
/// few have it, the others are looked for among their terms; else the database intersects.
async fn debtors_with(db: &impl ConnectionTrait, org: OrganizationId, text: &str) -> StoreResult<Condition> {
    let mut words = query_terms(text);
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let Some((lead, others)) = words.split_first() else { return Ok(Condition::any()) };
    let few = ids(db, having(org, lead).limit(FEW + 1)).await?;
    let debtor = Expr::col((accounts::Entity, accounts::Column::DebtorId));
    if few.len() as u64 > FEW {
        let intersection = words.iter().rev().fold(None, |rest: Option<SelectStatement>, word| {
            let mut with = having(org, word);
            if let Some(rest) = rest {
                with.and_where(Expr::col(search_terms::Column::PartyId).in_subquery(rest));
            }
            Some(with)
        });
        return Ok(Condition::any().add_option(intersection.map(|query| debtor.in_subquery(query))));
    }
    let few = if others.is_empty() { few } else { with_all(db, org, few, others).await? };
    Ok(Condition::any().add_option((!few.is_empty()).then(|| debtor.is_in(few))))
}

/// Those of `few` who have a term for each of `words`, by what their rows say.
async fn with_all(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    few: Vec<Uuid>,
    words: &[String],
) -> StoreResult<Vec<Uuid>> {
    let of_few = parties::Column::Id.is_in(few.iter().copied());
    let people = parties::Entity::find()
        .filter(parties::Column::OrganizationId.eq(org.0))
        .filter(of_few)
        .all(db)
        .await?;
    let points = contact_points::Entity::find()
        .filter(contact_points::Column::OrganizationId.eq(org.0))
        .filter(contact_points::Column::PartyId.is_in(few))
        .all(db)
        .await?;
    let mut points_of: HashMap<Uuid, Vec<ContactPoint>> = HashMap::new();
    for row in points {
        points_of.entry(row.party_id).or_default().push(contact_point(row)?);
    }
    let mut found = Vec::new();
    for row in people {
        let party = party(row)?;
        let own = terms(&party, &points_of.remove(&party.id.0).unwrap_or_default());
        if words.iter().all(|word| own.iter().any(|term| term.starts_with(word.as_str()))) {
            found.push(party.id.0);
        }
    }
    Ok(found)
}

/// Debtors with a term that begins with `word`.
fn having(org: OrganizationId, word: &str) -> SelectStatement {
    let mut select = Query::select();
    select
        .distinct()
        .column(search_terms::Column::PartyId)
        .from(search_terms::Entity)
        .and_where(Expr::col(search_terms::Column::OrganizationId).eq(org.0))
        .and_where(Expr::col(search_terms::Column::Term).gte(word))
        .and_where(Expr::col(search_terms::Column::Term).lt(after_prefix(word)));
    select
}

fn accounts_numbered(org: OrganizationId, text: &str) -> SelectStatement {
    let begins = text.trim().to_owned();
    let number = || Expr::col(accounts::Column::ExternalId);
    let mut query = Query::select();
    query
        .column(accounts::Column::Id)
        .from(accounts::Entity)
        .and_where(Expr::col(accounts::Column::OrganizationId).eq(org.0))
        .and_where(number().gte(begins.clone()))
        .and_where(number().lt(after_prefix(&begins)));
    query
}

fn page(select: &mut SelectStatement, filter: &AccountFilter) {
    let id = (accounts::Entity, accounts::Column::Id);
    let due = (accounts::Entity, accounts::Column::DueOn);
    // The columns of the index on totals, both descending, so that it gives the order.
    let owner = (balances::Entity, balances::Column::AccountId);
    let total = (balances::Entity, balances::Column::Total);
    match filter.sort {
        AccountSort::Oldest => select.order_by(due, Order::Asc).order_by(id, Order::Asc),
        AccountSort::Largest => select.order_by(total, Order::Desc).order_by(owner, Order::Desc),
    };
    // A range the index can start from, then the tie by id.
    match filter.after {
        Some(PageKey::Oldest(on, last)) => select
            .and_where(Expr::col(due).gte(on))
            .cond_where(Condition::any().add(Expr::col(due).gt(on)).add(Expr::col(id).gt(last.0))),
        Some(PageKey::Largest(minor, last)) => select
            .and_where(Expr::col(total).lte(minor))
            .cond_where(Condition::any().add(Expr::col(total).lt(minor)).add(Expr::col(owner).lt(last.0))),
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

/// The account that a creditor calls by this number.
///
/// # Errors
/// The database fails or the row is invalid.
pub async fn numbered(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    creditor: CreditorId,
    number: &str,
) -> StoreResult<Option<Account>> {
    let row = accounts::Entity::find()
        .filter(accounts::Column::OrganizationId.eq(org.0))
        .filter(accounts::Column::CreditorId.eq(creditor.0))
        .filter(accounts::Column::ExternalId.eq(number))
        .one(db)
        .await?;
    row.map(account).transpose()
}

/// Gives a new account its nightly state, which the next night fills in.
///
/// # Errors
/// The database fails.
pub async fn begin_state(tx: &Tx, org: OrganizationId, id: AccountId) -> StoreResult<()> {
    let row = account_states::ActiveModel {
        organization_id: Set(org.0),
        account_id: Set(id.0),
        stage: Set(None),
        bucket: Set(None),
        since_on: Set(None),
    };
    account_states::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Notes since when an account is charged off; none when it is not any more.
///
/// # Errors
/// The database fails.
pub async fn set_charged_off(
    tx: &Tx,
    org: OrganizationId,
    id: AccountId,
    on: Option<NaiveDate>,
) -> StoreResult<()> {
    accounts::Entity::update_many()
        .col_expr(accounts::Column::ChargedOffOn, Expr::value(on))
        .filter(accounts::Column::OrganizationId.eq(org.0))
        .filter(accounts::Column::Id.eq(id.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// The yearly rates that came with an account, per cent: the contract's and the default rate.
///
/// # Errors
/// The database fails.
pub async fn rates(db: &impl ConnectionTrait, org: OrganizationId, id: AccountId) -> StoreResult<Rates> {
    use sea_orm::QuerySelect;
    let rates = accounts::Entity::find_by_id((org.0, id.0))
        .select_only()
        .column(accounts::Column::AnnualRatePct)
        .column(accounts::Column::DefaultRatePct)
        .into_tuple()
        .one(db)
        .await?;
    let (contract, default) = rates.unwrap_or((None, None));
    Ok(Rates { contract, default })
}

/// The yearly rates that came with an account, per cent, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    pub contract: Option<String>,
    pub default: Option<String>,
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

/// The accounts of debtors with this document (`compact`).
///
/// # Errors
/// The database fails or a row is invalid.
pub async fn by_debtor_document(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    document_key: &str,
) -> StoreResult<Vec<Account>> {
    let debtors = Query::select()
        .column(parties::Column::Id)
        .from(parties::Entity)
        .and_where(parties::Column::OrganizationId.eq(org.0))
        .and_where(parties::Column::DocumentKey.eq(document_key))
        .take();
    let rows = accounts::Entity::find()
        .filter(accounts::Column::OrganizationId.eq(org.0))
        .filter(accounts::Column::DebtorId.in_subquery(debtors))
        .order_by_asc(accounts::Column::Id)
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
