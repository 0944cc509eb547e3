//! Access tokens that live ten minutes, and refresh tokens that work once.

use chrono::Duration;
use domain::access::{Actor, ActorKind};
use domain::field::{TokenPair, TokenRequest};
use domain::ids::{DeviceId, OrganizationId, UserId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, Set};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::entities::{field_devices, field_tokens, users};
use store::{Tx, field};
use uuid::Uuid;

use super::enrol::SUSPENDED;
use super::{FieldFault, FieldSession};
use crate::secret::hash_token;
use crate::{ServiceError, ServiceResult, Services};

const ACCESS_SECONDS: u32 = 600;
const REFRESH_DAYS: i64 = 60;
/// Settings key of the signing secret; made at the first enrolment.
const SECRET_KEY: &str = "field.signing_secret";

/// What an access token says.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    /// The device.
    sub: Uuid,
    org: Uuid,
    usr: Uuid,
    /// The family of tokens it belongs to: revoking it ends this token too.
    fam: Uuid,
    /// Unix seconds.
    exp: i64,
}

impl Services {
    /// Starts a family of tokens for a device; the one before ends.
    pub(super) async fn new_family(
        &self,
        tx: &Tx,
        device: field_devices::Model,
    ) -> Result<TokenPair, FieldFault> {
        let family = self.new_id();
        let mut row = device.clone().into_active_model();
        row.token_family = Set(Some(family));
        row.last_seen_at = Set(Some(self.now()));
        row.update(tx).await?;
        let (pair, _) = self.new_pair(tx, &device, family).await?;
        Ok(pair)
    }

