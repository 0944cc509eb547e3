//! Journeys: what is done about the accounts of a segment, step by step, and what came of it.

mod form;
pub mod impact;
pub mod simulation;
pub mod versions;
mod view;
pub mod words;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::access::{Denied, Permission};
use domain::ids::{AccountId, JourneyId};
use leptos::prelude::*;
use serde::Deserialize;
use services::strategy::{NewJourney, SegmentLine, TemplateLine};
use services::{ServiceError, Services};
use ui::forms::FormState;
use ui::prelude::*;
use web::{Form, form_state, see_other};

use super::account::id_of;
use crate::desk::{Desk, Section};
use form::Draft;
use view::{EditPage, JourneyPage, Known, ListPage, OutcomePage};

pub const ADDRESS: &str = "/console/recorridos";

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    #[serde(rename = "hecho")]
    what: String,
}

/// `GET /console/recorridos`
pub async fn list(State(services): State<Services>, desk: Desk) -> Response {
    let result: Result<Response, ServiceError> = async {
        let journeys = services.journeys(desk.actor()).await?;
        let page = desk.page(Section::Journeys.label(desk.lang()));
        let desk = desk.clone();
        Ok(page.render(move || view! { <ListPage desk journeys/> }))
    }
    .await;
    desk.answer(result)
}

/// `GET /console/recorridos/{id}`
pub async fn show(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Response {
    let result: Result<Response, ServiceError> = async {
        let found = services.journey(desk.actor(), id_of(&id)?).await?;
        let known = known(&services, &desk).await?;
        let page = desk.page(found.journey.name.clone());
        let desk = desk.clone();
        Ok(page.render(move || view! { <JourneyPage desk found known done=done.what/> }))
    }
    .await;
    desk.answer(result)
}

/// `POST /console/recorridos/{id}`: sets it going, stops it, or runs what is set going now.
pub async fn act(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let result: Result<Response, ServiceError> = async {
        let journey: JourneyId = id_of(&id)?;
        let done = match form.get("act") {
            act @ ("start" | "stop") => {
                let start = act == "start";
                match services.run_journey(desk.actor(), journey, start).await {
                    Ok(()) if start => "activo",
                    Ok(()) => "detenido",
                    // An experiment compares it, or a template is not approved: the page says so.
                    Err(ServiceError::Invalid(issues)) => {
                        if issues.iter().any(|issue| issue.field == "act") {
                            "comparado"
                        } else {
                            "sin-aprobar"
                        }
                    }
                    Err(error) => return Err(error),
                }
            }
            "run" => {
                services.run_strategy(desk.actor()).await?;
                "corrido"
            }
            _ => return Err(ServiceError::NotFound),
        };
        Ok(see_other(&format!("{ADDRESS}/{journey}?hecho={done}")))
    }
    .await;
    desk.answer(result)
}

/// What journeys name: templates and collectors.
async fn known(services: &Services, desk: &Desk) -> Result<Known, ServiceError> {
    let templates = services.templates(desk.actor()).await?;
    let named = |line: &TemplateLine| Some((line.id, line.newest()?.name.clone()));
    Ok(Known {
        templates: templates.iter().filter_map(named).collect(),
        collectors: services.collectors(desk.actor()).await?,
    })
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct OutcomeQuery {
    /// Number of the step, from 1.
    #[serde(rename = "paso")]
    step: i32,
    #[serde(rename = "resultado")]
    outcome: String,
    /// The last account of the page before.
    #[serde(rename = "desde")]
    after: String,
}

/// `GET /console/recorridos/{id}/cuentas`: for whom a step ended in one way, and why.
pub async fn outcome(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    Query(query): Query<OutcomeQuery>,
) -> Response {
    let result: Result<Response, ServiceError> = async {
        let id: JourneyId = id_of(&id)?;
        let after = if query.after.is_empty() { None } else { Some(id_of::<AccountId>(&query.after)?) };
        let step = query.step.saturating_sub(1);
        let found = services.journey_outcome(desk.actor(), id, (step, &query.outcome), after).await?;
        let next = found.next.map(|last| {
            format!("{ADDRESS}/{id}/cuentas?paso={}&resultado={}&desde={last}", query.step, query.outcome)
        });
        let (journey, lines) = (found.journey, found.lines);
        let page = desk.page(journey.name.clone());
        let (desk, outcome_name) = (desk.clone(), query.outcome);
        Ok(page.render(move || view! { <OutcomePage desk journey step outcome_name lines next/> }))
    }
    .await;
    desk.answer(result)
}

/// `GET /console/recorridos/nuevo`
pub async fn ask(State(services): State<Services>, desk: Desk) -> Response {
    let draft = Draft { id: JourneyId(services.new_id()), based_on: 0 };
    let result = edit(&services, &desk, draft, form::blank()).await;
    desk.answer(result)
}

/// `GET /console/recorridos/{id}/editar`
pub async fn ask_change(State(services): State<Services>, desk: Desk, Path(id): Path<String>) -> Response {
    let result: Result<Response, ServiceError> = async {
        let found = services.journey(desk.actor(), id_of(&id)?).await?.journey;
        let draft = Draft { id: found.id, based_on: found.version };
        let typed = form::fields(&found, desk.locale());
        edit(&services, &desk, draft, typed.unwrap_or_else(form::blank)).await
    }
    .await;
    desk.answer(result)
}

async fn edit(
    services: &Services,
    desk: &Desk,
    draft: Draft,
    state: FormState,
) -> Result<Response, ServiceError> {
    if !desk.may(Permission::StrategyWrite) {
        return Err(Denied(Permission::StrategyWrite).into());
    }
    let segments: Vec<SegmentLine> = services.segments(desk.actor()).await?;
    let known = known(services, desk).await?;
    let page = desk.page(tr!(desk.lang(), "Recorrido", "Journey")).form(Some(state));
    let desk = desk.clone();
    Ok(page.render(move || view! { <EditPage desk draft segments known/> }))
}

/// `POST /console/recorridos/nuevo`
pub async fn send(State(services): State<Services>, desk: Desk, form: Form) -> Response {
    let result = sent(&services, &desk, &form).await;
    desk.answer(result)
}

async fn sent(services: &Services, desk: &Desk, form: &Form) -> Result<Response, ServiceError> {
    let draft = Draft {
        id: JourneyId(crate::typed::key(form.get("id"), || services.new_id())),
        based_on: form.get("based_on").parse().unwrap_or(0),
    };
    let read = form::read(form, desk.locale(), &desk.country);
    let result = match read {
        Ok((segment, steps)) => {
            let (id, based_on, name) = (draft.id, draft.based_on, form.get("name").to_owned());
            services.save_journey(desk.actor(), NewJourney { id, based_on, name, segment, steps }).await
        }
        Err(issues) => Err(ServiceError::Invalid(issues)),
    };
    match result {
        Ok(_) => Ok(see_other(&format!("{ADDRESS}/{}?hecho=guardado", draft.id))),
        Err(ServiceError::Invalid(issues)) => {
            edit(services, desk, draft, form_state(form, &issues, desk.lang())).await
        }
        Err(error) => Err(error),
    }
}
