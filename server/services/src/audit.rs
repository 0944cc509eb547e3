//! Audit rows of use cases.

use chrono::{DateTime, Utc};
use domain::access::{Actor, Permission};
use domain::ids::OrganizationId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;
use store::Tx;
use store::audit::NewAudit;
use store::entities::{audit_rows, users};
use store::writes::Writes;

use crate::{ServiceResult, Services};

impl Services {
    /// Tells the audit trail what `actor` did; call it last in the transaction. `details`
    /// holds ids and figures, never personal data.
    pub(crate) async fn audit(
        &self,
        tx: &Tx,
        actor: &Actor,
        action: &'static str,
        subject: String,
        details: Value,
    ) -> ServiceResult<()> {
        self.audit_with(tx, actor, (action, subject, details), Writes::new(tx)).await
    }

    /// The same, together with all that waits to be written.
    pub(crate) async fn audit_with(
        &self,
        tx: &Tx,
        actor: &Actor,
        (action, subject, details): (&'static str, String, Value),
        writes: Writes,
    ) -> ServiceResult<()> {
        let row = NewAudit {
            organization_id: actor.organization_id,
            at: self.now(),
            actor: actor.audit_name(),
            action,
            subject,
            details,
        };
        Ok(store::audit::append_with(tx, vec![row], writes).await?)
    }
}

/// One row of the audit trail, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLine {
    pub seq: i64,
    pub at: DateTime<Utc>,
    /// See [`Actor::audit_name`].
    pub actor: String,
    /// The name of the member of staff who acted, if it was one.
    pub name: Option<String>,
    pub action: String,
    pub subject: String,
    /// JSON without personal data.
    pub details: String,
}

/// A page of the audit trail, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditPage {
    pub lines: Vec<AuditLine>,
    /// The older rows begin before this number.
    pub next: Option<i64>,
}

/// Rows on a page of the trail.
const PAGE_ROWS: u64 = 100;

impl Services {
    /// The audit trail of the actor's organization, newest first; `before` continues an
    /// earlier page.
    ///
    /// # Errors
    /// `Denied`, or the database fails.
    pub async fn audit_page(&self, actor: &Actor, before: Option<i64>) -> ServiceResult<AuditPage> {
        actor.require(Permission::AuditRead)?;
        let org = actor.organization_id;
        let mut query = audit_rows::Entity::find().filter(audit_rows::Column::OrganizationId.eq(org.0));
        if let Some(before) = before {
            query = query.filter(audit_rows::Column::Seq.lt(before));
        }
        let rows =
            query.order_by_desc(audit_rows::Column::Seq).limit(PAGE_ROWS + 1).all(self.db.read()).await?;
        let names = self.staff_by_id(org).await?;
        let more = rows.len() as u64 > PAGE_ROWS;
        let lines: Vec<_> = rows
            .into_iter()
            .take(usize::try_from(PAGE_ROWS).unwrap_or(usize::MAX))
            .map(|row| AuditLine {
                seq: row.seq,
                at: row.at,
                name: names.iter().find(|(id, _)| row.actor.contains(id)).map(|(_, name)| name.clone()),
                actor: row.actor,
                action: row.action,
                subject: row.subject,
                details: row.details,
            })
            .collect();
        let next = lines.last().filter(|_| more).map(|line| line.seq);
        Ok(AuditPage { lines, next })
    }

    async fn staff_by_id(&self, org: OrganizationId) -> ServiceResult<Vec<(String, String)>> {
        let rows =
            users::Entity::find().filter(users::Column::OrganizationId.eq(org.0)).all(self.db.read()).await?;
        Ok(rows.into_iter().map(|row| (row.id.to_string(), row.name)).collect())
    }
}
