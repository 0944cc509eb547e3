//! Letters on paper: what waits to be printed, batches, and what became of each letter. A letter is a
//! message of the outbox; here is what only paper has.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::{AccountId, CreditorId, OrganizationId, PartyId};
use sea_orm::ExprTrait;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use uuid::Uuid;

use crate::entities::{accounts, letter_batches, letter_senders, letters, organizations, outbox_messages};
use crate::outbox::{Row, status};
use crate::{StoreResult, Tx};

/// The channel of letters, as messages carry it.
pub const CHANNEL: &str = "letter";

/// A batch, as it lies in its table.
pub type Batch = letter_batches::Model;
/// A letter of a batch.
pub type Printed = letters::Model;

/// Letters that wait to be printed, the oldest first, each with the creditor of its debt.
///
/// # Errors
/// The database fails.
pub async fn waiting(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    now: DateTime<Utc>,
    limit: u64,
) -> StoreResult<Vec<(CreditorId, Row)>> {
    use outbox_messages::Column;
    let rows = outbox_messages::Entity::find()
        .filter(Column::OrganizationId.eq(org.0))
        .filter(Column::Channel.eq(CHANNEL))
        .filter(Column::Status.eq(status::QUEUED))
        .filter(Column::ExpiresAt.is_null().or(Column::ExpiresAt.gt(now)))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    let creditors = creditors_of(db, org, rows.iter().filter_map(|row| row.account_id)).await?;
    let of = |row: &Row| row.account_id.and_then(|id| creditors.get(&id).copied());
    Ok(rows.into_iter().filter_map(|row| Some((CreditorId(of(&row)?), row))).collect())
}

async fn creditors_of(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    debts: impl Iterator<Item = Uuid>,
) -> StoreResult<HashMap<Uuid, Uuid>> {
    Ok(accounts::Entity::find()
        .select_only()
        .column(accounts::Column::Id)
        .column(accounts::Column::CreditorId)
        .filter(accounts::Column::OrganizationId.eq(org.0))
        .filter(accounts::Column::Id.is_in(debts))
        .into_tuple::<(Uuid, Uuid)>()
        .all(db)
        .await?
        .into_iter()
        .collect())
}

/// Closes letters of the organization that waited too long.
///
/// # Errors
/// The database fails.
pub async fn expire(tx: &Tx, org: OrganizationId, now: DateTime<Utc>) -> StoreResult<()> {
    use outbox_messages::Column;
    outbox_messages::Entity::update_many()
        .col_expr(Column::Status, Expr::value(status::EXPIRED))
        .filter(Column::OrganizationId.eq(org.0))
        .filter(Column::Channel.eq(CHANNEL))
        .filter(Column::Status.eq(status::QUEUED))
        .filter(Column::ExpiresAt.lte(now))
        .exec(tx)
        .await?;
    Ok(())
}

/// Takes a letter that waits into a batch that is being made, held until the transaction ends. None when
/// it does not wait any more. From here on only its batch ends it: no worker has a lease.
///
/// # Errors
/// The database fails.
pub async fn take(tx: &Tx, org: OrganizationId, id: Uuid) -> StoreResult<Option<Row>> {
    let found = outbox_messages::Entity::find_by_id((org.0, id)).lock_exclusive().one(tx).await?;
    let Some(row) = found.filter(|row| row.status == status::QUEUED && row.channel == CHANNEL) else {
        return Ok(None);
    };
    let mut change = row.into_active_model();
    change.status = Set(status::SENDING.to_owned());
    change.leased_until = Set(None);
    Ok(Some(change.update(tx).await?))
}

/// The number of the next batch. Two that are made at once do not get the same.
///
/// # Errors
/// The database fails.
pub async fn next_number(tx: &Tx, org: OrganizationId) -> StoreResult<i32> {
    organizations::Entity::find_by_id(org.0).lock_exclusive().one(tx).await?;
    let last = letter_batches::Entity::find()
        .filter(letter_batches::Column::OrganizationId.eq(org.0))
        .order_by_desc(letter_batches::Column::Number)
        .one(tx)
        .await?;
    Ok(last.map_or(0, |batch| batch.number).saturating_add(1))
}

