//! What an operator adds to the rules: holidays decreed or called off, days, the strict or lenient
//! reading; by country, in versions.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::access::{Actor, Permission};
use domain::contact::{Overrides, RuleBook};
use domain::ids::OrganizationId;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::entities::contact_policies as rows;
use store::{StoreError, contact};

use crate::{ServiceError, ServiceResult, Services};

/// Overrides by country (ISO 3166-1). A country that is not named keeps to what its pack suggests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContactPolicy(pub BTreeMap<String, Overrides>);

impl ContactPolicy {
    pub fn of(&self, country: &str) -> Overrides {
        let suggested = || {
            let packs = RuleBook::embedded().map(RuleBook::packs).unwrap_or_default();
            let pack = packs.iter().find(|pack| pack.country == country);
            pack.map(Overrides::suggested).unwrap_or_default()
        };
        self.0.get(country).cloned().unwrap_or_else(suggested)
    }
}

/// The policy as somebody saved it; version 0 is the standard one.
#[derive(Clone, Debug, Default)]
pub struct PolicyVersion {
    pub version: i32,
    pub policy: ContactPolicy,
    pub note: String,
    pub saved: Option<(DateTime<Utc>, String)>,
}

/// Longest reason, in characters.
const NOTE: usize = 500;

impl Services {
    /// What the organization adds to the contact rules.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn contact_policy(&self, actor: &Actor) -> ServiceResult<PolicyVersion> {
        actor.require(Permission::AccountRead)?;
        self.contact_policy_in(self.db.read(), actor.organization_id).await
    }

    pub(crate) async fn contact_policy_in(
        &self,
        db: &impl ConnectionTrait,
        org: OrganizationId,
    ) -> ServiceResult<PolicyVersion> {
        let Some(row) = contact::policy(db, org).await? else { return Ok(PolicyVersion::default()) };
        let policy = serde_json::from_str(&row.policy)
            .map_err(StoreError::bad_row("contact_policies", row.version))?;
        let saved = Some((row.created_at, row.created_by));
        Ok(PolicyVersion { version: row.version, policy, note: row.note, saved })
    }

    /// Saves another version, made from version `based_on`. What was decided before stands with the
    /// digest of what it was decided on.
    ///
    /// # Errors
    /// `Denied`; `Invalid` for a country without rules, without a reason, or when somebody saved
    /// another version meanwhile.
    pub async fn set_contact_policy(
        &self,
        actor: &Actor,
        based_on: i32,
        policy: &ContactPolicy,
        note: &str,
    ) -> ServiceResult<i32> {
        actor.require(Permission::StrategyWrite)?;
        let known = |country: &String| {
            RuleBook::embedded().is_ok_and(|book| book.packs().iter().any(|pack| &pack.country == country))
        };
        if let Some(country) = policy.0.keys().find(|country| !known(country)) {
            return Err(ServiceError::invalid(
                "policy",
                format!("No hay reglas de contacto de {country}; quitar ese país"),
                format!("There are no contact rules of {country}; take that country out"),
            ));
        }
        let note: String = note.trim().chars().take(NOTE).collect();
        if note.is_empty() {
            return Err(ServiceError::invalid("note", "Escribir por qué cambia", "Say why it changes"));
        }
        let text = serde_json::to_string(policy)
            .map_err(|error| ServiceError::Outside { part: "contact policy", cause: error.to_string() })?;
        let org = actor.organization_id;
        let tx = self.begin().await?;
        let before = contact::policy(&tx, org).await?.map_or(0, |row| row.version);
        if before != based_on {
            return Err(saved_meanwhile());
        }
        let version = before.saturating_add(1);
        let row = rows::Model {
            organization_id: org.0,
            version,
            policy: text,
            note,
            created_at: self.now(),
            created_by: actor.audit_name(),
        };
        contact::add_policy(&tx, row)
            .await
            .map_err(|error| if error.is_unique_violation() { saved_meanwhile() } else { error.into() })?;
        let details = json!({ "version": version, "countries": policy.0.len() });
        self.audit(&tx, actor, "contact_policy.changed", format!("organization:{org}"), details).await?;
        tx.commit().await?;
        Ok(version)
    }
}

fn saved_meanwhile() -> ServiceError {
    ServiceError::invalid(
        "policy",
        "Alguien guardó otra versión entretanto; revisarla y volver a cambiar",
        "Somebody saved another version meanwhile; look at it and change again",
    )
}
