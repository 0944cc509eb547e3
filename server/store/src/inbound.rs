//! What people write to us, and what providers report of what we wrote.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use domain::ids::{OrganizationId, PartyId};
use domain::text::phone_key;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::entities::{accounts, channel_events, inbound_messages, organizations, outbox_messages};
use crate::{StoreResult, Tx, suppressed};

/// A message as it was received.
pub type Inbound = inbound_messages::Model;

/// A report as it waits.
pub type Event = channel_events::Model;

/// Keeps a report, once.
///
/// # Errors
/// The database fails.
pub async fn keep_event(tx: &Tx, event: Event) -> StoreResult<()> {
    let row = event.into_active_model().reset_all();
    channel_events::Entity::insert(row).on_conflict_do_nothing().exec_without_returning(tx).await?;
    Ok(())
}

/// Reports that are due, the oldest first.
///
/// # Errors
/// The database fails.
pub async fn due_events(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    limit: u64,
) -> StoreResult<Vec<Event>> {
    use channel_events::Column;
    Ok(channel_events::Entity::find()
        .filter(Column::ProcessedAt.is_null())
        .filter(Condition::any().add(Column::NextTryAt.is_null()).add(Column::NextTryAt.lte(now)))
        .order_by_asc(Column::ReceivedAt)
        .order_by_asc(Column::EventId)
        .limit(limit)
        .all(db)
        .await?)
}

/// The report if nobody has worked it off meanwhile, held until the transaction ends.
///
/// # Errors
/// The database fails.
pub async fn lock_event(tx: &Tx, event: &Event) -> StoreResult<Option<Event>> {
    let key = (event.channel.clone(), event.event_id.clone());
    let row = channel_events::Entity::find_by_id(key).lock_exclusive().one(tx).await?;
    Ok(row.filter(|row| row.processed_at.is_none()))
}

/// Keeps a message; whether it is new.
///
/// # Errors
/// The database fails.
pub async fn keep(tx: &Tx, message: Inbound) -> StoreResult<bool> {
    let row = message.into_active_model().reset_all();
    let kept =
        inbound_messages::Entity::insert(row).on_conflict_do_nothing().exec_without_returning(tx).await?;
    Ok(matches!(kept, sea_orm::TryInsertResult::Inserted(count) if count > 0))
}

/// When a phone wrote by this channel for the last time.
///
/// # Errors
/// The database fails.
pub async fn last_from(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    channel: &str,
    phone: &str,
) -> StoreResult<Option<DateTime<Utc>>> {
    use inbound_messages::Column;
    let newest = inbound_messages::Entity::find()
        .filter(Column::OrganizationId.eq(org.0))
        .filter(Column::Channel.eq(channel))
        .filter(Column::SenderKey.eq(phone_key(phone)))
        .order_by_desc(Column::At)
        .limit(1);
    Ok(newest.one(db).await?.map(|row| row.at))
}

/// Which messages a page shows.
#[derive(Clone, Copy, Debug)]
pub enum Which {
    All,
    /// Those that a person has to look at.
    Waiting,
    Of(PartyId),
}

/// The newest messages.
///
/// # Errors
/// The database fails.
pub async fn newest(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    which: Which,
    limit: u64,
) -> StoreResult<Vec<Inbound>> {
    Ok(find(org, which).order_by_desc(inbound_messages::Column::At).limit(limit).all(db).await?)
}

/// How many wait for a person.
///
/// # Errors
/// The database fails.
pub async fn waiting(db: &impl ConnectionTrait, org: OrganizationId) -> StoreResult<u64> {
    Ok(find(org, Which::Waiting).count(db).await?)
}

fn find(org: OrganizationId, which: Which) -> sea_orm::Select<inbound_messages::Entity> {
    use inbound_messages::Column;
    let all = inbound_messages::Entity::find().filter(Column::OrganizationId.eq(org.0));
    match which {
        Which::All => all,
        Which::Waiting => all.filter(Column::Waits.eq(true)),
        Which::Of(party) => all.filter(Column::PartyId.eq(party.0)),
    }
}

