//! The outbox: which messages wait, who has them, how they ended.

use chrono::{DateTime, Utc};
use domain::ids::OrganizationId;
use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
};

use crate::entities::outbox_messages::{ActiveModel, Column, Entity, Model};
use crate::{StoreResult, Tx};

/// A message as it lies in the outbox.
pub type Row = Model;

/// How a message stands.
pub mod status {
    pub const QUEUED: &str = "queued";
    /// A worker has it; after its lease another may.
    pub const SENDING: &str = "sending";
    pub const SENT: &str = "sent";
    pub const FAILED: &str = "failed";
    /// Its time was over before it went out.
    pub const EXPIRED: &str = "expired";
    /// Taken back before it went out.
    pub const CANCELLED: &str = "cancelled";
}

/// Takes up to `limit` messages of these channels that are due, for this worker alone until
/// `leased_until`. What expired before is closed on the way.
///
/// # Errors
/// The database fails.
pub async fn claim(
    tx: &Tx,
    channels: &[&str],
    now: DateTime<Utc>,
    leased_until: DateTime<Utc>,
    limit: u64,
) -> StoreResult<Vec<Row>> {
    let waiting = Condition::any()
        .add(Column::Status.eq(status::QUEUED))
        .add(Condition::all().add(Column::Status.eq(status::SENDING)).add(Column::LeasedUntil.lt(now)));
    let rows = Entity::find()
        .filter(waiting)
        .filter(Column::Channel.is_in(channels.iter().copied()))
        .filter(Condition::any().add(Column::NextTryAt.is_null()).add(Column::NextTryAt.lte(now)))
        .order_by_asc(Column::CreatedAt)
        .limit(limit)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(tx)
        .await?;
    let mut claimed = Vec::new();
    for row in rows {
        let expired = row.expires_at.is_some_and(|at| at <= now);
        let mut change = row.into_active_model();
        change.status = Set((if expired { status::EXPIRED } else { status::SENDING }).to_owned());
        change.leased_until = Set((!expired).then_some(leased_until));
        let row = change.update(tx).await?;
        if !expired {
            claimed.push(row);
        }
    }
    Ok(claimed)
}

/// Closes what waits for a channel and is of no use any more.
///
/// # Errors
/// The database fails.
pub async fn expire(tx: &Tx, channel: &str, now: DateTime<Utc>) -> StoreResult<()> {
    Entity::update_many()
        .col_expr(Column::Status, Expr::value(status::EXPIRED))
        .filter(Column::Channel.eq(channel))
        .filter(Column::Status.eq(status::QUEUED))
        .filter(Column::ExpiresAt.lte(now))
        .exec(tx)
        .await?;
    Ok(())
}

/// Takes back what waits for one of these recipients, with the reason; returns how many. A message
/// that a worker has in hand goes out: it was sent before.
///
/// # Errors
/// The database fails.
pub async fn take_back(
    tx: &Tx,
    org: OrganizationId,
    recipients: &[String],
    failure: &str,
) -> StoreResult<u64> {
    let done = Entity::update_many()
        .col_expr(Column::Status, Expr::value(status::CANCELLED))
        .col_expr(Column::Failure, Expr::value(Some(failure.to_owned())))
        .filter(Column::OrganizationId.eq(org.0))
        .filter(Column::Status.eq(status::QUEUED))
        .filter(Column::Recipient.is_in(recipients.iter().cloned()))
        .exec(tx)
        .await?;
    Ok(done.rows_affected)
}

/// Holds a claimed message until the transaction ends, for the last decision before it is handed
/// over, and lengthens its lease. None when it is no longer this worker's: it was taken back, or its
/// lease was over before its turn came.
///
/// # Errors
/// The database fails.
pub async fn hold_for_sending(
    tx: &Tx,
    claimed: &Row,
    now: DateTime<Utc>,
    leased_until: DateTime<Utc>,
) -> StoreResult<Option<Row>> {
    let key = (claimed.organization_id, claimed.id);
    let Some(row) = Entity::find_by_id(key).lock_exclusive().one(tx).await? else { return Ok(None) };
    let is_ours = row.status == status::SENDING && row.leased_until == claimed.leased_until;
    if !is_ours || row.leased_until.is_none_or(|until| until < now) {
        return Ok(None);
    }
    let mut change = row.into_active_model();
    change.leased_until = Set(Some(leased_until));
    Ok(Some(change.update(tx).await?))
}

