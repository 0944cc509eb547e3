//! The ledger of an account: its journal at two times, and why every figure is what it is.

mod explain;
pub mod formula;
mod journal;
mod manual;
mod query;
mod rows;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use domain::ids::AccountId;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use leptos::prelude::*;
use services::ledger::Explained;
use services::{FieldIssue, ServiceError, Services};
use ui::prelude::*;

use super::account::{self, id_of};
use crate::desk::{ACCOUNTS, Desk};
use explain::ExplainPage;
use journal::LedgerPage;
pub use manual::{ask as ask_entry, ask_back, send as send_entry, take_back};
use query::{LedgerQuery, Times};

/// Where the ledger of an account is.
pub fn address(id: AccountId) -> String {
    format!("{}/libro", account::address(id))
}

/// Where its figures are explained.
pub fn explanation(id: AccountId) -> String {
    format!("{}/explicacion", address(id))
}

/// What every page of the ledger shows: the figures, unless the times could not be read.
struct Shown {
    id: AccountId,
    explained: Option<Explained>,
    issues: Vec<FieldIssue>,
}

async fn load(
    services: &Services,
    desk: &Desk,
    id: &str,
    query: &LedgerQuery,
) -> Result<Shown, ServiceError> {
    let id: AccountId = id_of(id)?;
    let today = services.today(desk.actor().organization_id).await?;
    match query.times(today, desk.zone) {
        Ok(Times { as_of, known_at }) => {
            let explained = services.explain(desk.actor(), id, as_of, known_at).await?;
            Ok(Shown { id, explained: Some(explained), issues: Vec::new() })
        }
        Err(issues) => Ok(Shown { id, explained: None, issues }),
    }
}

/// `GET /console/cuentas/{id}/libro`
pub async fn show(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    Query(query): Query<LedgerQuery>,
) -> Response {
    let result = ledger_page(&services, &desk, &id, query).await;
    desk.answer(result)
}

async fn ledger_page(
    services: &Services,
    desk: &Desk,
    id: &str,
    query: LedgerQuery,
) -> Result<Response, ServiceError> {
    let Shown { id, explained, mut issues } = load(services, desk, id, &query).await?;
    let (filter, refused) = query.filter();
    issues.extend(refused);
    let state = state(&query, &issues, desk.lang());
    let title = tr!(desk.lang(), "Libro de la cuenta", "Ledger of the account");
    let page = desk.page(title).form(Some(state));
    let desk = desk.clone();
    // A filter that cannot be read shows nothing: better than showing something else.
    let explained = explained.filter(|_| issues.is_empty());
    Ok(page.render(move || view! { <LedgerPage desk id query explained filter/> }))
}

/// `GET /console/cuentas/{id}/libro/explicacion`
pub async fn explain(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    Query(query): Query<LedgerQuery>,
) -> Response {
    let result = explain_page(&services, &desk, &id, query).await;
    desk.answer(result)
}

async fn explain_page(
    services: &Services,
    desk: &Desk,
    id: &str,
    query: LedgerQuery,
) -> Result<Response, ServiceError> {
    let Shown { id, explained, issues } = load(services, desk, id, &query).await?;
    let state = state(&query, &issues, desk.lang());
    let title = tr!(desk.lang(), "¿Cómo se calcula?", "How is it computed?");
    let page = desk.page(title).form(Some(state));
    let desk = desk.clone();
    Ok(page.render(move || view! { <ExplainPage desk id query explained/> }))
}

/// `GET /console/cuentas/{id}/libro/csv`: what the page shows, for a spreadsheet.
pub async fn csv(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    Query(query): Query<LedgerQuery>,
) -> Response {
    let result = download(&services, &desk, &id, &query).await;
    desk.answer(result)
}

async fn download(
    services: &Services,
    desk: &Desk,
    id: &str,
    query: &LedgerQuery,
) -> Result<Response, ServiceError> {
    let Shown { explained, mut issues, .. } = load(services, desk, id, query).await?;
    let (filter, refused) = query.filter();
    issues.extend(refused);
    let explained = match explained {
        Some(explained) if issues.is_empty() => explained,
        _ => return Err(ServiceError::Invalid(issues)),
    };
    let rows = rows::rows(&explained.owed.journal, explained.account.currency, &filter);
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"libro.csv\""),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, rows::csv(&rows)).into_response())
}

fn state(query: &LedgerQuery, issues: &[FieldIssue], lang: Lang) -> FormState {
    issues.iter().fold(FormState::new(query.pairs()), |state, issue| {
        state.with_error(issue.field, issue.says.pick(lang.tag()).to_owned())
    })
}

fn crumbs(id: AccountId, explained: Option<&Explained>, here: &'static str, lang: Lang) -> Vec<Crumb> {
    let number = explained.map_or_else(
        || tr!(lang, "Cuenta", "Account").to_owned(),
        |explained| explained.account.external_id.clone(),
    );
    vec![
        Crumb::new(ACCOUNTS, tr!(lang, "Cuentas", "Accounts")),
        Crumb::new(account::address(id), number),
        Crumb::here(here),
    ]
}

/// The two times, to choose others; `action` is the page that shows them. `query` keeps the
/// filters.
#[component]
fn TimesForm(action: String, query: LedgerQuery, desk: Desk, explained: Option<Explained>) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let as_of = explained.as_ref().map(|explained| explained.owed.as_of);
    let hidden: Vec<_> = query
        .pairs()
        .into_iter()
        .filter(|(name, _)| !matches!(name.as_str(), "as_of" | "known_at"))
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect();
    let now = LedgerQuery { as_of: String::new(), known_at: String::new(), ..query.clone() }.at(&action);
    let moved = !query.as_of.is_empty() || !query.known_at.is_empty();
    let zone = desk.zone;
    let known = typed_instant(&query.known_at, zone).map(|at| format::date_time(&at, locale));
    let shown = as_of.map(|as_of| {
        let day = format::date_long(as_of, locale);
        match known {
            Some(known) => {
                trf!(
                    lang,
                    "Al cierre del {0}, como se sabía el {1}",
                    "At the end of {0}, as known on {1}",
                    day,
                    known
                )
            }
            None => trf!(lang, "Al cierre del {}, como se sabe ahora", "At the end of {}, as known now", day),
        }
    });
    view! {
        <form class="filters card ledger-times" method="get" action=action novalidate>
            {shown.map(|shown| view! { <p class="shown-times"><strong>{shown}</strong></p> })}
            {hidden}
            <Field name="as_of" label=tr!(lang, "A la fecha", "As of") kind="date" value=as_of.map(|day| day.to_string()).unwrap_or_default() required=false/>
            <Field name="known_at" label=tr!(lang, "Como se sabía el", "As known on") kind="datetime-local" required=false/>
            <div class="row">
                <Button kind=ButtonKind::Secondary icon=Glyph::Clock>{tr!(lang, "Ver", "Show")}</Button>
                {moved.then(|| view! { <a class="btn btn-quiet" href=now>{tr!(lang, "Volver a hoy", "Back to today")}</a> })}
            </div>
        </form>
    }
    .into_any()
}

fn typed_instant(text: &str, zone: chrono_tz::Tz) -> Option<chrono::DateTime<chrono_tz::Tz>> {
    let query = LedgerQuery { known_at: text.to_owned(), ..LedgerQuery::default() };
    let times = query.times(chrono::NaiveDate::default(), zone).ok()?;
    Some(times.known_at?.with_timezone(&zone))
}
