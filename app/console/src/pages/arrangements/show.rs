//! One arrangement: how it stands, and what can be done about it.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::ids::ArrangementId;
use leptos::prelude::*;
use serde::Deserialize;
use services::arrangements::AcceptArrangement;
use services::{ServiceError, Services};
use ui::prelude::*;
use web::{Form, form_state, see_other};

use super::ADDRESS;
use super::view::ArrangementPage;
use crate::desk::Desk;
use crate::pages::account::id_of;

/// How a debtor can say yes to a member of staff.
pub const CHANNELS: [&str; 4] = ["phone", "office", "visit", "paper"];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Told {
    /// What was just done, told once after the redirect.
    #[serde(rename = "hecho")]
    done: String,
}

/// `GET /console/convenios/{id}`
pub async fn show(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    Query(told): Query<Told>,
) -> Response {
    let result = page(&services, &desk, &id, told.done, None).await;
    desk.answer(result)
}

/// `POST /console/convenios/{id}`: accepts, approves or cancels.
pub async fn act(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let result = match step(&services, &desk, &id, &form).await {
        Ok(done) => Ok(see_other(&format!("{ADDRESS}/{id}?hecho={done}"))),
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(&form, &issues, desk.lang());
            page(&services, &desk, &id, String::new(), Some(state)).await
        }
        Err(error) => Err(error),
    };
    desk.answer(result)
}

async fn step(services: &Services, desk: &Desk, id: &str, form: &Form) -> Result<&'static str, ServiceError> {
    let id: ArrangementId = id_of(id)?;
    let actor = desk.actor();
    match form.get("act") {
        "accept" => {
            let channel = form.get("channel");
            let channel = if CHANNELS.contains(&channel) { channel } else { "" };
            let accept = AcceptArrangement {
                terms_hash: form.get("terms").to_owned(),
                channel: channel.to_owned(),
                words: form.get("words").to_owned(),
                origin: None,
            };
            services.accept_arrangement(actor, id, accept).await?;
            Ok("aceptado")
        }
        "stop_autopay" => services.stop_autopay(actor, id).await.map(|()| "sin-pago-automatico"),
        "approve" => services.approve_arrangement(actor, id).await.map(|()| "aprobado"),
        "cancel" => services.cancel_arrangement(actor, id, form.get("reason")).await.map(|()| "cancelado"),
        _ => Err(ServiceError::NotFound),
    }
}

async fn page(
    services: &Services,
    desk: &Desk,
    id: &str,
    done: String,
    form: Option<FormState>,
) -> Result<Response, ServiceError> {
    let found = services.arrangement(desk.actor(), id_of(id)?).await?;
    let changes = services.plan_changes(desk.actor(), found.arrangement.id).await?;
    let automatic = services.autopay(desk.actor(), found.arrangement.id).await?;
    let staff = services.staff_by_audit_name(desk.actor()).await?;
    let page = desk.page(found.debtor_name.clone()).form(form);
    let desk = desk.clone();
    Ok(page.render(move || view! { <ArrangementPage desk found changes automatic staff done/> }))
}
