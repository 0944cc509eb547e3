//! Experiments: who is assigned, whose debts count, what they brought; and the gate that keeps
//! everybody else's people out of an arm's journey. All of it set by set.

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::{ExperimentId, JourneyId, OrganizationId, PartyId};
use domain::ledger::PaymentStatus;
use domain::strategy::Rule;
use sea_orm::sea_query::{CaseStatement, Condition, Expr, Func, OnConflict, Order, Query, SelectStatement};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, IntoActiveModel,
    QueryFilter, QueryOrder, Set,
};
use uuid::Uuid;

use crate::entities::{
    accounts, balances, experiment_accounts, experiment_arms, experiment_people, experiments, payments,
};
use crate::segments::{Moment, matching};
use crate::{StoreResult, Tx};

/// An experiment, as it lies in its table.
pub type ExperimentRow = experiments::Model;
pub type ArmRow = experiment_arms::Model;
/// Who fell into which arm.
pub type PersonRow = experiment_people::Model;

/// What is kept in `kind`.
pub mod kind {
    pub const COMPARISON: &str = "comparison";
    /// Of the whole organization: arm 0 is treated as usual, arm 1 by no journey.
    pub const HOLDOUT: &str = "holdout";
}

/// What is kept in `status`.
pub mod status {
    pub const DRAFT: &str = "draft";
    pub const RUNNING: &str = "running";
    pub const ENDED: &str = "ended";
}

/// Every experiment, newest first.
///
/// # Errors
/// The database fails.
pub async fn all(db: &impl ConnectionTrait, org: OrganizationId) -> StoreResult<Vec<ExperimentRow>> {
    Ok(experiments::Entity::find()
        .filter(experiments::Column::OrganizationId.eq(org.0))
        .order_by_desc(experiments::Column::CreatedAt)
        .order_by_desc(experiments::Column::Id)
        .all(db)
        .await?)
}

/// # Errors
/// The database fails.
pub async fn find(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    id: ExperimentId,
) -> StoreResult<Option<ExperimentRow>> {
    Ok(experiments::Entity::find_by_id((org.0, id.0)).one(db).await?)
}

/// Its arms, the champion first.
///
/// # Errors
/// The database fails.
pub async fn arms(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    id: ExperimentId,
) -> StoreResult<Vec<ArmRow>> {
    Ok(experiment_arms::Entity::find()
        .filter(experiment_arms::Column::OrganizationId.eq(org.0))
        .filter(experiment_arms::Column::ExperimentId.eq(id.0))
        .order_by_asc(experiment_arms::Column::Arm)
        .all(db)
        .await?)
}

/// # Errors
/// The database fails, also when it is there already.
pub async fn add(tx: &Tx, new: ExperimentRow, arms: Vec<ArmRow>) -> StoreResult<()> {
    experiments::Entity::insert(new.into_active_model().reset_all()).exec_without_returning(tx).await?;
    let arms = arms.into_iter().map(|arm| arm.into_active_model().reset_all());
    experiment_arms::Entity::insert_many(arms).exec_without_returning(tx).await?;
    Ok(())
}

/// Starts it on a day, or ends it.
///
/// # Errors
/// The database fails.
pub async fn switch(tx: &Tx, row: ExperimentRow, to: &str, on: NaiveDate) -> StoreResult<()> {
    let mut change = row.into_active_model();
    change.status = Set(to.to_owned());
    if to == status::RUNNING {
        change.started_on = Set(Some(on));
    } else {
        change.ended_on = Set(Some(on));
    }
    change.update(tx).await?;
    Ok(())
}

/// The running comparison that a journey is an arm of.
///
/// # Errors
/// The database fails.
pub async fn running_with(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    journey: JourneyId,
) -> StoreResult<Option<ExperimentRow>> {
    let arms = Query::select()
        .column(experiment_arms::Column::ExperimentId)
        .from(experiment_arms::Entity)
        .and_where(Expr::col(experiment_arms::Column::OrganizationId).eq(org.0))
        .and_where(Expr::col(experiment_arms::Column::JourneyId).eq(journey.0))
        .take();
    Ok(experiments::Entity::find()
        .filter(experiments::Column::OrganizationId.eq(org.0))
        .filter(experiments::Column::Status.eq(status::RUNNING))
        .filter(experiments::Column::Id.in_subquery(arms))
        .one(db)
        .await?)
}