/// A message that waits, held until the transaction ends.
///
/// # Errors
/// The database fails.
pub async fn lock_waiting(tx: &Tx, org: OrganizationId, id: Uuid) -> StoreResult<Option<Inbound>> {
    Ok(inbound_messages::Entity::find_by_id((org.0, id)).lock_exclusive().one(tx).await?)
}

/// Nobody has to look any more at what a person wrote by a channel: somebody has.
///
/// # Errors
/// The database fails.
pub async fn handled(
    tx: &Tx,
    org: OrganizationId,
    (party, channel): (PartyId, &str),
    (by, at): (&str, DateTime<Utc>),
) -> StoreResult<()> {
    use inbound_messages::Column;
    inbound_messages::Entity::update_many()
        .col_expr(Column::Waits, Expr::value(false))
        .col_expr(Column::HandledBy, Expr::value(Some(by.to_owned())))
        .col_expr(Column::HandledAt, Expr::value(Some(at)))
        .filter(Column::OrganizationId.eq(org.0))
        .filter(Column::PartyId.eq(party.0))
        .filter(Column::Channel.eq(channel))
        .filter(Column::Waits.eq(true))
        .exec(tx)
        .await?;
    Ok(())
}

/// The debt that an answer to each of these people speaks of: the one that we wrote about last, else their
/// first.
///
/// # Errors
/// The database fails.
pub async fn debts_of(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    people: impl Iterator<Item = Uuid>,
) -> StoreResult<HashMap<Uuid, Uuid>> {
    let people: Vec<Uuid> = people.collect();
    let owned: Vec<(Uuid, Uuid)> = accounts::Entity::find()
        .select_only()
        .columns([accounts::Column::DebtorId, accounts::Column::Id])
        .filter(accounts::Column::OrganizationId.eq(org.0))
        .filter(accounts::Column::DebtorId.is_in(people.iter().copied()))
        .order_by_desc(accounts::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let wrote: Vec<(Option<Uuid>, Option<Uuid>)> = outbox_messages::Entity::find()
        .select_only()
        .columns([outbox_messages::Column::PartyId, outbox_messages::Column::AccountId])
        .filter(outbox_messages::Column::OrganizationId.eq(org.0))
        .filter(outbox_messages::Column::PartyId.is_in(people))
        .filter(outbox_messages::Column::AccountId.is_not_null())
        .order_by_asc(outbox_messages::Column::CreatedAt)
        .into_tuple()
        .all(db)
        .await?;
    // The last one of each person stays.
    let wrote = wrote.into_iter().filter_map(|(person, debt)| person.zip(debt));
    Ok(owned.into_iter().chain(wrote).collect())
}

/// Who writes from a phone, in each organization that knows it: one person, or several who share it.
/// Who was written to last by this channel comes first.
///
/// # Errors
/// The database fails.
pub async fn people_of(
    db: &impl ConnectionTrait,
    channel: &str,
    phone: &str,
) -> StoreResult<Vec<(OrganizationId, Vec<PartyId>)>> {
    let mut known = Vec::new();
    for id in organizations::Entity::find().order_by_asc(organizations::Column::Code).all(db).await? {
        let org = OrganizationId(id.id);
        let at = suppressed::people_at(db, org, phone).await?;
        let people: BTreeSet<PartyId> = at.iter().map(|(party, _)| *party).collect();
        if people.is_empty() {
            continue;
        }
        let spellings: BTreeSet<String> = at.into_iter().map(|(_, value)| value).collect();
        let last = outbox_messages::Entity::find()
            .filter(outbox_messages::Column::OrganizationId.eq(org.0))
            .filter(outbox_messages::Column::PartyId.is_in(people.iter().map(|party| party.0)))
            .filter(outbox_messages::Column::Channel.eq(channel))
            .filter(outbox_messages::Column::Recipient.is_in(spellings))
            .filter(outbox_messages::Column::SentAt.is_not_null())
            .order_by_desc(outbox_messages::Column::SentAt)
            .limit(1)
            .one(db)
            .await?
            .and_then(|row| row.party_id)
            .map(PartyId);
        let mut people: Vec<PartyId> = people.into_iter().collect();
        people.sort_by_key(|party| Some(*party) != last);
        known.push((org, people));
    }
    Ok(known)
}
