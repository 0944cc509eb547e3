//! Journeys: who comes in, for whom a step is due, and what was done. All of it set by set.

use std::collections::HashSet;

use chrono::{NaiveDate, TimeDelta};
use domain::ids::{AccountId, JourneyId, OrganizationId};
use domain::strategy::{Anchor, Rule};
use sea_orm::sea_query::{Alias, Condition, Expr, OnConflict, Order, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, ExprTrait,
    FromQueryResult, IntoActiveModel, QueryFilter, QueryOrder, Set,
};
use uuid::Uuid;

use crate::entities::{accounts, call_tasks, journey_entries, journey_steps, journeys, parties};
use crate::experiments::gate;
use crate::segments::{Moment, matching};
use crate::{StoreResult, Tx};

/// A version of a journey, as it lies in its table.
pub type JourneyRow = journeys::Model;
/// What was done about an account in a step.
pub type StepRow = journey_steps::Model;

/// The outcome of a step that waits for a lawful day.
pub const HELD: &str = "held";

/// Which version of which journey.
#[derive(Clone, Copy, Debug)]
pub struct Version {
    pub organization: OrganizationId,
    pub journey: JourneyId,
    pub version: i32,
}

/// The newest version of each journey, by name.
///
/// # Errors
/// The database fails.
pub async fn all(db: &impl ConnectionTrait, org: OrganizationId) -> StoreResult<Vec<JourneyRow>> {
    let rows = journeys::Entity::find()
        .filter(journeys::Column::OrganizationId.eq(org.0))
        .order_by_asc(journeys::Column::Id)
        .order_by_desc(journeys::Column::Version)
        .all(db)
        .await?;
    let mut newest: Vec<JourneyRow> = Vec::new();
    for row in rows {
        if newest.last().is_none_or(|before| before.id != row.id) {
            newest.push(row);
        }
    }
    newest.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
    Ok(newest)
}

/// The newest version of one.
///
/// # Errors
/// The database fails.
pub async fn newest(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    id: JourneyId,
) -> StoreResult<Option<JourneyRow>> {
    Ok(journeys::Entity::find()
        .filter(journeys::Column::OrganizationId.eq(org.0))
        .filter(journeys::Column::Id.eq(id.0))
        .order_by_desc(journeys::Column::Version)
        .one(db)
        .await?)
}

