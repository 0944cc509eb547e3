//! Debts that replace others.

use domain::ids::{AccountId, OrganizationId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::StoreResult;
use crate::entities::account_links::{Column, Entity, Model};

/// The link that replaced this debt, if one did.
///
/// # Errors
/// The database fails.
pub async fn replacement(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    old: AccountId,
) -> StoreResult<Option<Model>> {
    Ok(Entity::find_by_id((org.0, old.0)).one(db).await?)
}

/// The debts that this one replaced.
///
/// # Errors
/// The database fails.
pub async fn replaced_by(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    new: AccountId,
) -> StoreResult<Vec<Model>> {
    let of_it = Entity::find().filter(Column::OrganizationId.eq(org.0)).filter(Column::NewId.eq(new.0));
    Ok(of_it.order_by_asc(Column::OldId).all(db).await?)
}
