//! Runs and their chunks: which there are, who works on one, what is done.

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::OrganizationId;
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use crate::entities::{accounts, batch_chunks, batch_runs};
use crate::{StoreResult, Tx};

/// A run to plan.
#[derive(Clone, Debug)]
pub struct NewRun {
    pub organization_id: OrganizationId,
    pub on_date: NaiveDate,
    /// Also the instant that everything the run writes is recorded at.
    pub started_at: DateTime<Utc>,
    /// Where each chunk but the first begins, ascending.
    pub boundaries: Vec<Uuid>,
}

/// The ids at which chunks of `size` accounts begin, without the first. Ids ascend with time, so
/// accounts that come later fall into the last chunk.
///
/// # Errors
/// The database fails.
pub async fn boundaries(db: &impl ConnectionTrait, org: OrganizationId, size: u64) -> StoreResult<Vec<Uuid>> {
    let mut found: Vec<Uuid> = Vec::new();
    loop {
        let mut query = accounts::Entity::find()
            .select_only()
            .column(accounts::Column::Id)
            .filter(accounts::Column::OrganizationId.eq(org.0))
            .order_by_asc(accounts::Column::Id)
            .offset(size.max(1));
        if let Some(last) = found.last() {
            query = query.filter(accounts::Column::Id.gte(*last));
        }
        match query.into_tuple().one(db).await? {
            Some(next) => found.push(next),
            None => return Ok(found),
        }
    }
}

/// Writes a run and its chunks.
///
/// # Errors
/// The run is there already (a unique violation), or the database fails.
pub async fn insert_run(tx: &Tx, new: &NewRun) -> StoreResult<()> {
    let row = batch_runs::ActiveModel {
        organization_id: Set(new.organization_id.0),
        on_date: Set(new.on_date),
        started_at: Set(new.started_at),
        finished_at: Set(None),
        summary: Set(None),
    };
    batch_runs::Entity::insert(row).exec_without_returning(tx).await?;
    let begins = std::iter::once(None).chain(new.boundaries.iter().copied().map(Some));
    let ends = new.boundaries.iter().copied().map(Some).chain(std::iter::once(None));
    let chunks: Vec<_> = (1..)
        .zip(begins.zip(ends))
        .map(|(number, (from_id, to_id))| batch_chunks::ActiveModel {
            organization_id: Set(new.organization_id.0),
            on_date: Set(new.on_date),
            number: Set(number),
            from_id: Set(from_id),
            to_id: Set(to_id),
            leased_until: Set(None),
            done_at: Set(None),
            summary: Set(None),
        })
        .collect();
    // SQLite binds at most 32,766 values a statement.
    for part in chunks.chunks(2_000) {
        batch_chunks::Entity::insert_many(part.to_vec()).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// # Errors
/// The database fails.
pub async fn find_run(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    date: NaiveDate,
) -> StoreResult<Option<batch_runs::Model>> {
    Ok(batch_runs::Entity::find_by_id((org.0, date)).one(db).await?)
}

/// The run, its row locked until the transaction ends.
///
/// # Errors
/// The database fails.
pub async fn lock_run(
    tx: &Tx,
    org: OrganizationId,
    date: NaiveDate,
) -> StoreResult<Option<batch_runs::Model>> {
    Ok(batch_runs::Entity::find_by_id((org.0, date)).lock_exclusive().one(tx).await?)
}

/// The run of the latest date, finished or not.
///
/// # Errors
/// The database fails.
pub async fn latest_run(
    db: &impl ConnectionTrait,
    org: OrganizationId,
) -> StoreResult<Option<batch_runs::Model>> {
    Ok(batch_runs::Entity::find()
        .filter(batch_runs::Column::OrganizationId.eq(org.0))
        .order_by_desc(batch_runs::Column::OnDate)
        .one(db)
        .await?)
}

/// Runs of earlier dates that something stopped before their end, oldest first.
///
/// # Errors
/// The database fails.
pub async fn unfinished_before(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    date: NaiveDate,
) -> StoreResult<Vec<batch_runs::Model>> {
    Ok(batch_runs::Entity::find()
        .filter(batch_runs::Column::OrganizationId.eq(org.0))
        .filter(batch_runs::Column::OnDate.lt(date))
        .filter(batch_runs::Column::FinishedAt.is_null())
        .order_by_asc(batch_runs::Column::OnDate)
        .all(db)
        .await?)
}

fn open(run: &batch_runs::Model) -> sea_orm::Select<batch_chunks::Entity> {
    batch_chunks::Entity::find()
        .filter(batch_chunks::Column::OrganizationId.eq(run.organization_id))
        .filter(batch_chunks::Column::OnDate.eq(run.on_date))
        .filter(batch_chunks::Column::DoneAt.is_null())
        .order_by_asc(batch_chunks::Column::Number)
}

/// Takes the first chunk that nobody has done or is working on. The row stays locked until the
/// transaction ends, however it ends: a process that dies gives its chunk back.
///
/// # Errors
/// The database fails.
pub async fn claim_chunk(tx: &Tx, run: &batch_runs::Model) -> StoreResult<Option<batch_chunks::Model>> {
    Ok(open(run).lock_with_behavior(LockType::Update, LockBehavior::SkipLocked).one(tx).await?)
}

/// The first chunk that is not done.
///
/// # Errors
/// The database fails.
pub async fn first_open_chunk(
    db: &impl ConnectionTrait,
    run: &batch_runs::Model,
) -> StoreResult<Option<batch_chunks::Model>> {
    Ok(open(run).one(db).await?)
}

/// How many chunks are not done.
///
/// # Errors
/// The database fails.
pub async fn open_chunks(db: &impl ConnectionTrait, run: &batch_runs::Model) -> StoreResult<u64> {
    Ok(open(run).count(db).await?)
}

/// Marks a chunk as done.
///
/// # Errors
/// The database fails.
pub async fn close_chunk(
    tx: &Tx,
    chunk: batch_chunks::Model,
    at: DateTime<Utc>,
    summary: String,
) -> StoreResult<()> {
    let mut row = chunk.into_active_model();
    row.done_at = Set(Some(at));
    row.summary = Set(Some(summary));
    row.update(tx).await?;
    Ok(())
}

/// What each chunk says it did, in order; nothing for those that are not done.
///
/// # Errors
/// The database fails.
pub async fn chunk_summaries(
    db: &impl ConnectionTrait,
    run: &batch_runs::Model,
) -> StoreResult<Vec<Option<String>>> {
    Ok(batch_chunks::Entity::find()
        .select_only()
        .column(batch_chunks::Column::Summary)
        .filter(batch_chunks::Column::OrganizationId.eq(run.organization_id))
        .filter(batch_chunks::Column::OnDate.eq(run.on_date))
        .order_by_asc(batch_chunks::Column::Number)
        .into_tuple()
        .all(db)
        .await?)
}

/// Marks a run as finished.
///
/// # Errors
/// The database fails.
pub async fn close_run(
    tx: &Tx,
    run: batch_runs::Model,
    at: DateTime<Utc>,
    summary: String,
) -> StoreResult<batch_runs::Model> {
    let mut row = run.into_active_model();
    row.finished_at = Set(Some(at));
    row.summary = Set(Some(summary));
    Ok(row.update(tx).await?)
}
