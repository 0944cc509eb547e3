//! Contact points at which nobody may be reached, whichever debt it is about.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::ids::{OrganizationId, PartyId};
use domain::text::{compact, phone_spellings};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Set};

use crate::entities::{contact_points, suppressed_points};
use crate::{StoreResult, Tx};

/// Suppresses a phone or e-mail for every debt of the organization, however it is spelt.
///
/// # Errors
/// The database fails.
pub async fn suppress(tx: &Tx, org: OrganizationId, value: &str, since: DateTime<Utc>) -> StoreResult<()> {
    let row = suppressed_points::ActiveModel {
        organization_id: Set(org.0),
        value_key: Set(compact(value)),
        since: Set(since),
    };
    suppressed_points::Entity::insert(row).on_conflict_do_nothing().exec_without_returning(tx).await?;
    Ok(())
}

/// Those of the values that are suppressed, by their key.
///
/// # Errors
/// The database fails.
pub async fn among(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    values: impl IntoIterator<Item = &str>,
) -> StoreResult<HashSet<String>> {
    let keys: Vec<String> = values.into_iter().map(compact).collect();
    if keys.is_empty() {
        return Ok(HashSet::new());
    }
    let rows = suppressed_points::Entity::find()
        .filter(suppressed_points::Column::OrganizationId.eq(org.0))
        .filter(suppressed_points::Column::ValueKey.is_in(keys))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.value_key).collect())
}

/// Everybody who is said to be reached there, and how it is spelt for them.
///
/// # Errors
/// The database fails.
pub async fn people_at(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    value: &str,
) -> StoreResult<Vec<(PartyId, String)>> {
    let rows: Vec<(uuid::Uuid, String)> = contact_points::Entity::find()
        .select_only()
        .column(contact_points::Column::PartyId)
        .column(contact_points::Column::Value)
        .filter(contact_points::Column::OrganizationId.eq(org.0))
        .filter(contact_points::Column::ValueKey.is_in(phone_spellings(value)))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(party, value)| (PartyId(party), value)).collect())
}
