//! The outbox: what was sent to whom.

use axum::extract::State;
use axum::response::Response;
use leptos::prelude::*;
use services::outbox::MessageView;
use services::{ServiceError, Services};
use ui::prelude::*;

use crate::desk::{Desk, Frame, Section};

/// `GET /console/mensajes`
pub async fn show(State(services): State<Services>, desk: Desk) -> Response {
    let result = page(&services, &desk).await;
    desk.answer(result)
}

async fn page(services: &Services, desk: &Desk) -> Result<Response, ServiceError> {
    let messages = services.outbox(desk.actor()).await?;
    let messages: Vec<_> =
        messages.into_iter().map(|message| (desk.time(message.created_at), message)).collect();
    let page = desk.page(Section::Messages.label(desk.lang()));
    let desk = desk.clone();
    Ok(page.render(move || view! { <Messages desk messages/> }))
}

#[component]
fn Messages(desk: Desk, messages: Vec<(String, MessageView)>) -> impl IntoView {
    let lang = use_lang();
    let none = messages.is_empty();
    let rows: Vec<_> = messages.into_iter().map(|(when, message)| row(when, message, lang)).collect();
    let columns = vec![
        Column::new(tr!(lang, "Creado", "Created")),
        Column::new(tr!(lang, "Canal", "Channel")),
        Column::new(tr!(lang, "Para", "To")),
        Column::new(tr!(lang, "Estado", "Status")),
        Column::new(tr!(lang, "Mensaje", "Message")),
    ];
    view! {
        <Frame desk section=Section::Messages title=tr!(lang, "Mensajes", "Messages")>
            <p class="lead">{tr!(
                lang,
                "Los 50 más recientes. Cada mensaje se escribe junto con el hecho que lo causa y se envía después.",
                "The 50 newest. Each message is written with the fact that causes it, and sent afterwards.",
            )}</p>
            {if none {
                view! { <Card><EmptyState title=tr!(lang, "No se ha escrito ningún mensaje", "No message has been written")/></Card> }.into_any()
            } else {
                view! {
                    <div class="card">
                        <DataTable caption=tr!(lang, "Mensajes", "Messages") caption_hidden=true stacked=true columns>{rows}</DataTable>
                    </div>
                }.into_any()
            }}
        </Frame>
    }
}

fn row(when: String, message: MessageView, lang: Lang) -> impl IntoView {
    let (status, tone) = match message.status.as_str() {
        "sent" => (tr!(lang, "Enviado", "Sent").to_owned(), Tone::Success),
        "queued" => (tr!(lang, "En cola", "Queued").to_owned(), Tone::Info),
        "sending" => (tr!(lang, "Saliendo", "Sending").to_owned(), Tone::Info),
        "expired" => (tr!(lang, "Venció", "Expired").to_owned(), Tone::Neutral),
        "cancelled" => (tr!(lang, "No se envió", "Not sent").to_owned(), Tone::Neutral),
        "failed" => (tr!(lang, "No salió", "Failed").to_owned(), Tone::Warn),
        other => (other.to_owned(), Tone::Neutral),
    };
    let channel = match message.channel.as_str() {
        "email" => tr!(lang, "Correo", "E-mail").to_owned(),
        "sms" => "SMS".to_owned(),
        other => other.to_owned(),
    };
    let subject = message.subject.unwrap_or_else(|| tr!(lang, "Ver mensaje", "See message").to_owned());
    view! {
        <tr>
            <th scope="row" class="nowrap">{when}</th>
            <td data-label=tr!(lang, "Canal", "Channel")>{channel}</td>
            <td data-label=tr!(lang, "Para", "To")>{message.recipient}</td>
            <td data-label=tr!(lang, "Estado", "Status")><Badge tone>{status}</Badge></td>
            <td><details class="message"><summary>{subject}</summary><p class="message-body">{message.body}</p></details></td>
        </tr>
    }
    .into_any()
}
