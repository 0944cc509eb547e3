//! Segments as they are kept: each saved state is a version.

use domain::ids::{OrganizationId, SegmentId};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};

use crate::entities::segments::{Column, Entity, Model};
use crate::{StoreResult, Tx};

/// A version of a segment, as it lies in its table.
pub type SegmentRow = Model;

/// The newest version of each segment, by name.
///
/// # Errors
/// The database fails.
pub async fn all(db: &impl ConnectionTrait, org: OrganizationId) -> StoreResult<Vec<SegmentRow>> {
    let rows = Entity::find()
        .filter(Column::OrganizationId.eq(org.0))
        .order_by_asc(Column::Id)
        .order_by_desc(Column::Version)
        .all(db)
        .await?;
    let mut newest: Vec<SegmentRow> = Vec::new();
    for row in rows {
        if newest.last().is_none_or(|before| before.id != row.id) {
            newest.push(row);
        }
    }
    newest.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
    Ok(newest)
}

/// # Errors
/// The database fails.
pub async fn newest(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    id: SegmentId,
) -> StoreResult<Option<SegmentRow>> {
    Ok(Entity::find()
        .filter(Column::OrganizationId.eq(org.0))
        .filter(Column::Id.eq(id.0))
        .order_by_desc(Column::Version)
        .one(db)
        .await?)
}

/// # Errors
/// The database fails.
pub async fn version(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    id: SegmentId,
    version: i32,
) -> StoreResult<Option<SegmentRow>> {
    Ok(Entity::find_by_id((org.0, id.0, version)).one(db).await?)
}

/// # Errors
/// The database fails, also when the version is there already.
pub async fn save(tx: &Tx, new: SegmentRow) -> StoreResult<()> {
    Entity::insert(new.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}
