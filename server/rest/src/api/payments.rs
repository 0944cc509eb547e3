//! Payments that other systems took or saw.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use domain::account::{Balance, Component};
use domain::ids::{AccountId, PaymentId};
use domain::ledger::PaymentMethod;
use domain::money::Money;
use serde::Deserialize;
use serde_json::{Value, json};
use services::Services;
use services::api::{Answered, ApiPayment, OnceKey};

use super::Caller;
use super::problem::Problem;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPayment {
    account_id: AccountId,
    amount: Money,
    method: PaymentMethod,
    received_on: Option<NaiveDate>,
    reference: Option<String>,
    #[serde(default)]
    designated: Vec<Component>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewReversal {
    reason: String,
}

/// `POST /payments`
pub async fn create(
    State(services): State<Services>,
    Caller(actor): Caller,
    headers: HeaderMap,
    raw: Bytes,
) -> Result<Response, Problem> {
    let (once, new): (_, NewPayment) = read(&headers, "payments", &raw)?;
    let NewPayment { account_id, amount, method, received_on, reference, designated } = new;
    let new = ApiPayment { account_id, amount, method, received_on, reference, designated };
    let answered = services
        .post_payment_once(&actor, &once, new, |posted, received_on| {
            json!({
                "id": posted.payment_id,
                "account_id": account_id,
                "amount": amount,
                "method": method,
                "received_on": received_on,
                "receipt_no": posted.receipt_no,
                "unapplied": posted.unapplied,
                "balance": balance(&posted.balance),
            })
            .to_string()
        })
        .await?;
    Ok(answer(StatusCode::CREATED, answered))
}

/// `POST /payments/{id}/reverse`
pub async fn reverse(
    State(services): State<Services>,
    Caller(actor): Caller,
    id: Result<Path<PaymentId>, PathRejection>,
    headers: HeaderMap,
    raw: Bytes,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let (once, NewReversal { reason }) = read(&headers, &format!("payments/{id}/reverse"), &raw)?;
    let answered = services
        .reverse_payment_once(&actor, &once, id, &reason, |after| {
            json!({ "id": id, "status": "reversed", "balance": balance(after) }).to_string()
        })
        .await?;
    Ok(answer(StatusCode::OK, answered))
}

/// The key, and the body with what it says beside the address.
fn read<T: for<'de> Deserialize<'de>>(
    headers: &HeaderMap,
    address: &str,
    raw: &[u8],
) -> Result<(OnceKey, T), Problem> {
    let key = headers.get("idempotency-key").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Json(value): Json<Value> = Json::from_bytes(raw)?;
    // Keys of objects are sorted here: the same content is the same request however it is spaced.
    let once = OnceKey::new(key, services::api::fingerprint(&format!("{address}\n{value}")))?;
    let body = T::deserialize(value).map_err(|error| Problem::malformed("body", &error.to_string()))?;
    Ok((once, body))
}

fn answer(status: StatusCode, answered: Answered) -> Response {
    let (text, again) = match answered {
        Answered::New(text) => (text, false),
        Answered::Again(text) => (text, true),
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            HeaderName::from_static("idempotent-replayed"),
            HeaderValue::from_static(if again { "true" } else { "false" }),
        ),
    ];
    (status, headers, text).into_response()
}

/// What is owed, part by part.
pub fn balance(balance: &Balance) -> Value {
    let parts: serde_json::Map<_, _> = balance
        .components()
        .filter(|(_, amount)| !amount.is_zero())
        .map(|(component, amount)| (component.as_str().to_owned(), json!(amount)))
        .collect();
    json!({
        "total": Money::from_minor(balance.total_minor(), balance.currency()),
        "components": parts,
    })
}