fn experiment(column: experiments::Column) -> Expr {
    Expr::col((experiments::Entity, column))
}

fn person(column: experiment_people::Column) -> Expr {
    Expr::col((experiment_people::Entity, column))
}

/// The debtor of the account at hand, in an arm of the experiment at hand.
fn is_in(org: OrganizationId, arm: impl Into<Expr>) -> SelectStatement {
    use experiment_people::Column;
    Query::select()
        .expr(Expr::val(1))
        .from(experiment_people::Entity)
        .and_where(person(Column::OrganizationId).eq(org.0))
        .and_where(person(Column::ExperimentId).equals((experiments::Entity, experiments::Column::Id)))
        .and_where(person(Column::PartyId).equals((accounts::Entity, accounts::Column::DebtorId)))
        .and_where(person(Column::Arm).eq(arm))
        .take()
}

/// Whom no permanent holdout keeps from all journeys. Who is not assigned yet waits for it.
fn not_held_out(org: OrganizationId) -> Condition {
    use experiments::Column;
    let keeps = Query::select()
        .expr(Expr::val(1))
        .from(experiments::Entity)
        .and_where(experiment(Column::OrganizationId).eq(org.0))
        .and_where(experiment(Column::Kind).eq(kind::HOLDOUT))
        .and_where(experiment(Column::Status).eq(status::RUNNING))
        .and_where(Expr::exists(is_in(org, 0)).not())
        .take();
    Condition::all().add(Expr::exists(keeps).not())
}

/// Whom a permanent holdout is not known to keep away: with those who are not assigned yet.
pub fn not_known_to_be_out(org: OrganizationId) -> Condition {
    use experiments::Column;
    let out = Query::select()
        .expr(Expr::val(1))
        .from(experiments::Entity)
        .and_where(experiment(Column::OrganizationId).eq(org.0))
        .and_where(experiment(Column::Kind).eq(kind::HOLDOUT))
        .and_where(experiment(Column::Status).eq(status::RUNNING))
        .and_where(Expr::exists(is_in(org, 1)))
        .take();
    Condition::all().add(Expr::exists(out).not())
}

/// Who may be in a journey, of a query on accounts: people of its arm, where it is one of a running
/// experiment, whom no holdout keeps away.
pub fn gate(org: OrganizationId, journey: JourneyId) -> Condition {
    use experiment_arms::Column;
    let arm = |column: Column| Expr::col((experiment_arms::Entity, column));
    let of_arm = Condition::all()
        .add(arm(Column::OrganizationId).eq(org.0))
        .add(arm(Column::ExperimentId).equals((experiments::Entity, experiments::Column::Id)))
        .add(arm(Column::JourneyId).eq(journey.0));
    let keeps = Query::select()
        .expr(Expr::val(1))
        .from(experiments::Entity)
        .inner_join(experiment_arms::Entity, of_arm)
        .and_where(experiment(experiments::Column::OrganizationId).eq(org.0))
        .and_where(experiment(experiments::Column::Status).eq(status::RUNNING))
        .and_where(Expr::exists(is_in(org, arm(Column::Arm))).not())
        .take();
    not_held_out(org).add(Expr::exists(keeps).not())
}

/// Whom a rule finds: of a comparison, nobody whom a holdout keeps from all journeys.
fn candidates(of: &ExperimentRow, rule: &Rule, at: Moment) -> SelectStatement {
    let org = OrganizationId(of.organization_id);
    let mut found = matching(org, rule, at);
    if of.kind != kind::HOLDOUT {
        found.cond_where(not_held_out(org));
    }
    found
}

/// People with an account that the rule holds for, and who are in no arm yet; by id, after one.
///
/// # Errors
/// The database fails.
pub async fn unassigned(
    db: &impl ConnectionTrait,
    of: &ExperimentRow,
    rule: &Rule,
    at: Moment,
    after: Option<PartyId>,
    limit: u64,
) -> StoreResult<Vec<PartyId>> {
    use experiment_people::Column;
    let debtor = (accounts::Entity, accounts::Column::DebtorId);
    let known = Query::select()
        .expr(Expr::val(1))
        .from(experiment_people::Entity)
        .and_where(person(Column::OrganizationId).eq(of.organization_id))
        .and_where(person(Column::ExperimentId).eq(of.id))
        .and_where(person(Column::PartyId).equals(debtor))
        .take();
    let mut select = candidates(of, rule, at);
    select.clear_selects().distinct().column(debtor).and_where(Expr::exists(known).not());
    if let Some(after) = after {
        select.and_where(Expr::col(debtor).gt(after.0));
    }
    select.order_by(debtor, Order::Asc).limit(limit);
    let rows = db.query_all(&select).await?;
    rows.iter().map(|row| Ok(PartyId(row.try_get_by_index::<Uuid>(0)?))).collect()
}

