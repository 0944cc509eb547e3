//! Arrangements: rows to aggregates and back, and what the nightly batch looks for.

use chrono::{DateTime, NaiveDate, Utc};
use domain::arrangement::{
    Acceptance, Agreed, Approval, Arrangement, ArrangementStatus, ArrangementTerms, Due, Ending, IncludedDebt,
};
use domain::ids::{AccountId, ArrangementId, EntryId, OrganizationId, PartyId};
use domain::ledger::EntryKind;
use domain::money::{Currency, Money};
use sea_orm::sea_query::{
    Alias, Condition, Expr, JoinType, LockBehavior, LockType, OnConflict, Query, SelectStatement,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::batch::AccountRange;
use crate::entities::{
    account_events, arrangement_debts as debts, arrangement_installments as installments, arrangements,
    balances, entries, postings,
};
use crate::{StoreError, StoreResult, Tx};

/// What the column `terms` holds.
#[derive(Serialize, Deserialize)]
struct Deal {
    terms: ArrangementTerms,
    agreed: Agreed,
    #[serde(default)]
    approval: Approval,
}

/// Writes a new arrangement with its debts and first schedule.
///
/// # Errors
/// The database fails.
pub async fn insert(tx: &Tx, org: OrganizationId, new: &Arrangement, at: DateTime<Utc>) -> StoreResult<()> {
    let row = arrangements::ActiveModel {
        organization_id: Set(org.0),
        id: Set(new.id.0),
        debtor_id: Set(new.debtor_id.0),
        kind: Set(new.terms.kind.as_str().to_owned()),
        currency: Set(new.agreed.debt.currency().to_string()),
        created_at: Set(at),
        offered_on: Set(new.offered_on),
        offered_by: Set(new.offered_by.clone()),
        valid_until: Set(new.valid_until),
        ..changing(new)?
    };
    arrangements::Entity::insert(row).exec_without_returning(tx).await?;
    for (position, debt) in (1..).zip(&new.debts) {
        let row = debts::ActiveModel {
            organization_id: Set(org.0),
            arrangement_id: Set(new.id.0),
            account_id: Set(debt.account_id.0),
            position: Set(position),
            included_minor: Set(debt.included.minor()),
            forgiven: Set(forgiven_text(debt)?),
        };
        debts::Entity::insert(row).exec_without_returning(tx).await?;
    }
    insert_schedule(tx, org, new).await
}

/// Writes what a transition changed; a new revision's schedule is added beside the old ones.
///
/// # Errors
/// The database fails.
pub async fn update(
    tx: &Tx,
    org: OrganizationId,
    before: &Arrangement,
    after: &Arrangement,
) -> StoreResult<()> {
    arrangements::Entity::update_many()
        .set(changing(after)?)
        .filter(arrangements::Column::OrganizationId.eq(org.0))
        .filter(arrangements::Column::Id.eq(after.id.0))
        .exec(tx)
        .await?;
    for (old, new) in before.debts.iter().zip(&after.debts) {
        if old.forgiven_by != new.forgiven_by {
            let row = debts::ActiveModel { forgiven: Set(forgiven_text(new)?), ..Default::default() };
            debts::Entity::update_many()
                .set(row)
                .filter(debts::Column::OrganizationId.eq(org.0))
                .filter(debts::Column::ArrangementId.eq(after.id.0))
                .filter(debts::Column::AccountId.eq(new.account_id.0))
                .exec(tx)
                .await?;
        }
    }
    if before.revision == after.revision { Ok(()) } else { insert_schedule(tx, org, after).await }
}

fn changing(of: &Arrangement) -> StoreResult<arrangements::ActiveModel> {
    let deal = Deal { terms: of.terms.clone(), agreed: of.agreed.clone(), approval: of.approval.clone() };
    let terms = serde_json::to_string(&deal).map_err(StoreError::bad_row("arrangements", of.id))?;
    let acceptance = of.acceptance.as_ref();
    let ending = of.ending.as_ref();
    Ok(arrangements::ActiveModel {
        status: Set(of.status.as_str().to_owned()),
        revision: Set(i32::try_from(of.revision).unwrap_or(i32::MAX)),
        terms: Set(terms),
        accepted_at: Set(acceptance.map(|acceptance| acceptance.at)),
        accepted_by: Set(acceptance.map(|acceptance| acceptance.by.clone())),
        evidence: Set(acceptance.map(|acceptance| acceptance.evidence.clone())),
        starts_on: Set(of.starts_on),
        ended_on: Set(ending.map(|ending| ending.on)),
        ended_why: Set(ending.map(|ending| ending.why.clone())),
        ..Default::default()
    })
}

fn forgiven_text(debt: &IncludedDebt) -> StoreResult<Option<String>> {
    if debt.forgiven_by.is_empty() {
        return Ok(None);
    }
    let text = serde_json::to_string(&debt.forgiven_by);
    text.map(Some).map_err(StoreError::bad_row("arrangement_debts", debt.account_id))
}

async fn insert_schedule(tx: &Tx, org: OrganizationId, of: &Arrangement) -> StoreResult<()> {
    let row = |(number, due): (i32, &Due)| installments::ActiveModel {
        organization_id: Set(org.0),
        arrangement_id: Set(of.id.0),
        revision: Set(i32::try_from(of.revision).unwrap_or(i32::MAX)),
        number: Set(number),
        due_on: Set(due.due_on),
        amount_minor: Set(due.amount.minor()),
    };
    let rows: Vec<_> = (1..).zip(&of.schedule).map(row).collect();
    if !rows.is_empty() {
        installments::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// # Errors
/// The database fails or a row is invalid.
pub async fn find(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    id: ArrangementId,
) -> StoreResult<Option<Arrangement>> {
    match arrangements::Entity::find_by_id((org.0, id.0)).one(db).await? {
        Some(row) => assemble(db, row).await.map(Some),
        None => Ok(None),
    }
}

/// The same, its row locked until the transaction ends.
///
/// # Errors
/// The database fails or a row is invalid.
pub async fn lock(tx: &Tx, org: OrganizationId, id: ArrangementId) -> StoreResult<Option<Arrangement>> {
    match arrangements::Entity::find_by_id((org.0, id.0)).lock_exclusive().one(tx).await? {
        Some(row) => assemble(tx, row).await.map(Some),
        None => Ok(None),
    }
}

/// Ids of the arrangements that include an account and have one of these statuses (all for none
/// given), newest first.
///
/// # Errors
/// The database fails.
pub async fn of_account(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    account: AccountId,
    statuses: &[ArrangementStatus],
) -> StoreResult<Vec<ArrangementId>> {
    let ids: Vec<Uuid> = debts::Entity::find()
        .select_only()
        .column(debts::Column::ArrangementId)
        .filter(debts::Column::OrganizationId.eq(org.0))
        .filter(debts::Column::AccountId.eq(account.0))
        .into_tuple()
        .all(db)
        .await?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut find = arrangements::Entity::find()
        .select_only()
        .column(arrangements::Column::Id)
        .filter(arrangements::Column::OrganizationId.eq(org.0))
        .filter(arrangements::Column::Id.is_in(ids));
    if !statuses.is_empty() {
        find = find.filter(arrangements::Column::Status.is_in(statuses.iter().map(|status| status.as_str())));
    }
    let find = find.order_by_desc(arrangements::Column::CreatedAt).order_by_desc(arrangements::Column::Id);
    let found: Vec<Uuid> = find.into_tuple().all(db).await?;
    Ok(found.into_iter().map(ArrangementId).collect())
}

/// A page of arrangements, newest first, with one of these statuses (all for none given).
///
/// # Errors
/// The database fails or a row is invalid.
pub async fn list(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    statuses: &[ArrangementStatus],
    before: Option<ArrangementId>,
    limit: u64,
) -> StoreResult<Vec<Arrangement>> {
    let mut find = arrangements::Entity::find().filter(arrangements::Column::OrganizationId.eq(org.0));
    if !statuses.is_empty() {
        find = find.filter(arrangements::Column::Status.is_in(statuses.iter().map(|status| status.as_str())));
    }
    if let Some(before) = before {
        find = find.filter(arrangements::Column::Id.lt(before.0));
    }
    let rows = find.order_by_desc(arrangements::Column::Id).limit(limit).all(db).await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        all.push(assemble(db, row).await?);
    }
    Ok(all)
}

/// Every schedule an arrangement has had, by revision, oldest first.
///
/// # Errors
/// The database fails.
pub async fn revisions(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    id: ArrangementId,
    currency: Currency,
) -> StoreResult<Vec<(i32, Vec<Due>)>> {
    let rows = installments::Entity::find()
        .filter(installments::Column::OrganizationId.eq(org.0))
        .filter(installments::Column::ArrangementId.eq(id.0))
        .order_by_asc(installments::Column::Revision)
        .order_by_asc(installments::Column::Number)
        .all(db)
        .await?;
    let mut all: Vec<(i32, Vec<Due>)> = Vec::new();
    for row in rows {
        let due = Due { due_on: row.due_on, amount: Money::from_minor(row.amount_minor, currency) };
        match all.last_mut().filter(|(revision, _)| *revision == row.revision) {
            Some((_, dues)) => dues.push(due),
            None => all.push((row.revision, vec![due])),
        }
    }
    Ok(all)
}

async fn assemble(db: &impl ConnectionTrait, row: arrangements::Model) -> StoreResult<Arrangement> {
    let (org, id) = (OrganizationId(row.organization_id), row.id);
    let currency: Currency = row.currency.parse().map_err(StoreError::bad_row("arrangements", id))?;
    let deal: Deal = serde_json::from_str(&row.terms).map_err(StoreError::bad_row("arrangements", id))?;
    let own = debts::Entity::find()
        .filter(debts::Column::OrganizationId.eq(org.0))
        .filter(debts::Column::ArrangementId.eq(id))
        .order_by_asc(debts::Column::Position)
        .all(db)
        .await?;
    let schedule = installments::Entity::find()
        .filter(installments::Column::OrganizationId.eq(org.0))
        .filter(installments::Column::ArrangementId.eq(id))
        .filter(installments::Column::Revision.eq(row.revision))
        .order_by_asc(installments::Column::Number)
        .all(db)
        .await?;
    let due = |row: installments::Model| Due {
        due_on: row.due_on,
        amount: Money::from_minor(row.amount_minor, currency),
    };
    let acceptance = row.accepted_at.map(|at| Acceptance {
        at,
        by: row.accepted_by.unwrap_or_default(),
        evidence: row.evidence.unwrap_or_default(),
    });
    Ok(Arrangement {
        id: ArrangementId(id),
        debtor_id: PartyId(row.debtor_id),
        status: row.status.parse().map_err(StoreError::bad_row("arrangements", id))?,
        terms: deal.terms,
        agreed: deal.agreed,
        approval: deal.approval,
        debts: own.into_iter().map(|row| debt(row, currency)).collect::<StoreResult<_>>()?,
        revision: u32::try_from(row.revision).map_err(StoreError::bad_row("arrangements", id))?,
        schedule: schedule.into_iter().map(due).collect(),
        offered_on: row.offered_on,
        offered_by: row.offered_by,
        valid_until: row.valid_until,
        acceptance,
        starts_on: row.starts_on,
        ending: row.ended_on.map(|on| Ending { on, why: row.ended_why.unwrap_or_default() }),
    })
}

fn debt(row: debts::Model, currency: Currency) -> StoreResult<IncludedDebt> {
    let entries: Option<Vec<EntryId>> = row
        .forgiven
        .map(|text| serde_json::from_str(&text))
        .transpose()
        .map_err(StoreError::bad_row("arrangement_debts", row.account_id))?;
    Ok(IncludedDebt {
        account_id: AccountId(row.account_id),
        included: Money::from_minor(row.included_minor, currency),
        forgiven_by: entries.unwrap_or_default(),
    })
}

/// Running arrangements and their first debts in `range`.
fn in_range(statuses: &[ArrangementStatus], range: &AccountRange) -> SelectStatement {
    let org = range.organization_id;
    let col = |column| Expr::col((arrangements::Entity, column));
    let first = |column| Expr::col((debts::Entity, column));
    let mut select = Query::select();
    select
        .column((arrangements::Entity, arrangements::Column::Id))
        .from(arrangements::Entity)
        .inner_join(
            debts::Entity,
            Condition::all()
                .add(first(debts::Column::OrganizationId).eq(org.0))
                .add(
                    first(debts::Column::ArrangementId)
                        .equals((arrangements::Entity, arrangements::Column::Id)),
                )
                .add(first(debts::Column::Position).eq(1)),
        )
        .and_where(col(arrangements::Column::OrganizationId).eq(org.0))
        .and_where(col(arrangements::Column::Status).is_in(statuses.iter().map(|status| status.as_str())))
        .order_by((arrangements::Entity, arrangements::Column::Id), sea_orm::Order::Asc);
    select.cond_where(range.holds(first(debts::Column::OrganizationId), first(debts::Column::AccountId)));
    select
}

async fn found(db: &impl ConnectionTrait, select: &SelectStatement) -> StoreResult<Vec<ArrangementId>> {
    let rows = db.query_all(select).await?;
    rows.iter().map(|row| Ok(ArrangementId(row.try_get("", "id")?))).collect()
}

/// Offers in `range` (by first debt) that were valid until before `date`.
///
/// # Errors
/// The database fails.
pub async fn lapsed_offers(
    db: &impl ConnectionTrait,
    date: NaiveDate,
    range: &AccountRange,
) -> StoreResult<Vec<ArrangementId>> {
    let mut select = in_range(&[ArrangementStatus::Offered], range);
    select.and_where(Expr::col((arrangements::Entity, arrangements::Column::ValidUntil)).lt(date));
    found(db, &select).await
}

/// Running arrangements in `range` (by first debt) that may have been broken or completed: less
/// was paid than fell due before `date`, or nothing is owed any more. The caller looks closely;
/// here nothing is left out, and little is too much.
///
/// # Errors
/// The database fails.
pub async fn to_look_at(
    db: &impl ConnectionTrait,
    date: NaiveDate,
    range: &AccountRange,
) -> StoreResult<Vec<ArrangementId>> {
    let org = range.organization_id;
    let running = [ArrangementStatus::Accepted, ArrangementStatus::Active];
    let mut select = in_range(&running, range);
    let sum = |column: &str| Expr::cust(format!("CAST(COALESCE(SUM({column}), 0) AS BIGINT)"));
    let own = |table: &'static str| {
        Expr::col((Alias::new(table), Alias::new("arrangement_id")))
            .equals((arrangements::Entity, arrangements::Column::Id))
    };
    let mut due = Query::select();
    due.expr(sum("i.amount_minor"))
        .from_as(installments::Entity, "i")
        .and_where(Expr::col(("i", installments::Column::OrganizationId)).eq(org.0))
        .and_where(own("i"))
        .and_where(
            Expr::col(("i", installments::Column::Revision))
                .equals((arrangements::Entity, arrangements::Column::Revision)),
        )
        .and_where(Expr::col(("i", installments::Column::DueOn)).lt(date));
    let mut all = Query::select();
    all.expr(sum("n.amount_minor"))
        .from_as(installments::Entity, "n")
        .and_where(Expr::col(("n", installments::Column::OrganizationId)).eq(org.0))
        .and_where(own("n"))
        .and_where(
            Expr::col(("n", installments::Column::Revision))
                .equals((arrangements::Entity, arrangements::Column::Revision)),
        );
    let mut owed = Query::select();
    owed.expr(sum("b.total"))
        .from_as(debts::Entity, "d")
        .join_as(
            JoinType::InnerJoin,
            balances::Entity,
            "b",
            Condition::all()
                .add(Expr::col(("b", balances::Column::OrganizationId)).eq(org.0))
                .add(Expr::col(("b", balances::Column::AccountId)).equals(("d", debts::Column::AccountId))),
        )
        .and_where(Expr::col(("d", debts::Column::OrganizationId)).eq(org.0))
        .and_where(own("d"))
        .and_where(Expr::col(("b", balances::Column::Total)).gt(0));
    let sub = |select: SelectStatement| Expr::SubQuery(None, Box::new(select.into()));
    let paid = || sub(paid_since_start(org));
    select.cond_where(
        Condition::any().add(sub(due).gt(paid())).add(paid().gte(sub(all))).add(sub(owed).lte(0)),
    );
    found(db, &select).await
}

/// What payments since the start brought, net of what was taken back or stayed unapplied.
fn paid_since_start(org: OrganizationId) -> SelectStatement {
    let entry = |column| Expr::col(("e", column));
    let mut paid = Query::select();
    paid.expr(Expr::cust("CAST(COALESCE(SUM(p.amount_minor), 0) AS BIGINT)"))
        .from_as(debts::Entity, "m")
        .join_as(
            JoinType::InnerJoin,
            entries::Entity,
            "e",
            Condition::all()
                .add(entry(entries::Column::OrganizationId).eq(org.0))
                .add(entry(entries::Column::AccountId).equals(("m", debts::Column::AccountId)))
                .add(
                    entry(entries::Column::EffectiveOn)
                        .gte(Expr::col((arrangements::Entity, arrangements::Column::StartsOn))),
                )
                .add(
                    entry(entries::Column::RecordedAt)
                        .gte(Expr::col((arrangements::Entity, arrangements::Column::AcceptedAt))),
                )
                .add(entry(entries::Column::Kind).is_in(EntryKind::MONEY.map(EntryKind::as_str))),
        )
        .join_as(
            JoinType::InnerJoin,
            postings::Entity,
            "p",
            Condition::all()
                .add(Expr::col(("p", postings::Column::OrganizationId)).eq(org.0))
                .add(Expr::col(("p", postings::Column::EntryId)).equals(("e", entries::Column::Id)))
                .add(
                    Condition::any()
                        .add(Expr::col(("p", postings::Column::Book)).like("cash.%"))
                        .add(Expr::col(("p", postings::Column::Book)).eq("unapplied")),
                ),
        )
        .and_where(Expr::col(("m", debts::Column::OrganizationId)).eq(org.0))
        .and_where(
            Expr::col(("m", debts::Column::ArrangementId))
                .equals((arrangements::Entity, arrangements::Column::Id)),
        );
    paid
}

/// The balances of these accounts, their rows locked in the order of their ids: before the
/// arrangement's own row, so that nothing waits crosswise.
///
/// # Errors
/// The database fails.
pub async fn lock_debts(tx: &Tx, org: OrganizationId, accounts: &[AccountId]) -> StoreResult<()> {
    let mut sorted = accounts.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    for account in sorted {
        crate::ledger::lock_balance(tx, org, account).await?;
    }
    Ok(())
}

/// The same for a caller that holds other locks: false, and nothing waits, when somebody else is
/// at one of them.
///
/// # Errors
/// The database fails.
pub async fn try_lock_debts(tx: &Tx, org: OrganizationId, accounts: &[AccountId]) -> StoreResult<bool> {
    for account in accounts {
        let find = balances::Entity::find_by_id((org.0, account.0));
        let row = find.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked).one(tx).await?;
        if row.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What an arrangement's end means for one of its debts, told once.
///
/// # Errors
/// The database fails.
pub async fn tell_event(tx: &Tx, event: account_events::Model) -> StoreResult<()> {
    let row = event.into_active_model().reset_all();
    let key = [
        account_events::Column::OrganizationId,
        account_events::Column::AccountId,
        account_events::Column::OnDate,
        account_events::Column::Kind,
        account_events::Column::SubjectId,
    ];
    let known = OnConflict::columns(key).do_nothing().to_owned();
    account_events::Entity::insert(row).on_conflict(known).exec_without_returning(tx).await?;
    Ok(())
}
