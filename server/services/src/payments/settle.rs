//! From what a gateway says of a payment to the ledger: one posting for each movement of money,
//! however often and in whatever order its news arrive.

use chrono::NaiveDate;
use domain::access::Actor;
use domain::account::{Balance, PromiseStatus};
use domain::calendar::business_date;
use domain::ids::{AccountId, OrganizationId, PartyId, PaymentId};
use domain::ledger::{FactKind, MoneyBack, PaymentMethod, PaymentStatus};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Set,
};
use serde_json::json;
use store::entities::{payment_attempts, payments, promises};
use store::{StoreError, Tx, accounts};

use super::designation;
use super::exceptions::{ExceptionKind, NewException};
use super::gateway::{AttemptStatus, GatewayRef, Movement, MovementKind, Snapshot};
use super::post::{PostPayment, ReceiptSeries};
use crate::ledger::NewFact;
use crate::{ServiceError, ServiceResult, Services};

/// A debtor has a tab or two open, not more; older pages lapse by themselves.
const MOST_OPEN: u64 = 5;

/// Who acts when a gateway reports.
pub(super) const WORKER: &str = "gateway-worker";

impl Services {
    /// Brings an attempt to where the gateway has it, and posts every movement of its money that
    /// the ledger does not have. Payments that were started for the same debt are called off once
    /// its balance has changed.
    ///
    /// # Errors
    /// `NotFound` when the payment is not one of ours; `Outside` for pretend money in production
    /// or real money in a demo.
    pub(crate) async fn settle(&self, gateway: &str, snapshot: &Snapshot) -> ServiceResult<()> {
        let tx = self.begin().await?;
        let row = payment_attempts::Entity::find()
            .filter(payment_attempts::Column::Id.eq(snapshot.attempt_id.0))
            .filter(payment_attempts::Column::Gateway.eq(gateway))
            .lock_exclusive()
            .one(&tx)
            .await?
            .ok_or(ServiceError::NotFound)?;
        if snapshot.livemode != self.livemode() {
            let cause = format!("livemode is {} and should be {}", snapshot.livemode, self.livemode());
            return Err(ServiceError::Outside { part: "gateway", cause });
        }
        let actor = self.system(OrganizationId(row.organization_id), WORKER);
        let mut movements: Vec<&Movement> = snapshot.movements.iter().collect();
        movements.sort_by_key(|movement| (movement.kind, movement.at, movement.id.clone()));
        let mut payment = row.payment_id.map(PaymentId);
        let mut moved = false;
        for movement in movements {
            moved |= self.post_movement(&tx, &actor, &row, movement, &mut payment).await?;
        }
        let status = AttemptStatus::from(snapshot.status);
        let unchanged = row.status == status.as_str()
            && row.payment_id == payment.map(|id| id.0)
            && row.failure == snapshot.failure;
        if !moved && unchanged {
            return Ok(());
        }
        let account_id = AccountId(row.account_id);
        let mut row = row.into_active_model();
        row.status = Set(status.as_str().to_owned());
        row.failure = Set(snapshot.failure.clone());
        row.payment_id = Set(payment.map(|id| id.0));
        row.updated_at = Set(self.now());
        if row.gateway_ref.as_ref().is_none() {
            row.gateway_ref = Set(Some(snapshot.reference.0.clone()));
        }
        let row = row.update(&tx).await?;
        tx.commit().await?;
        if let Err(error) = self.note_charge(&row).await {
            // The worker notes it again.
            tracing::warn!(%error, "the end of an automatic charge was not noted");
        }
        if moved {
            self.call_off_others(&actor, account_id).await;
        }
        Ok(())
    }

