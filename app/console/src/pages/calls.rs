//! Calls that journeys ask for, by due time.

use axum::extract::State;
use axum::response::Response;
use leptos::prelude::*;
use services::calls::CallLine;
use services::{ServiceError, Services};
use ui::prelude::*;

use super::account::because;
use crate::desk::{ACCOUNTS, Desk, Frame, Section};

pub const ADDRESS: &str = "/console/llamadas";

/// `GET /console/llamadas`
pub async fn list(State(services): State<Services>, desk: Desk) -> Response {
    let result: Result<Response, ServiceError> = async {
        let lines = services.open_calls(desk.actor(), None).await?;
        let page = desk.page(Section::Calls.label(desk.lang()));
        let desk = desk.clone();
        Ok(page.render(move || view! { <CallsPage desk lines/> }))
    }
    .await;
    desk.answer(result)
}

/// Whether a call may be made now, and else why not and when.
pub fn verdict(desk: &Desk, line: &CallLine, lang: Lang) -> (Tone, &'static str, Option<String>) {
    if line.now.allowed {
        (Tone::Success, tr!(lang, "Se puede llamar ahora", "May be called now"), None)
    } else {
        let why = because(&line.now, desk.zone, desk.locale());
        (Tone::Warn, tr!(lang, "Ahora no", "Not now"), Some(why))
    }
}

#[component]
fn CallsPage(desk: Desk, lines: Vec<CallLine>) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let title = Section::Calls.label(lang);
    let none = lines.is_empty();
    let rows: Vec<_> = lines
        .into_iter()
        .map(|line| {
            let (tone, says, why) = verdict(&desk, &line, lang);
            let href = format!("{ACCOUNTS}/{}", line.account);
            view! {
                <tr>
                    <th scope="row"><a href=href data-row="">{line.debtor_name}</a><br/><span class="soft small">{line.external_id}</span></th>
                    <td data-label=tr!(lang, "Acreedor", "Creditor")>{line.creditor_name}</td>
                    <td class="num" data-label=tr!(lang, "Debe", "Owes")>{format::money(&line.owed, locale)}</td>
                    <td class="nowrap" data-label=tr!(lang, "Pedida para", "Asked for")>{desk.time(line.due_at)}</td>
                    <td data-label=tr!(lang, "¿Se puede llamar?", "May it be made?")><Badge tone>{says}</Badge>{why.map(|why| view! { <p class="soft small">{why}</p> })}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::new(tr!(lang, "Persona", "Person")),
        Column::new(tr!(lang, "Acreedor", "Creditor")),
        Column::number(tr!(lang, "Debe", "Owes")),
        Column::new(tr!(lang, "Pedida para", "Asked for")),
        Column::new(tr!(lang, "¿Se puede llamar?", "May it be made?")),
    ];
    view! {
        <Frame desk section=Section::Calls title>
            {if none {
                view! {
                    <Card><EmptyState title=tr!(lang, "No hay llamadas pedidas", "No call is asked for") icon=Glyph::Phone>
                        <p>{tr!(lang, "Las piden los recorridos. Lo que resulta de una llamada, registrado en la cuenta, la cierra.", "Journeys ask for them. What comes of a call, recorded on the account, closes it.")}</p>
                    </EmptyState></Card>
                }.into_any()
            } else {
                view! {
                    <p class="soft">{tr!(lang, "Las más antiguas primero. Abra la cuenta y registre el resultado de la llamada: así se cierra.", "The oldest first. Open the account and record what came of the call: that closes it.")}</p>
                    <div class="card"><DataTable caption=title caption_hidden=true stacked=true columns>{rows}</DataTable></div>
                }.into_any()
            }}
        </Frame>
    }
}
