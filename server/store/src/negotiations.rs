//! Stored negotiations and the versions of the offer policy.

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::{AccountId, ArrangementId, OrganizationId};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use crate::entities::{negotiations, offer_policy_versions as versions, plan_changes};
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

/// The newest negotiations with an outcome that nobody answered yet, at most `limit`.
///
/// # Errors
/// The database fails.
pub async fn unanswered(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    outcome: &str,
    limit: u64,
) -> StoreResult<Vec<negotiations::Model>> {
    Ok(negotiations::Entity::find()
        .filter(negotiations::Column::OrganizationId.eq(org.0))
        .filter(negotiations::Column::Outcome.eq(outcome))
        .filter(negotiations::Column::AnsweredAt.is_null())
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

/// How many questions `asked_by` asked about a debt on a day.
///
/// # Errors
/// The database fails.
pub async fn asked_on(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    account: AccountId,
    asked_by: &str,
    on: NaiveDate,
) -> StoreResult<u64> {
    Ok(of_day(org, account, asked_by, on).count(db).await?)
}

/// The questions of that day that wait, or waited, for a person; a few.
///
/// # Errors
/// The database fails.
pub async fn referred_on(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    account: AccountId,
    asked_by: &str,
    on: NaiveDate,
) -> StoreResult<Vec<negotiations::Model>> {
    let referred = negotiations::Column::Outcome.eq("referred");
    Ok(of_day(org, account, asked_by, on).filter(referred).all(db).await?)
}

fn of_day(
    org: OrganizationId,
    account: AccountId,
    asked_by: &str,
    on: NaiveDate,
) -> sea_orm::Select<negotiations::Entity> {
    negotiations::Entity::find()
        .filter(negotiations::Column::OrganizationId.eq(org.0))
        .filter(negotiations::Column::AccountId.eq(account.0))
        .filter(negotiations::Column::OnDate.eq(on))
        .filter(negotiations::Column::AskedBy.eq(asked_by))
}

/// Notes what a person answered; `answer` is what the debtor is told when it is no. False when it
/// was answered before.
///
/// # Errors
/// The database fails.
pub async fn set_answer(
    tx: &Tx,
    org: OrganizationId,
    id: Uuid,
    (at, by): (DateTime<Utc>, String),
    answer: Option<String>,
) -> StoreResult<bool> {
    let row = negotiations::ActiveModel {
        answered_at: Set(Some(at)),
        answered_by: Set(Some(by)),
        answer: Set(answer),
        ..Default::default()
    };
    let done = negotiations::Entity::update_many()
        .set(row)
        .filter(negotiations::Column::OrganizationId.eq(org.0))
        .filter(negotiations::Column::Id.eq(id))
        .filter(negotiations::Column::AnsweredAt.is_null())
        .exec(tx)
        .await?;
    Ok(done.rows_affected > 0)
}

/// # Errors
/// The database fails, also when the id is taken.
pub async fn add_change(tx: &Tx, new: plan_changes::Model) -> StoreResult<()> {
    let row = new.into_active_model().reset_all();
    plan_changes::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// The changes of a plan by its debtor, the oldest first.
///
/// # Errors
/// The database fails.
pub async fn changes(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    id: ArrangementId,
) -> StoreResult<Vec<plan_changes::Model>> {
    Ok(plan_changes::Entity::find()
        .filter(plan_changes::Column::OrganizationId.eq(org.0))
        .filter(plan_changes::Column::ArrangementId.eq(id.0))
        .order_by_asc(plan_changes::Column::MadeAt)
        .order_by_asc(plan_changes::Column::Revision)
        .all(db)
        .await?)
}
