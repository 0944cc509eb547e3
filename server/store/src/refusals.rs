//! Phones and e-mails at which their owner does not wish to be reached.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::ids::{OrganizationId, PartyId};
use domain::text::compact;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};

use crate::entities::contact_refusals as rows;
use crate::{StoreResult, Tx};

/// The keys of what a person refused; see [`compact`].
///
/// # Errors
/// The database fails.
pub async fn of(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    party: PartyId,
) -> StoreResult<HashSet<String>> {
    let found = rows::Entity::find()
        .filter(rows::Column::OrganizationId.eq(org.0))
        .filter(rows::Column::PartyId.eq(party.0))
        .all(db)
        .await?;
    Ok(found.into_iter().map(|row| row.value_key).collect())
}

/// What each of many people refused, by person and key.
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

/// Whether a person refused to be reached there, however it is spelt.
///
/// # Errors
/// The database fails.
pub async fn is_refused(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    party: PartyId,
    value: &str,
) -> StoreResult<bool> {
    Ok(rows::Entity::find_by_id((org.0, party.0, compact(value))).one(db).await?.is_some())
}

/// A person refuses to be reached there, too; whether that is new.
///
/// # Errors
/// The database fails.
pub async fn refuse(
    tx: &Tx,
    org: OrganizationId,
    party: PartyId,
    value: &str,
    now: DateTime<Utc>,
) -> StoreResult<bool> {
    if is_refused(tx, org, party, value).await? {
        return Ok(false);
    }
    let row = rows::ActiveModel {
        organization_id: Set(org.0),
        party_id: Set(party.0),
        value_key: Set(compact(value)),
        since: Set(now),
    };
    rows::Entity::insert(row).on_conflict_do_nothing().exec_without_returning(tx).await?;
    Ok(true)
}

/// Replaces what a person refuses by these; what was refused before keeps its day.
///
/// # Errors
/// The database fails.
pub async fn replace(
    tx: &Tx,
    org: OrganizationId,
    party: PartyId,
    values: &[String],
    now: DateTime<Utc>,
) -> StoreResult<()> {
    let keys: Vec<String> = values.iter().map(|value| compact(value)).collect();
    rows::Entity::delete_many()
        .filter(rows::Column::OrganizationId.eq(org.0))
        .filter(rows::Column::PartyId.eq(party.0))
        .filter(rows::Column::ValueKey.is_not_in(keys.clone()))
        .exec(tx)
        .await?;
    for key in keys {
        let row = rows::ActiveModel {
            organization_id: Set(org.0),
            party_id: Set(party.0),
            value_key: Set(key),
            since: Set(now),
        };
        rows::Entity::insert(row).on_conflict_do_nothing().exec_without_returning(tx).await?;
    }
    Ok(())
}
