//! Templates of messages, in versions.

use chrono::{DateTime, Utc};
use domain::ids::{OrganizationId, TemplateId};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    Select, Set,
};

use crate::entities::message_templates::{Column, Entity};
use crate::{StoreResult, Tx};

/// A version of a template, as it lies in its table.
pub type TemplateRow = crate::entities::message_templates::Model;

/// What became of a version.
pub mod status {
    /// Nobody has looked at it yet.
    pub const DRAFT: &str = "draft";
    pub const APPROVED: &str = "approved";
    pub const REJECTED: &str = "rejected";
}

fn of(org: OrganizationId) -> Select<Entity> {
    Entity::find().filter(Column::OrganizationId.eq(org.0))
}

/// Every version of every template, by name, the newest version first.
///
/// # Errors
/// The database fails.
pub async fn all(db: &impl ConnectionTrait, org: OrganizationId) -> StoreResult<Vec<TemplateRow>> {
    let rows = of(org).order_by_asc(Column::Id).order_by_desc(Column::Version);
    let mut rows = rows.all(db).await?;
    // Ordered by the name of the newest version.
    let newest: std::collections::HashMap<_, _> =
        rows.iter().rev().map(|row| (row.id, row.name.clone())).collect();
    rows.sort_by(|one, other| (newest.get(&one.id), one.id).cmp(&(newest.get(&other.id), other.id)));
    Ok(rows)
}

/// The versions of one, the newest first.
///
/// # Errors
/// The database fails.
pub async fn versions(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    id: TemplateId,
) -> StoreResult<Vec<TemplateRow>> {
    Ok(of(org).filter(Column::Id.eq(id.0)).order_by_desc(Column::Version).all(db).await?)
}

/// The newest approved version of each of these.
///
/// # Errors
/// The database fails.
pub async fn approved(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    wanted: &[TemplateId],
) -> StoreResult<Vec<TemplateRow>> {
    let rows = of(org)
        .filter(Column::Id.is_in(wanted.iter().map(|id| id.0)))
        .filter(Column::Status.eq(status::APPROVED))
        .order_by_asc(Column::Id)
        .order_by_desc(Column::Version);
    let mut rows = rows.all(db).await?;
    rows.dedup_by_key(|row| row.id);
    Ok(rows)
}

/// # Errors
/// The database fails, also when the version is there already.
pub async fn save(tx: &Tx, new: TemplateRow) -> StoreResult<()> {
    Entity::insert(new.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}

/// Notes what became of a version.
///
/// # Errors
/// The database fails.
pub async fn decide(
    tx: &Tx,
    row: TemplateRow,
    status: &str,
    (at, by): (DateTime<Utc>, String),
) -> StoreResult<()> {
    let mut change = row.into_active_model();
    change.status = Set(status.to_owned());
    change.decided_at = Set(Some(at));
    change.decided_by = Set(Some(by));
    change.update(tx).await?;
    Ok(())
}
