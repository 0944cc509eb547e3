//! The audit trail: appended in the transaction of what it tells, chained by hash.

use domain::audit::{AuditRecord, GENESIS};
use domain::ids::OrganizationId;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use crate::entities::{audit_heads, audit_rows};
use crate::writes::Writes;
use crate::{StoreResult, Tx};

/// A row to append; the store gives it its number and hash.
#[derive(Clone, Debug)]
pub struct NewAudit {
    pub organization_id: OrganizationId,
    pub at: chrono::DateTime<chrono::Utc>,
    pub actor: String,
    pub action: &'static str,
    pub subject: String,
    pub details: serde_json::Value,
}

/// Appends rows. Locks the organization's head, so call it last in a transaction.
///
/// # Errors
/// The database fails.
pub async fn append(tx: &Tx, rows: Vec<NewAudit>) -> StoreResult<()> {
    append_with(tx, rows, Writes::new(tx)).await
}

/// The same, together with all that waits to be written.
///
/// # Errors
/// The database fails.
pub async fn append_with(tx: &Tx, rows: Vec<NewAudit>, mut writes: Writes) -> StoreResult<()> {
    let Some(org) = rows.first().map(|row| row.organization_id) else { return writes.flush(tx).await };
    let head = audit_heads::Entity::find_by_id(org.0).lock_exclusive().one(tx).await?;
    let is_new = head.is_none();
    let (mut seq, mut hash) = head.map_or_else(|| (0, GENESIS.to_owned()), |h| (h.seq, h.hash));
    let mut models = Vec::with_capacity(rows.len());
    for row in rows {
        seq += 1;
        let record = AuditRecord {
            organization_id: org,
            seq,
            at: row.at,
            actor: row.actor,
            action: row.action.to_owned(),
            subject: row.subject,
            details: row.details.to_string(),
        };
        let next = record.hash(&hash);
        models.push(model(record, std::mem::replace(&mut hash, next.clone()), next));
    }
    // SQLite binds at most 32,766 values a statement.
    for chunk in models.chunks(2_000) {
        writes.insert_many(chunk.to_vec());
    }
    let head = audit_heads::ActiveModel { organization_id: Set(org.0), seq: Set(seq), hash: Set(hash) };
    if is_new {
        writes.insert(head);
    } else {
        writes.update(head)?;
    }
    writes.flush(tx).await
}

fn model(record: AuditRecord, prev_hash: String, hash: String) -> audit_rows::ActiveModel {
    audit_rows::ActiveModel {
        organization_id: Set(record.organization_id.0),
        seq: Set(record.seq),
        at: Set(record.at),
        actor: Set(record.actor),
        action: Set(record.action),
        subject: Set(record.subject),
        details: Set(record.details),
        prev_hash: Set(prev_hash),
        hash: Set(hash),
    }
}

/// One audit row with the hashes it was stored with.
#[derive(Clone, Debug)]
pub struct StoredAudit {
    pub record: AuditRecord,
    pub prev_hash: String,
    pub hash: String,
}

/// Rows after `after_seq`, oldest first, at most `limit`.
///
/// # Errors
/// The database fails.
pub async fn page(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    after_seq: i64,
    limit: u64,
) -> StoreResult<Vec<StoredAudit>> {
    let rows = audit_rows::Entity::find()
        .filter(audit_rows::Column::OrganizationId.eq(org.0))
        .filter(audit_rows::Column::Seq.gt(after_seq))
        .order_by_asc(audit_rows::Column::Seq)
        .limit(limit)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(stored).collect())
}

/// The rows about one subject, newest first.
///
/// # Errors
/// The database fails.
pub async fn about(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    subject: &str,
    limit: u64,
) -> StoreResult<Vec<StoredAudit>> {
    let rows = audit_rows::Entity::find()
        .filter(audit_rows::Column::OrganizationId.eq(org.0))
        .filter(audit_rows::Column::Subject.eq(subject))
        .order_by_desc(audit_rows::Column::Seq)
        .limit(limit)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(stored).collect())
}

/// The number and hash of the newest row as the head remembers it.
///
/// # Errors
/// The database fails.
pub async fn head(db: &impl ConnectionTrait, org: OrganizationId) -> StoreResult<(i64, String)> {
    let head = audit_heads::Entity::find_by_id(org.0).one(db).await?;
    Ok(head.map_or_else(|| (0, GENESIS.to_owned()), |h| (h.seq, h.hash)))
}

fn stored(row: audit_rows::Model) -> StoredAudit {
    let audit_rows::Model { organization_id, seq, at, actor, action, subject, details, prev_hash, hash } =
        row;
    let organization_id = OrganizationId(organization_id);
    let record = AuditRecord { organization_id, seq, at, actor, action, subject, details };
    StoredAudit { record, prev_hash, hash }
}
