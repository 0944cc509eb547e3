//! All arrangements, newest first.

use axum::extract::{Query, State};
use axum::response::Response;
use domain::arrangement::{ArrangementStatus, Due};
use domain::ids::ArrangementId;
use leptos::prelude::*;
use serde::Deserialize;
use services::arrangements::ArrangementLine;
use services::{ServiceError, Services};
use ui::prelude::*;

use super::{ADDRESS, words};
use crate::desk::{ACCOUNTS, Desk, Frame, Section};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ListQuery {
    /// Of this status; what is no status shows all.
    #[serde(rename = "estado")]
    status: String,
    /// Continues after this one.
    #[serde(rename = "antes")]
    before: String,
}

/// `GET /console/convenios`
pub async fn list(State(services): State<Services>, desk: Desk, Query(query): Query<ListQuery>) -> Response {
    let result = page(&services, &desk, &query).await;
    desk.answer(result)
}

async fn page(services: &Services, desk: &Desk, query: &ListQuery) -> Result<Response, ServiceError> {
    let status = query.status.parse::<ArrangementStatus>().ok();
    let statuses: Vec<_> = status.into_iter().collect();
    let before = query.before.parse::<ArrangementId>().ok();
    let (lines, next) = services.arrangements(desk.actor(), &statuses, before).await?;
    let chosen = status.map(|status| status.as_str().to_owned()).unwrap_or_default();
    let next = next.map(|id| format!("{ADDRESS}?estado={chosen}&antes={id}"));
    let page = desk.page(Section::Arrangements.label(desk.lang()));
    let desk = desk.clone();
    Ok(page.render(move || view! { <ListPage desk lines chosen next/> }))
}

#[component]
fn ListPage(desk: Desk, lines: Vec<ArrangementLine>, chosen: String, next: Option<String>) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let none = lines.is_empty();
    let filtered = !chosen.is_empty();
    let statuses = ArrangementStatus::ALL
        .iter()
        .map(|status| Choice::new(status.as_str(), words::status(*status, lang)))
        .collect();
    let rows: Vec<_> = lines.into_iter().map(|line| row(line, lang, locale)).collect();
    let columns = vec![
        Column::new(tr!(lang, "Deudor", "Debtor")),
        Column::new(tr!(lang, "Estado", "Status")),
        Column::new(tr!(lang, "Tipo", "Kind")),
        Column::number(tr!(lang, "Deuda", "Debt")),
        Column::number(tr!(lang, "Se paga", "To pay")),
        Column::number(tr!(lang, "Pagos", "Payments")),
        Column::new(tr!(lang, "Ofrecido", "Offered")),
    ];
    let title = Section::Arrangements.label(lang);
    view! {
        <Frame desk section=Section::Arrangements title>
            <p><a href=crate::pages::offers::ADDRESS>{tr!(lang, "Propuestas que esperan a una persona", "Proposals that wait for a person")}</a></p>
            <form class="filters" method="get" action=ADDRESS>
                <Select name="estado" label=tr!(lang, "Estado", "Status") options=statuses value=chosen required=false blank=tr!(lang, "Todos", "All")/>
                <Button kind=ButtonKind::Secondary icon=Glyph::ListFilter>{tr!(lang, "Filtrar", "Filter")}</Button>
            </form>
            {if none {
                let title = if filtered {
                    tr!(lang, "Ningún convenio tiene este estado", "No arrangement has this status")
                } else {
                    tr!(lang, "Todavía no hay convenios", "There are no arrangements yet")
                };
                view! {
                    <Card><EmptyState title icon=Glyph::Handshake>
                        <p>{tr!(lang, "Se proponen desde la página de una cuenta.", "They are proposed from an account's page.")}</p>
                        <a href=ACCOUNTS>{tr!(lang, "Ir a las cuentas", "Go to the accounts")}</a>
                    </EmptyState></Card>
                }.into_any()
            } else {
                view! { <div class="card"><DataTable caption=title caption_hidden=true stacked=true columns>{rows}</DataTable></div> }.into_any()
            }}
            <Pager next/>
        </Frame>
    }
}

fn row(line: ArrangementLine, lang: Lang, locale: Locale) -> AnyView {
    let of = line.arrangement;
    let href = format!("{ADDRESS}/{}", of.id);
    let debt = of.agreed.debt.total().ok().map(|total| format::money(&total, locale));
    let approval = matches!(of.approval, domain::arrangement::Approval::Needed { .. })
        && of.status == ArrangementStatus::Offered;
    let waits = approval
        .then(|| view! { " "<Badge tone=Tone::Warn>{tr!(lang, "Falta aprobar", "To be approved")}</Badge> });
    let last = of.schedule.last().map(|due: &Due| format::date_short(due.due_on, locale));
    let payments = last.map(|last| trf!(lang, "{0}, hasta {1}", "{0}, until {1}", of.schedule.len(), last));
    view! {
        <tr>
            <th scope="row"><a href=href data-row="">{line.debtor_name}</a></th>
            <td data-label=tr!(lang, "Estado", "Status")><Badge tone=words::status_tone(of.status)>{words::status(of.status, lang)}</Badge>{waits}</td>
            <td data-label=tr!(lang, "Tipo", "Kind")>{words::kind(of.terms.kind, lang)}</td>
            <td class="num" data-label=tr!(lang, "Deuda", "Debt")>{debt}</td>
            <td class="num" data-label=tr!(lang, "Se paga", "To pay")>{format::money(&of.agreed.to_pay, locale)}</td>
            <td class="num" data-label=tr!(lang, "Pagos", "Payments")>{payments}</td>
            <td class="nowrap" data-label=tr!(lang, "Ofrecido", "Offered")>{format::date_short(of.offered_on, locale)}</td>
        </tr>
    }
    .into_any()
}