/// # Errors
/// The database fails, also when the version is there already.
pub async fn save(tx: &Tx, new: JourneyRow) -> StoreResult<()> {
    journeys::Entity::insert(new.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}

/// Sets a version going, or stops it.
///
/// # Errors
/// The database fails.
pub async fn set_running(tx: &Tx, row: JourneyRow, running: bool) -> StoreResult<()> {
    let mut change = row.into_active_model();
    change.running = Set(running);
    change.update(tx).await?;
    Ok(())
}

/// Takes in every account that the rule holds for and that is not in yet; returns how many.
///
/// # Errors
/// The database fails.
pub async fn enter(tx: &Tx, to: Version, rule: &Rule, at: Moment) -> StoreResult<u64> {
    use journey_entries::Column;
    let mut found = matching(to.organization, rule, at);
    let entry = |column: Column| Expr::col((journey_entries::Entity, column));
    let mut known = Query::select();
    known
        .expr(Expr::val(1))
        .from(journey_entries::Entity)
        .and_where(entry(Column::OrganizationId).eq(to.organization.0))
        .and_where(entry(Column::JourneyId).eq(to.journey.0))
        .and_where(entry(Column::Version).eq(to.version))
        .and_where(entry(Column::AccountId).equals((accounts::Entity, accounts::Column::Id)));
    found.and_where(Expr::exists(known).not()).cond_where(gate(to.organization, to.journey));
    let mut select = Query::select();
    select
        .expr(Expr::val(to.organization.0))
        .expr(Expr::val(to.journey.0))
        .expr(Expr::val(to.version))
        .column((Alias::new("found"), accounts::Column::Id))
        .expr(Expr::val(at.today))
        .from_subquery(found, Alias::new("found"))
        // SQLite tells the conflict clause from a join by it.
        .and_where(Expr::val(1).eq(1));
    let mut insert = Query::insert();
    insert
        .into_table(journey_entries::Entity)
        .columns([
            Column::OrganizationId,
            Column::JourneyId,
            Column::Version,
            Column::AccountId,
            Column::EnteredOn,
        ])
        .select_from(select)
        .map_err(|error| DbErr::Custom(error.to_string()))?
        .on_conflict(OnConflict::new().do_nothing().to_owned());
    Ok(tx.execute(&insert).await?.rows_affected())
}

/// A step of a version of a journey, by its place from 0.
#[derive(Clone, Copy, Debug)]
pub struct StepOf {
    pub of: Version,
    pub step: i32,
    pub from: Anchor,
    /// Days since then.
    pub day: i16,
}

/// Accounts for which the step is due (as [`domain::strategy::Step::due_on`] says) and not done, or
/// held until today or before; still those that the rule holds for. By id, after one.
///
/// # Errors
/// The database fails.
pub async fn due(
    db: &impl ConnectionTrait,
    step: StepOf,
    rule: &Rule,
    at: Moment,
    after: Option<AccountId>,
    limit: u64,
) -> StoreResult<Vec<AccountId>> {
    let Version { organization, journey, version } = step.of;
    let id = (accounts::Entity, accounts::Column::Id);
    let latest = at.today.checked_sub_signed(TimeDelta::days(i64::from(step.day))).unwrap_or(at.today);
    let entry = |column: journey_entries::Column| Expr::col((journey_entries::Entity, column));
    let done = |column: journey_steps::Column| Expr::col((journey_steps::Entity, column));
    let is_in = Condition::all()
        .add(entry(journey_entries::Column::OrganizationId).eq(organization.0))
        .add(entry(journey_entries::Column::JourneyId).eq(journey.0))
        .add(entry(journey_entries::Column::Version).eq(version))
        .add(entry(journey_entries::Column::AccountId).equals(id));
    let is_due = match step.from {
        Anchor::Entry => Condition::all().add(entry(journey_entries::Column::EnteredOn).lte(latest)),
        Anchor::Due => Condition::all()
            .add(Expr::col((accounts::Entity, accounts::Column::DueOn)).lte(latest))
            .add(days_after_due(db, step.day).gte(entry(journey_entries::Column::EnteredOn))),
    };
    let was_done = Condition::all()
        .add(done(journey_steps::Column::OrganizationId).eq(organization.0))
        .add(done(journey_steps::Column::JourneyId).eq(journey.0))
        .add(done(journey_steps::Column::Version).eq(version))
        .add(done(journey_steps::Column::AccountId).equals(id))
        .add(done(journey_steps::Column::Step).eq(step.step));
    let waits = Condition::any()
        .add(done(journey_steps::Column::AccountId).is_null())
        .add(done(journey_steps::Column::RetryOn).lte(at.today));
    let mut select = matching(organization, rule, at);
    select
        .inner_join(journey_entries::Entity, is_in)
        .left_join(journey_steps::Entity, was_done)
        .cond_where(is_due)
        .cond_where(waits)
        .cond_where(gate(organization, journey));
    if let Some(after) = after {
        select.and_where(Expr::col(id).gt(after.0));
    }
    select.order_by(id, Order::Asc).limit(limit);
    let rows = db.query_all(&select).await?;
    rows.iter().map(|row| Ok(AccountId(row.try_get_by_index::<Uuid>(0)?))).collect()
}

/// The due date and so many days.
fn days_after_due(db: &impl ConnectionTrait, days: i16) -> Expr {
    Expr::cust(match db.get_database_backend() {
        DbBackend::Sqlite => format!("date(accounts.due_on, '{days:+} days')"),
        _ => format!("accounts.due_on + ({days})"),
    })
}

/// Writes what is done about accounts, once: gives those that are this caller's. Others were done
/// by another process meanwhile; a row that held them until today makes room first.
///
/// # Errors
/// The database fails.
pub async fn claim(
    tx: &Tx,
    step: StepOf,
    rows: Vec<StepRow>,
    today: NaiveDate,
) -> StoreResult<HashSet<AccountId>> {
    use journey_steps::Column;
    if rows.is_empty() {
        return Ok(HashSet::new());
    }
    journey_steps::Entity::delete_many()
        .filter(Column::OrganizationId.eq(step.of.organization.0))
        .filter(Column::JourneyId.eq(step.of.journey.0))
        .filter(Column::Version.eq(step.of.version))
        .filter(Column::Step.eq(step.step))
        .filter(Column::AccountId.is_in(rows.iter().map(|row| row.account_id)))
        .filter(Column::RetryOn.lte(today))
        .exec(tx)
        .await?;
    let mut insert = Query::insert();
    insert.into_table(journey_steps::Entity).columns([
        Column::OrganizationId,
        Column::JourneyId,
        Column::Version,
        Column::AccountId,
        Column::Step,
        Column::OnDate,
        Column::At,
        Column::Outcome,
        Column::Detail,
        Column::DecisionId,
        Column::RetryOn,
    ]);
    for row in rows {
        insert
            .values([
                row.organization_id.into(),
                row.journey_id.into(),
                row.version.into(),
                row.account_id.into(),
                row.step.into(),
                row.on_date.into(),
                row.at.into(),
                row.outcome.into(),
                row.detail.into(),
                row.decision_id.into(),
                row.retry_on.into(),
            ])
            .map_err(|error| DbErr::Custom(error.to_string()))?;
    }
    insert.on_conflict(OnConflict::new().do_nothing().to_owned()).returning_col(Column::AccountId);
    let mine = tx.query_all(&insert).await?;
    mine.iter().map(|row| Ok(AccountId(row.try_get_by_index::<Uuid>(0)?))).collect()
}

/// Asks for calls.
///
/// # Errors
/// The database fails.
pub async fn ask_for_calls(tx: &Tx, tasks: Vec<call_tasks::Model>) -> StoreResult<()> {
    if tasks.is_empty() {
        return Ok(());
    }
    let rows = tasks.into_iter().map(|task| task.into_active_model().reset_all());
    call_tasks::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// How many accounts came in, and how often each step ended how.
///
/// # Errors
/// The database fails.
pub async fn tally(db: &impl ConnectionTrait, of: Version) -> StoreResult<(u64, Vec<(i32, String, i64)>)> {
    use sea_orm::{PaginatorTrait, QuerySelect};
    let came = journey_entries::Entity::find()
        .filter(journey_entries::Column::OrganizationId.eq(of.organization.0))
        .filter(journey_entries::Column::JourneyId.eq(of.journey.0))
        .filter(journey_entries::Column::Version.eq(of.version))
        .count(db)
        .await?;
    let steps = journey_steps::Entity::find()
        .select_only()
        .column(journey_steps::Column::Step)
        .column(journey_steps::Column::Outcome)
        .column_as(journey_steps::Column::AccountId.count(), "times")
        .filter(journey_steps::Column::OrganizationId.eq(of.organization.0))
        .filter(journey_steps::Column::JourneyId.eq(of.journey.0))
        .filter(journey_steps::Column::Version.eq(of.version))
        .group_by(journey_steps::Column::Step)
        .group_by(journey_steps::Column::Outcome)
        .order_by_asc(journey_steps::Column::Step)
        .order_by_asc(journey_steps::Column::Outcome)
        .into_tuple()
        .all(db)
        .await?;
    Ok((came, steps))
}

/// What a step did about one account.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Outcome {
    pub account_id: Uuid,
    pub external_id: String,
    pub debtor_name: String,
    pub on_date: NaiveDate,
    pub detail: Option<String>,
    pub retry_on: Option<NaiveDate>,
}

/// Accounts for which a step ended in this way, by id, after one.
///
/// # Errors
/// The database fails.
pub async fn outcomes(
    db: &impl ConnectionTrait,
    of: Version,
    (step, outcome): (i32, &str),
    after: Option<AccountId>,
    limit: u64,
) -> StoreResult<Vec<Outcome>> {
    let done = |column: journey_steps::Column| Expr::col((journey_steps::Entity, column));
    let account = |column: accounts::Column| Expr::col((accounts::Entity, column));
    let person = |column: parties::Column| Expr::col((parties::Entity, column));
    let of_step = Condition::all()
        .add(account(accounts::Column::OrganizationId).eq(of.organization.0))
        .add(account(accounts::Column::Id).equals((journey_steps::Entity, journey_steps::Column::AccountId)));
    let debtor = Condition::all()
        .add(person(parties::Column::OrganizationId).eq(of.organization.0))
        .add(person(parties::Column::Id).equals((accounts::Entity, accounts::Column::DebtorId)));
    let mut select = Query::select();
    select
        .columns(
            [
                journey_steps::Column::AccountId,
                journey_steps::Column::OnDate,
                journey_steps::Column::Detail,
                journey_steps::Column::RetryOn,
            ]
            .map(|column| (journey_steps::Entity, column)),
        )
        .column((accounts::Entity, accounts::Column::ExternalId))
        .expr_as(person(parties::Column::Name), "debtor_name")
        .from(journey_steps::Entity)
        .inner_join(accounts::Entity, of_step)
        .inner_join(parties::Entity, debtor)
        .and_where(done(journey_steps::Column::OrganizationId).eq(of.organization.0))
        .and_where(done(journey_steps::Column::JourneyId).eq(of.journey.0))
        .and_where(done(journey_steps::Column::Version).eq(of.version))
        .and_where(done(journey_steps::Column::Step).eq(step))
        .and_where(done(journey_steps::Column::Outcome).eq(outcome));
    if let Some(after) = after {
        select.and_where(done(journey_steps::Column::AccountId).gt(after.0));
    }
    select.order_by((journey_steps::Entity, journey_steps::Column::AccountId), Order::Asc).limit(limit);
    let rows = db.query_all(&select).await?;
    Ok(rows.iter().map(|row| Outcome::from_query_result(row, "")).collect::<Result<_, _>>()?)
}
