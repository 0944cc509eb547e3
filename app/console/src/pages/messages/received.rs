//! What people write to us.

use domain::contact::Reply;
use leptos::prelude::*;
use services::outbox::InboundView;
use ui::prelude::*;

use super::{ADDRESS, channel_name};

#[component]
pub fn Received(
    /// With when they came.
    messages: Vec<(String, InboundView)>,
    waiting: u64,
    may_handle: bool,
) -> impl IntoView {
    let lang = use_lang();
    let none = messages.is_empty();
    let rows: Vec<_> =
        messages.into_iter().map(|(when, message)| row(when, message, may_handle, lang)).collect();
    let columns = vec![
        Column::new(tr!(lang, "Recibido", "Received")),
        Column::new(tr!(lang, "Canal", "Channel")),
        Column::new(tr!(lang, "De", "From")),
        Column::new(tr!(lang, "Mensaje", "Message")),
        Column::new(tr!(lang, "Qué sigue", "What next")),
    ];
    let lead = match waiting {
        0 => tr!(lang, "Nadie espera respuesta.", "Nobody waits for an answer.").to_owned(),
        1 => tr!(lang, "1 mensaje espera a una persona.", "1 message waits for a person.").to_owned(),
        many => trf!(lang, "{} mensajes esperan a una persona.", "{} messages wait for a person.", many),
    };
    view! {
        <section class="card" aria-labelledby="recibidos">
            <h2 id="recibidos">{tr!(lang, "Recibidos", "Received")}</h2>
            <p class="soft">{lead}</p>
            {(!none).then(|| view! {
                <DataTable caption=tr!(lang, "Mensajes recibidos", "Messages received") caption_hidden=true stacked=true columns>{rows}</DataTable>
            })}
        </section>
    }
}

/// What was understood, and who did what.
pub fn meaning(message: &InboundView, lang: Lang) -> (&'static str, Tone) {
    match (message.meaning, message.waits) {
        (Reply::Stop, _) => (
            tr!(
                lang,
                "Pidió no recibir más: el canal está cerrado",
                "Asked for no more: the channel is closed"
            ),
            Tone::Neutral,
        ),
        (Reply::Start, _) => {
            (tr!(lang, "Volvió a abrir el canal", "Opened the channel again"), Tone::Neutral)
        }
        (Reply::Unclear, true) => (
            tr!(
                lang,
                "Pregunte qué quiso decir: ¿pagar, o no recibir más? El canal está cerrado",
                "Ask what was meant: to pay, or no more messages? The channel is closed"
            ),
            Tone::Warn,
        ),
        (Reply::Words, true) => (tr!(lang, "Lea y conteste", "Read and answer"), Tone::Warn),
        (Reply::Unclear | Reply::Words, false) => (tr!(lang, "Atendido", "Handled"), Tone::Success),
    }
}

fn row(when: String, message: InboundView, may_handle: bool, lang: Lang) -> impl IntoView {
    let (next, tone) = meaning(&message, lang);
    let from =
        message.name.clone().unwrap_or_else(|| tr!(lang, "Número desconocido", "Unknown number").to_owned());
    let handled = (message.waits && may_handle).then(|| {
        view! {
            <PostForm action=ADDRESS>
                <input type="hidden" name="step" value="handled"/>
                <input type="hidden" name="message" value=message.id.to_string()/>
                <Button kind=ButtonKind::Quiet>{tr!(lang, "Marcar como atendido", "Mark as handled")}</Button>
            </PostForm>
        }
    });
    let answer = message.account.filter(|_| message.waits).map(|account| {
        let href = crate::pages::account::address(account);
        view! { <p><a href=href>{tr!(lang, "Contestar en la cuenta", "Answer on the account")}</a></p> }
    });
    view! {
        <tr>
            <th scope="row" class="nowrap">{when}</th>
            <td data-label=tr!(lang, "Canal", "Channel")>{channel_name(&message.channel, lang)}</td>
            <td data-label=tr!(lang, "De", "From")>{from.clone()}<br/><span class="soft small">{message.sender}</span></td>
            <td data-label=tr!(lang, "Mensaje", "Message")><p class="message-body">{message.body}</p></td>
            <td data-label=tr!(lang, "Qué sigue", "What next")><Badge tone>{next}</Badge>{answer}{handled}</td>
        </tr>
    }
    .into_any()
}
