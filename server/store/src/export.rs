//! The journal, page by page.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::ids::{CreditorId, OrganizationId};
use domain::ledger::Entry;
use sea_orm::sea_query::Query;
use sea_orm::{
    AccessMode, ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, IsolationLevel, QueryFilter,
    QueryOrder, QuerySelect, TransactionTrait,
};
use uuid::Uuid;

use crate::entities::{accounts, creditors, entries, postings};
use crate::{Db, StoreResult, Tx, ledger};

/// Which entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JournalFilter {
    /// Effective days, inclusive.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub creditor: Option<CreditorId>,
}

/// Whose an entry is: the creditor's code, and the debt's number unless it is the creditor's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    pub creditor: String,
    pub external_id: Option<String>,
}

/// A reading transaction in which nothing moves, however long it takes.
///
/// # Errors
/// No connection.
pub async fn snapshot(db: &Db) -> StoreResult<Tx> {
    let reader = db.read();
    Ok(if db.backend() == DbBackend::Postgres {
        let (isolation, access) = (IsolationLevel::RepeatableRead, AccessMode::ReadOnly);
        reader.begin_with_config(Some(isolation), Some(access)).await?
    } else {
        reader.begin().await?
    })
}

/// The entries after an id, in the order of their ids, at most `limit`.
///
/// # Errors
/// The database fails or a row is invalid.
pub async fn page(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    filter: &JournalFilter,
    after: Option<Uuid>,
    limit: u64,
) -> StoreResult<Vec<Entry>> {
    let mut find = entries::Entity::find().filter(entries::Column::OrganizationId.eq(org.0));
    if let Some(after) = after {
        find = find.filter(entries::Column::Id.gt(after));
    }
    if let Some(from) = filter.from {
        find = find.filter(entries::Column::EffectiveOn.gte(from));
    }
    if let Some(to) = filter.to {
        find = find.filter(entries::Column::EffectiveOn.lte(to));
    }
    if let Some(creditor) = filter.creditor {
        let own = Query::select()
            .column(accounts::Column::Id)
            .from(accounts::Entity)
            .and_where(accounts::Column::OrganizationId.eq(org.0))
            .and_where(accounts::Column::CreditorId.eq(creditor.0))
            .to_owned();
        let account = entries::Column::AccountId;
        find = find.filter(Condition::any().add(account.eq(creditor.0)).add(account.in_subquery(own)));
    }
    let heads = find.order_by_asc(entries::Column::Id).limit(limit).all(db).await?;
    if heads.is_empty() {
        return Ok(Vec::new());
    }
    let lines = postings::Entity::find()
        .filter(postings::Column::OrganizationId.eq(org.0))
        .filter(postings::Column::EntryId.is_in(heads.iter().map(|head| head.id)))
        .order_by_asc(postings::Column::EntryId)
        .order_by_asc(postings::Column::Line)
        .all(db)
        .await?;
    let mut by_entry: HashMap<Uuid, Vec<postings::Model>> = HashMap::with_capacity(heads.len());
    for line in lines {
        by_entry.entry(line.entry_id).or_default().push(line);
    }
    heads
        .into_iter()
        .map(|head| {
            let own = by_entry.remove(&head.id).unwrap_or_default();
            ledger::entry(head, own)
        })
        .collect()
}

/// Whose each of these accounts is; a creditor's control account has the creditor's id.
///
/// # Errors
/// The database fails.
pub async fn owners(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    ids: &[Uuid],
) -> StoreResult<HashMap<Uuid, Owner>> {
    // Few, and every page needs them.
    let codes: HashMap<Uuid, String> = creditors::Entity::find()
        .filter(creditors::Column::OrganizationId.eq(org.0))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row.code))
        .collect();
    let rows: Vec<(Uuid, Uuid, String)> = accounts::Entity::find()
        .select_only()
        .columns([accounts::Column::Id, accounts::Column::CreditorId, accounts::Column::ExternalId])
        .filter(accounts::Column::OrganizationId.eq(org.0))
        .filter(accounts::Column::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    // The organization's own control account.
    let own = |id: &Uuid| if *id == org.0 { "agency".to_owned() } else { id.to_string() };
    let code = |creditor: &Uuid| codes.get(creditor).cloned().unwrap_or_else(|| own(creditor));
    let mut owners: HashMap<Uuid, Owner> = rows
        .into_iter()
        .map(|(id, creditor, number)| (id, Owner { creditor: code(&creditor), external_id: Some(number) }))
        .collect();
    for id in ids {
        owners.entry(*id).or_insert_with(|| Owner { creditor: code(id), external_id: None });
    }
    Ok(owners)
}