/// Keeps a batch with its letters.
///
/// # Errors
/// The database fails.
pub async fn keep(tx: &Tx, batch: Batch, printed: Vec<Printed>) -> StoreResult<()> {
    let row = batch.into_active_model().reset_all();
    letter_batches::Entity::insert(row).exec_without_returning(tx).await?;
    let rows = printed.into_iter().map(|letter| letter.into_active_model().reset_all());
    letters::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// # Errors
/// The database fails.
pub async fn batch(db: &impl ConnectionTrait, org: OrganizationId, id: Uuid) -> StoreResult<Option<Batch>> {
    Ok(letter_batches::Entity::find_by_id((org.0, id)).one(db).await?)
}

/// The same, held until the transaction ends.
///
/// # Errors
/// The database fails.
pub async fn lock_batch(tx: &Tx, org: OrganizationId, id: Uuid) -> StoreResult<Option<Batch>> {
    Ok(letter_batches::Entity::find_by_id((org.0, id)).lock_exclusive().one(tx).await?)
}

/// The newest batches, each with how many letters it has.
///
/// # Errors
/// The database fails.
pub async fn batches(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    limit: u64,
) -> StoreResult<Vec<(Batch, i64)>> {
    let found = letter_batches::Entity::find()
        .filter(letter_batches::Column::OrganizationId.eq(org.0))
        .order_by_desc(letter_batches::Column::Number)
        .limit(limit)
        .all(db)
        .await?;
    let counts: HashMap<Uuid, i64> = letters::Entity::find()
        .select_only()
        .column(letters::Column::BatchId)
        .column_as(letters::Column::MessageId.count(), "letters")
        .filter(letters::Column::OrganizationId.eq(org.0))
        .filter(letters::Column::BatchId.is_in(found.iter().map(|batch| batch.id)))
        .group_by(letters::Column::BatchId)
        .into_tuple::<(Uuid, i64)>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let count = |batch: &Batch| counts.get(&batch.id).copied().unwrap_or_default();
    Ok(found
        .into_iter()
        .map(|batch| {
            let letters = count(&batch);
            (batch, letters)
        })
        .collect())
}

/// The letters of a batch with their messages, in the order in which they are printed.
///
/// # Errors
/// The database fails.
pub async fn of_batch(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    id: Uuid,
) -> StoreResult<Vec<(Printed, Row)>> {
    let printed = letters::Entity::find()
        .filter(letters::Column::OrganizationId.eq(org.0))
        .filter(letters::Column::BatchId.eq(id))
        .order_by_asc(letters::Column::Place)
        .all(db)
        .await?;
    let messages = outbox_messages::Entity::find()
        .filter(outbox_messages::Column::OrganizationId.eq(org.0))
        .filter(outbox_messages::Column::Id.is_in(printed.iter().map(|letter| letter.message_id)))
        .all(db)
        .await?;
    let mut messages: HashMap<Uuid, Row> = messages.into_iter().map(|row| (row.id, row)).collect();
    Ok(printed
        .into_iter()
        .filter_map(|letter| messages.remove(&letter.message_id).map(|row| (letter, row)))
        .collect())
}

/// The letter with this number on it: that of its batch, and its place in it.
///
/// # Errors
/// The database fails.
pub async fn by_reference(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    (number, place): (i32, i32),
) -> StoreResult<Option<Printed>> {
    let batch = letter_batches::Entity::find()
        .filter(letter_batches::Column::OrganizationId.eq(org.0))
        .filter(letter_batches::Column::Number.eq(number))
        .one(db)
        .await?;
    let Some(batch) = batch else { return Ok(None) };
    Ok(letters::Entity::find()
        .filter(letters::Column::OrganizationId.eq(org.0))
        .filter(letters::Column::BatchId.eq(batch.id))
        .filter(letters::Column::Place.eq(place))
        .one(db)
        .await?)
}

/// Notes which file was printed.
///
/// # Errors
/// The database fails.
pub async fn note_file(tx: &Tx, batch: Batch, sha256: String) -> StoreResult<()> {
    let mut change = batch.into_active_model();
    change.sha256 = Set(Some(sha256));
    change.update(tx).await?;
    Ok(())
}

/// Notes on which day a batch was taken to the post, and by whom.
///
/// # Errors
/// The database fails.
pub async fn note_posted(tx: &Tx, batch: Batch, (on, by): (NaiveDate, String)) -> StoreResult<()> {
    let mut change = batch.into_active_model();
    change.posted_on = Set(Some(on));
    change.posted_by = Set(Some(by));
    change.update(tx).await?;
    Ok(())
}

/// Notes that the post brought a letter back.
///
/// # Errors
/// The database fails.
pub async fn note_came_back(tx: &Tx, letter: Printed, at: DateTime<Utc>) -> StoreResult<()> {
    let mut change = letter.into_active_model();
    change.came_back_at = Set(Some(at));
    change.update(tx).await?;
    Ok(())
}

/// Letters about one debt, the newest first: each message, and what is on paper where it was printed.
///
/// # Errors
/// The database fails.
pub async fn about(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    (party, account): (PartyId, AccountId),
    limit: u64,
) -> StoreResult<Vec<(Row, Option<(Printed, Batch)>)>> {
    use outbox_messages::Column;
    let messages = outbox_messages::Entity::find()
        .filter(Column::OrganizationId.eq(org.0))
        .filter(Column::PartyId.eq(party.0))
        .filter(Column::AccountId.eq(account.0))
        .filter(Column::Channel.eq(CHANNEL))
        .order_by_desc(Column::CreatedAt)
        .limit(limit)
        .all(db)
        .await?;
    let mut found = Vec::new();
    for row in messages {
        let letter = letters::Entity::find_by_id((org.0, row.id)).one(db).await?;
        let on_paper = match letter {
            Some(letter) => batch(db, org, letter.batch_id).await?.map(|batch| (letter, batch)),
            None => None,
        };
        found.push((row, on_paper));
    }
    Ok(found)
}

/// Where letters come from: the lines of the address; none until somebody wrote it.
///
/// # Errors
/// The database fails.
pub async fn sender(db: &impl ConnectionTrait, org: OrganizationId) -> StoreResult<Option<String>> {
    Ok(letter_senders::Entity::find_by_id(org.0).one(db).await?.map(|row| row.lines))
}

/// Keeps where letters come from.
///
/// # Errors
/// The database fails.
pub async fn set_sender(
    tx: &Tx,
    org: OrganizationId,
    lines: String,
    (at, by): (DateTime<Utc>, String),
) -> StoreResult<()> {
    letter_senders::Entity::delete_by_id(org.0).exec(tx).await?;
    let row = letter_senders::ActiveModel {
        organization_id: Set(org.0),
        lines: Set(lines),
        changed_at: Set(at),
        changed_by: Set(by),
    };
    letter_senders::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}
