//! Providers of channels that fail. They serve the whole deployment, so no organization is named.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set,
};

use crate::entities::provider_faults as rows;
use crate::{StoreResult, Tx};

/// How a provider stands that has failed since it last took a message.
pub type Fault = rows::Model;

/// Those that fail, by channel.
///
/// # Errors
/// The database fails.
pub async fn failing(db: &impl ConnectionTrait) -> StoreResult<Vec<Fault>> {
    Ok(rows::Entity::find().order_by_asc(rows::Column::Channel).all(db).await?)
}

/// How a channel's provider stands, held until the transaction ends; none while it works.
///
/// # Errors
/// The database fails.
pub async fn lock(tx: &Tx, channel: &str) -> StoreResult<Option<Fault>> {
    Ok(rows::Entity::find_by_id(channel.to_owned()).lock_exclusive().one(tx).await?)
}

/// Notes one more failure of a provider, after which it stands as `next` makes of how it stood.
///
/// # Errors
/// The database fails.
pub async fn note(
    tx: &Tx,
    (channel, failure): (&str, &str),
    now: DateTime<Utc>,
    next: impl FnOnce(&mut Fault),
) -> StoreResult<Fault> {
    let first = rows::ActiveModel {
        channel: Set(channel.to_owned()),
        failures: Set(0),
        failure: Set(failure.to_owned()),
        since: Set(now),
        stops: Set(0),
        retry_at: Set(None),
    };
    rows::Entity::insert(first).on_conflict_do_nothing().exec_without_returning(tx).await?;
    let key = rows::Column::Channel.eq(channel);
    let row = rows::Entity::find().filter(key).lock_exclusive().one(tx).await?;
    let Some(mut row) = row else {
        // It was there a moment ago, in this transaction.
        return Err(crate::StoreError::bad_row("provider_faults", channel)("no row".to_owned()));
    };
    failure.clone_into(&mut row.failure);
    next(&mut row);
    row.clone().into_active_model().reset_all().update(tx).await?;
    Ok(row)
}

/// A provider that is left alone is tried again then.
///
/// # Errors
/// The database fails.
pub async fn try_again_at(tx: &Tx, channel: &str, at: DateTime<Utc>) -> StoreResult<()> {
    if let Some(row) = lock(tx, channel).await? {
        let mut change = row.into_active_model();
        change.retry_at = Set(Some(at));
        change.update(tx).await?;
    }
    Ok(())
}

/// A provider took a message; how it stood before, if it had failed.
///
/// # Errors
/// The database fails.
pub async fn works(tx: &Tx, channel: &str) -> StoreResult<Option<Fault>> {
    // Most of the time there is none, and nothing to wait for.
    if rows::Entity::find_by_id(channel.to_owned()).one(tx).await?.is_none() {
        return Ok(None);
    }
    let before = lock(tx, channel).await?;
    rows::Entity::delete_by_id(channel.to_owned()).exec(tx).await?;
    Ok(before)
}