    /// A pair and the hash of its refresh token.
    async fn new_pair(
        &self,
        tx: &Tx,
        device: &field_devices::Model,
        family: Uuid,
    ) -> Result<(TokenPair, String), FieldFault> {
        let now = self.now();
        let refresh_token = self.new_token(32);
        let token_hash = hash_token(&refresh_token);
        let row = field_tokens::ActiveModel {
            token_hash: Set(token_hash.clone()),
            organization_id: Set(device.organization_id),
            device_id: Set(device.id),
            family: Set(family),
            created_at: Set(now),
            expires_at: Set(now + Duration::days(REFRESH_DAYS)),
            used_at: Set(None),
            successor_hash: Set(None),
        };
        field_tokens::Entity::insert(row).exec_without_returning(tx).await?;
        let claims = Claims {
            sub: device.id,
            org: device.organization_id,
            usr: device.user_id,
            fam: family,
            exp: now.timestamp() + i64::from(ACCESS_SECONDS),
        };
        let secret = self.signing_secret(tx).await?;
        let access_token =
            jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &EncodingKey::from_secret(&secret))
                .map_err(|error| ServiceError::Outside { part: "jsonwebtoken", cause: error.to_string() })?;
        let server_ms = now.timestamp_millis();
        let pair = TokenPair { access_token, expires_in_s: ACCESS_SECONDS, refresh_token, server_ms };
        Ok((pair, token_hash))
    }

    async fn signing_secret(&self, tx: &Tx) -> ServiceResult<Vec<u8>> {
        if store::parties::setting(tx, SECRET_KEY).await?.is_none() {
            store::parties::set_setting_once(tx, SECRET_KEY, &self.new_token(32)).await?;
        }
        let secret = store::parties::setting(tx, SECRET_KEY).await?.ok_or(ServiceError::NotFound)?;
        Ok(secret.into_bytes())
    }

    /// Trades a refresh token for a new pair.
    ///
    /// A token that was used before means a lost answer or a thief. If its successor was never used, the answer
    /// was lost: the successor is replaced. If it was used, two parties hold the tokens: all of them end.
    ///
    /// # Errors
    /// `Unauthorized` for an unknown token, `Revoked`, or the database fails.
    pub async fn refresh_tokens(&self, request: &TokenRequest) -> Result<TokenPair, FieldFault> {
        let tx = self.begin().await?;
        let token = field_tokens::Entity::find_by_id(hash_token(&request.refresh_token))
            .lock_exclusive()
            .one(&tx)
            .await?
            .filter(|token| token.device_id == request.device_id)
            .ok_or(FieldFault::Unauthorized)?;
        let org = OrganizationId(token.organization_id);
        let device = field::lock_device(&tx, org, token.device_id).await?.ok_or(FieldFault::Unauthorized)?;
        if device.token_family != Some(token.family) || token.expires_at <= self.now() {
            return Err(FieldFault::Revoked);
        }
        if !self.is_active_collector(&tx, &device).await? {
            return Err(FieldFault::Revoked);
        }
        if token.used_at.is_some() && !forget_unused_successor(&tx, &token).await? {
            self.revoke_family(&tx, device).await?;
            tx.commit().await.map_err(ServiceError::from)?;
            return Err(FieldFault::Revoked);
        }
        let (pair, successor) = self.new_pair(&tx, &device, token.family).await?;
        let mut row = token.into_active_model();
        row.used_at = Set(Some(self.now()));
        row.successor_hash = Set(Some(successor));
        row.update(&tx).await?;
        tx.commit().await.map_err(ServiceError::from)?;
        Ok(pair)
    }

    async fn is_active_collector(&self, tx: &Tx, device: &field_devices::Model) -> ServiceResult<bool> {
        let user = users::Entity::find_by_id((device.organization_id, device.user_id)).one(tx).await?;
        Ok(user.is_some_and(|user| user.active))
    }

    async fn revoke_family(&self, tx: &Tx, device: field_devices::Model) -> ServiceResult<()> {
        let actor = collector_actor(&device);
        let subject = format!("device:{}", device.id);
        let mut row = device.into_active_model();
        row.token_family = Set(None);
        row.update(tx).await?;
        self.audit(tx, &actor, "device.tokens_revoked", subject, json!({ "why": "reuse" })).await
    }

    /// Who holds this access token.
    ///
    /// # Errors
    /// `Unauthorized`, `Revoked`, `Suspended`, or the database fails.
    pub async fn field_session(&self, access_token: &str) -> Result<FieldSession, FieldFault> {
        let secret =
            store::parties::setting(self.db.read(), SECRET_KEY).await?.ok_or(FieldFault::Unauthorized)?;
        let mut validation = Validation::new(Algorithm::HS256);
        // The clock is passed in, so the expiry is compared below.
        validation.validate_exp = false;
        let key = DecodingKey::from_secret(secret.as_bytes());
        let claims = jsonwebtoken::decode::<Claims>(access_token, &key, &validation)
            .map_err(|_| FieldFault::Unauthorized)?
            .claims;
        if claims.exp <= self.now().timestamp() {
            return Err(FieldFault::Unauthorized);
        }
        let org = OrganizationId(claims.org);
        let device =
            field::find_device(self.db.read(), org, claims.sub).await?.ok_or(FieldFault::Unauthorized)?;
        if device.user_id != claims.usr || device.token_family != Some(claims.fam) {
            return Err(FieldFault::Revoked);
        }
        if device.status == SUSPENDED {
            return Err(FieldFault::Suspended);
        }
        Ok(FieldSession {
            organization_id: org,
            user_id: UserId(claims.usr),
            device_id: DeviceId(claims.sub),
        })
    }
}

pub(super) fn collector_actor(device: &field_devices::Model) -> Actor {
    let kind = ActorKind::Collector { user_id: UserId(device.user_id), device_id: DeviceId(device.id) };
    Actor { organization_id: OrganizationId(device.organization_id), kind }
}

/// Removes the token that followed, if nobody used it; says whether that was so.
async fn forget_unused_successor(tx: &Tx, token: &field_tokens::Model) -> ServiceResult<bool> {
    let Some(hash) = &token.successor_hash else { return Ok(false) };
    let removed = field_tokens::Entity::delete_many()
        .filter(field_tokens::Column::TokenHash.eq(hash))
        .filter(field_tokens::Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    Ok(removed.rows_affected == 1)
}
