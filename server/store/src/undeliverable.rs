//! Addresses of people at which nothing arrives.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::ids::{OrganizationId, PartyId};
use domain::text::compact;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};

use crate::entities::undeliverable_points as rows;
use crate::{StoreResult, Tx};

/// Notes that nothing arrives there, and why; whether that is new.
///
/// # Errors
/// The database fails.
pub async fn mark(
    tx: &Tx,
    org: OrganizationId,
    party: PartyId,
    (value, cause): (&str, &str),
    since: DateTime<Utc>,
) -> StoreResult<bool> {
    if is_marked(tx, org, party, value).await? {
        return Ok(false);
    }
    let row = rows::ActiveModel {
        organization_id: Set(org.0),
        party_id: Set(party.0),
        value_key: Set(compact(value)),
        cause: Set(cause.to_owned()),
        since: Set(since),
    };
    rows::Entity::insert(row).on_conflict_do_nothing().exec_without_returning(tx).await?;
    Ok(true)
}

/// The person was reached there all the same; whether that is new.
///
/// # Errors
/// The database fails.
pub async fn clear(tx: &Tx, org: OrganizationId, party: PartyId, value: &str) -> StoreResult<bool> {
    let done = rows::Entity::delete_by_id((org.0, party.0, compact(value))).exec(tx).await?;
    Ok(done.rows_affected > 0)
}

/// # Errors
/// The database fails.
pub async fn is_marked(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    party: PartyId,
    value: &str,
) -> StoreResult<bool> {
    Ok(rows::Entity::find_by_id((org.0, party.0, compact(value))).one(db).await?.is_some())
}

/// Where nothing arrives for a person, by key (see [`compact`]), with what came back.
///
/// # Errors
/// The database fails.
pub async fn of(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    party: PartyId,
) -> StoreResult<HashMap<String, String>> {
    let found = rows::Entity::find()
        .filter(rows::Column::OrganizationId.eq(org.0))
        .filter(rows::Column::PartyId.eq(party.0))
        .all(db)
        .await?;
    Ok(found.into_iter().map(|row| (row.value_key, row.cause)).collect())
}

/// The same of many people, by person and key.
///
/// # Errors
/// The database fails.
pub async fn of_many(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    people: impl IntoIterator<Item = PartyId>,
) -> StoreResult<HashSet<(PartyId, String)>> {
    let found = rows::Entity::find()
        .filter(rows::Column::OrganizationId.eq(org.0))
        .filter(rows::Column::PartyId.is_in(people.into_iter().map(|party| party.0)))
        .all(db)
        .await?;
    Ok(found.into_iter().map(|row| (PartyId(row.party_id), row.value_key)).collect())
}
