//! What Stripe's objects say of a payment: where it stands, and every movement of its money.

use chrono::{DateTime, Utc};
use domain::ids::PaymentAttemptId;
use services::payments::{GatewayError, GatewayRef, Movement, MovementKind, Snapshot, SnapshotStatus};

use super::amount::from_stripe;
use super::answer::{Charge, Dispute, Intent, Metadata, Refund, SessionLine, Transaction};
use super::{ATTEMPT, AUTOPAY, REFUND};

/// A payment whose money has not moved.
pub fn unpaid(id: &str, livemode: bool, session: &SessionLine) -> Result<Snapshot, GatewayError> {
    let status = match session.status.as_deref() {
        Some("expired") => SnapshotStatus::Expired,
        Some("complete") => SnapshotStatus::Processing,
        _ => SnapshotStatus::ActionRequired,
    };
    Ok(Snapshot {
        reference: GatewayRef(id.to_owned()),
        attempt_id: attempt(session.metadata.as_ref()).ok_or(GatewayError::Unknown)?,
        status,
        movements: Vec::new(),
        failure: None,
        livemode,
    })
}

/// A payment with its intent; the page it began on, where that is known; and what went back.
pub fn paid(
    intent: &Intent,
    session: Option<&SessionLine>,
    refunds: &[Refund],
    disputes: &[Dispute],
) -> Result<Snapshot, GatewayError> {
    let on_session = session.and_then(|session| attempt(session.metadata.as_ref()));
    let attempt_id = attempt(Some(&intent.metadata)).or(on_session).ok_or(GatewayError::Unknown)?;
    let mut movements = Vec::new();
    if let Some(charge) = intent.latest_charge.as_ref().filter(|_| intent.amount_received > 0) {
        movements.push(received(intent, charge)?);
    }
    for refund in refunds {
        movements.extend(returned(refund)?);
    }
    for dispute in disputes {
        for transaction in &dispute.balance_transactions {
            movements.extend(disputed(dispute, transaction)?);
        }
    }
    Ok(Snapshot {
        reference: GatewayRef(intent.id.clone()),
        attempt_id,
        status: status(intent, session),
        movements,
        failure: failure(intent),
        livemode: intent.livemode,
    })
}

/// Where the intent alone does not tell whether the payer can still pay, its page does.
pub fn needs_session(intent: &Intent) -> bool {
    let open = matches!(intent.status.as_str(), "requires_payment_method" | "requires_action" | "canceled");
    open && !is_off_session(intent)
}

/// A charge of a saved card: there is no page on which anybody could mend it.
fn is_off_session(intent: &Intent) -> bool {
    intent.metadata.contains_key(AUTOPAY)
}

fn status(intent: &Intent, session: Option<&SessionLine>) -> SnapshotStatus {
    let page = session.and_then(|session| session.status.as_deref());
    let unpaid = session.is_some_and(|session| session.payment_status == "unpaid");
    match (intent.status.as_str(), page) {
        ("succeeded", _) => SnapshotStatus::Succeeded,
        ("processing" | "requires_capture", _) => SnapshotStatus::Processing,
        ("requires_payment_method" | "requires_action", _) if is_off_session(intent) => {
            SnapshotStatus::Failed
        }
        // Made, and not confirmed yet.
        ("requires_confirmation", _) if is_off_session(intent) => SnapshotStatus::Processing,
        ("canceled" | "requires_payment_method", Some("expired")) => SnapshotStatus::Expired,
        ("canceled", _) => SnapshotStatus::Canceled,
        // A voucher that was not paid in time: the page is done, the money never came.
        ("requires_payment_method", Some("complete")) => SnapshotStatus::Failed,
        // The payer holds a voucher, a CLABE or a code and pays elsewhere.
        ("requires_action", Some("complete")) if unpaid => SnapshotStatus::Processing,
        _ => SnapshotStatus::ActionRequired,
    }
}

fn failure(intent: &Intent) -> Option<String> {
    if is_off_session(intent) && intent.status == "requires_action" {
        return Some(services::autopay::AUTHENTICATION.to_owned());
    }
    let error = intent.last_payment_error.as_ref()?;
    error.decline_code.clone().or_else(|| error.code.clone())
}

fn attempt(metadata: Option<&Metadata>) -> Option<PaymentAttemptId> {
    metadata?.get(ATTEMPT)?.parse().ok()
}

fn received(intent: &Intent, charge: &Charge) -> Result<Movement, GatewayError> {
    Ok(Movement {
        kind: MovementKind::Received,
        id: intent.id.clone(),
        amount: from_stripe(intent.amount_received, &intent.currency)?,
        fee: charge.balance_transaction.as_ref().and_then(fee),
        at: instant(charge.created)?,
    })
}

/// A refund; and its money back again when it did not arrive.
fn returned(refund: &Refund) -> Result<Vec<Movement>, GatewayError> {
    let ours = refund.metadata.as_ref().and_then(|metadata| metadata.get(REFUND)).cloned();
    let one = |kind| {
        Ok::<_, GatewayError>(Movement {
            kind,
            id: ours.clone().unwrap_or_else(|| refund.id.clone()),
            amount: from_stripe(refund.amount, &refund.currency)?,
            fee: None,
            at: instant(refund.created)?,
        })
    };
    let mut movements = vec![one(MovementKind::Refunded)?];
    if matches!(refund.status.as_deref(), Some("failed" | "canceled")) {
        movements.push(one(MovementKind::RefundFailed)?);
    }
    Ok(movements)
}

/// Stripe takes the disputed amount and its own fee in one transaction, and gives both back in one.
fn disputed(dispute: &Dispute, transaction: &Transaction) -> Result<Option<Movement>, GatewayError> {
    let kind = match transaction.reporting_category.as_str() {
        "dispute" => MovementKind::Withdrawn,
        "dispute_reversal" => MovementKind::Reinstated,
        _ => return Ok(None),
    };
    // The account may settle in another currency than the payer paid in.
    let minor = if transaction.currency == dispute.currency {
        transaction.amount.saturating_abs()
    } else {
        dispute.amount
    };
    Ok(Some(Movement {
        kind,
        id: transaction.id.clone(),
        amount: from_stripe(minor, &dispute.currency)?,
        fee: fee(transaction),
        at: instant(transaction.created)?,
    }))
}

fn fee(transaction: &Transaction) -> Option<domain::money::Money> {
    from_stripe(transaction.fee, &transaction.currency).ok().filter(|fee| !fee.is_zero())
}

pub fn instant(seconds: i64) -> Result<DateTime<Utc>, GatewayError> {
    DateTime::from_timestamp(seconds, 0)
        .ok_or_else(|| GatewayError::Refused(format!("{seconds} is no instant of Stripe's")))
}
