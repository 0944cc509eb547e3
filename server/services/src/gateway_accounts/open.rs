//! From a sealed row to an adapter.

use std::sync::{Arc, PoisonError};

use domain::ids::OrganizationId;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use store::entities::{gateway_accounts as rows, gateway_secrets as secrets};
use uuid::Uuid;

use super::vault::VaultError;
use super::{AccountState, Inner};
use crate::payments::{PaymentGateway, Way};
use crate::{ServiceError, ServiceResult, Services};

pub(super) fn outside(error: &VaultError) -> ServiceError {
    ServiceError::Outside { part: "secrets", cause: error.to_string() }
}

/// What a secret is sealed for.
pub(super) fn place(account: Uuid, what: Uuid) -> String {
    format!("{account}:{what}")
}

impl Services {
    pub(super) fn own(&self) -> ServiceResult<&Inner> {
        self.own_gateways.inner.as_deref().ok_or_else(|| outside(&VaultError::NoKey))
    }

    /// The adapter of an account, opened anew whenever the account has changed.
    async fn opened(&self, row: &rows::Model) -> ServiceResult<Arc<dyn PaymentGateway>> {
        let inner = self.own()?;
        let known = {
            let opened = inner.opened.lock().unwrap_or_else(PoisonError::into_inner);
            opened.get(&row.key).filter(|(version, _)| *version == row.updated_at).cloned()
        };
        if let Some((_, gateway)) = known {
            return Ok(gateway);
        }
        let gateway = self.unsealed(inner, row).await?;
        let mut opened = inner.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.insert(row.key.clone(), (row.updated_at, gateway.clone()));
        Ok(gateway)
    }

    async fn unsealed(&self, inner: &Inner, row: &rows::Model) -> ServiceResult<Arc<dyn PaymentGateway>> {
        let open = |what: Uuid, sealed: &str| {
            inner.vault.open(&place(row.id, what), sealed).map_err(|error| outside(&error))
        };
        let key = open(row.id, &row.sealed_key)?;
        let mut webhook = Vec::new();
        for secret in active_secrets(self.db.read(), row).await? {
            webhook.push(open(secret.id, &secret.sealed)?);
        }
        inner.opener.open(&key, &webhook).map_err(|refusal| ServiceError::Outside {
            part: "gateway",
            cause: format!("the account {}: {refusal}", row.key),
        })
    }

    /// An organization's account by its key, whether it takes payments or not.
    pub(crate) async fn own_gateway(&self, key: &str) -> ServiceResult<Option<Arc<dyn PaymentGateway>>> {
        let row = rows::Entity::find().filter(rows::Column::Key.eq(key)).one(self.db.read()).await?;
        match row {
            Some(row) => Ok(Some(self.opened(&row).await?)),
            None => Ok(None),
        }
    }

    /// The accounts of an organization, or of all; the newest first.
    pub(crate) async fn own_ways(&self, org: Option<OrganizationId>) -> ServiceResult<Vec<Way>> {
        let mut find = rows::Entity::find().order_by_desc(rows::Column::CreatedAt);
        if let Some(org) = org {
            find = find.filter(rows::Column::OrganizationId.eq(org.0));
        }
        let mut ways = Vec::new();
        for row in find.all(self.db.read()).await? {
            let gateway = self.opened(&row).await?;
            ways.push((row.key, gateway));
        }
        Ok(ways)
    }

    /// The account by which an organization is paid, if it has one of its own.
    pub(crate) async fn own_way(&self, org: OrganizationId) -> ServiceResult<Option<Way>> {
        let row = rows::Entity::find()
            .filter(rows::Column::OrganizationId.eq(org.0))
            .filter(rows::Column::State.eq(AccountState::Active.as_str()))
            .order_by_desc(rows::Column::CreatedAt)
            .one(self.db.read())
            .await?;
        match row {
            Some(row) => {
                let gateway = self.opened(&row).await?;
                Ok(Some((row.key, gateway)))
            }
            None => Ok(None),
        }
    }

    /// Opens every account once: what cannot be used must be known at start, not at the first payment.
    ///
    /// # Errors
    /// `Outside` with the remedy: a key of ours that is missing or another, or an account that this
    /// deployment may not use.
    pub async fn check_own_gateways(&self) -> ServiceResult<()> {
        self.own_ways(None).await.map(|_| ())
    }
}

/// Secrets that webhooks may be signed with, the newest first.
pub(super) async fn active_secrets(
    db: &impl ConnectionTrait,
    row: &rows::Model,
) -> ServiceResult<Vec<secrets::Model>> {
    Ok(secrets::Entity::find()
        .filter(secrets::Column::OrganizationId.eq(row.organization_id))
        .filter(secrets::Column::AccountId.eq(row.id))
        .filter(secrets::Column::EndedAt.is_null())
        .order_by_desc(secrets::Column::AddedAt)
        .order_by_desc(secrets::Column::Id)
        .all(db)
        .await?)
}
