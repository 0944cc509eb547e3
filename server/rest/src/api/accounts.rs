//! Accounts: found, shown, with what they owe and why.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use chrono::{DateTime, NaiveDate, Utc};
use domain::account::Account;
use domain::ids::AccountId;
use serde::Deserialize;
use serde_json::{Value, json};
use services::Services;

use super::Caller;
use super::payments::balance as parts;
use super::problem::Problem;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    external_id: Option<String>,
    debtor_document: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    as_of: Option<NaiveDate>,
    known_at: Option<DateTime<Utc>>,
}

/// `GET /accounts?external_id=&debtor_document=`
pub async fn find(
    State(services): State<Services>,
    Caller(actor): Caller,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(wanted) = wanted?;
    let (external_id, document) = (wanted.external_id.as_deref(), wanted.debtor_document.as_deref());
    if external_id.is_none() && document.is_none() {
        return Err(Problem::malformed("external_id", "name external_id, debtor_document or both"));
    }
    let found = services.find_accounts(&actor, external_id, document).await?;
    Ok(Json(json!({ "data": found.iter().map(account).collect::<Vec<_>>() })))
}

/// `GET /accounts/{id}`
pub async fn show(
    State(services): State<Services>,
    Caller(actor): Caller,
    id: Result<Path<AccountId>, PathRejection>,
) -> Result<Json<Value>, Problem> {
    let Path(id) = id?;
    let view = services.account_view(&actor, id).await?;
    let mut shown = account(&view.summary.account);
    if let Some(fields) = shown.as_object_mut() {
        fields.insert("balance".to_owned(), parts(&view.summary.balance));
    }
    Ok(Json(shown))
}

/// `GET /accounts/{id}/balance?as_of=&known_at=`
pub async fn balance(
    State(services): State<Services>,
    Caller(actor): Caller,
    id: Result<Path<AccountId>, PathRejection>,
    when: Result<Query<When>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let (Path(id), Query(when)) = (id?, when?);
    let as_of = match when.as_of {
        Some(day) => day,
        None => services.today(actor.organization_id).await?,
    };
    let owed = services.owed(&actor, id, as_of, when.known_at).await?;
    let grown: serde_json::Map<_, _> =
        owed.grown.iter().map(|(component, amount)| (component.as_str().to_owned(), json!(amount))).collect();
    Ok(Json(json!({
        "account_id": id,
        "as_of": owed.as_of,
        "known_at": when.known_at,
        "owed": parts(&owed.total),
        "posted": parts(&owed.posted),
        "grown": grown,
    })))
}

/// `GET /accounts/{id}/ledger`
pub async fn ledger(
    State(services): State<Services>,
    Caller(actor): Caller,
    id: Result<Path<AccountId>, PathRejection>,
) -> Result<Json<Value>, Problem> {
    let Path(id) = id?;
    let today = services.today(actor.organization_id).await?;
    let owed = services.owed(&actor, id, today, None).await?;
    Ok(Json(json!({ "account_id": id, "data": owed.journal })))
}

fn account(account: &Account) -> Value {
    json!({
        "id": account.id,
        "creditor_id": account.creditor_id,
        "debtor_id": account.debtor_id,
        "external_id": account.external_id,
        "currency": account.currency,
        "product": account.product,
        "credit_type": account.credit_type,
        "opened_on": account.opened_on,
        "due_on": account.due_on,
        "charged_off_on": account.charged_off_on,
    })
}