/// # Errors
/// The database fails.
pub async fn find(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    id: uuid::Uuid,
) -> StoreResult<Option<Row>> {
    Ok(Entity::find_by_id((org.0, id)).one(db).await?)
}

/// The same, held until the transaction ends.
///
/// # Errors
/// The database fails.
pub async fn lock(tx: &Tx, org: OrganizationId, id: uuid::Uuid) -> StoreResult<Option<Row>> {
    Ok(Entity::find_by_id((org.0, id)).lock_exclusive().one(tx).await?)
}

/// Notes that a message goes out from here on.
///
/// # Errors
/// The database fails.
pub async fn begun(tx: &Tx, row: Row, now: DateTime<Utc>) -> StoreResult<Row> {
    let mut change = row.into_active_model();
    change.began_at = Set(Some(now));
    Ok(change.update(tx).await?)
}

/// The message that a provider knows under this id, held until the transaction ends.
///
/// # Errors
/// The database fails.
pub async fn by_provider_ref(tx: &Tx, channel: &str, provider_ref: &str) -> StoreResult<Option<Row>> {
    Ok(Entity::find()
        .filter(Column::Channel.eq(channel))
        .filter(Column::ProviderRef.eq(provider_ref))
        .lock_exclusive()
        .one(tx)
        .await?)
}

/// Notes how far a message came; the caller has seen to it that it goes forward only.
///
/// # Errors
/// The database fails.
pub async fn note_delivery(
    tx: &Tx,
    row: Row,
    (delivery, at): (&str, DateTime<Utc>),
    failure: Option<String>,
) -> StoreResult<()> {
    let mut change = row.into_active_model();
    change.delivery = Set(Some(delivery.to_owned()));
    change.delivery_at = Set(Some(at));
    change.failure = Set(failure);
    change.update(tx).await?;
    Ok(())
}

/// How a try to send went.
#[derive(Clone, Debug)]
pub enum Ended {
    Sent {
        at: DateTime<Utc>,
        /// The id under which the provider knows it, if it has one.
        provider_ref: Option<String>,
    },
    Again {
        at: DateTime<Utc>,
        failure: String,
    },
    Failed {
        failure: String,
    },
    /// Contact is not lawful now; it is at `at`. No try is counted.
    Held {
        at: DateTime<Utc>,
        failure: String,
    },
    /// It is not wanted or not lawful any more.
    Dropped {
        failure: String,
    },
}

/// Notes how the try of a claimed message went. Nothing happens when it is no longer this worker's:
/// its lease was over, or it was taken back.
///
/// # Errors
/// The database fails.
pub async fn finish(tx: &Tx, claimed: &Row, ended: Ended) -> StoreResult<bool> {
    let key = (claimed.organization_id, claimed.id);
    let Some(row) = Entity::find_by_id(key).lock_exclusive().one(tx).await? else { return Ok(false) };
    if row.status != status::SENDING || row.leased_until != claimed.leased_until {
        return Ok(false);
    }
    let tried = !matches!(ended, Ended::Held { .. } | Ended::Dropped { .. });
    let tries = row.tries + i32::from(tried);
    let mut change = ActiveModel { tries: Set(tries), leased_until: Set(None), ..row.into_active_model() };
    let (state, failure) = match ended {
        Ended::Sent { at, provider_ref } => {
            change.sent_at = Set(Some(at));
            change.provider_ref = Set(provider_ref);
            (status::SENT, None)
        }
        Ended::Dropped { failure } => (status::CANCELLED, Some(failure)),
        Ended::Again { at, failure } | Ended::Held { at, failure } => {
            change.next_try_at = Set(Some(at));
            (status::QUEUED, Some(failure))
        }
        Ended::Failed { failure } => (status::FAILED, Some(failure)),
    };
    change.status = Set(state.to_owned());
    change.failure = Set(failure);
    change.update(tx).await?;
    Ok(true)
}
