//! Webhooks: signed, and worth no more than the ids in them.
//!
//! Read by hand and not as `async-stripe`'s events, where one field that is missing spoils the whole
//! event: what counts is fetched again anyway.

use serde::Deserialize;
use serde_json::Value;
use services::payments::{GatewayError, GatewayRef, Notice};

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

/// The payment that an event is about; none for what is no payment.
///
/// # Errors
/// `Refused` when it is not an event.
pub fn read(raw: &[u8]) -> Result<Vec<Notice>, GatewayError> {
    let event: Event =
        serde_json::from_slice(raw).map_err(|error| GatewayError::Refused(error.to_string()))?;
    let reference = payment(&event.data.object).map(GatewayRef);
    Ok(reference.map(|reference| Notice { event_id: event.id, reference }).into_iter().collect())
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
