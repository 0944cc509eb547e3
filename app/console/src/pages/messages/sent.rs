//! What we wrote, how far it came, and what to do about what did not arrive.

use leptos::prelude::*;
use services::outbox::MessageView;
use ui::prelude::*;

use super::channel_name;

#[component]
pub fn Sent(
    /// With when they were written, and when they are tried again.
    messages: Vec<(String, Option<String>, MessageView)>,
) -> impl IntoView {
    let lang = use_lang();
    let none = messages.is_empty();
    let rows: Vec<_> =
        messages.into_iter().map(|(when, next, message)| row(when, next, message, lang)).collect();
    let columns = vec![
        Column::new(tr!(lang, "Creado", "Created")),
        Column::new(tr!(lang, "Canal", "Channel")),
        Column::new(tr!(lang, "Para", "To")),
        Column::new(tr!(lang, "Estado", "Status")),
        Column::new(tr!(lang, "Motivo y siguiente paso", "Reason and next step")),
        Column::new(tr!(lang, "Mensaje", "Message")),
    ];
    view! {
        <section class="card" aria-labelledby="enviados">
            <h2 id="enviados">{tr!(lang, "Escritos por nosotros", "Written by us")}</h2>
            <p class="soft">{tr!(
                lang,
                "Los 50 más recientes. Cada mensaje se escribe junto con el hecho que lo causa y se envía después.",
                "The 50 newest. Each message is written with the fact that causes it, and sent afterwards.",
            )}</p>
            {if none {
                view! { <EmptyState title=tr!(lang, "No se ha escrito ningún mensaje", "No message has been written")/> }.into_any()
            } else {
                view! { <DataTable caption=tr!(lang, "Mensajes", "Messages") caption_hidden=true stacked=true columns>{rows}</DataTable> }.into_any()
            }}
        </section>
    }
}

/// How a message stands: what the provider reports counts more than that we handed it over.
pub fn state(message: &MessageView, lang: Lang) -> (String, Tone) {
    let (text, tone) = match (message.status.as_str(), message.delivery.as_deref()) {
        ("sent", Some("read")) => (tr!(lang, "Leído", "Read"), Tone::Success),
        ("sent", Some("delivered")) => (tr!(lang, "Entregado", "Delivered"), Tone::Success),
        ("sent", Some("undelivered")) => (tr!(lang, "No llegó", "Did not arrive"), Tone::Warn),
        ("sent", _) => (tr!(lang, "Enviado", "Sent"), Tone::Success),
        ("queued", _) => (tr!(lang, "En cola", "Queued"), Tone::Info),
        ("sending", _) => (tr!(lang, "Saliendo", "Sending"), Tone::Info),
        ("expired", _) => (tr!(lang, "Venció", "Expired"), Tone::Neutral),
        ("cancelled", _) => (tr!(lang, "No se envió", "Not sent"), Tone::Neutral),
        ("failed", _) => (tr!(lang, "No salió", "Failed"), Tone::Warn),
        (other, _) => return (other.to_owned(), Tone::Neutral),
    };
    (text.to_owned(), tone)
}

fn row(when: String, next: Option<String>, message: MessageView, lang: Lang) -> impl IntoView {
    let (status, tone) = state(&message, lang);
    let waits = message.status == "queued";
    let told = message.failure_words().map(|words| {
        let again =
            next.filter(|_| waits).map(|at| trf!(lang, " Próximo intento: {}.", " Next try: {}.", at));
        let (reason, next) =
            (words.reason.pick(lang.tag()).to_owned(), words.next.pick(lang.tag()).to_owned());
        view! { <p>{reason}"."</p><p class="soft small">{next}"."{again}</p> }
    });
    let subject = message.subject.unwrap_or_else(|| tr!(lang, "Ver mensaje", "See message").to_owned());
    view! {
        <tr>
            <th scope="row" class="nowrap">{when}</th>
            <td data-label=tr!(lang, "Canal", "Channel")>{channel_name(&message.channel, lang)}</td>
            <td data-label=tr!(lang, "Para", "To")>{message.recipient}</td>
            <td data-label=tr!(lang, "Estado", "Status")><Badge tone>{status}</Badge></td>
            <td data-label=tr!(lang, "Motivo y siguiente paso", "Reason and next step")>{told}</td>
            <td><details class="message"><summary>{subject}</summary><p class="message-body">{message.body}</p></details></td>
        </tr>
    }
    .into_any()
}
