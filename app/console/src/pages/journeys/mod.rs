//! Journeys: what is done about the accounts of a segment, step by step, and what came of it.

mod form;
pub mod impact;
pub mod simulation;
pub mod versions;
mod view;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::access::{Denied, Permission};
use domain::ids::JourneyId;
use leptos::prelude::*;
use serde::Deserialize;
use services::roster::CollectorLine;
use services::strategy::{NewJourney, SegmentLine};
use services::{ServiceError, Services};
use ui::forms::FormState;
use ui::prelude::*;
use web::{Form, form_state, see_other};

use super::account::id_of;
use crate::desk::{Desk, Section};
use form::Draft;
use view::{EditPage, JourneyPage, ListPage};

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
        let page = desk.page(found.journey.name.clone());
        let desk = desk.clone();
        Ok(page.render(move || view! { <JourneyPage desk found done=done.what/> }))
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
                    // An experiment compares it: the page says so.
                    Err(ServiceError::Invalid(_)) => "comparado",
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
        edit(&services, &desk, draft, form::fields(&found)).await
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
    let collectors: Vec<CollectorLine> = services.collectors(desk.actor()).await?;
    let page = desk.page(tr!(desk.lang(), "Recorrido", "Journey")).form(Some(state));
    let desk = desk.clone();
    Ok(page.render(move || view! { <EditPage desk draft segments collectors/> }))
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
    let read = form::read(form);
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
