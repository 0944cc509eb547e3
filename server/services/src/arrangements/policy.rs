//! The offer policy: kept as JSON, the standard one until somebody saves another.

use domain::access::{Actor, Permission};
use domain::arrangement::{OfferLevel, OfferPolicy};
use sea_orm::ConnectionTrait;
use serde_json::json;
use store::StoreError;

use crate::{ServiceError, ServiceResult, Services};

impl Services {
    /// What may be offered, by whom.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn offer_policy(&self, actor: &Actor) -> ServiceResult<OfferPolicy> {
        actor.require(Permission::AccountRead)?;
        self.offer_policy_in(self.db.read(), actor).await
    }

    pub(super) async fn offer_policy_in(
        &self,
        db: &impl ConnectionTrait,
        actor: &Actor,
    ) -> ServiceResult<OfferPolicy> {
        let org = actor.organization_id;
        let Some(text) = store::arrangements::policy(db, org).await? else {
            return Ok(OfferPolicy::standard());
        };
        Ok(serde_json::from_str(&text).map_err(StoreError::bad_row("settings", "arrangements.policy"))?)
    }

    /// Saves another policy. Offers made before keep what they were made under.
    ///
    /// # Errors
    /// `Denied`, `Invalid` for a policy without rules, or the database.
    pub async fn set_offer_policy(&self, actor: &Actor, policy: &OfferPolicy) -> ServiceResult<()> {
        actor.require(Permission::ArrangementApprove)?;
        if policy.rules.is_empty() {
            return Err(ServiceError::invalid(
                "policy",
                "La política necesita al menos una regla",
                "The policy needs at least one rule",
            ));
        }
        let text = serde_json::to_string(policy)
            .map_err(|error| ServiceError::Outside { part: "offer policy", cause: error.to_string() })?;
        let org = actor.organization_id;
        let tx = self.begin().await?;
        store::arrangements::set_policy(&tx, org, text).await?;
        let details = json!({ "rules": policy.rules.len() });
        self.audit(&tx, actor, "arrangement_policy.changed", format!("organization:{org}"), details).await?;
        tx.commit().await?;
        Ok(())
    }
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
