//! Letters on paper: what waits, batches to print, and what the post did with them.

mod batch;
mod list;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::access::Permission;
use domain::ids::CreditorId;
use leptos::prelude::*;
use serde::Deserialize;
use services::outbox::{LetterState, NewBatch};
use services::{ServiceError, Services};
use ui::forms::FormState;
use ui::prelude::*;
use web::{Form, form_state, see_other};

use super::account::id_of;
use crate::desk::{Desk, Section};
use crate::typed;
use batch::BatchPage;
use list::ListPage;

pub const ADDRESS: &str = "/console/cartas";

/// What was just done, told once after the redirect.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    #[serde(rename = "hecho")]
    what: String,
    /// Letters that could not go into the batch.
    #[serde(rename = "detenidas")]
    stopped: usize,
}

/// `GET /console/cartas`
pub async fn list(State(services): State<Services>, desk: Desk, Query(done): Query<Done>) -> Response {
    let result = list_page(&services, &desk, done, None).await;
    desk.answer(result)
}

async fn list_page(
    services: &Services,
    desk: &Desk,
    done: Done,
    state: Option<FormState>,
) -> Result<Response, ServiceError> {
    let found = services.letter_desk(desk.actor()).await?;
    let keys: Vec<_> = found.groups.iter().map(|_| services.new_id()).collect();
    let page = desk.page(Section::Letters.label(desk.lang())).form(state);
    let desk = desk.clone();
    Ok(page.render(move || view! { <ListPage desk found done keys/> }))
}

/// `POST /console/cartas`: makes a batch, keeps the sender's address, or notes that one came back.
pub async fn act(State(services): State<Services>, desk: Desk, form: Form) -> Response {
    let answer = match done(&services, &desk, &form).await {
        Ok(to) => Ok(see_other(&to)),
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(&form, &issues, desk.lang());
            list_page(&services, &desk, Done::default(), Some(state)).await
        }
        Err(error) => Err(error),
    };
    desk.answer(answer)
}

async fn done(services: &Services, desk: &Desk, form: &Form) -> Result<String, ServiceError> {
    Ok(match form.get("step") {
        "make" => {
            let creditor: CreditorId = id_of(form.get("creditor"))?;
            let id = typed::key(form.get("key"), || services.new_id());
            let made = services.make_letters(desk.actor(), NewBatch { id, creditor }).await?;
            match made.batch {
                Some(id) => format!("{ADDRESS}/{id}?hecho=lote&detenidas={}", made.stopped),
                None => format!("{ADDRESS}?hecho=ninguna&detenidas={}", made.stopped),
            }
        }
        "sender" => {
            services.set_letter_sender(desk.actor(), form.get("sender")).await?;
            format!("{ADDRESS}?hecho=remitente")
        }
        "came_back" => {
            let batch = services.letter_came_back(desk.actor(), form.get("reference")).await?;
            format!("{ADDRESS}/{batch}?hecho=volvio")
        }
        _ => return Err(ServiceError::NotFound),
    })
}

/// `GET /console/cartas/{id}`
pub async fn show(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Response {
    let result = batch_page(&services, &desk, &id, done, None).await;
    desk.answer(result)
}

async fn batch_page(
    services: &Services,
    desk: &Desk,
    id: &str,
    done: Done,
    state: Option<FormState>,
) -> Result<Response, ServiceError> {
    let found = services.letter_batch(desk.actor(), id_of(id)?).await?;
    let today = services.today(desk.actor().organization_id).await?;
    let page = desk.page(batch_title(found.line.number, desk.lang())).form(state);
    let desk = desk.clone();
    Ok(page.render(move || view! { <BatchPage desk found done today/> }))
}

/// `POST /console/cartas/{id}`: the batch was posted, or a letter stays here.
pub async fn steer(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let answer = match steered(&services, &desk, &id, &form).await {
        Ok(what) => Ok(see_other(&format!("{ADDRESS}/{id}?hecho={what}"))),
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(&form, &issues, desk.lang());
            batch_page(&services, &desk, &id, Done::default(), Some(state)).await
        }
        Err(error) => Err(error),
    };
    desk.answer(answer)
}

async fn steered(
    services: &Services,
    desk: &Desk,
    id: &str,
    form: &Form,
) -> Result<&'static str, ServiceError> {
    let batch = id_of(id)?;
    match form.get("step") {
        "posted" => {
            let on = typed::date("posted_on", form.get("posted_on"));
            let on = on.map_err(|issue| ServiceError::Invalid(vec![issue]))?;
            services.letters_posted(desk.actor(), batch, on).await?;
            Ok("enviadas")
        }
        "leave_out" => {
            services.leave_letter_out(desk.actor(), batch, id_of(form.get("message"))?).await?;
            Ok("fuera")
        }
        _ => Err(ServiceError::NotFound),
    }
}

/// Who may make batches and say what became of them.
fn may_act(desk: &Desk) -> bool {
    desk.may(Permission::OutboxRead) && desk.may(Permission::CaseHandle)
}

fn batch_title(number: i32, lang: Lang) -> String {
    trf!(lang, "Lote {}", "Batch {}", number)
}

/// How far a letter came, in words.
pub fn state_words(
    state: &LetterState,
    time: impl Fn(chrono::DateTime<chrono::Utc>) -> String,
    lang: Lang,
) -> (Tone, String) {
    match state {
        LetterState::Waiting => (Tone::Info, tr!(lang, "Espera un lote", "Waits for a batch").to_owned()),
        LetterState::Printed => (Tone::Info, tr!(lang, "Por enviar", "To be posted").to_owned()),
        LetterState::Posted(at) => (Tone::Success, trf!(lang, "Enviada el {}", "Posted on {}", time(*at))),
        LetterState::CameBack(at) => (Tone::Warn, trf!(lang, "Volvió el {}", "Came back on {}", time(*at))),
        LetterState::Stopped(None) => (Tone::Neutral, tr!(lang, "No se envió", "Not posted").to_owned()),
        LetterState::Stopped(Some(why)) => {
            (Tone::Neutral, trf!(lang, "No se envió: {}", "Not posted: {}", why.pick(lang.tag())))
        }
    }
}
