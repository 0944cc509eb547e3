//! Links to the portal in messages, and that one was followed.

use chrono::{DateTime, Duration, Utc};
use domain::ids::{MessageId, OrganizationId, PartyId};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QuerySelect, Set};

use crate::entities::message_links as rows;
use crate::{StoreResult, Tx};

/// A link as it lies in its table.
pub type Link = rows::Model;

/// Within so long the same link followed again is one visit.
const ONE_VISIT: Duration = Duration::hours(1);

/// Keeps the links of messages, by code.
///
/// # Errors
/// The database fails.
pub async fn keep(
    tx: &Tx,
    org: OrganizationId,
    links: Vec<(String, MessageId, PartyId)>,
    at: DateTime<Utc>,
) -> StoreResult<()> {
    if links.is_empty() {
        return Ok(());
    }
    let links = links.into_iter().map(|(code, message, party)| rows::ActiveModel {
        code: Set(code),
        organization_id: Set(org.0),
        message_id: Set(message.0),
        party_id: Set(party.0),
        made_at: Set(at),
        followed_at: Set(None),
    });
    rows::Entity::insert_many(links).exec_without_returning(tx).await?;
    Ok(())
}

/// Notes that a link was followed; gives it, unless it is not ours or was followed just before.
///
/// # Errors
/// The database fails.
pub async fn follow(tx: &Tx, code: &str, at: DateTime<Utc>) -> StoreResult<Option<Link>> {
    let found = rows::Entity::find_by_id(code).lock_exclusive().one(tx).await?;
    let Some(link) = found.filter(|link| link.followed_at.is_none_or(|last| last + ONE_VISIT <= at)) else {
        return Ok(None);
    };
    let mut change = link.into_active_model();
    change.followed_at = Set(Some(at));
    Ok(Some(change.update(tx).await?))
}
