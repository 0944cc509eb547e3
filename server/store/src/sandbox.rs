//! The books of the sandbox gateway's pretend bank (demo mode only).

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};

use crate::entities::sandbox_cards as cards;
use crate::entities::sandbox_payments::{ActiveModel, Column, Entity, Model};
use crate::{Db, StoreResult};

/// The most reports one look brings.
const BATCH: u64 = 100;

/// # Errors
/// The database fails.
pub async fn find(db: &Db, reference: &str) -> StoreResult<Option<Model>> {
    Ok(Entity::find_by_id(reference.to_owned()).one(db.read()).await?)
}

/// Keeps a new payment; one of the same reference stays as it is.
///
/// # Errors
/// The database fails.
pub async fn open(db: &Db, payment: Model) -> StoreResult<()> {
    let tx = db.begin().await?;
    let keep = OnConflict::column(Column::Reference).do_nothing().to_owned();
    Entity::insert(payment.into_active_model()).on_conflict(keep).exec_without_returning(&tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Writes `payment` over the one of its reference if that one still has the status `expected`. Tells
/// whether it did.
///
/// # Errors
/// The database fails.
pub async fn replace(db: &Db, payment: Model, expected: &str) -> StoreResult<bool> {
    let reference = payment.reference.clone();
    let change = ActiveModel { reference: NotSet, ..payment.into_active_model().reset_all() };
    let tx = db.begin().await?;
    let done = Entity::update_many()
        .set(change)
        .filter(Column::Reference.eq(reference))
        .filter(Column::Status.eq(expected))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(done.rows_affected == 1)
}

/// Payments with an outcome that was not reported yet, the oldest first.
///
/// # Errors
/// The database fails.
pub async fn undelivered(db: &Db) -> StoreResult<Vec<Model>> {
    let waiting = Entity::find()
        .filter(Column::DeliverAt.is_not_null())
        .filter(Column::DeliveredAt.is_null())
        .order_by_asc(Column::DeliverAt)
        .limit(BATCH);
    Ok(waiting.all(db.read()).await?)
}

/// # Errors
/// The database fails.
pub async fn card(db: &Db, reference: &str) -> StoreResult<Option<cards::Model>> {
    Ok(cards::Entity::find_by_id(reference.to_owned()).one(db.read()).await?)
}

/// Keeps a new card; one of the same reference stays as it is.
///
/// # Errors
/// The database fails.
pub async fn open_card(db: &Db, card: cards::Model) -> StoreResult<()> {
    let tx = db.begin().await?;
    let keep = OnConflict::column(cards::Column::Reference).do_nothing().to_owned();
    let row = card.into_active_model().reset_all();
    cards::Entity::insert(row).on_conflict(keep).exec_without_returning(&tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Says how a card stands from now on.
///
/// # Errors
/// The database fails.
pub async fn move_card(db: &Db, reference: &str, status: &str) -> StoreResult<()> {
    let tx = db.begin().await?;
    cards::Entity::update_many()
        .col_expr(cards::Column::Status, status.into())
        .filter(cards::Column::Reference.eq(reference))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}