/// Writes who fell where; whoever is assigned already stays there.
///
/// # Errors
/// The database fails.
pub async fn assign(tx: &Tx, people: Vec<PersonRow>) -> StoreResult<()> {
    use experiment_people::Column;
    if people.is_empty() {
        return Ok(());
    }
    let once = OnConflict::columns([Column::OrganizationId, Column::ExperimentId, Column::PartyId])
        .do_nothing()
        .to_owned();
    let rows = people.into_iter().map(|row| row.into_active_model().reset_all());
    experiment_people::Entity::insert_many(rows).on_conflict(once).exec_without_returning(tx).await?;
    Ok(())
}

/// Counts the debts of assigned people that the rule holds for and that are not counted yet, from
/// today until a day; returns how many.
///
/// # Errors
/// The database fails.
pub async fn take_in(
    tx: &Tx,
    of: &ExperimentRow,
    rule: &Rule,
    at: Moment,
    until: NaiveDate,
) -> StoreResult<u64> {
    use experiment_accounts::Column;
    let counted = |column: Column| Expr::col((experiment_accounts::Entity, column));
    let known = Query::select()
        .expr(Expr::val(1))
        .from(experiment_accounts::Entity)
        .and_where(counted(Column::OrganizationId).eq(of.organization_id))
        .and_where(counted(Column::ExperimentId).eq(of.id))
        .and_where(counted(Column::AccountId).equals((accounts::Entity, accounts::Column::Id)))
        .take();
    let assigned = Condition::all()
        .add(person(experiment_people::Column::OrganizationId).eq(of.organization_id))
        .add(person(experiment_people::Column::ExperimentId).eq(of.id))
        .add(
            person(experiment_people::Column::PartyId).equals((accounts::Entity, accounts::Column::DebtorId)),
        );
    let mut select = candidates(of, rule, at);
    select
        .clear_selects()
        .expr(Expr::val(of.organization_id))
        .expr(Expr::val(of.id))
        .column((accounts::Entity, accounts::Column::Id))
        .column((accounts::Entity, accounts::Column::DebtorId))
        .column((experiment_people::Entity, experiment_people::Column::Arm))
        .expr(Expr::val(at.today))
        .expr(Expr::val(until))
        .column((accounts::Entity, accounts::Column::Currency))
        .column((balances::Entity, balances::Column::Total))
        .inner_join(experiment_people::Entity, assigned)
        .and_where(Expr::exists(known).not());
    let mut insert = Query::insert();
    insert
        .into_table(experiment_accounts::Entity)
        .columns([
            Column::OrganizationId,
            Column::ExperimentId,
            Column::AccountId,
            Column::PartyId,
            Column::Arm,
            Column::EnteredOn,
            Column::UntilOn,
            Column::Currency,
            Column::OwedMinor,
        ])
        .select_from(select)
        .map_err(|error| DbErr::Custom(error.to_string()))?
        .on_conflict(OnConflict::new().do_nothing().to_owned());
    Ok(tx.execute(&insert).await?.rows_affected())
}

/// How many fell into an arm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    pub arm: i32,
    pub people: i64,
    pub accounts: i64,
    /// Accounts whose span is over.
    pub complete: i64,
}

