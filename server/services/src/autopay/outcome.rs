//! How a charge ended: noted once, told to its debtor, and what follows from it.

use domain::access::Actor;
use domain::arrangement::autopay;
use domain::ids::{ArrangementId, AutopayId, OrganizationId, PaymentId};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QuerySelect, Set};
use serde_json::json;
use store::entities::{autopay_charges, payment_attempts};
use store::{StoreError, arrangements};

use super::charge::{WORKER, charges_of};
use super::tell::Ended;
use super::{AUTHENTICATION, AutopayStatus, card_of, locked, status_of};
use crate::payments::{AttemptStatus, stored_money};
use crate::{ServiceError, ServiceResult, Services};

/// As `autopay_charges.outcome` has them; [`AUTHENTICATION`] is one more.
pub(super) const PAID: &str = "paid";
pub(super) const DECLINED: &str = "declined";
const WITHDRAWN: &str = "withdrawn";

impl Services {
    /// Notes the end of an attempt that automatic payment made. Nothing happens for other attempts,
    /// for those that go on, and for an end that was noted before.
    pub(crate) async fn note_charge(&self, attempt: &payment_attempts::Model) -> ServiceResult<()> {
        let key = (attempt.organization_id, attempt.id);
        let status: AttemptStatus =
            attempt.status.parse().map_err(StoreError::bad_row("payment_attempts", attempt.id))?;
        let outcome = match status {
            AttemptStatus::Succeeded => PAID,
            AttemptStatus::Failed if attempt.failure.as_deref() == Some(AUTHENTICATION) => AUTHENTICATION,
            AttemptStatus::Failed => DECLINED,
            AttemptStatus::Canceled | AttemptStatus::Expired => WITHDRAWN,
            AttemptStatus::Created | AttemptStatus::ActionRequired | AttemptStatus::Processing => {
                return Ok(());
            }
        };
        if autopay_charges::Entity::find_by_id(key).one(self.db.read()).await?.is_none() {
            return Ok(());
        }
        let org = OrganizationId(attempt.organization_id);
        let actor = self.system(org, WORKER);
        let today = self.today(org).await?;
        let tx = self.begin().await?;
        let charge = autopay_charges::Entity::find_by_id(key).lock_exclusive().one(&tx).await?;
        let Some(charge) = charge.filter(|charge| charge.outcome.is_none()) else { return Ok(()) };
        let (due_on, id) = (charge.due_on, ArrangementId(charge.arrangement_id));
        let autopay_id = AutopayId(charge.autopay_id);
        let mut change = charge.into_active_model();
        change.outcome = Set(Some(outcome.to_owned()));
        change.failure = Set(attempt.failure.clone());
        change.update(&tx).await?;
        let of = arrangements::find(&tx, org, id).await?.ok_or(ServiceError::NotFound)?;
        let row = locked(&tx, org, autopay_id).await?;
        let card = card_of(&row).ok_or(ServiceError::NotFound)?;
        let amount = stored_money("payment_attempts", attempt.id, attempt.amount_minor, &attempt.currency)?;
        let active = status_of(&row)? == AutopayStatus::Active;
        let declined = charges_of(&tx, org, id)
            .await?
            .iter()
            .filter(|one| one.due_on == due_on && one.autopay_id == autopay_id.0)
            .filter(|one| one.outcome.as_deref() == Some(DECLINED))
            .count();
        let code = attempt.failure.as_deref().unwrap_or_default();
        let next = autopay::next_try(due_on, of.terms.grace_days, declined, today)
            .filter(|_| active && code != "refused" && autopay::may_try_again(code));
        let ended = match outcome {
            PAID => Some(Ended::Paid(attempt.payment_id.map(PaymentId))),
            AUTHENTICATION => Some(Ended::NeedsHolder),
            DECLINED if active => Some(Ended::Declined(next)),
            _ => None,
        };
        let pauses = outcome == DECLINED && next.is_none() && active;
        let mut change = row.into_active_model();
        if outcome == PAID {
            // Another instalment, or the rest on another debt, may be due.
            change.look_at = Set(self.now());
        }
        if pauses {
            change.status = Set(AutopayStatus::Paused.as_str().to_owned());
        }
        change.updated_at = Set(self.now());
        change.update(&tx).await?;
        if let Some(ended) = ended {
            let account = domain::ids::AccountId(attempt.account_id);
            let telling = self.told_ended(&tx, org, &of, &card, (account, amount), ended).await?;
            self.tell(&tx, org, of.debtor_id, telling).await?;
        }
        self.audit_end(&tx, &actor, id, attempt, outcome, pauses).await?;
        tx.commit().await?;
        metrics::counter!("saldar_autopay_charges_total", "outcome" => outcome).increment(1);
        Ok(())
    }

    async fn audit_end(
        &self,
        tx: &store::Tx,
        actor: &Actor,
        id: ArrangementId,
        attempt: &payment_attempts::Model,
        outcome: &'static str,
        pauses: bool,
    ) -> ServiceResult<()> {
        let details = json!({
            "attempt": attempt.id,
            "outcome": outcome,
            "failure": attempt.failure,
            "minor": attempt.amount_minor,
            "currency": attempt.currency,
            "paused": pauses,
        });
        self.audit(tx, actor, "autopay.charged", format!("arrangement:{id}"), details).await
    }
}
