//! Webhooks: signed, and worth no more than the ids in them.
//!
//! Read by hand and not as `async-stripe`'s events, where one field that is missing spoils the whole
//! event: what counts is fetched again anyway.

use serde::Deserialize;
use serde_json::Value;
use services::payments::{GatewayError, GatewayRef, Notice, Subject};

/// Stripe's header (lower case), in the form of [`crate::signature`].
pub const HEADER: &str = "stripe-signature";

#[derive(Deserialize)]
struct Event {
    id: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Value,
}

/// The types of events that are read, where Stripe is asked for them; it takes twenty at most.
pub const TYPES: [&str; 20] = [
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "payment_intent.canceled",
    "charge.refunded",
    "charge.updated",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "charge.dispute.closed",
    "payout.paid",
    "payout.failed",
    "payout.reconciliation_completed",
];

/// The payment or payout that an event is about; none for what is neither.
///
/// # Errors
/// `Refused` when it is not an event.
pub fn read(raw: &[u8]) -> Result<Vec<Notice>, GatewayError> {
    let event: Event =
        serde_json::from_slice(raw).map_err(|error| GatewayError::Refused(error.to_string()))?;
    let about = about(&event.data.object);
    let notice = |(subject, id)| Notice { event_id: event.id, subject, reference: GatewayRef(id) };
    Ok(about.map(notice).into_iter().collect())
}

fn about(object: &Value) -> Option<(Subject, String)> {
    if object.get("object").and_then(Value::as_str) == Some("payout") {
        let id = object.get("id").and_then(Value::as_str)?;
        return Some((Subject::Payout, id.to_owned()));
    }
    payment(object).map(|id| (Subject::Payment, id))
}

fn payment(object: &Value) -> Option<String> {
    let text = |field: &str| object.get(field).and_then(Value::as_str);
    let own = || text("id").map(str::to_owned);
    match text("object")? {
        "checkout.session" | "payment_intent" => own(),
        "charge" | "refund" | "dispute" => {
            let intent = object.get("payment_intent")?;
            let id = intent.as_str().or_else(|| intent.get("id").and_then(Value::as_str));
            id.map(str::to_owned)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn about(object: Value) -> Option<String> {
        let raw = json!({ "id": "evt_1", "type": "x", "data": { "object": object } }).to_string();
        read(raw.as_bytes()).unwrap().into_iter().next().map(|notice| notice.reference.0)
    }

    #[test]
    fn a_payout_is_told_from_a_payment() {
        let raw = json!({ "id": "evt_2", "data": { "object": { "object": "payout", "id": "po_1" } } });
        let read = read(raw.to_string().as_bytes()).unwrap();
        assert_eq!((read[0].subject, read[0].reference.0.as_str()), (Subject::Payout, "po_1"));
    }

    #[test]
    fn an_event_leads_to_its_payment() {
        let of = |kind: &str| json!({ "object": kind, "id": "x_1", "payment_intent": "pi_1" });
        assert_eq!(about(of("checkout.session")).as_deref(), Some("x_1"));
        assert_eq!(about(of("payment_intent")).as_deref(), Some("x_1"));
        for kind in ["charge", "refund", "dispute"] {
            assert_eq!(about(of(kind)).as_deref(), Some("pi_1"));
        }
        assert_eq!(
            about(json!({ "object": "dispute", "payment_intent": { "id": "pi_2" } })).as_deref(),
            Some("pi_2")
        );
        assert_eq!(about(json!({ "object": "charge", "payment_intent": null })), None);
        assert_eq!(about(json!({ "object": "customer", "id": "cus_1" })), None);
    }

    #[test]
    fn what_is_no_event_is_refused() {
        assert!(read(b"not json").is_err());
        assert!(read(b"{\"id\":\"evt_1\"}").is_err());
    }
}
