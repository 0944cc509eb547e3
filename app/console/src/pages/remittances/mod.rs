//! Remittances: state to a creditor what was collected, show it, hand it out as CSV, pay it.

mod commission;
mod statement;
mod view;

use axum::extract::State;
use axum::response::Response;
use chrono::Datelike;
use domain::access::Permission;
use domain::ids::CreditorId;
use leptos::prelude::*;
use services::{ServiceError, Services};
use ui::prelude::*;
use web::{Form, form_state, see_other};

pub use commission::{agree, commission};
pub use statement::{csv, pay, show};

use crate::desk::{Desk, Section};
use crate::typed::{self, keep};
use view::{Creditor, Draft, ListPage};

pub const ADDRESS: &str = "/console/rendiciones";

/// `GET /console/rendiciones`
pub async fn list(State(services): State<Services>, desk: Desk) -> Response {
    let result = page(&services, &desk, None, None).await;
    desk.answer(result)
}

/// `POST /console/rendiciones`: asks once more with what will be stated, then states it.
pub async fn make(State(services): State<Services>, desk: Desk, form: Form) -> Response {
    let result = made(&services, &desk, &form).await;
    let answer = match result {
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(&form, &issues, desk.lang());
            page(&services, &desk, Some(state), None).await
        }
        other => other,
    };
    desk.answer(answer)
}

async fn made(services: &Services, desk: &Desk, form: &Form) -> Result<Response, ServiceError> {
    desk.actor().require(Permission::RemittanceMake)?;
    let mut issues = Vec::new();
    let creditor = keep(&mut issues, typed::choice::<CreditorId>("creditor", form.get("creditor")));
    let from = keep(&mut issues, typed::date("period_from", form.get("period_from")));
    let to = keep(&mut issues, typed::date("period_to", form.get("period_to")));
    let (Some(creditor), Some(from), Some(to)) = (creditor, from, to) else {
        return Err(ServiceError::Invalid(issues));
    };
    let terms = services.commission_terms(desk.actor(), creditor).await?;
    if from > to {
        return Err(ServiceError::invalid(
            "period_to",
            "El período debe terminar después de empezar",
            "The period must end after it begins",
        ));
    }
    if terms.is_empty() {
        return Err(ServiceError::invalid(
            "creditor",
            "Falta acordar la comisión con este acreedor: usar «Comisiones», abajo",
            "No commission is agreed with this creditor: use “Commissions”, below",
        ));
    }
    if form.get("act") != "make" {
        let all = creditors(services, desk).await?;
        let creditor = all.into_iter().find(|one| one.id == creditor).ok_or(ServiceError::NotFound)?;
        let version =
            terms.iter().rev().find(|version| version.effective_from <= to).or(terms.first()).cloned();
        let draft = version.map(|version| Draft { creditor, from, to, version });
        return page(services, desk, Some(FormState::new(form.0.clone())), draft).await;
    }
    let ids = services.remit(desk.actor(), creditor, from, to).await?;
    match ids.as_slice() {
        [] => Err(ServiceError::invalid(
            "period_to",
            "No hay nada que rendir hasta esa fecha: todo lo cobrado ya se rindió",
            "There is nothing to state until that day: all that was collected is stated already",
        )),
        [one] => Ok(see_other(&format!("{ADDRESS}/{one}?hecho=rendida"))),
        _ => Ok(see_other(ADDRESS)),
    }
}

async fn page(
    services: &Services,
    desk: &Desk,
    form: Option<FormState>,
    draft: Option<Draft>,
) -> Result<Response, ServiceError> {
    let lines = services.remittances(desk.actor(), None).await?;
    let creditors = creditors(services, desk).await?;
    let today = services.today(desk.actor().organization_id).await?;
    let first = today.with_day(1).unwrap_or(today);
    let page = desk.page(Section::Remittances.label(desk.lang())).form(form);
    let desk = desk.clone();
    Ok(page.render(move || view! { <ListPage desk lines creditors period=(first, today) draft/> }))
}

async fn creditors(services: &Services, desk: &Desk) -> Result<Vec<Creditor>, ServiceError> {
    let all = services.creditors(desk.actor()).await?;
    Ok(all.into_iter().map(|one| Creditor { id: one.id, name: one.name, country: one.country }).collect())
}
