//! One account: who, what is owed, what was done, and what can be done.

mod actions;
mod contact;
mod facts;
mod history;
mod journeys;
pub mod restructure;
mod view;
mod wrote;

use std::str::FromStr;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::access::Permission;
use domain::account::{ActivityChannel, Disposition, PromiseTerms};
use domain::ids::{AccountId, MessageId, UserId};
use domain::ledger::PaymentMethod;
use leptos::prelude::*;
use serde::Deserialize;
use services::outbox::{NewAnswer, Says};
use services::payments::{PostPayment, ReceiptSeries};
use services::work::RecordActivity;
use services::{FieldIssue, ServiceError, Services};
use ui::forms::FormState;
use web::{Form, form_state, see_other};

use crate::desk::{ACCOUNTS, Desk};
use crate::typed::{self, keep};
pub(super) use actions::hidden_key;
pub(super) use contact::because;
pub use history::book;
use view::{AccountPage, Beside, Contact, Wrote};

/// Receipts of payments that staff post.
const OFFICE_SERIES: &str = "C";

/// What was just done, told once after the redirect.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    #[serde(rename = "hecho")]
    pub what: String,
    /// The payment whose receipt to offer.
    #[serde(rename = "recibo")]
    pub payment: String,
}

/// An id from the address; what is no id is not found.
pub fn id_of<T: FromStr>(text: &str) -> Result<T, ServiceError> {
    text.parse().map_err(|_| ServiceError::NotFound)
}

pub fn address(id: AccountId) -> String {
    format!("{ACCOUNTS}/{id}")
}

/// `GET /console/cuentas/{id}`
pub async fn show(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Response {
    let result = page(&services, &desk, &id, done, None).await;
    desk.answer(result)
}

async fn page(
    services: &Services,
    desk: &Desk,
    id: &str,
    done: Done,
    form: Option<FormState>,
) -> Result<Response, ServiceError> {
    let account = services.account_view(desk.actor(), id_of(id)?).await?;
    let keys = (services.new_id(), services.new_id());
    let collectors =
        if desk.may(Permission::DeviceEnrol) { services.collectors(desk.actor()).await? } else { Vec::new() };
    let stops = services.contact_stops(desk.actor(), account.summary.account.id).await?;
    let cases = services.cases_of(desk.actor(), account.summary.account.id).await?;
    let contact = Contact {
        decisions: services.contact_decisions(desk.actor(), account.summary.account.id).await?,
        outlook: services.contact_outlook(desk.actor(), account.summary.account.id).await?,
        wishes: services.contact_wishes(desk.actor(), account.summary.account.id).await?,
        letters: services.letters_of(desk.actor(), account.summary.account.id).await?,
    };
    let reports = services.open_reports_of(desk.actor(), account.summary.account.id).await?;
    let thread = services.thread(desk.actor(), account.debtor.id).await?;
    let thread: Vec<_> = thread.into_iter().map(|(at, line)| (desk.time(at), line)).collect();
    let answer = services.answer_form(desk.actor(), account.summary.account.id).await?;
    let calls = services.open_calls(desk.actor(), Some(account.summary.account.id)).await?;
    let wrote = Wrote { thread, answer, key: services.new_id(), calls };
    let automatic = services.autopays_of(desk.actor(), account.summary.account.id).await?;
    let id = account.summary.account.id;
    let reference = services.transfer_reference_of(desk.actor(), id).await?.map(|one| one.to_string());
    let chargebacks = services.open_chargebacks(desk.actor(), id).await?;
    let chargebacks = chargebacks.into_iter().map(|one| (desk.time(one.opened_at), one)).collect();
    let choices = services.imputation(desk.actor(), &account.summary).await?.choices;
    let money = Beside { reference, chargebacks, choices };
    let journeys = services.journeys_of_account(desk.actor(), id).await?;
    let rest = services.journeys_at_rest(desk.actor(), id).await?;
    let journeys = (rest, journeys);
    let page = desk.page(account.debtor.name.clone()).form(form);
    let desk = desk.clone();
    Ok(page.render(
        move || view! { <AccountPage desk account money done keys collectors held=(stops, cases) contact reports wrote automatic journeys/> },
    ))
}

/// After a form: the account again, told what was done, or the form with its errors.
async fn after(
    services: &Services,
    desk: &Desk,
    id: &str,
    form: &Form,
    result: Result<String, ServiceError>,
) -> Response {
    let answer = match result {
        Ok(done) => Ok(see_other(&format!("{ACCOUNTS}/{id}?{done}"))),
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(form, &issues, desk.lang());
            page(services, desk, id, Done::default(), Some(state)).await
        }
        Err(error) => Err(error),
    };
    desk.answer(answer)
}

