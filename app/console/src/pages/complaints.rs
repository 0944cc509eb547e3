//! The register of complaints: what was complained about, the contacts before it, and the answer; with
//! the files that are filled from it.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use chrono::{Datelike, NaiveDate};
use domain::account::Disposition;
use http::{HeaderValue, header};
use leptos::prelude::*;
use serde::Deserialize;
use services::cases::{Complaint, ComplaintFile, ContactBefore};
use services::{ServiceError, Services};
use ui::prelude::*;

use super::cases::ADDRESS as CASES;
use crate::desk::{Desk, Frame, Section};

pub const ADDRESS: &str = "/console/quejas";

/// From which day to which; this month until today where nothing else is said.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Days {
    #[serde(rename = "desde")]
    from: String,
    #[serde(rename = "hasta")]
    to: String,
    #[serde(rename = "archivo")]
    file: String,
}

impl Days {
    fn read(&self, today: NaiveDate) -> (NaiveDate, NaiveDate) {
        let to = self.to.parse().unwrap_or(today);
        let month = today.with_day(1).unwrap_or(today);
        (self.from.parse().unwrap_or_else(|_| month.min(to)), to)
    }
}

/// `GET /console/quejas`
pub async fn show(State(services): State<Services>, desk: Desk, Query(asked): Query<Days>) -> Response {
    let result = page(&services, &desk, &asked).await;
    desk.answer(result)
}

/// `GET /console/quejas/csv`
pub async fn csv(State(services): State<Services>, desk: Desk, Query(asked): Query<Days>) -> Response {
    let result = download(&services, &desk, &asked).await;
    desk.answer(result)
}

async fn download(services: &Services, desk: &Desk, asked: &Days) -> Result<Response, ServiceError> {
    let file = ComplaintFile::ALL.into_iter().find(|file| file.as_str() == asked.file);
    let file = file.ok_or(ServiceError::NotFound)?;
    let (from, to) = asked.read(services.today(desk.actor().organization_id).await?);
    let text = services.complaints_csv(desk.actor(), file, (from, to)).await?;
    let name = format!("attachment; filename=\"{}-{from}-{to}.csv\"", file.as_str());
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let fallback = HeaderValue::from_static("attachment");
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).unwrap_or(fallback));
    Ok(response)
}

async fn page(services: &Services, desk: &Desk, asked: &Days) -> Result<Response, ServiceError> {
    let days = asked.read(services.today(desk.actor().organization_id).await?);
    let (found, wrong) = match services.complaints(desk.actor(), days).await {
        Ok(found) => (found, None),
        Err(ServiceError::Invalid(issues)) => (Vec::new(), issues.into_iter().next()),
        Err(error) => return Err(error),
    };
    let form = wrong.map(|issue| {
        let says = issue.says.pick(desk.lang().tag()).to_owned();
        FormState::default().with_error(issue.field, says)
    });
    let page = desk.page(title(desk.lang())).form(form);
    let desk = desk.clone();
    Ok(page.render(move || view! { <Register desk found days/> }))
}

const fn title(lang: Lang) -> &'static str {
    tr!(lang, "Quejas", "Complaints")
}

#[component]
fn Register(desk: Desk, found: Vec<Complaint>, days: (NaiveDate, NaiveDate)) -> impl IntoView {
    let lang = use_lang();
    let (from, to) = days;
    let crumbs = vec![Crumb::new(CASES, Section::Cases.label(lang)), Crumb::here(title(lang))];
    let none = found.is_empty();
    let rows: Vec<_> = found.into_iter().map(|one| card(one, &desk, lang)).collect();
    let files: Vec<_> = [
        (ComplaintFile::Redeco, tr!(lang, "México, REDECO", "Mexico, REDECO")),
        (ComplaintFile::Sernac, tr!(lang, "Chile, SERNAC", "Chile, SERNAC")),
    ]
    .into_iter()
    .map(|(file, name)| {
        let href = format!("{ADDRESS}/csv?archivo={}&desde={from}&hasta={to}", file.as_str());
        view! { <li><a href=href download="">{name}</a></li> }
    })
    .collect();
    view! {
        <Frame desk section=Section::Cases title=title(lang) crumbs>
            <ErrorSummary/>
            <form class="filters" method="get" action=ADDRESS>
                <Field name="desde" kind="date" label=tr!(lang, "Abiertas desde", "Opened from") value=from.to_string() required=false/>
                <Field name="hasta" kind="date" label=tr!(lang, "Hasta", "Until") value=to.to_string() required=false/>
                <Button kind=ButtonKind::Secondary icon=Glyph::ListFilter>{tr!(lang, "Filtrar", "Filter")}</Button>
            </form>
            {if none {
                view! {
                    <Card><EmptyState title=tr!(lang, "No hay quejas en esos días", "There are no complaints in those days") icon=Glyph::MessageCircle>
                        <p>{tr!(lang, "Las personas las abren desde la página de su deuda.", "People open them on the page of their debt.")}</p>
                    </EmptyState></Card>
                }.into_any()
            } else {
                rows.into_any()
            }}
            <Card title=tr!(lang, "Archivos para la autoridad (CSV)", "Files for the authority (CSV)")>
                <ul>{files}</ul>
                <p class="soft small">{tr!(
                    lang,
                    "REDECO: los 25 campos del servicio de CONDUSEF, de las quejas de personas en México. Quedan en blanco los que Saldar no guarda: sector, medio, nivel de atención, producto, causa, PORI, claves de domicilio, sexo, edad y penalización; los completa la institución.",
                    "REDECO: the 25 fields of CONDUSEF's service, for complaints of people in Mexico. Those that Saldar does not hold stay empty: sector, channel, level of attention, product, cause, PORI, keys of the place, sex, age and penalty; the institution fills them in.",
                )}</p>
                <p class="soft small">{tr!(
                    lang,
                    "SERNAC no publica un archivo: se responde caso por caso en su Portal del Proveedor. Este trae lo que hace falta para responder; el número de caso de SERNAC no se guarda aquí.",
                    "SERNAC publishes no file: each case is answered in its Portal del Proveedor. This one holds what an answer needs; SERNAC's own case number is not held here.",
                )}</p>
            </Card>
        </Frame>
    }
}

