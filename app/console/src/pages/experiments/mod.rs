//! Experiments: who is compared with whom, and what can be told.

mod form;
mod list;
mod show;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::access::{Denied, Permission};
use domain::ids::ExperimentId;
use leptos::prelude::*;
use serde::Deserialize;
use services::{ServiceError, Services};
use ui::forms::FormState;
use ui::prelude::*;
use web::{Form, form_state, see_other};

use super::account::id_of;
use crate::desk::{Desk, Section};
use list::{EditPage, ListPage};
use show::ShowPage;

pub use show::whole;

pub const ADDRESS: &str = "/console/experimentos";

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    #[serde(rename = "hecho")]
    what: String,
}

/// `GET /console/experimentos`
pub async fn list(State(services): State<Services>, desk: Desk, Query(done): Query<Done>) -> Response {
    let result = all(&services, &desk, done.what, None).await;
    desk.answer(result)
}

async fn all(
    services: &Services,
    desk: &Desk,
    done: String,
    form: Option<FormState>,
) -> Result<Response, ServiceError> {
    let lines = services.experiments(desk.actor()).await?;
    let mut holdout = None;
    for line in &lines {
        if line.is_holdout && line.ended_on.is_none() {
            holdout = Some(services.experiment(desk.actor(), line.id).await?);
        }
    }
    let page = desk.page(Section::Experiments.label(desk.lang())).form(form);
    let desk = desk.clone();
    Ok(page.render(move || view! { <ListPage desk lines holdout done/> }))
}

/// `POST /console/experimentos`: the permanent holdout.
pub async fn hold_out(State(services): State<Services>, desk: Desk, form: Form) -> Response {
    let result: Result<Response, ServiceError> = async {
        let share = form.get("share").trim().parse().unwrap_or(-1);
        let window = form.get("window").trim().parse().unwrap_or(0);
        match services.set_holdout(desk.actor(), share, window).await {
            Ok(()) => Ok(see_other(&format!("{ADDRESS}?hecho=grupo"))),
            Err(ServiceError::Invalid(issues)) => {
                let state = form_state(&form, &issues, desk.lang());
                all(&services, &desk, String::new(), Some(state)).await
            }
            Err(error) => Err(error),
        }
    }
    .await;
    desk.answer(result)
}

/// `GET /console/experimentos/nuevo`
pub async fn ask(State(services): State<Services>, desk: Desk) -> Response {
    let id = ExperimentId(services.new_id());
    let result = edit(&services, &desk, id, form::blank()).await;
    desk.answer(result)
}

async fn edit(
    services: &Services,
    desk: &Desk,
    id: ExperimentId,
    state: FormState,
) -> Result<Response, ServiceError> {
    if !desk.may(Permission::StrategyWrite) {
        return Err(Denied(Permission::StrategyWrite).into());
    }
    let segments = services.segments(desk.actor()).await?;
    let journeys = services.journeys(desk.actor()).await?;
    let page = desk.page(tr!(desk.lang(), "Nuevo experimento", "New experiment")).form(Some(state));
    let desk = desk.clone();
    Ok(page.render(move || view! { <EditPage desk id segments journeys/> }))
}

/// `POST /console/experimentos/nuevo`
pub async fn send(State(services): State<Services>, desk: Desk, form: Form) -> Response {
    let id = ExperimentId(crate::typed::key(form.get("id"), || services.new_id()));
    let result: Result<Response, ServiceError> = async {
        let saved = match form::read(&form, id) {
            Ok(new) => services.save_experiment(desk.actor(), new).await,
            Err(issues) => Err(ServiceError::Invalid(issues)),
        };
        match saved {
            Ok(()) => Ok(see_other(&format!("{ADDRESS}/{id}?hecho=guardado"))),
            Err(ServiceError::Invalid(issues)) => {
                edit(&services, &desk, id, form_state(&form, &issues, desk.lang())).await
            }
            Err(error) => Err(error),
        }
    }
    .await;
    desk.answer(result)
}

/// `GET /console/experimentos/{id}`
pub async fn show(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Response {
    let result: Result<Response, ServiceError> =
        async { one(&services, &desk, id_of(&id)?, done.what, None).await }.await;
    desk.answer(result)
}

async fn one(
    services: &Services,
    desk: &Desk,
    id: ExperimentId,
    done: String,
    form: Option<FormState>,
) -> Result<Response, ServiceError> {
    let found = services.experiment(desk.actor(), id).await?;
    let title = list::name_of(&found.line, desk.lang());
    let page = desk.page(title).form(form);
    let desk = desk.clone();
    Ok(page.render(move || view! { <ShowPage desk found done/> }))
}

/// `POST /console/experimentos/{id}`: starts it, or ends it.
pub async fn act(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let result: Result<Response, ServiceError> = async {
        let id: ExperimentId = id_of(&id)?;
        let (acted, done) = match form.get("act") {
            "start" => (services.start_experiment(desk.actor(), id).await, "empezado"),
            "end" => {
                let keep = form.get("keep").parse().unwrap_or(-1);
                (services.end_experiment(desk.actor(), id, keep).await, "terminado")
            }
            _ => return Err(ServiceError::NotFound),
        };
        match acted {
            Ok(()) => Ok(see_other(&format!("{ADDRESS}/{id}?hecho={done}"))),
            Err(ServiceError::Invalid(issues)) => {
                let state = form_state(&form, &issues, desk.lang());
                one(&services, &desk, id, String::new(), Some(state)).await
            }
            Err(error) => Err(error),
        }
    }
    .await;
    desk.answer(result)
}
