//! Segments: which accounts, by rule; how many now, which, and why one is in or out.

pub mod form;
pub mod versions;
mod view;
pub mod words;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::access::{Denied, Permission};
use domain::ids::{AccountId, SegmentId};
use leptos::prelude::*;
use serde::Deserialize;
use services::strategy::{NewSegment, Tested};
use services::{ServiceError, Services};
use ui::prelude::*;
use web::{Form, form_state, see_other};

use super::account::id_of;
use crate::desk::{Desk, Section};
use form::Draft;
use view::{EditPage, ListPage, SegmentView};

pub const ADDRESS: &str = "/console/segmentos";

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PageQuery {
    /// The page continues after this account.
    #[serde(rename = "desde")]
    after: String,
    #[serde(rename = "hecho")]
    done: String,
}

/// `GET /console/segmentos`
pub async fn list(State(services): State<Services>, desk: Desk) -> Response {
    let result: Result<Response, ServiceError> = async {
        let segments = services.segments(desk.actor()).await?;
        let page = desk.page(Section::Segments.label(desk.lang()));
        let desk = desk.clone();
        Ok(page.render(move || view! { <ListPage desk segments/> }))
    }
    .await;
    desk.answer(result)
}

/// `GET /console/segmentos/{id}`
pub async fn show(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    Query(query): Query<PageQuery>,
) -> Response {
    let result = page(&services, &desk, &id, &query, None, None).await;
    desk.answer(result)
}

async fn page(
    services: &Services,
    desk: &Desk,
    id: &str,
    query: &PageQuery,
    tested: Option<Tested>,
    form: Option<ui::forms::FormState>,
) -> Result<Response, ServiceError> {
    let after: Option<AccountId> = query.after.parse().ok();
    let found = services.segment_page(desk.actor(), id_of(id)?, after).await?;
    let done = query.done == "guardado";
    let page = desk.page(found.segment.name.clone()).form(form);
    let desk = desk.clone();
    Ok(page.render(move || view! { <SegmentView desk found tested done/> }))
}

/// `POST /console/segmentos/{id}/probar`: why one account is in the segment, or is not. A post,
/// so that its number stays out of addresses.
pub async fn test(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let result: Result<Response, ServiceError> = async {
        let segment: SegmentId = id_of(&id)?;
        let query = PageQuery::default();
        match services.test_segment(desk.actor(), segment, form.get("account")).await {
            Ok(tested) => {
                let state = form_state(&form, &[], desk.lang());
                page(&services, &desk, &id, &query, Some(tested), Some(state)).await
            }
            Err(ServiceError::Invalid(issues)) => {
                let state = form_state(&form, &issues, desk.lang());
                page(&services, &desk, &id, &query, None, Some(state)).await
            }
            Err(error) => Err(error),
        }
    }
    .await;
    desk.answer(result)
}

/// `GET` on the address of a form, after a reload or a change of language.
pub async fn back(Path(id): Path<String>) -> Response {
    see_other(&id_of::<SegmentId>(&id).map_or_else(|_| ADDRESS.to_owned(), |id| format!("{ADDRESS}/{id}")))
}

fn require_write(desk: &Desk) -> Result<(), ServiceError> {
    let permission = Permission::StrategyWrite;
    if desk.may(permission) { Ok(()) } else { Err(Denied(permission).into()) }
}

/// `GET /console/segmentos/nuevo`
pub async fn ask(State(services): State<Services>, desk: Desk) -> Response {
    let result: Result<Response, ServiceError> = async {
        require_write(&desk)?;
        let draft = Draft { id: SegmentId(services.new_id()), based_on: 0 };
        edit(&desk, draft, form::blank(), None)
    }
    .await;
    desk.answer(result)
}

/// `GET /console/segmentos/{id}/editar`
pub async fn ask_change(State(services): State<Services>, desk: Desk, Path(id): Path<String>) -> Response {
    let result: Result<Response, ServiceError> = async {
        require_write(&desk)?;
        let found = services.segment_page(desk.actor(), id_of(&id)?, None).await?.segment;
        let draft = Draft { id: found.id, based_on: found.version };
        let typed = form::fields(&found.name, &found.rule, desk.locale());
        edit(&desk, draft, typed.unwrap_or_else(form::blank), None)
    }
    .await;
    desk.answer(result)
}

fn edit(
    desk: &Desk,
    draft: Draft,
    state: ui::forms::FormState,
    count: Option<u64>,
) -> Result<Response, ServiceError> {
    let page = desk.page(tr!(desk.lang(), "Segmento", "Segment")).form(Some(state));
    let desk = desk.clone();
    Ok(page.render(move || view! { <EditPage desk draft count/> }))
}

/// `POST /console/segmentos/nuevo`: counts, or saves.
pub async fn send(State(services): State<Services>, desk: Desk, form: Form) -> Response {
    let result = sent(&services, &desk, &form).await;
    desk.answer(result)
}

async fn sent(services: &Services, desk: &Desk, form: &Form) -> Result<Response, ServiceError> {
    require_write(desk)?;
    let draft = Draft {
        id: SegmentId(crate::typed::key(form.get("id"), || services.new_id())),
        based_on: form.get("based_on").parse().unwrap_or(0),
    };
    let refused =
        |issues: &[services::FieldIssue]| edit(desk, draft, form_state(form, issues, desk.lang()), None);
    let rule = match form::read(form, desk.locale(), &desk.country) {
        Ok(rule) => rule,
        Err(issues) => return refused(&issues),
    };
    if form.get("act") != "save" {
        return match services.count_rule(desk.actor(), &rule).await {
            Ok(count) => edit(desk, draft, form_state(form, &[], desk.lang()), Some(count)),
            Err(ServiceError::Invalid(issues)) => refused(&issues),
            Err(error) => Err(error),
        };
    }
    let new = NewSegment { id: draft.id, based_on: draft.based_on, name: form.get("name").to_owned(), rule };
    match services.save_segment(desk.actor(), new).await {
        Ok(_) => Ok(see_other(&format!("{ADDRESS}/{}?hecho=guardado", draft.id))),
        Err(ServiceError::Invalid(issues)) => refused(&issues),
        Err(error) => Err(error),
    }
}
