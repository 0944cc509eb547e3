//! The offer policy: what holds, its versions, trying it on a debt, and the editor of a new version.

mod edit;
mod form;
mod show;
mod trial;
pub mod words;

use axum::extract::{Query, State};
use axum::response::Response;
use domain::access::{Denied, Permission};
use domain::ids::AccountId;
use leptos::prelude::*;
use serde::Deserialize;
use services::arrangements::PolicyTrial;
use services::{ServiceError, Services};
use ui::prelude::*;
use web::{Form, see_other};

use super::account::id_of;
use crate::desk::{Desk, Section};
use edit::EditPage;
use form::{Context, Issue};
use show::PolicyPage;

pub const ADDRESS: &str = "/console/politica-de-ofertas";

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PolicyQuery {
    /// The version just saved.
    #[serde(rename = "hecho")]
    done: String,
    /// Id of an account to try the policy on.
    #[serde(rename = "cuenta")]
    account: String,
}

/// `GET /console/politica-de-ofertas`
pub async fn show(
    State(services): State<Services>,
    desk: Desk,
    Query(query): Query<PolicyQuery>,
) -> Response {
    let result = shown(&services, &desk, query).await;
    desk.answer(result)
}

async fn shown(services: &Services, desk: &Desk, query: PolicyQuery) -> Result<Response, ServiceError> {
    if query.account.is_empty() {
        return page(services, desk, query.done, FormState::default(), Vec::new()).await;
    }
    let id: AccountId = id_of(&query.account)?;
    let number = services.account_view(desk.actor(), id).await?.summary.account.external_id;
    let trials = services.try_policy(desk.actor(), &number, None).await?;
    let trials = trials.into_iter().filter(|trial| trial.account_id == id).collect();
    page(services, desk, query.done, FormState::new([("account".to_owned(), number)]), trials).await
}

/// `POST /console/politica-de-ofertas`: tries the policy in force on an account.
pub async fn try_one(State(services): State<Services>, desk: Desk, form: Form) -> Response {
    let state = FormState::new(form.0.clone());
    let result = match services.try_policy(desk.actor(), form.get("account"), None).await {
        Ok(trials) => page(&services, &desk, String::new(), state, trials).await,
        Err(ServiceError::Invalid(issues)) => {
            let state = refused(state, issues, desk.lang());
            page(&services, &desk, String::new(), state, Vec::new()).await
        }
        Err(error) => Err(error),
    };
    desk.answer(result)
}

fn refused(state: FormState, issues: Vec<services::FieldIssue>, lang: Lang) -> FormState {
    issues
        .into_iter()
        .fold(state, |state, issue| state.with_error(issue.field, issue.says.pick(lang.tag()).to_owned()))
}

async fn page(
    services: &Services,
    desk: &Desk,
    done: String,
    state: FormState,
    trials: Vec<PolicyTrial>,
) -> Result<Response, ServiceError> {
    let versions = services.offer_policies(desk.actor()).await?;
    let staff = services.staff_by_audit_name(desk.actor()).await?;
    let context = context(services, desk).await?;
    let page = desk.page(Section::Policy.label(desk.lang())).form(Some(state));
    let desk = desk.clone();
    Ok(page.render(move || view! { <PolicyPage desk versions staff context trials done/> }))
}

async fn context(services: &Services, desk: &Desk) -> Result<Context, ServiceError> {
    let mut products = Vec::new();
    let creditors = services.creditors(desk.actor()).await?;
    for creditor in &creditors {
        let own = services.products(desk.actor(), creditor.id).await?;
        products.extend(own.into_iter().filter_map(|(name, _)| name).filter(|name| !name.is_empty()));
    }
    products.sort_unstable();
    products.dedup();
    let creditors = creditors.into_iter().map(|creditor| (creditor.id, creditor.name)).collect();
    let currency = crate::typed::currency_of(&desk.country);
    Ok(Context { creditors, products, currency, locale: desk.locale() })
}

fn require_write(desk: &Desk) -> Result<(), ServiceError> {
    let permission = Permission::ArrangementApprove;
    if desk.may(permission) { Ok(()) } else { Err(Denied(permission).into()) }
}

/// `GET /console/politica-de-ofertas/editar`
pub async fn ask(State(services): State<Services>, desk: Desk) -> Response {
    let result = asked(&services, &desk).await;
    desk.answer(result)
}

async fn asked(services: &Services, desk: &Desk) -> Result<Response, ServiceError> {
    require_write(desk)?;
    let saved = services.offer_policy(desk.actor()).await?;
    let context = context(services, desk).await?;
    let mut pairs = form::fields(&saved.policy, &context);
    pairs.push(("based_on".to_owned(), saved.version.to_string()));
    edit_page(services, desk, context, FormState::new(pairs), Vec::new()).await
}

async fn edit_page(
    services: &Services,
    desk: &Desk,
    context: Context,
    state: FormState,
    trials: Vec<PolicyTrial>,
) -> Result<Response, ServiceError> {
    let version = services.offer_policy(desk.actor()).await?.version;
    let page = desk.page(edit::title(desk.lang())).form(Some(state));
    let desk = desk.clone();
    Ok(page.render(move || view! { <EditPage desk context version trials/> }))
}

/// `POST /console/politica-de-ofertas/editar`: adds and removes rows, tries the draft, or saves it.
pub async fn send(State(services): State<Services>, desk: Desk, form: Form) -> Response {
    let result = sent(&services, &desk, form).await;
    desk.answer(result)
}

async fn sent(services: &Services, desk: &Desk, mut form: Form) -> Result<Response, ServiceError> {
    require_write(desk)?;
    let context = context(services, desk).await?;
    let act = form.get("act").to_owned();
    if form::change_rows(&mut form.0, &act) {
        return edit_page(services, desk, context, FormState::new(form.0), Vec::new()).await;
    }
    let read = form::read(&form, &context);
    let state = FormState::new(form.0.clone());
    let policy = match read {
        Ok(policy) => policy,
        Err(issues) => {
            let state = issues.into_iter().fold(state, |state, (field, says): Issue| {
                state.with_error(field, says.pick(desk.lang().tag()).to_owned())
            });
            return edit_page(services, desk, context, state, Vec::new()).await;
        }
    };
    if act == "save" {
        let based_on = form.get("based_on").parse().unwrap_or(-1);
        match services.set_offer_policy(desk.actor(), based_on, &policy, form.get("note")).await {
            Ok(_) => return Ok(see_other(&format!("{ADDRESS}?hecho=1"))),
            Err(ServiceError::Invalid(issues)) => {
                let state = refused(state, issues, desk.lang());
                return edit_page(services, desk, context, state, Vec::new()).await;
            }
            Err(error) => return Err(error),
        }
    }
    match services.try_policy(desk.actor(), form.get("account"), Some(&policy)).await {
        Ok(trials) => edit_page(services, desk, context, state, trials).await,
        Err(ServiceError::Invalid(issues)) => {
            let state = refused(state, issues, desk.lang());
            edit_page(services, desk, context, state, Vec::new()).await
        }
        Err(error) => Err(error),
    }
}