/// People and accounts by arm; arms without anybody are left out.
///
/// # Errors
/// The database fails.
pub async fn sizes(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    id: ExperimentId,
    today: NaiveDate,
) -> StoreResult<Vec<Size>> {
    let count = || Expr::cust("CAST(COUNT(*) AS BIGINT)");
    let mut people = Query::select();
    people
        .column(experiment_people::Column::Arm)
        .expr(count())
        .from(experiment_people::Entity)
        .and_where(Expr::col(experiment_people::Column::OrganizationId).eq(org.0))
        .and_where(Expr::col(experiment_people::Column::ExperimentId).eq(id.0))
        .group_by_col(experiment_people::Column::Arm)
        .order_by(experiment_people::Column::Arm, Order::Asc);
    let mut sizes: Vec<Size> = Vec::new();
    for row in db.query_all(&people).await? {
        let (arm, people) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        sizes.push(Size { arm, people, ..Size::default() });
    }
    let over =
        CaseStatement::new().case(Expr::col(experiment_accounts::Column::UntilOn).lt(today), 1).finally(0);
    let mut debts = Query::select();
    debts
        .column(experiment_accounts::Column::Arm)
        .expr(count())
        .expr(Func::sum(over).cast_as("bigint"))
        .from(experiment_accounts::Entity)
        .and_where(Expr::col(experiment_accounts::Column::OrganizationId).eq(org.0))
        .and_where(Expr::col(experiment_accounts::Column::ExperimentId).eq(id.0))
        .group_by_col(experiment_accounts::Column::Arm);
    for row in db.query_all(&debts).await? {
        let arm: i32 = row.try_get_by_index(0)?;
        if let Some(size) = sizes.iter_mut().find(|size| size.arm == arm) {
            size.accounts = row.try_get_by_index(1)?;
            size.complete = row.try_get_by_index(2)?;
        }
    }
    Ok(sizes)
}

/// What one person's debts in one currency came to, each within its own span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub party: Uuid,
    pub arm: i32,
    pub currency: String,
    pub accounts: i64,
    /// Accounts on which something was paid that still counts.
    pub paid: i64,
    /// In minor units, less what was given back.
    pub money: i64,
}

/// What everybody did whose span is over, by person: all who were assigned, whatever was done about
/// them.
///
/// # Errors
/// The database fails.
pub async fn outcomes(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    id: ExperimentId,
    today: NaiveDate,
) -> StoreResult<Vec<Outcome>> {
    use experiment_accounts::Column;
    let counted = |column: Column| Expr::col((experiment_accounts::Entity, column));
    let paid = |column: payments::Column| Expr::col((payments::Entity, column));
    let received = Query::select()
        .expr(Expr::cust("CAST(COALESCE(SUM(amount_minor - returned_minor), 0) AS BIGINT)"))
        .from(payments::Entity)
        .and_where(paid(payments::Column::OrganizationId).eq(org.0))
        .and_where(paid(payments::Column::AccountId).equals((experiment_accounts::Entity, Column::AccountId)))
        .and_where(paid(payments::Column::Status).eq(PaymentStatus::Posted.as_str()))
        .and_where(paid(payments::Column::ReceivedOn).gte(counted(Column::EnteredOn)))
        .and_where(paid(payments::Column::ReceivedOn).lte(counted(Column::UntilOn)))
        .take();
    let each = Query::select()
        .columns([Column::Arm, Column::Currency, Column::PartyId].map(|c| (experiment_accounts::Entity, c)))
        .expr_as(Expr::SubQuery(None, Box::new(received.into())), "money")
        .from(experiment_accounts::Entity)
        .and_where(counted(Column::OrganizationId).eq(org.0))
        .and_where(counted(Column::ExperimentId).eq(id.0))
        .and_where(counted(Column::UntilOn).lt(today))
        .take();
    let mut select = Query::select();
    select
        .columns([Column::PartyId, Column::Arm, Column::Currency])
        .expr(Expr::cust("CAST(COUNT(*) AS BIGINT)"))
        .expr(Expr::cust("CAST(SUM(CASE WHEN money > 0 THEN 1 ELSE 0 END) AS BIGINT)"))
        .expr(Expr::cust("CAST(SUM(money) AS BIGINT)"))
        .from_subquery(each, "each_account")
        .group_by_columns([Column::PartyId, Column::Arm, Column::Currency])
        .order_by(Column::PartyId, Order::Asc);
    let rows = db.query_all(&select).await?;
    rows.iter()
        .map(|row| {
            Ok(Outcome {
                party: row.try_get_by_index(0)?,
                arm: row.try_get_by_index(1)?,
                currency: row.try_get_by_index(2)?,
                accounts: row.try_get_by_index(3)?,
                paid: row.try_get_by_index(4)?,
                money: row.try_get_by_index(5)?,
            })
        })
        .collect()
}

/// A row of an assignment.
pub fn assignment(
    of: &ExperimentRow,
    party: PartyId,
    (arm, point): (i32, i32),
    (on, at): (NaiveDate, DateTime<Utc>),
) -> PersonRow {
    PersonRow {
        organization_id: of.organization_id,
        experiment_id: of.id,
        party_id: party.0,
        arm,
        point,
        assigned_on: on,
        assigned_at: at,
    }
}