    /// Whether something was posted.
    async fn post_movement(
        &self,
        tx: &Tx,
        actor: &Actor,
        attempt: &payment_attempts::Model,
        movement: &Movement,
        payment: &mut Option<PaymentId>,
    ) -> ServiceResult<bool> {
        let org = actor.organization_id;
        let zone = self.organization(org).await?.zone;
        let day = business_date(movement.at.min(self.now()), zone);
        let gateway = attempt.gateway.as_str();
        let account_id = AccountId(attempt.account_id);
        if movement.kind == MovementKind::Received {
            let account = accounts::find(tx, org, account_id).await?.ok_or(ServiceError::NotFound)?;
            let source = movement.kind.source(gateway, &movement.id);
            if movement.amount.currency() != account.currency {
                let exception =
                    NewException::on_account(ExceptionKind::Currency, source, movement.amount, account_id);
                return self.open_exception_in(tx, actor, exception).await;
            }
            let new = PostPayment {
                account_id,
                amount: movement.amount,
                method: PaymentMethod::Gateway,
                received_on: day,
                source: source.clone(),
                reference: Some(movement.id.clone()),
                receipt: ReceiptSeries::Next("W"),
                designated: designation::from_column(attempt.designated.as_deref()),
            };
            let posted = self.post_payment_in(tx, actor, new).await?;
            *payment = Some(posted.payment_id);
            if posted.already {
                return Ok(false);
            }
            let row = payment_row(tx, org, posted.payment_id).await?;
            let landed = AccountId(row.account_id);
            self.post_fee(tx, actor, landed, gateway, movement, day).await?;
            if posted.unapplied.is_positive() {
                let exception =
                    NewException::on_account(ExceptionKind::Excess, source, posted.unapplied, landed);
                self.open_exception_in(tx, actor, exception.of(posted.payment_id)).await?;
            }
            return Ok(true);
        }
        // Money that went back of a payment that never arrived: nothing of it is in the books.
        let Some(id) = *payment else { return Ok(false) };
        let row = payment_row(tx, org, id).await?;
        self.post_return(tx, actor, row, gateway, movement, day).await
    }

    /// Money of a posted payment went back, or came again.
    pub(super) async fn post_return(
        &self,
        tx: &Tx,
        actor: &Actor,
        row: payments::Model,
        gateway: &str,
        movement: &Movement,
        day: NaiveDate,
    ) -> ServiceResult<bool> {
        let landed = AccountId(row.account_id);
        let day = day.max(row.received_on);
        let of = row.reference.clone().unwrap_or_default();
        let of = MovementKind::Received.source(gateway, &of);
        let (amount, method) = (movement.amount, PaymentMethod::Gateway);
        let what = match movement.kind {
            MovementKind::Refunded => FactKind::MoneyBack { amount, method, of, why: MoneyBack::Refund },
            MovementKind::Withdrawn => FactKind::MoneyBack { amount, method, of, why: MoneyBack::Chargeback },
            MovementKind::Received | MovementKind::RefundFailed | MovementKind::Reinstated => {
                FactKind::MoneyAgain { amount, method, of }
            }
        };
        let goes_back = matches!(what, FactKind::MoneyBack { .. });
        let source = movement.kind.source(gateway, &movement.id);
        let fact = NewFact { source: source.clone(), effective_on: day, what };
        let posted = self.post_fact_in(tx, actor, landed, fact).await?;
        if posted.already {
            return Ok(false);
        }
        self.post_fee(tx, actor, landed, gateway, movement, day).await?;
        let id = PaymentId(row.id);
        let party = PartyId(row.debtor_id);
        let signed = if goes_back { amount.minor() } else { amount.negate()?.minor() };
        note_returned(tx, row, signed, movement.kind).await?;
        if goes_back {
            self.reopen_promises(tx, actor, landed, &posted.balance).await?;
            self.after_reversal_in(tx, actor, landed, day).await?;
        } else {
            self.keep_promises(tx, actor, landed, &posted.balance).await?;
            self.after_payment_in(tx, actor, landed, day).await?;
            self.certify_in(tx, actor, landed, day).await?;
        }
        let kind = match movement.kind {
            MovementKind::Withdrawn => Some(ExceptionKind::Chargeback),
            MovementKind::RefundFailed => Some(ExceptionKind::RefundFailed),
            _ => None,
        };
        if let Some(kind) = kind {
            let exception = NewException::on_account(kind, source.clone(), amount, landed).of(id);
            self.open_exception_in(tx, actor, exception).await?;
        }
        match movement.kind {
            // Nobody is pursued for money that their bank and ours still argue about.
            MovementKind::Withdrawn => self.hold_for_chargeback(tx, actor, id, (party, landed)).await?,
            MovementKind::Reinstated => self.lift_chargeback(tx, actor, id).await?,
            _ => {}
        }
        let details = json!({ "payment": id, "minor": amount.minor(), "currency": amount.currency() });
        self.audit(tx, actor, audit_name(movement.kind), format!("account:{landed}"), details).await?;
        Ok(true)
    }

