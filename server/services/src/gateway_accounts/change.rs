//! Opening an account, replacing its key and its webhook secrets, closing it. For administrators.

use domain::access::{Actor, Permission};
use domain::text::Say;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QuerySelect, Set};
use serde_json::json;
use store::Tx;
use store::entities::{gateway_accounts as rows, gateway_secrets as secrets};
use uuid::Uuid;

use super::open::{active_secrets, outside, place};
use super::{AccountState, Refusal};
use crate::{ServiceError, ServiceResult, Services};

/// The longest secret that is taken.
const LONGEST: usize = 300;

/// An account as somebody typed it.
#[derive(Clone)]
pub struct NewGatewayAccount {
    /// Made with the form: the webhook's address follows from it, and a second post opens nothing.
    pub id: Uuid,
    pub key: String,
    pub webhook_secret: String,
}

/// The name of an account in addresses and in the ledger: the gateway's, and what no other has.
pub fn new_account_key(gateway: &str, id: Uuid) -> String {
    let id = id.simple().to_string();
    format!("{gateway}-{}", id.get(20..).unwrap_or(&id))
}

impl Services {
    /// Opens an account: from now on the organization is paid by it. Opened before, nothing happens.
    ///
    /// # Errors
    /// `Denied`; `Invalid` by field: no key, a key of the other mode, no secret; `Outside` where the
    /// deployment has no key to seal with.
    pub async fn open_gateway_account(&self, actor: &Actor, new: NewGatewayAccount) -> ServiceResult<()> {
        actor.require(Permission::StaffManage)?;
        let inner = self.own()?;
        let org = actor.organization_id;
        if rows::Entity::find_by_id((org.0, new.id)).one(self.db.read()).await?.is_some() {
            return Ok(());
        }
        if self.own_way(org).await?.is_some() {
            return Err(ServiceError::invalid(
                "",
                "Ya hay una cuenta que recibe pagos: ciérrela antes de guardar otra",
                "There is an account that takes payments already: close it before another is kept",
            ));
        }
        let (key, secret) = (typed("key", &new.key)?, typed("webhook_secret", &new.webhook_secret)?);
        inner.opener.open(&key, std::slice::from_ref(&secret)).map_err(refused)?;
        let row = rows::Model {
            organization_id: org.0,
            id: new.id,
            key: new_account_key(inner.opener.name(), new.id),
            gateway: inner.opener.name().to_owned(),
            state: AccountState::Active.as_str().to_owned(),
            sealed_key: self.sealed(&place(new.id, new.id), &key)?,
            last4: last4(&key),
            created_at: self.now(),
            created_by: actor.audit_name(),
            updated_at: self.now(),
            livemode: self.livemode(),
        };
        let name = row.key.clone();
        let tx = self.begin().await?;
        rows::Entity::insert(row.clone().into_active_model().reset_all()).exec_without_returning(&tx).await?;
        self.keep_secret(&tx, &row, &secret).await?;
        let details = json!({ "account": name, "last4": last4(&key) });
        self.audit(&tx, actor, "gateway_account.opened", format!("gateway:{}", new.id), details).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Replaces the key by another of the same account at the gateway.
    ///
    /// # Errors
    /// See [`Services::open_gateway_account`]; `NotFound`.
    pub async fn replace_gateway_key(&self, actor: &Actor, id: Uuid, key: &str) -> ServiceResult<()> {
        actor.require(Permission::StaffManage)?;
        let inner = self.own()?;
        let key = typed("key", key)?;
        // Any secret will do: it is the key that is looked at.
        inner.opener.open(&key, &["whsec".to_owned()]).map_err(refused)?;
        let tx = self.begin().await?;
        let row = locked(&tx, actor, id).await?;
        let mut change = row.into_active_model();
        change.sealed_key = Set(self.sealed(&place(id, id), &key)?);
        change.last4 = Set(last4(&key));
        self.touch(&tx, change).await?;
        let details = json!({ "last4": last4(&key) });
        self.audit(&tx, actor, "gateway_account.key_replaced", format!("gateway:{id}"), details).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Adds a webhook secret; the others stay active until each is ended.
    ///
    /// # Errors
    /// See [`Services::open_gateway_account`]; `NotFound`.
    pub async fn add_webhook_secret(&self, actor: &Actor, id: Uuid, secret: &str) -> ServiceResult<()> {
        actor.require(Permission::StaffManage)?;
        let inner = self.own()?;
        let secret = typed("webhook_secret", secret)?;
        if secret.chars().count() < 8 {
            return Err(refused(Refusal::NoSecret));
        }
        let tx = self.begin().await?;
        let row = locked(&tx, actor, id).await?;
        for known in active_secrets(&tx, &row).await? {
            let known = inner.vault.open(&place(id, known.id), &known.sealed).map_err(|e| outside(&e))?;
            if known == secret {
                return Ok(());
            }
        }
        let kept = self.keep_secret(&tx, &row, &secret).await?;
        self.touch(&tx, row.into_active_model()).await?;
        let details = json!({ "secret": kept, "last4": last4(&secret) });
        self.audit(&tx, actor, "gateway_account.secret_added", format!("gateway:{id}"), details).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends a webhook secret: what it signs is refused from now on. The last one stays.
    ///
    /// # Errors
    /// `Denied`, `NotFound`; `Invalid` for the last one.
    pub async fn end_webhook_secret(&self, actor: &Actor, id: Uuid, secret: Uuid) -> ServiceResult<()> {
        actor.require(Permission::StaffManage)?;
        let tx = self.begin().await?;
        let row = locked(&tx, actor, id).await?;
        let active = active_secrets(&tx, &row).await?;
        let Some(found) = active.iter().find(|one| one.id == secret) else {
            return Err(ServiceError::NotFound);
        };
        if active.len() == 1 {
            return Err(ServiceError::invalid(
                "",
                "Es el único secreto activo: agregue el nuevo antes de terminar este",
                "It is the only active secret: add the new one before ending this one",
            ));
        }
        let mut ended = found.clone().into_active_model();
        ended.ended_at = Set(Some(self.now()));
        ended.update(&tx).await?;
        self.touch(&tx, row.into_active_model()).await?;
        let details = json!({ "secret": secret });
        self.audit(&tx, actor, "gateway_account.secret_ended", format!("gateway:{id}"), details).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes no payments by the account any more. What was begun ends there.
    ///
    /// # Errors
    /// `Denied`, `NotFound`.
    pub async fn close_gateway_account(&self, actor: &Actor, id: Uuid) -> ServiceResult<()> {
        actor.require(Permission::StaffManage)?;
        let tx = self.begin().await?;
        let row = locked(&tx, actor, id).await?;
        if row.state == AccountState::Closed.as_str() {
            return Ok(());
        }
        let mut change = row.into_active_model();
        change.state = Set(AccountState::Closed.as_str().to_owned());
        self.touch(&tx, change).await?;
        self.audit(&tx, actor, "gateway_account.closed", format!("gateway:{id}"), json!({})).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Whoever has the account open opens it anew.
    async fn touch(&self, tx: &Tx, mut row: rows::ActiveModel) -> ServiceResult<()> {
        row.updated_at = Set(self.now());
        row.update(tx).await?;
        Ok(())
    }

    async fn keep_secret(&self, tx: &Tx, of: &rows::Model, secret: &str) -> ServiceResult<Uuid> {
        let id = self.new_id();
        let row = secrets::ActiveModel {
            organization_id: Set(of.organization_id),
            id: Set(id),
            account_id: Set(of.id),
            sealed: Set(self.sealed(&place(of.id, id), secret)?),
            last4: Set(last4(secret)),
            added_at: Set(self.now()),
            ended_at: Set(None),
        };
        secrets::Entity::insert(row).exec_without_returning(tx).await?;
        Ok(id)
    }

    fn sealed(&self, place: &str, secret: &str) -> ServiceResult<String> {
        let mut nonce = [0; 24];
        self.entropy.fill(&mut nonce);
        self.own()?.vault.seal(place, nonce, secret).map_err(|error| outside(&error))
    }
}

async fn locked(tx: &Tx, actor: &Actor, id: Uuid) -> ServiceResult<rows::Model> {
    let row = rows::Entity::find_by_id((actor.organization_id.0, id)).lock_exclusive().one(tx).await?;
    row.ok_or(ServiceError::NotFound)
}

fn typed(field: &'static str, text: &str) -> ServiceResult<String> {
    let text = text.trim();
    let fits = !text.is_empty() && text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic());
    if fits {
        return Ok(text.to_owned());
    }
    Err(refused(if field == "key" { Refusal::NotAKey } else { Refusal::NoSecret }))
}

/// By the end people tell secrets apart; a short one shows nothing.
fn last4(secret: &str) -> String {
    let from = secret.len().saturating_sub(4);
    if secret.len() < 16 { String::new() } else { secret.get(from..).unwrap_or_default().to_owned() }
}

fn refused(refusal: Refusal) -> ServiceError {
    let (field, says) = match refusal {
        Refusal::NotAKey => (
            "key",
            Say::new(
                "No es una clave de Stripe: empieza con rk_ o sk_; cópiela de su panel",
                "It is not a Stripe key: it begins with rk_ or sk_; copy it from its dashboard",
            ),
        ),
        Refusal::TestKey => (
            "key",
            Say::new(
                "Es una clave de pruebas: aquí se mueve dinero real; use una que empiece con rk_live_",
                "It is a test key: real money is moved here; use one that begins with rk_live_",
            ),
        ),
        Refusal::LiveKey => (
            "key",
            Say::new(
                "Es una clave real y esto es una demostración: use una que empiece con rk_test_",
                "It is a live key and this is a demonstration: use one that begins with rk_test_",
            ),
        ),
        Refusal::NoSecret => (
            "webhook_secret",
            Say::new(
                "Falta el secreto de los avisos: empieza con whsec_; está en la página del endpoint en Stripe",
                "The webhook secret is missing: it begins with whsec_; it is on the endpoint's page at Stripe",
            ),
        ),
        Refusal::Other(cause) => return ServiceError::Outside { part: "gateway", cause },
    };
    ServiceError::told(field, says)
}
