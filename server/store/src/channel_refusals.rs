//! Phones at which one channel is not wanted, and channels that an organization does not use.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::ids::OrganizationId;
use domain::text::phone_key;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};

use crate::entities::{channel_refusals as rows, channels_off};
use crate::{StoreResult, Tx};

/// Refuses a channel at a phone. Whether that is new: a refusal that stands keeps its day, and what
/// the person says outright counts more than what was unclear.
///
/// # Errors
/// The database fails.
pub async fn refuse(
    tx: &Tx,
    org: OrganizationId,
    (channel, phone): (&str, &str),
    cause: &str,
    since: DateTime<Utc>,
) -> StoreResult<bool> {
    let stands = is_refused(tx, org, channel, phone).await?;
    let row = rows::ActiveModel {
        organization_id: Set(org.0),
        channel: Set(channel.to_owned()),
        phone_key: Set(phone_key(phone)),
        cause: Set(cause.to_owned()),
        since: Set(since),
    };
    let key = [rows::Column::OrganizationId, rows::Column::Channel, rows::Column::PhoneKey];
    let again = OnConflict::columns(key).update_column(rows::Column::Cause).to_owned();
    rows::Entity::insert(row).on_conflict(again).exec_without_returning(tx).await?;
    Ok(!stands)
}

/// Opens a channel at a phone again; whether it was refused.
///
/// # Errors
/// The database fails.
pub async fn open(tx: &Tx, org: OrganizationId, channel: &str, phone: &str) -> StoreResult<bool> {
    let done = rows::Entity::delete_by_id((org.0, channel.to_owned(), phone_key(phone))).exec(tx).await?;
    Ok(done.rows_affected > 0)
}

/// # Errors
/// The database fails.
pub async fn is_refused(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    channel: &str,
    phone: &str,
) -> StoreResult<bool> {
    let key = (org.0, channel.to_owned(), phone_key(phone));
    Ok(rows::Entity::find_by_id(key).one(db).await?.is_some())
}

/// Which channels are refused at these phones, as channel and `phone_key`.
///
/// # Errors
/// The database fails.
pub async fn of_many(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    phones: impl IntoIterator<Item = &str>,
) -> StoreResult<HashSet<(String, String)>> {
    let keys: Vec<String> = phones.into_iter().map(phone_key).collect();
    let found = rows::Entity::find()
        .filter(rows::Column::OrganizationId.eq(org.0))
        .filter(rows::Column::PhoneKey.is_in(keys))
        .all(db)
        .await?;
    Ok(found.into_iter().map(|row| (row.channel, row.phone_key)).collect())
}

/// The channels that the organization has switched off.
///
/// # Errors
/// The database fails.
pub async fn off(db: &impl ConnectionTrait, org: OrganizationId) -> StoreResult<Vec<String>> {
    let found = channels_off::Entity::find().filter(channels_off::Column::OrganizationId.eq(org.0));
    Ok(found.all(db).await?.into_iter().map(|row| row.channel).collect())
}

/// Switches a channel off or on; whether that changed anything.
///
/// # Errors
/// The database fails.
pub async fn switch(
    tx: &Tx,
    org: OrganizationId,
    channel: &str,
    on: bool,
    now: DateTime<Utc>,
) -> StoreResult<bool> {
    let is_on = !off(tx, org).await?.iter().any(|name| name == channel);
    if is_on == on {
        return Ok(false);
    }
    if on {
        channels_off::Entity::delete_by_id((org.0, channel.to_owned())).exec(tx).await?;
    } else {
        let row = channels_off::ActiveModel {
            organization_id: Set(org.0),
            channel: Set(channel.to_owned()),
            since: Set(now),
        };
        channels_off::Entity::insert(row).on_conflict_do_nothing().exec_without_returning(tx).await?;
    }
    Ok(true)
}
