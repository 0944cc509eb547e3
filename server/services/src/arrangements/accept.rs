//! From the offer to the agreement, or to its end by somebody's word.

use domain::access::{Actor, ActorKind, Permission};
use domain::arrangement::{Acceptance, Arrangement, ArrangementStatus, WhenForgiven};
use domain::ids::{AccountId, ArrangementId};
use serde_json::json;
use store::{Tx, arrangements};

use super::refusal::bad_step;
use crate::debtors::{CodeAnswer, DebtorSession, Proof, Proven, needs_code};
use crate::{ServiceError, ServiceResult, Services};

/// How the debtor agreed.
#[derive(Clone, Debug)]
pub struct AcceptArrangement {
    /// Of the terms that were shown: see [`super::ArrangementView::terms_hash`].
    pub terms_hash: String,
    /// For example `portal`, `phone`, `office`, `paper`.
    pub channel: String,
    /// What was said or signed, or the number of the recording.
    pub words: String,
    /// Where a session accepted from: the network address, say.
    pub origin: Option<String>,
}

/// Longest evidence, in characters.
const WORDS: usize = 2_000;

impl Services {
    /// A manager says yes to an offer beyond a supervisor's limits.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or `Invalid` when there is nothing to approve.
    pub async fn approve_arrangement(&self, actor: &Actor, id: ArrangementId) -> ServiceResult<()> {
        actor.require(Permission::ArrangementApprove)?;
        let org = actor.organization_id;
        let tx = self.begin().await?;
        let offer = arrangements::lock(&tx, org, id).await?.ok_or(ServiceError::NotFound)?;
        let approved = offer.clone().approve(actor.audit_name(), self.now()).map_err(bad_step)?;
        arrangements::update(&tx, org, &offer, &approved).await?;
        self.audit(&tx, actor, "arrangement.approved", format!("arrangement:{id}"), json!({})).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The debtor agrees, as a member of staff witnesses. Agreeing twice is agreeing once. Other
    /// offers on the same debts are off with it.
    ///
    /// # Errors
    /// `Denied`; `NotFound`, also for offers to others; `Invalid` for an offer that ended, lacks
    /// an approval, or said something else, for words that are missing, when another arrangement
    /// runs on one of the debts, and for debtors, who prove first that it is them.
    pub async fn accept_arrangement(
        &self,
        actor: &Actor,
        id: ArrangementId,
        accept: AcceptArrangement,
    ) -> ServiceResult<()> {
        self.accept_with(actor, id, accept, None).await
    }

    /// The debtor agrees in the portal: within a short time after signing in, or with a code that
    /// was sent for it ([`Services::send_fresh_code`]). The evidence says where the code went.
    ///
    /// # Errors
    /// As above; `Invalid` at `code` when there is none, or a wrong one.
    pub async fn accept_my_arrangement(
        &self,
        session: &DebtorSession,
        id: ArrangementId,
        accept: AcceptArrangement,
        answer: Option<CodeAnswer>,
    ) -> ServiceResult<()> {
        let known = arrangements::find(self.db.read(), session.actor.organization_id, id).await?;
        let known = known.filter(|known| known.debtor_id == session.party.id);
        let known = known.ok_or(ServiceError::NotFound)?;
        if known.acceptance.is_some() && known.terms_hash() == accept.terms_hash {
            return Ok(());
        }
        let proven = self.prove_now(session, answer.as_ref()).await?;
        self.accept_with(&session.actor, id, accept, Some(proven)).await
    }

    async fn accept_with(
        &self,
        actor: &Actor,
        id: ArrangementId,
        accept: AcceptArrangement,
        proven: Option<Proven>,
    ) -> ServiceResult<()> {
        let org = actor.organization_id;
        let today = self.today(org).await?;
        let tx = self.begin().await?;
        let offer = self.lock_whole(&tx, actor, id).await?;
        match actor.kind {
            ActorKind::Debtor { party_id } if party_id != offer.debtor_id => {
                return Err(ServiceError::NotFound);
            }
            ActorKind::Debtor { .. } => {}
            _ => actor.require(Permission::ArrangementOffer)?,
        }
        if offer.acceptance.is_some() && offer.terms_hash() == accept.terms_hash {
            return Ok(());
        }
        if proven.is_none() && matches!(actor.kind, ActorKind::Debtor { .. }) {
            return Err(needs_code());
        }
        let accounts = debts_of(&offer);
        self.refuse_second(&tx, actor, &accounts, id).await?;
        let proof = proven.as_ref().map(|proven| &proven.proof);
        let acceptance = Acceptance {
            at: self.now(),
            by: actor.audit_name(),
            evidence: evidence(&accept, &offer, proof)?,
        };
        let accepted = offer.clone().accept(acceptance, today, &accept.terms_hash).map_err(bad_step)?;
        let accepted = if accepted.terms.when_forgiven == WhenForgiven::Upfront {
            self.forgive_upfront(&tx, actor, accepted, today).await?
        } else {
            accepted
        };
        arrangements::update(&tx, org, &offer, &accepted).await?;
        let mut told = self.supersede(&tx, actor, &accounts, id, today).await?;
        // What changed between offer and acceptance: payments on the debts, above all.
        told.extend(self.refresh_in(&tx, actor, accepted, today, super::refresh::Why::Accepted).await?);
        let by = proof.map(|proof| json!({ "by": proof.by, "channel": proof.sent_to.channel }));
        let details = json!({ "channel": accept.channel, "terms": accept.terms_hash, "proven": by });
        if let Some(proven) = proven {
            // With the acceptance or not at all: one that fails does not cost the code.
            self.spend(&tx, proven).await?;
        }
        told.insert(0, self.told(actor, "arrangement.accepted", format!("arrangement:{id}"), details));
        store::audit::append(&tx, told).await?;
        tx.commit().await?;
        metrics::counter!("saldar_arrangements_accepted_total").increment(1);
        Ok(())
    }

    /// Ends an offer or a running arrangement by decision. What was forgiven up front comes back.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or `Invalid` without a reason or when it has ended already.
    pub async fn cancel_arrangement(
        &self,
        actor: &Actor,
        id: ArrangementId,
        reason: &str,
    ) -> ServiceResult<()> {
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(ServiceError::invalid("reason", "Escribir el motivo", "Say why"));
        }
        let org = actor.organization_id;
        let today = self.today(org).await?;
        let tx = self.begin().await?;
        let before = self.lock_whole(&tx, actor, id).await?;
        // An agent may take back an offer; what a debtor agreed to is a supervisor's to end.
        let needed = match before.status {
            ArrangementStatus::Offered => Permission::ArrangementOffer,
            _ => Permission::ArrangementExceed,
        };
        actor.require(needed)?;
        let why = reason.chars().take(500).collect();
        let mut after = before.clone().cancel(today, why).map_err(bad_step)?;
        if before.status.is_running() && before.terms.when_forgiven == WhenForgiven::Upfront {
            self.take_forgiveness_back(&tx, actor, &mut after).await?;
        }
        arrangements::update(&tx, org, &before, &after).await?;
        let details = json!({ "from": before.status });
        self.audit(&tx, actor, "arrangement.cancelled", format!("arrangement:{id}"), details).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The arrangement with the balances of its debts, all locked.
    pub(crate) async fn lock_whole(
        &self,
        tx: &Tx,
        actor: &Actor,
        id: ArrangementId,
    ) -> ServiceResult<Arrangement> {
        let org = actor.organization_id;
        let found = arrangements::find(tx, org, id).await?.ok_or(ServiceError::NotFound)?;
        // The debts of an arrangement never change, so they can be read before they are locked.
        arrangements::lock_debts(tx, org, &debts_of(&found)).await?;
        arrangements::lock(tx, org, id).await?.ok_or(ServiceError::NotFound)
    }

    pub(crate) async fn refuse_second(
        &self,
        tx: &Tx,
        actor: &Actor,
        accounts: &[AccountId],
        id: ArrangementId,
    ) -> ServiceResult<()> {
        let running = [ArrangementStatus::Accepted, ArrangementStatus::Active];
        for account in accounts {
            let others = arrangements::of_account(tx, actor.organization_id, *account, &running).await?;
            if others.iter().any(|other| *other != id) {
                return Err(ServiceError::invalid(
                    "debts",
                    "Ya hay un convenio vigente sobre una de las deudas; cancelarlo antes",
                    "Another arrangement runs on one of the debts; cancel it first",
                ));
            }
        }
        Ok(())
    }

    /// Other offers on these debts are off.
    pub(crate) async fn supersede(
        &self,
        tx: &Tx,
        actor: &Actor,
        accounts: &[AccountId],
        id: ArrangementId,
        today: chrono::NaiveDate,
    ) -> ServiceResult<Vec<store::audit::NewAudit>> {
        let org = actor.organization_id;
        let mut told = Vec::new();
        for account in accounts {
            let open = [ArrangementStatus::Offered];
            for other in arrangements::of_account(tx, org, *account, &open).await? {
                let Some(before) = arrangements::lock(tx, org, other).await? else { continue };
                if other == id || before.status != ArrangementStatus::Offered {
                    continue;
                }
                let after = before.clone().cancel(today, format!("superseded:{id}")).map_err(bad_step)?;
                arrangements::update(tx, org, &before, &after).await?;
                let details = json!({ "from": before.status, "superseded_by": id });
                told.push(self.told(actor, "arrangement.cancelled", format!("arrangement:{other}"), details));
            }
        }
        Ok(told)
    }
}

pub(super) fn debts_of(of: &Arrangement) -> Vec<AccountId> {
    of.debts.iter().map(|debt| debt.account_id).collect()
}

fn evidence(accept: &AcceptArrangement, offer: &Arrangement, proof: Option<&Proof>) -> ServiceResult<String> {
    let words: String = accept.words.trim().chars().take(WORDS).collect();
    if words.is_empty() || accept.channel.trim().is_empty() {
        return Err(ServiceError::invalid(
            "words",
            "Escribir cómo aceptó el deudor: palabras, firma o número de grabación",
            "Say how the debtor agreed: words, signature or number of the recording",
        ));
    }
    let evidence = json!({
        "words": words,
        "channel": accept.channel.trim(),
        "origin": accept.origin,
        "terms": accept.terms_hash,
        "revision": offer.revision,
        "proof": proof,
    });
    Ok(evidence.to_string())
}
