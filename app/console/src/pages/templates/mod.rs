//! Templates: what messages say, in versions that somebody else approves.

mod form;
mod view;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::access::{Denied, Permission};
use domain::ids::TemplateId;
use leptos::prelude::*;
use serde::Deserialize;
use services::strategy::NewTemplate;
use services::{ServiceError, Services};
use ui::forms::FormState;
use ui::prelude::*;
use web::{Form, form_state, see_other};

use super::account::id_of;
use crate::desk::{Desk, Section};
use form::Draft;
use view::{EditPage, ListPage, TemplatePage};

pub const ADDRESS: &str = "/console/plantillas";

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    #[serde(rename = "hecho")]
    what: String,
}

/// `GET /console/plantillas`
pub async fn list(State(services): State<Services>, desk: Desk, Query(done): Query<Done>) -> Response {
    let result: Result<Response, ServiceError> = async {
        let templates = services.templates(desk.actor()).await?;
        let page = desk.page(Section::Templates.label(desk.lang()));
        let (desk, added) = (desk.clone(), done.what == "agregadas");
        Ok(page.render(move || view! { <ListPage desk templates added/> }))
    }
    .await;
    desk.answer(result)
}

/// `POST /console/plantillas`: adds the texts that Saldar comes with, as drafts.
pub async fn add_standard(State(services): State<Services>, desk: Desk) -> Response {
    let result: Result<Response, ServiceError> = async {
        services.add_standard_templates(desk.actor()).await?;
        Ok(see_other(&format!("{ADDRESS}?hecho=agregadas")))
    }
    .await;
    desk.answer(result)
}

/// `GET /console/plantillas/{id}`
pub async fn show(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Response {
    let result = page(&services, &desk, &id, done.what, FormState::default()).await;
    desk.answer(result)
}

async fn page(
    services: &Services,
    desk: &Desk,
    id: &str,
    done: String,
    state: FormState,
) -> Result<Response, ServiceError> {
    let found = services.template(desk.actor(), id_of(id)?).await?;
    let name = found.newest().map(|newest| newest.name.clone()).unwrap_or_default();
    let page = desk.page(name).form(Some(state));
    let desk = desk.clone();
    Ok(page.render(move || view! { <TemplatePage desk found done/> }))
}

/// `POST /console/plantillas/{id}`: approves or rejects a draft.
pub async fn decide(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let result: Result<Response, ServiceError> = async {
        let template: TemplateId = id_of(&id)?;
        let version = form.get("version").parse().map_err(|_| ServiceError::NotFound)?;
        let (approve, done) = match form.get("act") {
            "approve" => (true, "aprobada"),
            "reject" => (false, "rechazada"),
            _ => return Err(ServiceError::NotFound),
        };
        match services.decide_template(desk.actor(), template, version, approve).await {
            Ok(()) => Ok(see_other(&format!("{ADDRESS}/{template}?hecho={done}"))),
            Err(ServiceError::Invalid(issues)) => {
                let state = form_state(&form, &issues, desk.lang());
                page(&services, &desk, &id, String::new(), state).await
            }
            Err(error) => Err(error),
        }
    }
    .await;
    desk.answer(result)
}

/// `GET /console/plantillas/nueva`
pub async fn ask(State(services): State<Services>, desk: Desk) -> Response {
    let draft = Draft { id: TemplateId(services.new_id()), based_on: 0 };
    let result = edit(&desk, draft, FormState::default());
    desk.answer(result)
}

/// `GET /console/plantillas/{id}/editar`
pub async fn ask_change(State(services): State<Services>, desk: Desk, Path(id): Path<String>) -> Response {
    let result: Result<Response, ServiceError> = async {
        let found = services.template(desk.actor(), id_of(&id)?).await?;
        let newest = found.newest().ok_or(ServiceError::NotFound)?;
        let draft = Draft { id: found.id, based_on: newest.version };
        edit(&desk, draft, form::fields(newest))
    }
    .await;
    desk.answer(result)
}

fn edit(desk: &Desk, draft: Draft, state: FormState) -> Result<Response, ServiceError> {
    if !desk.may(Permission::StrategyWrite) {
        return Err(Denied(Permission::StrategyWrite).into());
    }
    let page = desk.page(tr!(desk.lang(), "Plantilla", "Template")).form(Some(state));
    let desk = desk.clone();
    Ok(page.render(move || view! { <EditPage desk draft/> }))
}

/// `POST /console/plantillas/nueva`
pub async fn send(State(services): State<Services>, desk: Desk, form: Form) -> Response {
    let result = sent(&services, &desk, &form).await;
    desk.answer(result)
}

async fn sent(services: &Services, desk: &Desk, form: &Form) -> Result<Response, ServiceError> {
    let draft = Draft {
        id: TemplateId(crate::typed::key(form.get("id"), || services.new_id())),
        based_on: form.get("based_on").parse().unwrap_or(0),
    };
    let new = NewTemplate {
        id: draft.id,
        based_on: draft.based_on,
        name: form.get("name").to_owned(),
        texts: form::read(form),
    };
    match services.save_template(desk.actor(), new).await {
        Ok(_) => Ok(see_other(&format!("{ADDRESS}/{}?hecho=guardada", draft.id))),
        Err(ServiceError::Invalid(issues)) => edit(desk, draft, form_state(form, &issues, desk.lang())),
        Err(error) => Err(error),
    }
}
