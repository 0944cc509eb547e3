//! Machine keys: made on the command line, shown once, kept as hashes.

use domain::access::{Actor, ActorKind, Role};
use domain::ids::{ApiKeyId, OrganizationId};
use domain::text::fold;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use serde_json::json;
use store::StoreError;
use store::entities::api_keys;

use crate::secret::hash_token;
use crate::{ServiceError, ServiceResult, Services};

/// How a key looks: found again in a log or a repository by its beginning.
const PREFIX: &str = "sld_";

/// A key for another system.
#[derive(Clone, Debug)]
pub struct NewApiKey {
    /// What it is for, for people.
    pub name: String,
    /// It may do what somebody with this role may.
    pub role: Role,
}

impl Services {
    /// Makes a key; it cannot be seen again.
    ///
    /// # Errors
    /// `Invalid` without a name, or for a role that works by assignments; the database.
    pub async fn create_api_key(&self, org: OrganizationId, new: NewApiKey) -> ServiceResult<String> {
        if fold(&new.name).is_empty() {
            return Err(ServiceError::invalid(
                "name",
                "Escriba para qué es la clave",
                "Say what the key is for",
            ));
        }
        if new.role == Role::FieldCollector {
            return Err(ServiceError::invalid(
                "role",
                "Un cobrador de campo trabaja con su teléfono; elija otro rol",
                "A field collector works with a phone; choose another role",
            ));
        }
        let token = format!("{PREFIX}{}", self.new_token(24));
        let id = self.new_id();
        let row = api_keys::ActiveModel {
            organization_id: Set(org.0),
            id: Set(id),
            name: Set(new.name),
            role: Set(new.role.as_str().to_owned()),
            token_hash: Set(hash_token(&token)),
            created_at: Set(self.now()),
            revoked_at: Set(None),
        };
        let tx = self.begin().await?;
        api_keys::Entity::insert(row).exec_without_returning(&tx).await?;
        let actor = self.system(org, "command-line");
        let details = json!({ "role": new.role });
        self.audit(&tx, &actor, "api_key.created", format!("api_key:{id}"), details).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Who calls with this key.
    ///
    /// # Errors
    /// `NotSignedIn` for a key that is not one, or is revoked.
    pub async fn api_actor(&self, token: &str) -> ServiceResult<Actor> {
        let row = api_keys::Entity::find()
            .filter(api_keys::Column::TokenHash.eq(hash_token(token)))
            .filter(api_keys::Column::RevokedAt.is_null())
            .one(self.db.read())
            .await?;
        let row = row.ok_or(ServiceError::NotSignedIn)?;
        let role = row.role.parse().map_err(StoreError::bad_row("api_keys", row.id))?;
        Ok(Actor {
            organization_id: OrganizationId(row.organization_id),
            kind: ActorKind::Machine { key_id: ApiKeyId(row.id), role },
        })
    }
}
