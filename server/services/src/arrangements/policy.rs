//! The offer policy: kept in versions, the standard one until somebody saves another.

use chrono::{DateTime, Utc};
use domain::access::{Actor, Permission};
use domain::arrangement::{OfferLevel, OfferPolicy};
use sea_orm::ConnectionTrait;
use serde_json::json;
use store::entities::offer_policy_versions as rows;
use store::{StoreError, negotiations};

use crate::{ServiceError, ServiceResult, Services};

/// The policy as somebody saved it.
#[derive(Clone, Debug)]
pub struct PolicyVersion {
    /// 0 is the standard one.
    pub version: i32,
    pub policy: OfferPolicy,
    /// Why it was changed.
    pub note: String,
    /// When and by whom; none for the standard one.
    pub saved: Option<(DateTime<Utc>, String)>,
}

impl PolicyVersion {
    fn standard() -> Self {
        Self { version: 0, policy: OfferPolicy::standard(), note: String::new(), saved: None }
    }

    fn read(row: rows::Model) -> ServiceResult<Self> {
        let policy = serde_json::from_str(&row.policy)
            .map_err(StoreError::bad_row("offer_policy_versions", row.version))?;
        let saved = Some((row.created_at, row.created_by));
        Ok(Self { version: row.version, policy, note: row.note, saved })
    }
}

/// Longest reason, in characters.
const NOTE: usize = 500;

impl Services {
    /// What may be offered, by whom.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn offer_policy(&self, actor: &Actor) -> ServiceResult<PolicyVersion> {
        actor.require(Permission::AccountRead)?;
        self.offer_policy_in(self.db.read(), actor).await
    }

    /// Every version that was saved, the newest first, and the standard one; for those who exceed an
    /// agent's limits, and for auditors.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn offer_policies(&self, actor: &Actor) -> ServiceResult<Vec<PolicyVersion>> {
        may_read_policy(actor)?;
        let rows = negotiations::policies(self.db.read(), actor.organization_id).await?;
        let saved = rows.into_iter().map(PolicyVersion::read);
        saved.chain([Ok(PolicyVersion::standard())]).collect()
    }

    pub(crate) async fn offer_policy_in(
        &self,
        db: &impl ConnectionTrait,
        actor: &Actor,
    ) -> ServiceResult<PolicyVersion> {
        let row = negotiations::policy(db, actor.organization_id).await?;
        row.map_or_else(|| Ok(PolicyVersion::standard()), PolicyVersion::read)
    }

    /// Saves another version, made from version `based_on`. Offers made before keep what they were
    /// made under.
    ///
    /// # Errors
    /// `Denied`; `Invalid` for a policy that cannot hold, without a reason, or when somebody saved
    /// another version meanwhile.
    pub async fn set_offer_policy(
        &self,
        actor: &Actor,
        based_on: i32,
        policy: &OfferPolicy,
        note: &str,
    ) -> ServiceResult<i32> {
        actor.require(Permission::ArrangementApprove)?;
        if let Some(error) = policy.faults().first() {
            return Err(ServiceError::told("policy", super::refusal::say_fault(error)));
        }
        let note: String = note.trim().chars().take(NOTE).collect();
        if note.is_empty() {
            return Err(ServiceError::invalid("note", "Escribir por qué cambia", "Say why it changes"));
        }
        let text = serde_json::to_string(policy)
            .map_err(|error| ServiceError::Outside { part: "offer policy", cause: error.to_string() })?;
        let org = actor.organization_id;
        let tx = self.begin().await?;
        let before = negotiations::policy(&tx, org).await?.map_or(0, |row| row.version);
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
        negotiations::add_policy(&tx, row)
            .await
            .map_err(|error| if error.is_unique_violation() { saved_meanwhile() } else { error.into() })?;
        let details = json!({ "version": version, "rules": policy.rules.len() });
        self.audit(&tx, actor, "arrangement_policy.changed", format!("organization:{org}"), details).await?;
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

/// Limits of others are for those who exceed them, and for auditors.
///
/// # Errors
/// Neither of them.
pub(super) fn may_read_policy(actor: &Actor) -> ServiceResult<()> {
    let exceeds = actor.require(Permission::ArrangementExceed);
    Ok(exceeds.or_else(|_| actor.require(Permission::AuditRead))?)
}

/// How far the actor's word goes.
///
/// # Errors
/// Not even an agent's.
pub(super) fn level_of(actor: &Actor) -> ServiceResult<OfferLevel> {
    actor.require(Permission::ArrangementOffer)?;
    Ok(match () {
        () if actor.require(Permission::ArrangementApprove).is_ok() => OfferLevel::Manager,
        () if actor.require(Permission::ArrangementExceed).is_ok() => OfferLevel::Supervisor,
        () => OfferLevel::Agent,
    })
}
