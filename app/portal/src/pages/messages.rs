//! The demonstration's outbox: what would have been sent by e-mail and SMS. Demo mode only.

use axum::extract::State;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use services::Services;
use services::outbox::MessageView;
use ui::prelude::*;
use web::Visitor;

use crate::shell::{Answer, fail, public_page};

pub async fn show(State(services): State<Services>, visitor: Visitor) -> Answer {
    let messages = services.demo_outbox().await.map_err(|error| fail(error, &visitor))?;
    let (now, base) = (services.now(), services.public_url.clone());
    let page = public_page(&services, &visitor, title(visitor.lang()));
    Ok(page.render(move || view! { <Messages messages now base/> }))
}

const fn title(lang: Lang) -> &'static str {
    tr!(lang, "Mensajes de la demostración", "Messages of the demonstration", "Mensagens da demonstração")
}

#[component]
fn Messages(messages: Vec<MessageView>, now: DateTime<Utc>, base: String) -> impl IntoView {
    let lang = use_lang();
    let none = messages.is_empty();
    let items: Vec<_> = messages
        .into_iter()
        .map(|message| {
            let base = base.clone();
            view! { <Message message now base/> }
        })
        .collect();
    view! {
        <PortalLayout
            title=title(lang) back="/"
            lead=tr!(
                lang,
                "Lo que llegaría por correo o SMS, lo más nuevo primero. En la demostración no se envía nada.",
                "What would arrive by e-mail or SMS, newest first. The demonstration sends nothing.", "O que chegaria por e-mail ou SMS, o mais novo primeiro. Na demonstração nada é enviado.",
            )
        >
            {none.then(|| view! {
                <EmptyState title=tr!(lang, "Todavía no hay mensajes", "No messages yet", "Ainda não há mensagens")>
                    <p>{tr!(lang, "Pide un código en la primera página y aparecerá aquí.", "Ask for a code on the first page and it appears here.", "Peça um código na primeira página e ele aparecerá aqui.")}</p>
                    <LinkButton href="/" kind=ButtonKind::Secondary>{tr!(lang, "Pedir un código", "Ask for a code", "Pedir um código")}</LinkButton>
                </EmptyState>
            })}
            {items}
        </PortalLayout>
    }
    .into_any()
}

#[component]
fn Message(message: MessageView, now: DateTime<Utc>, base: String) -> impl IntoView {
    let lang = use_lang();
    let channel = if message.channel == "email" {
        tr!(lang, "Correo a", "E-mail to", "E-mail para")
    } else {
        tr!(lang, "SMS a", "SMS to", "SMS para")
    };
    let heading =
        message.subject.clone().unwrap_or_else(|| tr!(lang, "Mensaje", "Message", "Mensagem").to_owned());
    view! {
        <Card title=heading>
            <p class="soft small">{channel} " " {message.recipient.clone()} " · " {ago(message.created_at, now, lang)}</p>
            <p class="message-body">{linked(&message.body, &base)}</p>
        </Card>
    }
    .into_any()
}

fn ago(at: DateTime<Utc>, now: DateTime<Utc>, lang: Lang) -> String {
    match (now - at).num_minutes() {
        ..1 => tr!(lang, "hace un momento", "a moment ago", "agora há pouco").to_owned(),
        minutes @ 1..60 => trf!(lang, "hace {} min", "{} min ago", "há {} min", minutes),
        minutes @ 60..1440 => trf!(lang, "hace {} h", "{} h ago", "há {} h", minutes / 60),
        minutes => trf!(lang, "hace {} d", "{} d ago", "há {} d", minutes / 1440),
    }
}

/// The text with our own addresses as links; they stay on the host the reader is on.
fn linked(body: &str, base: &str) -> Vec<AnyView> {
    pieces(body, base)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.into_any(),
            Piece::Link { shown, path } => view! { <a href=path>{shown}</a> }.into_any(),
        })
        .collect()
}

#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Link { shown: String, path: String },
}

fn pieces(body: &str, base: &str) -> Vec<Piece> {
    body.split_inclusive(char::is_whitespace)
        .map(|word| match word.trim_end().strip_prefix(base).filter(|path| path.starts_with('/')) {
            Some(path) => Piece::Link { shown: word.to_owned(), path: path.to_owned() },
            None => Piece::Text(word.to_owned()),
        })
        .fold(Vec::new(), |mut joined, piece| {
            match (joined.last_mut(), piece) {
                (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(&text),
                (_, piece) => joined.push(piece),
            }
            joined
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_addresses_become_links() {
        let body = "Abre:\nhttp://a.test/entrar/ff\n\no http://b.test/x";
        let link = Piece::Link { shown: "http://a.test/entrar/ff\n".into(), path: "/entrar/ff".into() };
        let expected = [Piece::Text("Abre:\n".into()), link, Piece::Text("\no http://b.test/x".into())];
        assert_eq!(pieces(body, "http://a.test"), expected);
        assert_eq!(pieces("http://a.test.evil/x", "http://a.test").len(), 1);
        assert!(matches!(pieces("http://a.test.evil/x", "http://a.test")[0], Piece::Text(_)));
    }
}
