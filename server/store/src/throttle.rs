//! Rate limits that all server processes share.

use chrono::{DateTime, Duration, Utc};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, Set};

use crate::entities::throttles;
use crate::{Db, StoreResult};

/// Counts one event under `key` and tells how many there were in the running window,
/// this one included.
///
/// # Errors
/// The database fails.
pub async fn hit(db: &Db, key: &str, window: Duration, now: DateTime<Utc>) -> StoreResult<i32> {
    let tx = db.begin().await?;
    throttles::Entity::delete_many()
        .filter(throttles::Column::Key.eq(key))
        .filter(throttles::Column::WindowStart.lte(now - window))
        .exec(&tx)
        .await?;
    let row = throttles::ActiveModel { key: Set(key.to_owned()), window_start: Set(now), count: Set(1) };
    let add = OnConflict::column(throttles::Column::Key)
        .value(throttles::Column::Count, Expr::col((throttles::Entity, throttles::Column::Count)).add(1))
        .to_owned();
    throttles::Entity::insert(row).on_conflict(add).exec_without_returning(&tx).await?;
    let count = throttles::Entity::find_by_id(key.to_owned()).one(&tx).await?.map_or(1, |row| row.count);
    tx.commit().await?;
    Ok(count)
}

/// How many events there were under `key` in the running window; nothing is counted.
///
/// # Errors
/// The database fails.
pub async fn count(
    db: &impl ConnectionTrait,
    key: &str,
    window: Duration,
    now: DateTime<Utc>,
) -> StoreResult<i32> {
    let row = throttles::Entity::find_by_id(key.to_owned()).one(db).await?;
    Ok(row.filter(|row| row.window_start > now - window).map_or(0, |row| row.count))
}