/// `GET` on the address of a form, after a reload or a change of language: to the account.
pub async fn back(Path(id): Path<String>) -> Response {
    see_other(&id_of(&id).map_or_else(|_: ServiceError| ACCOUNTS.to_owned(), address))
}

/// `POST /console/cuentas/{id}/gestiones`
pub async fn record_activity(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let result = record(&services, &desk, &id, &form).await;
    after(&services, &desk, &id, &form, result).await
}

async fn record(services: &Services, desk: &Desk, id: &str, form: &Form) -> Result<String, ServiceError> {
    let account_id = id_of(id)?;
    let mut issues = Vec::new();
    let channel = keep(&mut issues, typed::choice::<ActivityChannel>("channel", form.get("channel")));
    let disposition = keep(&mut issues, typed::choice::<Disposition>("disposition", form.get("disposition")));
    let (Some(channel), Some(disposition)) = (channel, disposition) else {
        return Err(ServiceError::Invalid(issues));
    };
    let new = RecordActivity {
        account_id,
        channel,
        disposition,
        note: form.get("note").to_owned(),
        source: format!("console:{}", typed::key(form.get("activity_key"), || services.new_id())),
    };
    services.record_activity(desk.actor(), new).await?;
    Ok("hecho=gestion".to_owned())
}

/// `POST /console/cuentas/{id}/promesas`
pub async fn take_promise(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let result = promise(&services, &desk, &id, &form).await;
    after(&services, &desk, &id, &form, result).await
}

async fn promise(services: &Services, desk: &Desk, id: &str, form: &Form) -> Result<String, ServiceError> {
    let account_id = id_of(id)?;
    let currency = services.account_view(desk.actor(), account_id).await?.summary.account.currency;
    let mut issues = Vec::new();
    let text = form.get("promise_amount");
    let amount = keep(&mut issues, typed::amount("promise_amount", text, currency, desk.locale()));
    let due_on = keep(&mut issues, typed::date("promise_due_on", form.get("promise_due_on")));
    let (Some(amount), Some(due_on)) = (amount, due_on) else { return Err(ServiceError::Invalid(issues)) };
    let taken = services.take_promise(desk.actor(), account_id, PromiseTerms { amount, due_on }).await;
    taken.map_err(|error| renamed(error, &[("amount", "promise_amount"), ("due_on", "promise_due_on")]))?;
    Ok("hecho=promesa".to_owned())
}

/// `POST /console/cuentas/{id}/pagos`
pub async fn post_payment(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let result = payment(&services, &desk, &id, &form).await;
    after(&services, &desk, &id, &form, result).await
}

async fn payment(services: &Services, desk: &Desk, id: &str, form: &Form) -> Result<String, ServiceError> {
    let account_id = id_of(id)?;
    let currency = services.account_view(desk.actor(), account_id).await?.summary.account.currency;
    let mut issues = Vec::new();
    let text = form.get("pay_amount");
    let amount = keep(&mut issues, typed::amount("pay_amount", text, currency, desk.locale()));
    let method = keep(&mut issues, office_method(form.get("pay_method")));
    let received_on = keep(&mut issues, typed::date("received_on", form.get("received_on")));
    let (Some(amount), Some(method), Some(received_on)) = (amount, method, received_on) else {
        return Err(ServiceError::Invalid(issues));
    };
    let reference: String = form.get("reference").chars().take(80).collect();
    let new = PostPayment {
        account_id,
        amount,
        method,
        received_on,
        source: format!("console:{}", typed::key(form.get("pay_key"), || services.new_id())),
        reference: (!reference.is_empty()).then_some(reference),
        receipt: ReceiptSeries::Next(OFFICE_SERIES),
        designated: form.get("designated").parse().into_iter().collect(),
    };
    let posted = services.post_payment(desk.actor(), new).await;
    let posted = posted.map_err(|error| renamed(error, &[("amount", "pay_amount")]))?;
    Ok(format!("hecho=pago&recibo={}", posted.payment_id))
}

