//! Who opened the file: written when staff or another system reads an account whole, once an hour
//! for each of them, and read back out of the audit trail itself.

use chrono::{DurationRound, TimeDelta};
use domain::access::{Actor, ActorKind, Role};
use domain::ids::{AccountId, PartyId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use serde::Deserialize;
use serde_json::json;
use store::audit::NewAudit;
use store::entities::{account_views as rows, audit_rows};
use store::{StoreError, accounts};

use super::{FileOpened, number_of};
use crate::{ServiceError, ServiceResult, Services};

const VIEWED: &str = "account.viewed";

/// What the trail keeps of a look besides who and when.
#[derive(Deserialize)]
struct Looked {
    role: String,
}

impl Services {
    /// Tells the audit trail that the actor reads an account whole, unless it was told so within the
    /// same hour: then this is one look-up by key. What a debtor sees of themselves, and what Saldar
    /// reads on its own, is no look into the file.
    pub(crate) async fn note_view(&self, actor: &Actor, id: AccountId) -> ServiceResult<()> {
        self.note_views(actor, &[id]).await
    }

    /// The same for several accounts at once, as a collector's phone gets them.
    pub(crate) async fn note_views(&self, actor: &Actor, ids: &[AccountId]) -> ServiceResult<()> {
        let role = match actor.kind {
            ActorKind::Staff { role, .. } | ActorKind::Machine { role, .. } => role,
            ActorKind::Collector { .. } => Role::FieldCollector,
            ActorKind::Debtor { .. } | ActorKind::System { .. } => return Ok(()),
        };
        let now = self.now();
        let hour = now
            .duration_trunc(TimeDelta::hours(1))
            .map_err(|error| ServiceError::Outside { part: "clock", cause: error.to_string() })?;
        let (org, name) = (actor.organization_id, actor.audit_name());
        let told = rows::Entity::find()
            .filter(rows::Column::OrganizationId.eq(org.0))
            .filter(rows::Column::AccountId.is_in(ids.iter().map(|id| id.0)))
            .filter(rows::Column::Actor.eq(&name))
            .filter(rows::Column::Hour.eq(hour))
            .all(self.db.read())
            .await?;
        let new: Vec<_> = ids.iter().filter(|id| told.iter().all(|row| row.account_id != id.0)).collect();
        if new.is_empty() {
            return Ok(());
        }
        let tx = self.begin().await?;
        let mut looks = Vec::with_capacity(new.len());
        for id in new {
            let row = rows::ActiveModel {
                organization_id: Set(org.0),
                account_id: Set(id.0),
                actor: Set(name.clone()),
                hour: Set(hour),
            };
            let made = rows::Entity::insert(row).on_conflict_do_nothing().exec_without_returning(&tx).await?;
            // Two pages opened at the same moment are one look.
            if matches!(made, sea_orm::TryInsertResult::Inserted(1..)) {
                looks.push(NewAudit {
                    organization_id: org,
                    at: now,
                    actor: name.clone(),
                    action: VIEWED,
                    subject: format!("account:{id}"),
                    details: json!({ "role": role }),
                });
            }
        }
        store::audit::append(&tx, looks).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The same for what is about the person and no one debt: it is a look into each of them.
    pub(crate) async fn note_view_of_person(&self, actor: &Actor, party: PartyId) -> ServiceResult<()> {
        for account in accounts::of_debtor(self.db.read(), actor.organization_id, party).await? {
            self.note_view(actor, account.id).await?;
        }
        Ok(())
    }

    /// The looks into these accounts, newest first.
    pub(super) async fn file_opened(
        &self,
        actor: &Actor,
        known: &[(AccountId, String)],
    ) -> ServiceResult<Vec<FileOpened>> {
        let found = audit_rows::Entity::find()
            .filter(audit_rows::Column::OrganizationId.eq(actor.organization_id.0))
            .filter(audit_rows::Column::Subject.is_in(known.iter().map(|(id, _)| format!("account:{id}"))))
            .filter(audit_rows::Column::Action.eq(VIEWED))
            .order_by_desc(audit_rows::Column::Seq)
            .all(self.db.read())
            .await?;
        found
            .into_iter()
            .map(|row| {
                let looked: Looked =
                    serde_json::from_str(&row.details).map_err(StoreError::bad_row("audit_rows", row.seq))?;
                let id = row.subject.trim_start_matches("account:").parse();
                Ok(FileOpened {
                    seq: row.seq,
                    at: row.at,
                    account: id.map(|id| number_of(known, id)).unwrap_or_default(),
                    role: looked.role.parse::<Role>().map_err(StoreError::bad_row("audit_rows", row.seq))?,
                    machine: row.actor.starts_with("machine:"),
                })
            })
            .collect()
    }
}
