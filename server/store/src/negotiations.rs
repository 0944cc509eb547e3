//! Stored negotiations and the versions of the offer policy.

use domain::ids::{ArrangementId, OrganizationId};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use uuid::Uuid;

use crate::entities::{negotiations, offer_policy_versions as versions};
use crate::{StoreResult, Tx};

/// The newest version of the offer policy; none until somebody saves one.
///
/// # Errors
/// The database fails.
pub async fn policy(db: &impl ConnectionTrait, org: OrganizationId) -> StoreResult<Option<versions::Model>> {
    Ok(versions::Entity::find()
        .filter(versions::Column::OrganizationId.eq(org.0))
        .order_by_desc(versions::Column::Version)
        .one(db)
        .await?)
}

/// Every version, the newest first.
///
/// # Errors
/// The database fails.
pub async fn policies(db: &impl ConnectionTrait, org: OrganizationId) -> StoreResult<Vec<versions::Model>> {
    Ok(versions::Entity::find()
        .filter(versions::Column::OrganizationId.eq(org.0))
        .order_by_desc(versions::Column::Version)
        .all(db)
        .await?)
}

/// # Errors
/// The database fails, also when the version is there already.
pub async fn add_policy(tx: &Tx, new: versions::Model) -> StoreResult<()> {
    let row = new.into_active_model().reset_all();
    versions::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// # Errors
/// The database fails, also when the id is taken.
pub async fn insert(tx: &Tx, new: negotiations::Model) -> StoreResult<()> {
    let row = new.into_active_model().reset_all();
    negotiations::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// # Errors
/// The database fails.
pub async fn find(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    id: Uuid,
) -> StoreResult<Option<negotiations::Model>> {
    Ok(negotiations::Entity::find_by_id((org.0, id)).one(db).await?)
}

/// The newest negotiations with an outcome, at most `limit`.
///
/// # Errors
/// The database fails.
pub async fn with_outcome(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    outcome: &str,
    limit: u64,
) -> StoreResult<Vec<negotiations::Model>> {
    Ok(negotiations::Entity::find()
        .filter(negotiations::Column::OrganizationId.eq(org.0))
        .filter(negotiations::Column::Outcome.eq(outcome))
        .order_by_desc(negotiations::Column::AskedAt)
        .order_by_desc(negotiations::Column::Id)
        .limit(limit)
        .all(db)
        .await?)
}

/// Notes the offer that was made of a negotiation.
///
/// # Errors
/// The database fails.
pub async fn set_arrangement(
    tx: &Tx,
    org: OrganizationId,
    id: Uuid,
    arrangement: ArrangementId,
) -> StoreResult<()> {
    let row = negotiations::ActiveModel { arrangement_id: Set(Some(arrangement.0)), ..Default::default() };
    negotiations::Entity::update_many()
        .set(row)
        .filter(negotiations::Column::OrganizationId.eq(org.0))
        .filter(negotiations::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}
