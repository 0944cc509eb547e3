//! Offers: what would be agreed, who may offer it, and the offer itself.

use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::account::{Account, Balance, Stage};
use domain::arrangement::{
    Approval, Arrangement, ArrangementTerms, BeyondLimit, Offer, OfferLevel, OfferSubject,
};
use domain::calendar::days_past_due;
use domain::ids::{AccountId, ArrangementId};
use domain::money::Money;
use sea_orm::ConnectionTrait;
use serde_json::json;
use store::{Tx, arrangements};

use super::policy::level_of;
use super::refusal::{bad_terms, beyond_limits};
use crate::{ServiceError, ServiceResult, Services};

/// What to offer.
#[derive(Clone, Debug)]
pub struct NewArrangement {
    /// Idempotency: a form carries it, so that sending it twice offers once.
    pub id: ArrangementId,
    /// Debts of one debtor in one currency; the first one takes a charge for a breach.
    pub debts: Vec<AccountId>,
    pub terms: ArrangementTerms,
    pub valid_until: Option<NaiveDate>,
}

/// What an offer would say, before it is made.
#[derive(Clone, Debug)]
pub struct ArrangementPreview {
    /// Schedule, figures and what is forgiven; nothing of it is kept.
    pub arrangement: Arrangement,
    pub level: OfferLevel,
    /// The limits of the actor that it goes beyond.
    pub beyond: Vec<BeyondLimit>,
    /// It can be offered, but a manager has to approve it.
    pub needs_approval: bool,
    /// The actor may make this offer.
    pub is_allowed: bool,
}

impl Services {
    /// What the offer would say today.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or `Invalid` for terms that make no arrangement.
    pub async fn preview_arrangement(
        &self,
        actor: &Actor,
        new: &NewArrangement,
    ) -> ServiceResult<ArrangementPreview> {
        let level = level_of(actor)?;
        let today = self.today(actor.organization_id).await?;
        self.draft(self.db.read(), actor, new, level, today).await
    }

    /// Makes the offer. What is beyond an agent's limits is refused; what is beyond a supervisor's
    /// waits for a manager.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or `Invalid` with each limit or with what is wrong in the terms.
    pub async fn offer_arrangement(
        &self,
        actor: &Actor,
        new: NewArrangement,
    ) -> ServiceResult<ArrangementId> {
        let level = level_of(actor)?;
        let org = actor.organization_id;
        let today = self.today(org).await?;
        let tx = self.begin().await?;
        arrangements::lock_debts(&tx, org, &new.debts).await?;
        if arrangements::find(&tx, org, new.id).await?.is_some() {
            return Ok(new.id);
        }
        let id = self.offer_in(&tx, actor, new, level, today).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// The same in the caller's transaction, which holds the debts' balances.
    pub(super) async fn offer_in(
        &self,
        tx: &Tx,
        actor: &Actor,
        new: NewArrangement,
        level: OfferLevel,
        today: NaiveDate,
    ) -> ServiceResult<ArrangementId> {
        let preview = self.draft(tx, actor, &new, level, today).await?;
        if !preview.is_allowed {
            return Err(beyond_limits(&preview.beyond));
        }
        let mut offer = preview.arrangement;
        if preview.needs_approval {
            let why = preview.beyond.iter().map(ToString::to_string).collect();
            offer.approval = Approval::Needed { why };
        }
        arrangements::insert(tx, actor.organization_id, &offer, self.now()).await?;
        let details = json!({
            "kind": offer.terms.kind,
            "debts": new.debts,
            "to_pay": offer.agreed.to_pay.minor(),
            "currency": offer.agreed.to_pay.currency(),
            "needs_approval": preview.needs_approval,
        });
        self.audit(tx, actor, "arrangement.offered", format!("arrangement:{}", offer.id), details).await?;
        Ok(offer.id)
    }

    async fn draft(
        &self,
        db: &impl ConnectionTrait,
        actor: &Actor,
        new: &NewArrangement,
        level: OfferLevel,
        today: NaiveDate,
    ) -> ServiceResult<ArrangementPreview> {
        actor.require(Permission::AccountRead)?;
        let owed = self.owed_on(db, actor, &new.debts, today).await?;
        check_debts(&owed)?;
        let debtor_id = owed.first().map(|(account, _)| account.debtor_id).ok_or(ServiceError::NotFound)?;
        let offer = Offer {
            id: new.id,
            debtor_id,
            debts: owed.iter().map(|(account, balance)| (account.id, *balance)).collect(),
            offered_on: today,
            offered_by: actor.audit_name(),
            valid_until: new.valid_until,
        };
        let mut arrangement = Arrangement::offer(offer, new.terms.clone()).map_err(bad_terms)?;
        let policy = self.offer_policy_in(db, actor).await?.policy;
        let subject = subject(&owed, arrangement.agreed.debt.total()?, today);
        if arrangement.terms.min_installment.is_none()
            && let Some(rule) = policy.rule(&subject)
        {
            // The policy's least instalment holds for later changes of the plan, too.
            let limits = rule.limits(level);
            arrangement.terms.min_installment =
                limits.and_then(|limits| limits.minimum(arrangement.agreed.to_pay.currency()));
        }
        let beyond = policy.beyond(level, &subject, &arrangement)?;
        let within_manager = policy.beyond(OfferLevel::Manager, &subject, &arrangement)?.is_empty();
        let needs_approval = !beyond.is_empty() && level == OfferLevel::Supervisor && within_manager;
        let is_allowed = beyond.is_empty() || needs_approval;
        Ok(ArrangementPreview { arrangement, level, beyond, needs_approval, is_allowed })
    }
}

fn check_debts(owed: &[(Account, Balance)]) -> ServiceResult<()> {
    let Some((first, _)) = owed.first() else {
        return Err(ServiceError::invalid("debts", "Elegir al menos una deuda", "Choose at least one debt"));
    };
    for (at, (account, _)) in owed.iter().enumerate() {
        if account.debtor_id != first.debtor_id || account.currency != first.currency {
            return Err(ServiceError::invalid(
                "debts",
                "Las deudas deben ser de un mismo deudor y en una misma moneda",
                "The debts must be of one debtor and in one currency",
            ));
        }
        if owed.iter().take(at).any(|(other, _)| other.id == account.id) {
            return Err(ServiceError::invalid("debts", "Una deuda está dos veces", "A debt stands twice"));
        }
    }
    Ok(())
}

/// The debts as the policy sees them: as late as the latest of them.
pub(super) fn subject(owed: &[(Account, Balance)], total: Money, today: NaiveDate) -> OfferSubject {
    let open = owed.iter().filter(|(_, balance)| balance.total_minor() > 0);
    let days = open.clone().map(|(account, _)| days_past_due(account.due_on, today)).max();
    let stage = open.map(|(account, balance)| account.stage(balance, today)).max();
    let mut creditors: Vec<_> = owed.iter().map(|(account, _)| account.creditor_id).collect();
    creditors.sort_unstable();
    creditors.dedup();
    OfferSubject {
        creditors,
        products: owed.iter().map(|(account, _)| account.product.clone()).collect(),
        stage: stage.unwrap_or(Stage::Settled),
        days_past_due: days.unwrap_or(0),
        total,
    }
}