/// `POST /console/cuentas/{id}/visitas`
pub async fn plan_visit(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let result = visit(&services, &desk, &id, &form).await;
    after(&services, &desk, &id, &form, result).await
}

async fn visit(services: &Services, desk: &Desk, id: &str, form: &Form) -> Result<String, ServiceError> {
    let account_id = id_of(id)?;
    let mut issues = Vec::new();
    let collector = keep(&mut issues, typed::choice::<UserId>("collector", form.get("collector")));
    let on_date = keep(&mut issues, typed::date("visit_on", form.get("visit_on")));
    let (Some(collector), Some(on_date)) = (collector, on_date) else {
        return Err(ServiceError::Invalid(issues));
    };
    services.plan_visit(desk.actor(), account_id, collector, on_date).await?;
    Ok("hecho=visita".to_owned())
}

/// `POST /console/cuentas/{id}/recorridos`: holds, ends or lets go on a journey for this account.
pub async fn steer_journey(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let result = steer(&services, &desk, &id, &form).await;
    after(&services, &desk, &id, &form, result).await
}

async fn steer(services: &Services, desk: &Desk, id: &str, form: &Form) -> Result<String, ServiceError> {
    let account = id_of(id)?;
    let asked = journeys::read(form)?;
    services.steer_journey(desk.actor(), account, asked, form.get("steer_reason")).await?;
    Ok("hecho=recorrido".to_owned())
}

/// `POST /console/cuentas/{id}/respuestas`: answers what the debtor wrote by phone.
pub async fn answer(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let result = answered(&services, &desk, &id, &form).await;
    after(&services, &desk, &id, &form, result).await
}

async fn answered(services: &Services, desk: &Desk, id: &str, form: &Form) -> Result<String, ServiceError> {
    let text = form.get("answer");
    let says = if form.get("answer_kind") == "template" {
        let chosen = typed::choice("answer", text).map_err(|issue| ServiceError::Invalid(vec![issue]))?;
        Says::Template(chosen)
    } else {
        Says::Text(text.to_owned())
    };
    let new = NewAnswer {
        id: MessageId(typed::key(form.get("answer_key"), || services.new_id())),
        account: id_of(id)?,
        to: id_of(form.get("answer_to"))?,
        says,
    };
    services.answer_message(desk.actor(), new).await?;
    Ok("hecho=respuesta".to_owned())
}

/// `POST /console/cuentas/{id}/contactos`: an address at which nothing arrived is used again.
pub async fn lift(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let result: Result<String, ServiceError> = async {
        let (account, point) = (id_of(&id)?, id_of(form.get("point"))?);
        services.lift_undeliverable(desk.actor(), account, point, form.get("lift_reason")).await?;
        Ok("hecho=contacto".to_owned())
    }
    .await;
    after(&services, &desk, &id, &form, result).await
}

/// The ways in which staff take payments; the others come by themselves.
const OFFICE_METHODS: [PaymentMethod; 2] = [PaymentMethod::BankTransfer, PaymentMethod::OfficeCash];

fn office_method(text: &str) -> Result<PaymentMethod, FieldIssue> {
    let chosen = typed::choice("pay_method", text)?;
    if OFFICE_METHODS.contains(&chosen) { Ok(chosen) } else { typed::choice("pay_method", "") }
}

/// The issues of a use case under the names of this page's fields.
fn renamed(error: ServiceError, names: &[(&str, &'static str)]) -> ServiceError {
    let ServiceError::Invalid(issues) = error else { return error };
    let rename = |issue: FieldIssue| {
        let field = names.iter().find(|(from, _)| *from == issue.field).map_or(issue.field, |(_, to)| to);
        FieldIssue { field, ..issue }
    };
    ServiceError::Invalid(issues.into_iter().map(rename).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staff_post_no_gateway_payment() {
        assert!(office_method("office_cash").is_ok());
        assert_eq!(office_method("gateway").unwrap_err().field, "pay_method");
    }

    #[test]
    fn issues_speak_of_the_fields_of_the_page() {
        let error = ServiceError::invalid("amount", "a", "b");
        let ServiceError::Invalid(issues) = renamed(error, &[("amount", "pay_amount")]) else {
            unreachable!("invalid stays invalid")
        };
        assert_eq!(issues.first().unwrap().field, "pay_amount");
    }
}
