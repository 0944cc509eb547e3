//! The list of accounts: search, filters, pages by key.

mod query;
mod view;

use axum::extract::{Query, State};
use axum::response::Response;
use leptos::prelude::*;
use services::{ServiceError, Services};
use ui::prelude::*;

use crate::desk::Desk;
pub use query::ListQuery;
use view::AccountList;

/// `GET /console/cuentas`
pub async fn list(State(services): State<Services>, desk: Desk, Query(query): Query<ListQuery>) -> Response {
    let result = page(&services, &desk, query).await;
    desk.answer(result)
}

async fn page(services: &Services, desk: &Desk, query: ListQuery) -> Result<Response, ServiceError> {
    let lang = desk.lang();
    let query = query.or_default();
    let creditors = services.creditors(desk.actor()).await?;
    let country = creditors
        .iter()
        .find(|creditor| creditor.id.to_string() == query.creditor)
        .map_or(desk.country.clone(), |creditor| creditor.country.clone());
    let (filter, issues) = query.filter(&country, desk.locale());
    // A filter that cannot be read finds nothing: better than finding something else.
    let found =
        if issues.is_empty() { Some(services.list_accounts(desk.actor(), &filter).await?) } else { None };
    let creditors: Vec<_> =
        creditors.into_iter().map(|creditor| Choice::new(creditor.id.to_string(), creditor.name)).collect();
    let state = issues.into_iter().fold(FormState::new(query.pairs()), |state, issue| {
        state.with_error(issue.field, tr!(lang, issue.says.es, issue.says.en))
    });
    let title = tr!(lang, "Cuentas", "Accounts");
    let desk = desk.clone();
    let filtered = !filter.text.is_empty() || query.filters_set() > 0;
    let page = desk.page(title).form(Some(state));
    Ok(page.render(move || view! { <AccountList desk query creditors found filtered/> }))
}