    /// The gateway's fee is the agency's: it stands beside the payment, not on the debt.
    async fn post_fee(
        &self,
        tx: &Tx,
        actor: &Actor,
        account: AccountId,
        gateway: &str,
        movement: &Movement,
        day: NaiveDate,
    ) -> ServiceResult<()> {
        let same = |fee: &domain::money::Money| fee.currency() == movement.amount.currency();
        let Some(amount) = movement.fee.filter(|fee| !fee.is_zero() && same(fee)) else { return Ok(()) };
        let source = format!("fee:{}", movement.kind.source(gateway, &movement.id));
        let fact = NewFact { source, effective_on: day, what: FactKind::GatewayFee { amount } };
        self.post_fact_in(tx, actor, account, fact).await?;
        Ok(())
    }

    /// Promises that counted as kept and are not any more wait again; the night breaks those that
    /// are late.
    async fn reopen_promises(
        &self,
        tx: &Tx,
        actor: &Actor,
        account: AccountId,
        owed: &Balance,
    ) -> ServiceResult<()> {
        if owed.total_minor() <= 0 {
            return Ok(());
        }
        let org = actor.organization_id.0;
        let kept = promises::Entity::find()
            .filter(promises::Column::OrganizationId.eq(org))
            .filter(promises::Column::AccountId.eq(account.0))
            .filter(promises::Column::Status.eq(PromiseStatus::Kept.as_str()))
            .all(tx)
            .await?;
        for promise in kept {
            let mut row = promise.into_active_model();
            row.status = Set(PromiseStatus::Open.as_str().to_owned());
            row.update(tx).await?;
        }
        self.keep_promises(tx, actor, account, owed).await
    }

    /// Two tabs must not pay one debt twice: what else was started for it cannot be paid any more.
    /// Done after the books are right; where it fails, the excess is kept in the debtor's favour.
    async fn call_off_others(&self, actor: &Actor, account: AccountId) {
        let open = payment_attempts::Entity::find()
            .filter(payment_attempts::Column::OrganizationId.eq(actor.organization_id.0))
            .filter(payment_attempts::Column::AccountId.eq(account.0))
            .filter(payment_attempts::Column::Status.eq(AttemptStatus::ActionRequired.as_str()))
            .order_by_desc(payment_attempts::Column::CreatedAt)
            .limit(MOST_OPEN)
            .all(self.db.read())
            .await;
        for attempt in open.unwrap_or_default() {
            let gateway = self.gateway(&attempt.gateway).await.ok().flatten();
            let (Some(gateway), Some(reference)) = (gateway, attempt.gateway_ref) else { continue };
            if let Err(error) = gateway.cancel(&GatewayRef(reference)).await {
                tracing::warn!(%error, gateway = attempt.gateway, "a started payment was not called off");
            }
        }
    }
}

const fn audit_name(kind: MovementKind) -> &'static str {
    match kind {
        MovementKind::Received => "payment.posted",
        MovementKind::Refunded => "payment.refunded",
        MovementKind::RefundFailed => "payment.refund_failed",
        MovementKind::Withdrawn => "payment.charged_back",
        MovementKind::Reinstated => "payment.reinstated",
    }
}

async fn payment_row(tx: &Tx, org: OrganizationId, id: PaymentId) -> ServiceResult<payments::Model> {
    payments::Entity::find_by_id((org.0, id.0)).one(tx).await?.ok_or(ServiceError::NotFound)
}

/// Counts what went back (or came again, when `minor` is negative), and says how the payment stands.
async fn note_returned(tx: &Tx, row: payments::Model, minor: i64, kind: MovementKind) -> ServiceResult<()> {
    let overflow = || ServiceError::Store(StoreError::from(domain::money::MoneyError::Overflow));
    let returned = row.returned_minor.checked_add(minor).ok_or_else(overflow)?;
    let status = match kind {
        _ if returned < row.amount_minor => PaymentStatus::Posted,
        MovementKind::Withdrawn => PaymentStatus::ChargedBack,
        _ => PaymentStatus::Refunded,
    };
    let mut row = row.into_active_model();
    row.returned_minor = Set(returned);
    row.status = Set(status.as_str().to_owned());
    row.update(tx).await?;
    Ok(())
}
