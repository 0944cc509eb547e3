//! What the debtor wrote to us by phone.

use leptos::prelude::*;
use services::outbox::InboundView;
use ui::prelude::*;

use crate::pages::messages::{channel_name, meaning};

/// The newest messages of the person, with when they came.
#[component]
pub fn Wrote(messages: Vec<(String, InboundView)>) -> impl IntoView {
    let lang = use_lang();
    let lines: Vec<_> = messages
        .into_iter()
        .map(|(when, message)| {
            let (next, tone) = meaning(&message, lang);
            view! {
                <li>
                    <p class="soft small">{when}" · "{channel_name(&message.channel, lang)}" · "{message.sender}</p>
                    <p class="message-body">{message.body}</p>
                    <p><Badge tone>{next}</Badge></p>
                </li>
            }
        })
        .collect();
    view! {
        <Card title=tr!(lang, "Mensajes de la persona", "Messages of the person")>
            <ul class="plain-list stack">{lines}</ul>
            <p><a href="/console/mensajes">{tr!(lang, "Ver todos los mensajes", "See all messages")}</a></p>
        </Card>
    }
}
