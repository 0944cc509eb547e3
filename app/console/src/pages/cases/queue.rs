//! The queue: soonest deadline first.

use axum::extract::{Query, State};
use axum::response::Response;
use chrono::NaiveDate;
use domain::cases::{CaseKind, CaseStatus};
use domain::ids::CaseId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use services::cases::{CaseFilter, CaseLine};
use services::{ServiceError, Services};
use ui::prelude::*;

use super::ADDRESS;
use crate::desk::{Desk, Frame, Section};

/// What is no kind or status filters nothing; without a status, what waits for an answer is shown.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct QueueQuery {
    #[serde(rename = "tipo", skip_serializing_if = "String::is_empty")]
    kind: String,
    #[serde(rename = "estado", skip_serializing_if = "String::is_empty")]
    status: String,
    /// `mios` or `vencidos`.
    #[serde(rename = "solo", skip_serializing_if = "String::is_empty")]
    only: String,
    /// Where the page continues: the day and case of the last line before.
    #[serde(rename = "desde", skip_serializing_if = "String::is_empty")]
    after: String,
}

/// `GET /console/casos`
pub async fn list(State(services): State<Services>, desk: Desk, Query(query): Query<QueueQuery>) -> Response {
    let result = page(&services, &desk, query).await;
    desk.answer(result)
}

/// `2026-12-11~{case}`
fn continued(text: &str) -> Option<(NaiveDate, CaseId)> {
    let (day, case) = text.split_once('~')?;
    Some((day.parse().ok()?, case.parse().ok()?))
}

async fn page(services: &Services, desk: &Desk, query: QueueQuery) -> Result<Response, ServiceError> {
    let today = services.today(desk.actor().organization_id).await?;
    let filter = CaseFilter {
        kind: query.kind.parse().ok(),
        status: query.status.parse().ok(),
        account: None,
        taken_by: (query.only == "mios").then(|| desk.actor().audit_name()),
        due_before: (query.only == "vencidos").then_some(today),
        after: continued(&query.after),
    };
    let found = services.case_queue(desk.actor(), &filter).await?;
    let staff = services.staff_by_audit_name(desk.actor()).await?;
    let next = found.next.map(|(day, case)| {
        let next = QueueQuery { after: format!("{day}~{case}"), ..query.clone() };
        format!("{ADDRESS}?{}", serde_urlencoded::to_string(next).unwrap_or_default())
    });
    let name = |by: &String| staff.iter().find(|(known, _)| known == by).map_or(by, |(_, name)| name).clone();
    let lines: Vec<_> =
        found.lines.into_iter().map(|line| (line.taken_by.as_ref().map(name), line)).collect();
    let page = desk.page(Section::Cases.label(desk.lang()));
    let desk = desk.clone();
    Ok(page.render(move || view! { <Queue desk lines query next today/> }))
}

#[component]
fn Queue(
    desk: Desk,
    lines: Vec<(Option<String>, CaseLine)>,
    query: QueueQuery,
    next: Option<String>,
    today: NaiveDate,
) -> impl IntoView {
    let lang = use_lang();
    let none = lines.is_empty();
    let kinds =
        CaseKind::ALL.iter().map(|kind| Choice::new(kind.as_str(), labels::case_kind(*kind, lang))).collect();
    let statuses = CaseStatus::ALL
        .iter()
        .map(|status| Choice::new(status.as_str(), labels::case_status(*status, lang)))
        .collect();
    let only = vec![
        Choice::new("mios", tr!(lang, "Los míos", "Mine")),
        Choice::new("vencidos", tr!(lang, "Fuera de plazo", "Past their deadline")),
    ];
    let rows: Vec<_> = lines.into_iter().map(|(by, line)| row(line, by, today, lang)).collect();
    let columns = vec![
        Column::new(tr!(lang, "Responder a más tardar", "Answer by")),
        Column::new(tr!(lang, "Persona", "Person")),
        Column::new(tr!(lang, "De qué trata", "What it is about")),
        Column::new(tr!(lang, "Deuda", "Debt")),
        Column::new(tr!(lang, "Estado", "Status")),
        Column::new(tr!(lang, "Quién lo ve", "Who looks into it")),
    ];
    let title = Section::Cases.label(lang);
    view! {
        <Frame desk section=Section::Cases title>
            <p><a href=crate::pages::complaints::ADDRESS>{tr!(lang, "Registro de quejas y archivos para la autoridad", "Register of complaints and files for the authority")}</a></p>
            <form class="filters" method="get" action=ADDRESS>
                <Select name="tipo" label=tr!(lang, "De qué trata", "What it is about") options=kinds value=query.kind required=false blank=tr!(lang, "Todo", "Everything")/>
                <Select name="estado" label=tr!(lang, "Estado", "Status") options=statuses value=query.status required=false blank=tr!(lang, "Sin respuesta", "Not answered")/>
                <Select name="solo" label=tr!(lang, "Solo", "Only") options=only value=query.only required=false blank=tr!(lang, "Todos", "All")/>
                <Button kind=ButtonKind::Secondary icon=Glyph::ListFilter>{tr!(lang, "Filtrar", "Filter")}</Button>
            </form>
            {if none {
                view! {
                    <Card><EmptyState title=tr!(lang, "No hay casos así", "There are no such cases") icon=Glyph::MessageCircle>
                        <p>{tr!(lang, "Los abren las personas desde la página de su deuda.", "People open them on the page of their debt.")}</p>
                    </EmptyState></Card>
                }.into_any()
            } else {
                view! { <div class="card"><DataTable caption=title caption_hidden=true stacked=true columns>{rows}</DataTable></div> }.into_any()
            }}
            <Pager next/>
        </Frame>
    }
}

fn row(line: CaseLine, by: Option<String>, today: NaiveDate, lang: Lang) -> AnyView {
    let locale = use_locale();
    let href = format!("{ADDRESS}/{}", line.id);
    let late = line.is_late(today).then(|| {
        view! { " "<Badge tone=Tone::Warn>{tr!(lang, "Fuera de plazo", "Past its deadline")}</Badge> }
    });
    let status = line.progress.status;
    let outcome = line.progress.outcome.map(|outcome| labels::case_outcome(outcome, lang));
    let debt = line.account_id.zip(line.account.clone()).map(|(id, number)| {
        view! { <a href=crate::pages::account::address(id)>{number}</a> }
    });
    view! {
        <tr>
            <td class="nowrap" data-label=tr!(lang, "Responder a más tardar", "Answer by")>{format::date_short(line.due_on, locale)}{late}</td>
            <th scope="row"><a href=href data-row="">{line.debtor}</a></th>
            <td data-label=tr!(lang, "De qué trata", "What it is about")>{labels::case_kind(line.kind, lang)}</td>
            <td data-label=tr!(lang, "Deuda", "Debt")>{debt}</td>
            <td data-label=tr!(lang, "Estado", "Status")><Badge tone=labels::case_tone(status)>{labels::case_status(status, lang)}</Badge>" "{outcome}</td>
            <td data-label=tr!(lang, "Quién lo ve", "Who looks into it")>{by}</td>
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_continues_only_from_what_is_a_place() {
        let id = uuid::Uuid::from_u128(9);
        let day: NaiveDate = "2026-12-11".parse().unwrap();
        assert_eq!(continued(&format!("2026-12-11~{id}")), Some((day, CaseId(id))));
        for text in ["", "2026-12-11", "~", "2026-13-11~x", "x~y~z"] {
            assert_eq!(continued(text), None, "{text}");
        }
    }
}
