//! A person's answer to a proposal that was referred: an offer made of it, or a reason why not.

use chrono::Days;
use domain::access::{Actor, Permission};
use domain::arrangement::negotiation::as_asked;
use domain::ids::ArrangementId;
use serde_json::json;
use store::{Tx, arrangements, negotiations};
use uuid::Uuid;

use super::negotiate::{Ask, Negotiation};
use super::offer::{NewArrangement, subject};
use super::policy::level_of;
use crate::outbox::Telling;
use crate::{ServiceError, ServiceResult, Services};

/// For how many days an offer made of a proposal can be accepted, today being day 0.
const VALID_DAYS: u64 = 15;
/// Longest reason, in characters.
const REASON: usize = 1_000;

/// What a person answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProposalAnswer {
    /// As it was proposed.
    Accept,
    /// With the reason that the debtor reads.
    Decline(String),
}

impl Services {
    /// Answers a proposal that waits for a person. Accepting makes the debtor an offer of exactly
    /// what was proposed, within the limits of the actor: what is beyond a supervisor's waits for
    /// a manager, as any offer of theirs. Gives the offer, if one was made.
    ///
    /// # Errors
    /// `Denied`; `NotFound`; `Invalid` beyond the limits, for one that was answered already, for a
    /// proposal that cannot be offered any more, and without a reason.
    pub async fn answer_proposal(
        &self,
        actor: &Actor,
        id: Uuid,
        answer: ProposalAnswer,
    ) -> ServiceResult<Option<ArrangementId>> {
        actor.require(Permission::ArrangementOffer)?;
        let org = actor.organization_id;
        let found = self.negotiation(actor, id).await?;
        let tx = self.begin().await?;
        arrangements::lock_debts(&tx, org, &[found.account_id]).await?;
        let made = match &answer {
            ProposalAnswer::Accept => Some(self.offer_as_asked(&tx, actor, &found).await?),
            ProposalAnswer::Decline(_) => None,
        };
        let reason = match answer {
            ProposalAnswer::Accept => None,
            ProposalAnswer::Decline(reason) => Some(reason_of(&reason)?),
        };
        let declined = reason.is_some();
        if !negotiations::set_answer(&tx, org, id, (self.now(), actor.audit_name()), reason).await? {
            return Err(answered_before());
        }
        if let Some(offer) = made {
            negotiations::set_arrangement(&tx, org, id, offer).await?;
        }
        let account =
            store::accounts::find(&tx, org, found.account_id).await?.ok_or(ServiceError::NotFound)?;
        let url = format!("{}/propuestas/{id}", self.public_url);
        self.tell(&tx, org, account.debtor_id, Telling::answered(&url)).await?;
        let action = if declined { "negotiation.declined" } else { "negotiation.accepted" };
        let details = json!({ "negotiation": id, "arrangement": made });
        self.audit(&tx, actor, action, format!("account:{}", found.account_id), details).await?;
        tx.commit().await?;
        Ok(made)
    }

    async fn offer_as_asked(
        &self,
        tx: &Tx,
        actor: &Actor,
        found: &Negotiation,
    ) -> ServiceResult<ArrangementId> {
        if found.answered.is_some() {
            return Err(answered_before());
        }
        let Ask::Proposal(proposal) = &found.ask else {
            return Err(ServiceError::invalid(
                "answer",
                "No propuso un plan: hay que proponerle uno",
                "No plan was proposed: propose one",
            ));
        };
        self.refuse_second(tx, actor, &[found.account_id], ArrangementId(found.id)).await?;
        let level = level_of(actor)?;
        let today = self.today(actor.organization_id).await?;
        let owed = self.owed_on(tx, actor, &[found.account_id], today).await?;
        let debt = owed.first().map(|(_, debt)| *debt).ok_or(ServiceError::NotFound)?;
        let policy = self.offer_policy_in(tx, actor).await?.policy;
        let rule = policy.rule(&subject(&owed, debt.total()?, today));
        let terms = as_asked(&debt, proposal, rule.and_then(|rule| rule.limits(level)))?;
        let new = NewArrangement {
            id: ArrangementId(self.new_id()),
            debts: vec![found.account_id],
            terms,
            valid_until: today.checked_add_days(Days::new(VALID_DAYS)),
        };
        self.offer_in(tx, actor, new, level, today).await
    }
}

fn reason_of(text: &str) -> ServiceResult<String> {
    let reason: String = text.trim().chars().take(REASON).collect();
    if reason.is_empty() {
        return Err(ServiceError::invalid(
            "reason",
            "Escribir el motivo; lo leerá la persona",
            "Say why; the person will read it",
        ));
    }
    Ok(reason)
}

fn answered_before() -> ServiceError {
    ServiceError::invalid("answer", "Alguien la respondió ya", "Somebody has answered it already")
}
