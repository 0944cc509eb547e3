//! Accounts for people, and the alert when webhooks still come under an old secret.

use chrono::{DateTime, TimeDelta, Utc};
use domain::access::{Actor, Permission};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use serde_json::json;
use store::StoreError;
use store::entities::{gateway_accounts as rows, gateway_old_secrets as old, gateway_secrets as secrets};
use uuid::Uuid;

use super::AccountState;
use super::open::active_secrets;
use crate::{ServiceResult, Services};

/// Told again after as long as this.
const AGAIN: TimeDelta = TimeDelta::hours(12);

/// A webhook secret, without itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretView {
    pub id: Uuid,
    pub last4: String,
    pub added_at: DateTime<Utc>,
}

/// An account, without its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayAccountView {
    pub id: Uuid,
    pub gateway: String,
    pub state: AccountState,
    pub last4: String,
    pub created_at: DateTime<Utc>,
    /// Where its webhooks come to.
    pub webhook_url: String,
    /// Active ones, the newest first.
    pub secrets: Vec<SecretView>,
    /// When a webhook was last signed by an old secret alone.
    pub old_secret_at: Option<DateTime<Utc>>,
}

/// What an administrator sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewaysView {
    pub accounts: Vec<GatewayAccountView>,
    /// The deployment's own gateway takes payments where there is no account, and when it last had
    /// webhooks of an old secret.
    pub deployment: Option<(String, Option<DateTime<Utc>>)>,
    /// Accounts can be kept: the deployment has a key to seal with.
    pub can_open: bool,
    /// For the form of a new one: its id, and where its webhooks will come to.
    pub new_id: Uuid,
    pub new_webhook_url: String,
}

impl Services {
    /// The accounts of the actor's organization. `form` is the id of a form that is shown again.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn gateway_accounts(&self, actor: &Actor, form: Option<Uuid>) -> ServiceResult<GatewaysView> {
        actor.require(Permission::StaffManage)?;
        let db = self.db.read();
        let found = rows::Entity::find()
            .filter(rows::Column::OrganizationId.eq(actor.organization_id.0))
            .order_by_desc(rows::Column::CreatedAt)
            .all(db)
            .await?;
        let mut accounts = Vec::with_capacity(found.len());
        for row in found {
            let secrets = active_secrets(db, &row).await?;
            accounts.push(GatewayAccountView {
                id: row.id,
                state: row.state.parse().map_err(StoreError::bad_row("gateway_accounts", row.id))?,
                webhook_url: self.webhook_url(&row.key),
                secrets: secrets.into_iter().map(secret).collect(),
                old_secret_at: self.old_secret_at(&row.key).await?,
                gateway: row.gateway,
                last4: row.last4,
                created_at: row.created_at,
            });
        }
        let deployment = match self.gateways.keys().next() {
            Some(name) => Some(((*name).to_owned(), self.old_secret_at(name).await?)),
            None => None,
        };
        let new_id = form.unwrap_or_else(|| self.new_id());
        let inner = self.own_gateways.inner.as_deref();
        let name = inner.map_or("stripe", |inner| inner.opener.name());
        Ok(GatewaysView {
            accounts,
            deployment,
            can_open: inner.is_some(),
            new_id,
            new_webhook_url: self.webhook_url(&super::new_account_key(name, new_id)),
        })
    }

    fn webhook_url(&self, key: &str) -> String {
        format!("{}/webhooks/{key}", self.public_url)
    }

    async fn old_secret_at(&self, key: &str) -> ServiceResult<Option<DateTime<Utc>>> {
        let row = old::Entity::find_by_id(key.to_owned()).one(self.db.read()).await?;
        Ok(row.map(|row| row.seen_at))
    }

    /// A webhook was signed by an old secret alone: the sender has not changed over. Noted and audited
    /// now and then, not for each.
    pub(crate) async fn note_old_secret(&self, key: &str) -> ServiceResult<()> {
        let now = self.now();
        metrics::counter!("saldar_old_webhook_secret_total").increment(1);
        if self.old_secret_at(key).await?.is_some_and(|seen| now - seen < AGAIN) {
            return Ok(());
        }
        let tx = self.begin().await?;
        let row = old::ActiveModel { account: Set(key.to_owned()), seen_at: Set(now) };
        let known = sea_orm::sea_query::OnConflict::column(old::Column::Account)
            .update_column(old::Column::SeenAt)
            .to_owned();
        old::Entity::insert(row).on_conflict(known).exec_without_returning(&tx).await?;
        if let Some(org) = self.paid_out_to(key).await? {
            let actor = self.system(org, "webhooks");
            self.audit(&tx, &actor, "webhook.old_secret", format!("gateway:{key}"), json!({})).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

fn secret(row: secrets::Model) -> SecretView {
    SecretView { id: row.id, last4: row.last4, added_at: row.added_at }
}
