//! Payouts of gateways, and what the journal has of the money in them.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::ids::OrganizationId;
use domain::ledger::{Book, CashBook};
use sea_orm::sea_query::{Condition, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::entities::{entries, payout_lines, payouts, postings};
use crate::{StoreResult, Tx};

pub type PayoutRow = payouts::Model;
pub type LineRow = payout_lines::Model;

/// Bound values of one statement.
const CHUNK: usize = 2_000;

/// What an entry, with what took it back, moved in transit with gateways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InTransit {
    pub entry_id: Uuid,
    pub account_id: Uuid,
    pub effective_on: NaiveDate,
    pub minor: i64,
    pub currency: String,
}

/// What the journal has by source.
///
/// # Errors
/// The database fails.
pub async fn in_transit(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    sources: &[String],
) -> StoreResult<HashMap<String, InTransit>> {
    let mut found = HashMap::with_capacity(sources.len());
    for part in sources.chunks(CHUNK) {
        let heads = entries::Entity::find()
            .filter(entries::Column::OrganizationId.eq(org.0))
            .filter(entries::Column::Source.is_in(part.iter().cloned()))
            .all(db)
            .await?;
        found.extend(moved(db, org, heads).await?);
    }
    Ok(found)
}

/// Entries of these kinds of source (`payment:stripe:`) that count between two days, and that no line
/// of a payout is.
///
/// # Errors
/// The database fails.
pub async fn unsettled(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    prefixes: &[String],
    days: (NaiveDate, NaiveDate),
) -> StoreResult<HashMap<String, InTransit>> {
    let settled = Query::select()
        .column(payout_lines::Column::Movement)
        .from(payout_lines::Entity)
        .and_where(payout_lines::Column::OrganizationId.eq(org.0))
        .and_where(payout_lines::Column::Movement.is_not_null())
        .to_owned();
    let kinds = prefixes
        .iter()
        .fold(Condition::any(), |any, prefix| any.add(entries::Column::Source.starts_with(prefix.as_str())));
    let heads = entries::Entity::find()
        .filter(entries::Column::OrganizationId.eq(org.0))
        .filter(entries::Column::EffectiveOn.between(days.0, days.1))
        .filter(kinds)
        .filter(entries::Column::Source.not_in_subquery(settled))
        .all(db)
        .await?;
    let mut found = HashMap::new();
    for part in heads.chunks(CHUNK) {
        found.extend(moved(db, org, part.to_vec()).await?);
    }
    Ok(found)
}

async fn moved(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    heads: Vec<entries::Model>,
) -> StoreResult<HashMap<String, InTransit>> {
    let ids: Vec<Uuid> = heads.iter().map(|head| head.id).collect();
    let back = entries::Entity::find()
        .filter(entries::Column::OrganizationId.eq(org.0))
        .filter(entries::Column::Reverses.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    // Of each entry, the one whose money it moves.
    let mut of: HashMap<Uuid, Uuid> = ids.iter().map(|id| (*id, *id)).collect();
    of.extend(back.iter().filter_map(|entry| entry.reverses.map(|root| (entry.id, root))));
    let lines = postings::Entity::find()
        .filter(postings::Column::OrganizationId.eq(org.0))
        .filter(postings::Column::EntryId.is_in(of.keys().copied()))
        .filter(postings::Column::Book.eq(Book::Cash(CashBook::GatewayClearing).as_str()))
        .all(db)
        .await?;
    let mut sums: HashMap<Uuid, (i64, String)> = HashMap::new();
    for line in lines {
        let Some(root) = of.get(&line.entry_id) else { continue };
        let sum = sums.entry(*root).or_insert((0, line.currency));
        sum.0 = sum.0.saturating_add(line.amount_minor);
    }
    let of_head = |head: entries::Model| {
        let (minor, currency) = sums.get(&head.id).cloned().unwrap_or_default();
        let (entry_id, account_id, effective_on) = (head.id, head.account_id, head.effective_on);
        (head.source, InTransit { entry_id, account_id, effective_on, minor, currency })
    };
    Ok(heads.into_iter().map(of_head).collect())
}

/// Lines of a payout, in the order in which they happened.
///
/// # Errors
/// The database fails.
pub async fn lines(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    payout: Uuid,
) -> StoreResult<Vec<LineRow>> {
    Ok(payout_lines::Entity::find()
        .filter(payout_lines::Column::OrganizationId.eq(org.0))
        .filter(payout_lines::Column::PayoutId.eq(payout))
        .order_by_asc(payout_lines::Column::At)
        .order_by_asc(payout_lines::Column::Id)
        .all(db)
        .await?)
}

/// Movements that more than one line says it is.
///
/// # Errors
/// The database fails.
pub async fn said_elsewhere(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    lines: &[LineRow],
) -> StoreResult<HashMap<String, Vec<String>>> {
    let movements: Vec<String> = lines.iter().filter_map(|line| line.movement.clone()).collect();
    let mut found: HashMap<String, Vec<String>> = HashMap::new();
    for part in movements.chunks(CHUNK) {
        let rows: Vec<(Option<String>, String)> = payout_lines::Entity::find()
            .select_only()
            .columns([payout_lines::Column::Movement, payout_lines::Column::Id])
            .filter(payout_lines::Column::OrganizationId.eq(org.0))
            .filter(payout_lines::Column::Movement.is_in(part.iter().cloned()))
            .into_tuple()
            .all(db)
            .await?;
        for (movement, id) in rows {
            found.entry(movement.unwrap_or_default()).or_default().push(id);
        }
    }
    Ok(found)
}

/// The payout of a gateway by the gateway's name of it, locked until the transaction ends.
///
/// # Errors
/// The database fails.
pub async fn lock(
    tx: &Tx,
    org: OrganizationId,
    gateway: &str,
    reference: &str,
) -> StoreResult<Option<PayoutRow>> {
    Ok(by_reference(org, gateway, reference).lock_exclusive().one(tx).await?)
}

/// # Errors
/// The database fails.
pub async fn by_name(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    gateway: &str,
    reference: &str,
) -> StoreResult<Option<PayoutRow>> {
    Ok(by_reference(org, gateway, reference).one(db).await?)
}

fn by_reference(org: OrganizationId, gateway: &str, reference: &str) -> sea_orm::Select<payouts::Entity> {
    payouts::Entity::find()
        .filter(payouts::Column::OrganizationId.eq(org.0))
        .filter(payouts::Column::Gateway.eq(gateway))
        .filter(payouts::Column::Reference.eq(reference))
}

/// The newest payouts.
///
/// # Errors
/// The database fails.
pub async fn newest(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    limit: u64,
) -> StoreResult<Vec<PayoutRow>> {
    Ok(payouts::Entity::find()
        .filter(payouts::Column::OrganizationId.eq(org.0))
        .order_by_desc(payouts::Column::CreatedAt)
        .order_by_desc(payouts::Column::Id)
        .limit(limit)
        .all(db)
        .await?)
}

/// When the oldest line of a gateway that is kept happened.
///
/// # Errors
/// The database fails.
pub async fn first_line(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    gateway: &str,
) -> StoreResult<Option<LineRow>> {
    Ok(payout_lines::Entity::find()
        .filter(payout_lines::Column::OrganizationId.eq(org.0))
        .filter(payout_lines::Column::Gateway.eq(gateway))
        .order_by_asc(payout_lines::Column::At)
        .one(db)
        .await?)
}
