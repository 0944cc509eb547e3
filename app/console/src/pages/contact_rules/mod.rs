//! Contact rules: what the law of each country says, and what the organization adds to it.

mod form;
mod law;
mod view;
mod words;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::contact::RuleBook;
use leptos::prelude::*;
use serde::Deserialize;
use services::{ServiceError, Services};
use ui::forms::FormState;
use web::{Form, form_state, see_other};

use crate::desk::{Desk, Section};
use view::{CountryPage, ListPage};

pub const ADDRESS: &str = "/console/reglas-de-contacto";

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    #[serde(rename = "hecho")]
    what: String,
}

/// `GET /console/reglas-de-contacto`
pub async fn list(State(services): State<Services>, desk: Desk) -> Response {
    let result: Result<Response, ServiceError> = async {
        let history = services.contact_policies(desk.actor()).await?;
        let page = desk.page(Section::ContactRules.label(desk.lang()));
        let desk = desk.clone();
        Ok(page.render(move || view! { <ListPage desk history/> }))
    }
    .await;
    desk.answer(result)
}

/// `GET /console/reglas-de-contacto/{country}`
pub async fn show(
    State(services): State<Services>,
    desk: Desk,
    Path(country): Path<String>,
    Query(done): Query<Done>,
) -> Response {
    let result = page(&services, &desk, country, done.what, FormState::default()).await;
    desk.answer(result)
}

async fn page(
    services: &Services,
    desk: &Desk,
    country: String,
    done: String,
    state: FormState,
) -> Result<Response, ServiceError> {
    let history = services.contact_policies(desk.actor()).await?;
    let today = services.now().with_timezone(&desk.zone).date_naive();
    let pack = RuleBook::embedded().and_then(|book| book.pack(&country, today));
    let pack = pack.map_err(|_| ServiceError::NotFound)?;
    let refused = !state.is_valid();
    let page = desk.page(words::country(&country, desk.lang()));
    let page = if refused { page.form(Some(state)) } else { page };
    let desk = desk.clone();
    Ok(page.render(move || view! { <CountryPage desk pack history done/> }))
}

/// `POST /console/reglas-de-contacto/{country}`: saves the organization's own rules, or approves what
/// somebody else saved.
pub async fn send(
    State(services): State<Services>,
    desk: Desk,
    Path(country): Path<String>,
    form: Form,
) -> Response {
    let result = sent(&services, &desk, country, &form).await;
    desk.answer(result)
}

async fn sent(
    services: &Services,
    desk: &Desk,
    country: String,
    form: &Form,
) -> Result<Response, ServiceError> {
    let number = |name: &str| form.get(name).parse().map_err(|_| ServiceError::NotFound);
    let done = if form.get("act") == "approve" {
        services.approve_contact_policy(desk.actor(), number("version")?).await.map(|()| "aprobada")
    } else {
        save(services, desk, &country, number("based_on")?, form).await
    };
    match done {
        Ok(done) => Ok(see_other(&format!("{ADDRESS}/{country}?hecho={done}"))),
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(form, &issues, desk.lang());
            page(services, desk, country, String::new(), state).await
        }
        Err(error) => Err(error),
    }
}

async fn save(
    services: &Services,
    desk: &Desk,
    country: &str,
    based_on: i32,
    form: &Form,
) -> Result<&'static str, ServiceError> {
    let own = form::read(form).map_err(ServiceError::Invalid)?;
    let mut policy = services.contact_policy(desk.actor()).await?.policy;
    policy.0.insert(country.to_owned(), own);
    let saved = services.set_contact_policy(desk.actor(), based_on, &policy, form.get("note")).await?;
    Ok(if saved.loosens.is_empty() { "guardada" } else { "propuesta" })
}
