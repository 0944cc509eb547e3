//! Staff, their sessions, and the debtor's challenges and sessions. Tokens and codes are kept
//! only as hashes.

use chrono::{DateTime, Utc};
use domain::ids::{OrganizationId, PartyId};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter};
use uuid::Uuid;

use crate::StoreResult;
use crate::entities::{login_challenges, portal_sessions, staff_sessions, users};

/// The member of staff with this login, in any organization.
///
/// # Errors
/// The database fails.
pub async fn user_by_login(db: &impl ConnectionTrait, login: &str) -> StoreResult<Option<users::Model>> {
    Ok(users::Entity::find().filter(users::Column::Login.eq(login)).one(db).await?)
}

/// # Errors
/// The database fails.
pub async fn save_user(db: &impl ConnectionTrait, user: users::ActiveModel) -> StoreResult<()> {
    user.update(db).await?;
    Ok(())
}

/// The session with its member of staff, if neither has ended.
///
/// # Errors
/// The database fails.
pub async fn staff_session(
    db: &impl ConnectionTrait,
    token_hash: &str,
    now: DateTime<Utc>,
) -> StoreResult<Option<(staff_sessions::Model, users::Model)>> {
    let Some(session) = staff_sessions::Entity::find_by_id(token_hash.to_owned()).one(db).await? else {
        return Ok(None);
    };
    if session.revoked_at.is_some() || session.expires_at <= now {
        return Ok(None);
    }
    let user = users::Entity::find_by_id((session.organization_id, session.user_id)).one(db).await?;
    Ok(user.filter(|user| user.active).map(|user| (session, user)))
}

/// # Errors
/// The database fails.
pub async fn end_staff_session(
    db: &impl ConnectionTrait,
    token_hash: &str,
    now: DateTime<Utc>,
) -> StoreResult<()> {
    staff_sessions::Entity::update_many()
        .col_expr(staff_sessions::Column::RevokedAt, sea_orm::sea_query::Expr::value(Some(now)))
        .filter(staff_sessions::Column::TokenHash.eq(token_hash))
        .exec(db)
        .await?;
    Ok(())
}

/// The debtor's session, if it has not ended.
///
/// # Errors
/// The database fails.
pub async fn portal_session(
    db: &impl ConnectionTrait,
    token_hash: &str,
    now: DateTime<Utc>,
) -> StoreResult<Option<portal_sessions::Model>> {
    let session = portal_sessions::Entity::find_by_id(token_hash.to_owned()).one(db).await?;
    Ok(session.filter(|session| session.revoked_at.is_none() && session.expires_at > now))
}

/// The challenge whose answer opened a session of this person at that instant.
///
/// # Errors
/// The database fails.
pub async fn challenge_used_at(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    party: PartyId,
    at: DateTime<Utc>,
) -> StoreResult<Option<login_challenges::Model>> {
    Ok(login_challenges::Entity::find()
        .filter(login_challenges::Column::OrganizationId.eq(org.0))
        .filter(login_challenges::Column::PartyId.eq(party.0))
        .filter(login_challenges::Column::UsedAt.eq(at))
        .one(db)
        .await?)
}

/// A challenge of this person that is still to be answered.
///
/// # Errors
/// The database fails.
pub async fn open_challenge(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    party: PartyId,
    id: Uuid,
    now: DateTime<Utc>,
) -> StoreResult<Option<login_challenges::Model>> {
    let found = login_challenges::Entity::find_by_id((org.0, id)).one(db).await?;
    Ok(found.filter(|row| row.party_id == Some(party.0) && row.used_at.is_none() && row.expires_at > now))
}

/// # Errors
/// The database fails.
pub async fn end_portal_session(
    db: &impl ConnectionTrait,
    token_hash: &str,
    now: DateTime<Utc>,
) -> StoreResult<()> {
    portal_sessions::Entity::update_many()
        .col_expr(portal_sessions::Column::RevokedAt, sea_orm::sea_query::Expr::value(Some(now)))
        .filter(portal_sessions::Column::TokenHash.eq(token_hash))
        .exec(db)
        .await?;
    Ok(())
}

/// Every challenge that a secret (of a link) or an id (of a code) stands for.
///
/// # Errors
/// The database fails.
pub async fn challenges_by_secret(
    db: &impl ConnectionTrait,
    secret_hash: &str,
) -> StoreResult<Vec<login_challenges::Model>> {
    let by_secret = login_challenges::Column::SecretHash.eq(secret_hash);
    Ok(login_challenges::Entity::find().filter(by_secret).all(db).await?)
}

/// Marks a challenge used; false when somebody else did so first.
///
/// # Errors
/// The database fails.
pub async fn use_challenge(
    db: &impl ConnectionTrait,
    challenge: &login_challenges::Model,
    now: DateTime<Utc>,
) -> StoreResult<bool> {
    let done = login_challenges::Entity::update_many()
        .col_expr(login_challenges::Column::UsedAt, sea_orm::sea_query::Expr::value(Some(now)))
        .filter(login_challenges::Column::OrganizationId.eq(challenge.organization_id))
        .filter(login_challenges::Column::Id.eq(challenge.id))
        .filter(login_challenges::Column::UsedAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Counts a try on a challenge, before its answer is looked at, so that tries at the same moment count
/// too; false when `most` were made or the challenge was used.
///
/// # Errors
/// The database fails.
pub async fn take_try(
    db: &impl ConnectionTrait,
    challenge: &login_challenges::Model,
    most: i32,
) -> StoreResult<bool> {
    let one_more = Expr::col(login_challenges::Column::Attempts).add(1);
    let done = login_challenges::Entity::update_many()
        .col_expr(login_challenges::Column::Attempts, one_more)
        .filter(login_challenges::Column::OrganizationId.eq(challenge.organization_id))
        .filter(login_challenges::Column::Id.eq(challenge.id))
        .filter(login_challenges::Column::UsedAt.is_null())
        .filter(login_challenges::Column::Attempts.lt(most))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}
