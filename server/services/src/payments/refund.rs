//! Giving money back through the gateway it came by: reserved in the ledger first, so that it cannot
//! be given twice, then asked for by a worker.

use domain::access::{Actor, Permission};
use domain::ids::{OrganizationId, PaymentId, RefundId};
use domain::ledger::{PaymentMethod, PaymentStatus};
use domain::money::Money;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Set,
};
use store::StoreError;
use store::entities::{payment_attempts, payments, refunds};

use super::gateway::{GatewayError, GatewayRef, Movement, MovementKind, RefundRequest};
use super::post::stored_money;
use super::settle::WORKER;
use crate::{ServiceError, ServiceResult, Services};

/// Money to give back to a payer.
#[derive(Clone, Debug)]
pub struct NewRefund {
    /// Idempotency: a form carries it, so that sending it twice gives back once.
    pub id: RefundId,
    pub payment_id: PaymentId,
    pub amount: Money,
    pub reason: String,
}

/// Waits for a worker.
const REQUESTED: &str = "requested";
/// The gateway has it; how it ends is seen on the payment.
const SENT: &str = "sent";
const FAILED: &str = "failed";

/// Refunds that a worker takes at a time.
const BATCH: u64 = 20;

impl Services {
    /// Reserves a refund of an online payment: the debt is up by it at once, and the money goes
    /// back by itself.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or `Invalid`: more than the payment still holds, not an online
    /// payment, another currency, no reason, or an id that was used for something else.
    pub async fn request_refund(&self, actor: &Actor, new: NewRefund) -> ServiceResult<()> {
        actor.require(Permission::RefundMake)?;
        let org = actor.organization_id;
        let reason = new.reason.trim();
        if reason.is_empty() {
            return Err(ServiceError::invalid(
                "reason",
                "Escriba por qué se devuelve",
                "Say why it is returned",
            ));
        }
        let tx = self.begin().await?;
        let payment =
            payments::Entity::find_by_id((org.0, new.payment_id.0)).lock_exclusive().one(&tx).await?;
        let payment = payment.ok_or(ServiceError::NotFound)?;
        if let Some(known) = refunds::Entity::find_by_id((org.0, new.id.0)).one(&tx).await? {
            let same = known.payment_id == payment.id && known.amount_minor == new.amount.minor();
            return if same { Ok(()) } else { Err(another_refund()) };
        }
        let left = stored_money(
            "payments",
            payment.id,
            payment.amount_minor - payment.returned_minor,
            &payment.currency,
        )?;
        let online = payment.method == PaymentMethod::Gateway.as_str();
        if !online || payment.status == PaymentStatus::Reversed.as_str() {
            return Err(ServiceError::invalid(
                "payment",
                "Solo se devuelve por aquí un pago en línea que siga vigente",
                "Only an online payment that still counts can be returned here",
            ));
        }
        if new.amount.currency() != left.currency() || !new.amount.is_positive() || new.amount > left {
            return Err(ServiceError::invalid(
                "amount",
                format!("Escriba un importe mayor que cero y hasta {left}, que es lo que queda del pago"),
                format!("Write an amount above zero and up to {left}, which is what the payment still holds"),
            ));
        }
        let attempt = attempt_of(&tx, org, new.payment_id).await?.ok_or(ServiceError::NotFound)?;
        let now = self.now();
        let row = refunds::ActiveModel {
            organization_id: Set(org.0),
            id: Set(new.id.0),
            payment_id: Set(payment.id),
            account_id: Set(payment.account_id),
            amount_minor: Set(new.amount.minor()),
            currency: Set(new.amount.currency().to_string()),
            reason: Set(reason.chars().take(500).collect()),
            status: Set(REQUESTED.to_owned()),
            gateway_ref: Set(None),
            failure: Set(None),
            tries: Set(0),
            requested_by: Set(actor.audit_name()),
            requested_at: Set(now),
            updated_at: Set(now),
            livemode: Set(self.livemode()),
        };
        refunds::Entity::insert(row).exec_without_returning(&tx).await?;
        let day = self.today(org).await?;
        let reserved = movement(&new, MovementKind::Refunded, now);
        self.post_return(&tx, actor, payment, &attempt.gateway, &reserved, day).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Asks the gateways for what was reserved. Returns how many were settled either way. Safe to
    /// run in several processes: the refund's id is the gateway's idempotency key.
    ///
    /// # Errors
    /// The database fails; a gateway that does not answer is asked again.
    pub async fn send_refunds(&self) -> ServiceResult<usize> {
        let waiting = refunds::Entity::find()
            .filter(refunds::Column::Status.eq(REQUESTED))
            .order_by_asc(refunds::Column::UpdatedAt)
            .limit(BATCH)
            .all(self.db.read())
            .await?;
        let mut done = 0;
        for refund in waiting {
            let org = OrganizationId(refund.organization_id);
            let attempt = attempt_of(self.db.read(), org, PaymentId(refund.payment_id)).await?;
            let attempt = attempt.ok_or(ServiceError::NotFound)?;
            let payment =
                payments::Entity::find_by_id((org.0, refund.payment_id)).one(self.db.read()).await?;
            let reference = payment.and_then(|payment| payment.reference).unwrap_or_default();
            let request = RefundRequest {
                id: RefundId(refund.id),
                payment: GatewayRef(reference),
                amount: stored_money("refunds", refund.id, refund.amount_minor, &refund.currency)?,
            };
            let outcome = match self.gateway(&attempt.gateway).await? {
                Some(gateway) => gateway.refund(&request).await,
                None => Err(GatewayError::Unreachable("it is not set up in this deployment".to_owned())),
            };
            done += usize::from(self.note_refund(refund, &attempt, &request, outcome).await?);
        }
        Ok(done)
    }

    /// Whether the refund needs no further try.
    async fn note_refund(
        &self,
        refund: refunds::Model,
        attempt: &payment_attempts::Model,
        request: &RefundRequest,
        outcome: Result<GatewayRef, GatewayError>,
    ) -> ServiceResult<bool> {
        let org = OrganizationId(refund.organization_id);
        let tx = self.begin().await?;
        let key = (refund.organization_id, refund.id);
        let row = refunds::Entity::find_by_id(key).lock_exclusive().one(&tx).await?;
        let Some(row) = row.filter(|row| row.status == REQUESTED) else { return Ok(false) };
        let tries = row.tries.saturating_add(1);
        let mut row = row.into_active_model();
        row.tries = Set(tries);
        row.updated_at = Set(self.now());
        let settled = match outcome {
            Ok(reference) => {
                row.status = Set(SENT.to_owned());
                row.gateway_ref = Set(Some(reference.0));
                true
            }
            Err(GatewayError::Unreachable(cause)) => {
                tracing::warn!(cause, gateway = attempt.gateway, "a refund waits");
                row.failure = Set(Some(cause));
                false
            }
            Err(error) => {
                row.status = Set(FAILED.to_owned());
                row.failure = Set(Some(error.to_string()));
                let payment = payments::Entity::find_by_id((org.0, refund.payment_id))
                    .lock_exclusive()
                    .one(&tx)
                    .await?
                    .ok_or(ServiceError::NotFound)?;
                let new = NewRefund {
                    id: request.id,
                    payment_id: PaymentId(refund.payment_id),
                    amount: request.amount,
                    reason: refund.reason,
                };
                let actor = self.system(org, WORKER);
                let back = movement(&new, MovementKind::RefundFailed, self.now());
                let day = self.today(org).await?;
                self.post_return(&tx, &actor, payment, &attempt.gateway, &back, day).await?;
                true
            }
        };
        row.update(&tx).await?;
        tx.commit().await?;
        Ok(settled)
    }
}

fn movement(refund: &NewRefund, kind: MovementKind, at: chrono::DateTime<chrono::Utc>) -> Movement {
    Movement { kind, id: refund.id.to_string(), amount: refund.amount, fee: None, at }
}

async fn attempt_of(
    db: &impl sea_orm::ConnectionTrait,
    org: OrganizationId,
    payment: PaymentId,
) -> Result<Option<payment_attempts::Model>, StoreError> {
    Ok(payment_attempts::Entity::find()
        .filter(payment_attempts::Column::OrganizationId.eq(org.0))
        .filter(payment_attempts::Column::PaymentId.eq(payment.0))
        .one(db)
        .await?)
}

fn another_refund() -> ServiceError {
    ServiceError::invalid(
        "id",
        "Este formulario ya se usó para otra devolución; abra la página de nuevo",
        "This form was used for another refund; open the page again",
    )
}
