//! Product terms: what holds for each product, its versions, and a new one with its preview.

mod edit;
pub mod form;
mod list;
mod series;
pub mod words;

use axum::extract::{Query, State};
use axum::response::Response;
use domain::access::{Denied, Permission};
use domain::ids::CreditorId;
use leptos::prelude::*;
use serde::Deserialize;
use services::ledger::{NewTerms, TermsLine, TermsPreview};
use services::{ServiceError, Services};
use ui::prelude::*;
use web::{Form, see_other};

use super::account::id_of;
use crate::desk::{Desk, Section};
use edit::{EditPage, Product};
use list::{CreditorTerms, TermsPage};
pub use series::{add_series, show_series};

pub const ADDRESS: &str = "/console/condiciones";
pub const SERIES: &str = "/console/series";

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TermsQuery {
    /// The version just kept.
    #[serde(rename = "hecho")]
    done: String,
    creditor: String,
    product: String,
}

/// `GET /console/condiciones`
pub async fn show(State(services): State<Services>, desk: Desk, Query(query): Query<TermsQuery>) -> Response {
    let result = list_page(&services, &desk, query).await;
    desk.answer(result)
}

async fn list_page(services: &Services, desk: &Desk, query: TermsQuery) -> Result<Response, ServiceError> {
    let lines = services.terms(desk.actor()).await?;
    let mut creditors = Vec::new();
    for creditor in services.creditors(desk.actor()).await? {
        let products = services.products(desk.actor(), creditor.id).await?;
        let lines: Vec<TermsLine> =
            lines.iter().filter(|line| line.creditor_id == creditor.id).cloned().collect();
        creditors.push(CreditorTerms { creditor, products, lines });
    }
    let page = desk.page(Section::Terms.label(desk.lang()));
    let desk = desk.clone();
    let done = query.done;
    Ok(page.render(move || view! { <TermsPage desk creditors done/> }))
}

/// `GET /console/condiciones/nueva`
pub async fn ask(State(services): State<Services>, desk: Desk, Query(query): Query<TermsQuery>) -> Response {
    let result = asked(&services, &desk, &query).await;
    desk.answer(result)
}

async fn asked(services: &Services, desk: &Desk, query: &TermsQuery) -> Result<Response, ServiceError> {
    let product = find_product(services, desk, &query.creditor, &query.product).await?;
    let today = services.today(desk.actor().organization_id).await?;
    let terms = product.latest.as_ref().map(|line| line.terms.clone()).unwrap_or_default();
    let mut pairs = form::fields(&terms, desk.locale());
    pairs.push(("effective_from".to_owned(), today.to_string()));
    edit_page(services, desk, product, FormState::new(pairs), None).await
}

fn require_write(desk: &Desk) -> Result<(), ServiceError> {
    let permission = Permission::TermsWrite;
    if desk.may(permission) { Ok(()) } else { Err(Denied(permission).into()) }
}

async fn find_product(
    services: &Services,
    desk: &Desk,
    creditor: &str,
    name: &str,
) -> Result<Product, ServiceError> {
    require_write(desk)?;
    let id: CreditorId = id_of(creditor)?;
    let creditors = services.creditors(desk.actor()).await?;
    let creditor = creditors.into_iter().find(|creditor| creditor.id == id).ok_or(ServiceError::NotFound)?;
    let lines = services.terms(desk.actor()).await?.into_iter();
    let latest =
        lines.filter(|line| line.creditor_id == id && line.product == name).max_by_key(|line| line.version);
    Ok(Product { creditor, name: name.chars().take(120).collect(), latest })
}

async fn edit_page(
    services: &Services,
    desk: &Desk,
    product: Product,
    state: FormState,
    preview: Option<(TermsPreview, String)>,
) -> Result<Response, ServiceError> {
    let series: Vec<_> =
        services.series_list(desk.actor()).await?.into_iter().map(|line| line.code).collect();
    let page =
        desk.page(tr!(desk.lang(), "Nueva versión de condiciones", "New version of terms")).form(Some(state));
    let desk = desk.clone();
    Ok(page.render(move || view! { <EditPage desk product series preview/> }))
}

/// `POST /console/condiciones/nueva`: rows are added and removed, changes previewed, and what was
/// previewed is kept.
pub async fn send(State(services): State<Services>, desk: Desk, form: Form) -> Response {
    let result = sent(&services, &desk, form).await;
    desk.answer(result)
}

async fn sent(services: &Services, desk: &Desk, mut form: Form) -> Result<Response, ServiceError> {
    let product = find_product(services, desk, form.get("creditor"), form.get("product")).await?;
    let act = form.get("act").to_owned();
    if form::change_rows(&mut form.0, &act) {
        return edit_page(services, desk, product, FormState::new(form.0), None).await;
    }
    let (terms, effective_from, note) = match form::read(&form, desk.locale()) {
        Ok(read) => read,
        Err(issues) => {
            let state = issues.into_iter().fold(FormState::new(form.0), |state, (field, says)| {
                state.with_error(field, tr!(desk.lang(), says.es, says.en))
            });
            return edit_page(services, desk, product, state, None).await;
        }
    };
    let stamp = stamp(&terms, effective_from);
    let new = NewTerms {
        creditor_id: product.creditor.id,
        product: product.name.clone(),
        effective_from,
        terms,
        note,
    };
    let seen = act == "save" && form.get("previewed") == stamp;
    let result = if seen {
        services.add_terms(desk.actor(), new).await.map(|_| None)
    } else {
        services.preview_terms(desk.actor(), &new).await.map(Some)
    };
    match result {
        Ok(None) => {
            Ok(see_other(&format!("{ADDRESS}?hecho=1#{}", list::anchor(&product.creditor.id, &product.name))))
        }
        Ok(Some(preview)) => {
            edit_page(services, desk, product, FormState::new(form.0), Some((preview, stamp))).await
        }
        Err(ServiceError::Invalid(issues)) => {
            let state = issues.into_iter().fold(FormState::new(form.0), |state, issue| {
                state.with_error("terms", tr!(desk.lang(), issue.says.es, issue.says.en))
            });
            edit_page(services, desk, product, state, None).await
        }
        Err(error) => Err(error),
    }
}

/// What a preview was of: saving something else shows it first.
fn stamp(terms: &domain::terms::ProductTerms, from: chrono::NaiveDate) -> String {
    serde_json::json!([from, terms]).to_string()
}
