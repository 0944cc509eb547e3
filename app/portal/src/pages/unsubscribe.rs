//! Stopping e-mails with one click: see `services::unsubscribe`. It names nobody and no debt.

use axum::extract::{Path, State};
use leptos::prelude::*;
use services::Services;
use services::unsubscribe::Unsubscribing;
use ui::prelude::*;
use web::Visitor;

use crate::shell::{Answer, fail, public_page};

/// `GET /baja/{token}`: asks; mail programs and scanners follow links, and must stop nothing by it.
pub async fn show(State(services): State<Services>, visitor: Visitor, Path(token): Path<String>) -> Answer {
    answer(&services, &visitor, services.unsubscribing(&token).await)
}

/// `POST /baja/{token}`: from our page, or from a mail program. It answers with the page and leads
/// nowhere: RFC 8058 section 3.1 forbids to redirect.
pub async fn stop(State(services): State<Services>, visitor: Visitor, Path(token): Path<String>) -> Answer {
    answer(&services, &visitor, services.unsubscribe(&token).await)
}

fn answer(
    services: &Services,
    visitor: &Visitor,
    found: Result<Unsubscribing, services::ServiceError>,
) -> Answer {
    let found = found.map_err(|error| fail(error, visitor))?;
    let page = public_page(services, visitor, title(found.is_done, visitor.lang()));
    let action = visitor.path.clone();
    Ok(page.render(move || view! { <Stop found action/> }))
}

const fn title(is_done: bool, lang: Lang) -> &'static str {
    if is_done {
        tr!(
            lang,
            "Ya no te escribiremos a ese correo",
            "We will not write to that e-mail any more",
            "Não escreveremos mais para esse e-mail"
        )
    } else {
        tr!(lang, "Dejar de recibir correos", "Stop receiving e-mails", "Parar de receber e-mails")
    }
}

#[component]
fn Stop(found: Unsubscribing, action: String) -> impl IntoView {
    let lang = use_lang();
    let Unsubscribing { agency, is_done } = found;
    let lead = if is_done {
        trf!(
            lang,
            "{} solo te mandará a ese correo lo que tú pidas: códigos para entrar y comprobantes de pago.",
            "{} will send to that e-mail only what you ask for: codes to sign in and receipts.",
            "{} só enviará a esse e-mail o que você pedir: códigos para entrar e comprovantes de pagamento.",
            agency
        )
    } else {
        trf!(
            lang,
            "{} dejará de escribirte al correo donde recibiste ese mensaje. Seguirás recibiendo lo que tú pidas: códigos para entrar y comprobantes de pago.",
            "{} will stop writing to the e-mail at which you received that message. You will still receive what you ask for: codes to sign in and receipts.",
            "{} vai parar de escrever para o e-mail em que você recebeu essa mensagem. Você continuará recebendo o que pedir: códigos para entrar e comprovantes de pagamento.",
            agency
        )
    };
    let rest = if is_done {
        view! {
            <p>{tr!(
                lang,
                "Si fue un error, entra y cámbialo en «Cómo y cuándo contactarme».",
                "If that was a mistake, sign in and change it under “How and when to contact me”.",
                "Se foi um engano, entre e mude em «Como e quando falar comigo».",
            )}</p>
            <p><a href="/">{tr!(lang, "Entrar", "Sign in", "Entrar")}</a></p>
        }
        .into_any()
    } else {
        view! {
            <PostForm action=action>
                <Button>{tr!(lang, "Dejar de recibir correos", "Stop receiving e-mails", "Parar de receber e-mails")}</Button>
            </PostForm>
        }
        .into_any()
    };
    view! {
        <PortalLayout title=title(is_done, lang) back="/" lead=lead>
            {rest}
        </PortalLayout>
    }
    .into_any()
}