fn card(one: Complaint, desk: &Desk, lang: Lang) -> AnyView {
    let locale = use_locale();
    let href = format!("{CASES}/{}", one.line.id);
    let opened = desk.time(one.line.opened_at);
    let status = one.line.progress.status;
    let outcome = one.outcome.map(|outcome| labels::case_outcome(outcome, lang));
    let answered = one.answered_at.map(|at| desk.time(at));
    let answer = one.answer.map(|answer| view! { <Pair term=tr!(lang, "Respuesta", "Answer")>{answer}{answered.map(|at| format!(" ({at})"))}</Pair> });
    let debt = one.line.account_id.zip(one.line.account.clone()).map(|(id, number)| {
        view! { <Pair term=tr!(lang, "Deuda", "Debt")><a href=super::account::address(id)>{number}</a>" "{one.creditor}</Pair> }
    });
    let count = one.contacts.len();
    let contacts: Vec<_> = one.contacts.into_iter().map(|made| contact(made, desk, lang)).collect();
    let before = if contacts.is_empty() {
        view! { <p class="soft">{tr!(lang, "No hubo contactos en los 30 días anteriores.", "There were no contacts in the 30 days before.")}</p> }.into_any()
    } else {
        view! {
            <details>
                <summary>{trf!(lang, "Contactos en los 30 días anteriores: {}", "Contacts in the 30 days before: {}", count)}</summary>
                <ul>{contacts}</ul>
            </details>
        }
        .into_any()
    };
    view! {
        <section class="card">
            <h2><a href=href>{one.line.debtor.clone()}</a></h2>
            <p><Badge tone=labels::case_tone(status)>{labels::case_status(status, lang)}</Badge>" "{outcome}</p>
            <p>{one.says}</p>
            <KeyValue>
                <Pair term=tr!(lang, "Abierta", "Opened")>{opened}</Pair>
                <Pair term=tr!(lang, "Responder a más tardar", "Answer by")>{format::date_short(one.line.due_on, locale)}</Pair>
                {debt}
                {answer}
            </KeyValue>
            {before}
        </section>
    }
    .into_any()
}

fn contact(made: ContactBefore, desk: &Desk, lang: Lang) -> AnyView {
    let channel = made.channel.parse::<domain::contact::Channel>();
    let channel = channel.map_or(made.channel, |channel| labels::contact_channel(channel, lang).to_owned());
    let result = match made.result.parse::<Disposition>() {
        Ok(disposition) => labels::disposition(disposition, lang).to_owned(),
        Err(_) => match made.result.as_str() {
            "sent" | "accepted" => tr!(lang, "enviado", "sent").to_owned(),
            "delivered" => tr!(lang, "entregado", "delivered").to_owned(),
            "read" => tr!(lang, "leído", "read").to_owned(),
            "undelivered" => tr!(lang, "no llegó", "did not arrive").to_owned(),
            other => other.to_owned(),
        },
    };
    let rules = made.rules.map_or_else(
        || tr!(lang, "sin reglas conocidas", "no rules known").to_owned(),
        |version| trf!(lang, "reglas {}", "rules {}", version),
    );
    let says = format!("{} · {channel} · {result} · {rules}", desk.time(made.at));
    view! { <li>{says}</li> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_days_it_is_this_month() {
        let today: NaiveDate = "2026-11-20".parse().unwrap();
        let month: NaiveDate = "2026-11-01".parse().unwrap();
        assert_eq!(Days::default().read(today), (month, today));
        let asked = Days { from: "2026-10-01".to_owned(), to: "x".to_owned(), ..Days::default() };
        assert_eq!(asked.read(today), ("2026-10-01".parse().unwrap(), today));
        let past = Days { to: "2026-09-30".to_owned(), ..Days::default() }.read(today);
        assert!(past.0 <= past.1);
    }
}
