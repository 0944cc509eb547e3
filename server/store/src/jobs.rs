//! Daily work: taken by one process at a time under a lease.

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::OrganizationId;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect,
};

use crate::entities::scheduled_jobs::{Column, Entity};
use crate::{StoreResult, Tx};

/// A day's work, as it lies in its table.
pub type JobRow = crate::entities::scheduled_jobs::Model;

/// How it stands with a day's work.
pub mod status {
    pub const RUNNING: &str = "running";
    pub const DONE: &str = "done";
    /// It failed, and is tried again.
    pub const WAITING: &str = "waiting";
    /// It failed too often: somebody must look.
    pub const DEAD: &str = "dead";
}

/// Which work of which organization, for which business date.
#[derive(Clone, Copy, Debug)]
pub struct Slot<'a> {
    pub organization: OrganizationId,
    pub job: &'a str,
    pub on: NaiveDate,
}

fn of(slot: Slot) -> Condition {
    Condition::all()
        .add(Column::OrganizationId.eq(slot.organization.0))
        .add(Column::Job.eq(slot.job))
        .add(Column::OnDate.eq(slot.on))
}

/// Takes the work for the caller until `lease`, if it is to be done and nobody has it; the number
/// of the try, from 1.
///
/// # Errors
/// The database fails.
pub async fn take(
    tx: &Tx,
    slot: Slot<'_>,
    now: DateTime<Utc>,
    lease: DateTime<Utc>,
) -> StoreResult<Option<i32>> {
    let row = JobRow {
        organization_id: slot.organization.0,
        job: slot.job.to_owned(),
        on_date: slot.on,
        status: status::RUNNING.to_owned(),
        tries: 1,
        started_at: now,
        finished_at: None,
        leased_until: Some(lease),
        next_try_at: None,
        report: None,
        failure: None,
    };
    let insert = Entity::insert(row.into_active_model().reset_all())
        .on_conflict(OnConflict::new().do_nothing().to_owned());
    if insert.exec_without_returning(tx).await? > 0 {
        return Ok(Some(1));
    }
    let free = Condition::any()
        .add(Column::Status.eq(status::RUNNING).and(Column::LeasedUntil.lte(now)))
        .add(Column::Status.eq(status::WAITING).and(Column::NextTryAt.lte(now)));
    let taken = Entity::update_many()
        .filter(of(slot))
        .filter(free)
        .col_expr(Column::Status, Expr::val(status::RUNNING))
        .col_expr(Column::Tries, Expr::col(Column::Tries).add(1))
        .col_expr(Column::StartedAt, Expr::val(now))
        .col_expr(Column::LeasedUntil, Expr::val(lease))
        .exec(tx)
        .await?;
    if taken.rows_affected == 0 {
        return Ok(None);
    }
    Ok(find(tx, slot).await?.map(|row| row.tries))
}

/// # Errors
/// The database fails.
pub async fn find(db: &impl ConnectionTrait, slot: Slot<'_>) -> StoreResult<Option<JobRow>> {
    Ok(Entity::find().filter(of(slot)).one(db).await?)
}

/// How a try ended.
#[derive(Clone, Debug)]
pub struct Ending {
    pub status: &'static str,
    pub finished_at: Option<DateTime<Utc>>,
    pub next_try_at: Option<DateTime<Utc>>,
    pub report: Option<String>,
    pub failure: Option<String>,
}

/// Notes how the try of this number ended. A process that lost its lease meanwhile notes nothing.
///
/// # Errors
/// The database fails.
pub async fn end(tx: &Tx, slot: Slot<'_>, number: i32, ending: Ending) -> StoreResult<()> {
    Entity::update_many()
        .filter(of(slot))
        .filter(Column::Status.eq(status::RUNNING))
        .filter(Column::Tries.eq(number))
        .col_expr(Column::Status, Expr::val(ending.status))
        .col_expr(Column::FinishedAt, Expr::val(ending.finished_at))
        .col_expr(Column::NextTryAt, Expr::val(ending.next_try_at))
        .col_expr(Column::LeasedUntil, Expr::val(None::<DateTime<Utc>>))
        .col_expr(Column::Report, Expr::val(ending.report))
        .col_expr(Column::Failure, Expr::val(ending.failure))
        .exec(tx)
        .await?;
    Ok(())
}

/// Lets dead work be tried again; whether there was any.
///
/// # Errors
/// The database fails.
pub async fn revive(tx: &Tx, slot: Slot<'_>, now: DateTime<Utc>) -> StoreResult<bool> {
    let revived = Entity::update_many()
        .filter(of(slot))
        .filter(Column::Status.eq(status::DEAD))
        .col_expr(Column::Status, Expr::val(status::WAITING))
        .col_expr(Column::Tries, Expr::val(0))
        .col_expr(Column::NextTryAt, Expr::val(now))
        .exec(tx)
        .await?;
    Ok(revived.rows_affected > 0)
}

/// The newest of an organization.
///
/// # Errors
/// The database fails.
pub async fn newest(db: &impl ConnectionTrait, org: OrganizationId, limit: u64) -> StoreResult<Vec<JobRow>> {
    Ok(Entity::find()
        .filter(Column::OrganizationId.eq(org.0))
        .order_by_desc(Column::OnDate)
        .order_by_asc(Column::Job)
        .limit(limit)
        .all(db)
        .await?)
}
