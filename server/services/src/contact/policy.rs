//! What an operator adds to the rules: holidays decreed or called off, days, hours, the most contacts,
//! the strict or lenient reading; by country, in versions. A version that allows what was not allowed
//! before waits until somebody else approves it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::access::{Actor, Permission};
use domain::contact::{Loosening, Overrides, RuleBook, RulePack};
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
        let suggested = || packs_of(country).next().map(Overrides::suggested).unwrap_or_default();
        self.0.get(country).cloned().unwrap_or_else(suggested)
    }

    /// What this allows that `before` did not, by country, whichever version of the law holds.
    pub fn loosens(&self, before: &Self) -> BTreeMap<String, BTreeSet<Loosening>> {
        let mut all = BTreeMap::new();
        let countries: BTreeSet<&String> = self.0.keys().chain(before.0.keys()).collect();
        for country in countries {
            let (new, old) = (self.of(country), before.of(country));
            let found: BTreeSet<_> = packs_of(country).flat_map(|pack| new.loosens(&old, pack)).collect();
            if !found.is_empty() {
                all.insert(country.clone(), found);
            }
        }
        all
    }
}

fn packs_of(country: &str) -> impl Iterator<Item = &'static RulePack> {
    let packs = RuleBook::embedded().map(RuleBook::packs).unwrap_or_default();
    packs.iter().filter(move |pack| pack.country == country)
}

/// The policy as somebody saved it; version 0 is the standard one.
#[derive(Clone, Debug, Default)]
pub struct PolicyVersion {
    pub version: i32,
    pub policy: ContactPolicy,
    pub note: String,
    /// When and by whom, as the audit trail names them.
    pub saved: Option<(DateTime<Utc>, String)>,
    /// None: not in force, since nobody else has approved it.
    pub approved: Option<(DateTime<Utc>, String)>,
}

/// All versions, and which of them counts.
#[derive(Clone, Debug, Default)]
pub struct PolicyHistory {
    pub in_force: PolicyVersion,
    /// The newest, if it waits for approval, and what it would allow.
    pub waits: Option<(PolicyVersion, BTreeMap<String, BTreeSet<Loosening>>)>,
    /// The number on which the next version is based.
    pub newest: i32,
    /// The newest first.
    pub versions: Vec<PolicyVersion>,
}

/// What became of a version that was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicySaved {
    pub version: i32,
    /// What it allows that was not allowed before; it is in force at once if that is nothing.
    pub loosens: BTreeMap<String, BTreeSet<Loosening>>,
}

/// Longest reason, in characters.
const NOTE: usize = 500;

impl Services {
    /// What the organization adds to the contact rules now.
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
        contact::policy(db, org).await?.map_or_else(|| Ok(PolicyVersion::default()), version_of)
    }

    /// Every version that was saved.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn contact_policies(&self, actor: &Actor) -> ServiceResult<PolicyHistory> {
        actor.require(Permission::StrategyRead)?;
        let rows = contact::policies(self.db.read(), actor.organization_id).await?;
        let versions = rows.into_iter().map(version_of).collect::<ServiceResult<Vec<_>>>()?;
        let in_force = versions.iter().find(|one| one.approved.is_some()).cloned().unwrap_or_default();
        let waits = versions.first().filter(|newest| newest.approved.is_none()).map(|newest| {
            let loosens = newest.policy.loosens(&in_force.policy);
            (newest.clone(), loosens)
        });
        let newest = versions.first().map_or(0, |newest| newest.version);
        Ok(PolicyHistory { in_force, waits, newest, versions })
    }

    /// Saves another version, made after version `based_on`. It is in force at once unless it allows
    /// what was not allowed before: then it waits for [`Services::approve_contact_policy`]. What was
    /// decided before stands with the digest of what it was decided on.
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
    ) -> ServiceResult<PolicySaved> {
        actor.require(Permission::StrategyWrite)?;
        if let Some(country) = policy.0.keys().find(|country| packs_of(country).next().is_none()) {
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
        let before = contact::policies(&tx, org).await?.first().map_or(0, |row| row.version);
        if before != based_on {
            return Err(saved_meanwhile());
        }
        let loosens = policy.loosens(&self.contact_policy_in(&tx, org).await?.policy);
        let (version, now, by) = (before.saturating_add(1), self.now(), actor.audit_name());
        let at_once = loosens.is_empty();
        let row = rows::Model {
            organization_id: org.0,
            version,
            policy: text,
            note,
            created_at: now,
            created_by: by.clone(),
            approved_at: at_once.then_some(now),
            approved_by: at_once.then_some(by),
        };
        contact::add_policy(&tx, row)
            .await
            .map_err(|error| if error.is_unique_violation() { saved_meanwhile() } else { error.into() })?;
        let action = if at_once { "contact_policy.changed" } else { "contact_policy.proposed" };
        let details = json!({ "version": version, "countries": policy.0.len() });
        self.audit(&tx, actor, action, format!("organization:{org}"), details).await?;
        tx.commit().await?;
        Ok(PolicySaved { version, loosens })
    }

    /// Puts a version into force that somebody else saved.
    ///
    /// # Errors
    /// `Denied`; `NotFound`; `Invalid` for one's own version, or one that is not the newest.
    pub async fn approve_contact_policy(&self, actor: &Actor, version: i32) -> ServiceResult<()> {
        actor.require(Permission::StrategyWrite)?;
        let (org, by) = (actor.organization_id, actor.audit_name());
        let tx = self.begin().await?;
        let newest = contact::policies(&tx, org).await?.into_iter().next().ok_or(ServiceError::NotFound)?;
        if newest.version != version {
            return Err(saved_meanwhile());
        }
        if newest.created_by == by {
            return Err(ServiceError::invalid(
                "version",
                "Usted guardó esta versión: otra persona debe aprobarla",
                "You saved this version: somebody else must approve it",
            ));
        }
        if !contact::approve_policy(&tx, org, version, (by, self.now())).await? {
            return Err(saved_meanwhile());
        }
        let details = json!({ "version": version, "saved_by": newest.created_by });
        self.audit(&tx, actor, "contact_policy.changed", format!("organization:{org}"), details).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn version_of(row: rows::Model) -> ServiceResult<PolicyVersion> {
    let policy =
        serde_json::from_str(&row.policy).map_err(StoreError::bad_row("contact_policies", row.version))?;
    let saved = Some((row.created_at, row.created_by));
    let approved = row.approved_at.zip(row.approved_by);
    Ok(PolicyVersion { version: row.version, policy, note: row.note, saved, approved })
}

fn saved_meanwhile() -> ServiceError {
    ServiceError::invalid(
        "policy",
        "Alguien guardó otra versión entretanto; revisarla y volver a cambiar",
        "Somebody saved another version meanwhile; look at it and change again",
    )
}
