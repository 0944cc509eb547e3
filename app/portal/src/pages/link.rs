//! The one-time link of a message. Opening it shows a button, because mail scanners open links
//! and would spend it; pressing the button signs in.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use leptos::prelude::*;
use services::{ServiceError, Services};
use ui::prelude::*;
use web::Visitor;

use super::code::signed_in;
use crate::shell::{Answer, fail, public_page};

pub async fn show(State(services): State<Services>, visitor: Visitor, Path(token): Path<String>) -> Response {
    public_page(&services, &visitor, title(visitor.lang())).render(move || view! { <Link token/> })
}

pub async fn submit(State(services): State<Services>, visitor: Visitor, Path(token): Path<String>) -> Answer {
    match services.use_link(&token, &visitor.address, visitor.device).await {
        Ok(token) => Ok(signed_in(&token)),
        Err(ServiceError::NotFound | ServiceError::Invalid(_)) => Ok(spent(&services, &visitor)),
        Err(error) => Err(fail(error, &visitor)),
    }
}

/// `POST /entrar/{token}/no-soy-yo`: the same answer whatever the link was.
pub async fn not_me(State(services): State<Services>, visitor: Visitor, Path(token): Path<String>) -> Answer {
    services.not_me(&token, &visitor.address).await.map_err(|error| fail(error, &visitor))?;
    let lang = visitor.lang();
    let title = tr!(lang, "Gracias por avisar", "Thank you for telling us", "Obrigado por avisar");
    Ok(public_page(&services, &visitor, title).render(move || {
        view! {
            <PortalLayout
                title=title
                lead=tr!(
                    lang,
                    "Ya no usaremos este contacto. No tienes que hacer nada más.",
                    "We will no longer use this contact. There is nothing else you need to do.",
                    "Não usaremos mais este contato. Você não precisa fazer mais nada.",
                )
            >
                <p>{tr!(
                    lang,
                    "No te pedimos ningún dato, ni te decimos de quién era el mensaje.",
                    "We ask you for nothing, and do not say whose message it was.",
                    "Não pedimos nenhum dado, nem dizemos de quem era a mensagem.",
                )}</p>
            </PortalLayout>
        }
    }))
}

const fn title(lang: Lang) -> &'static str {
    tr!(lang, "Entrar a tu cuenta", "Sign in to your account", "Entrar na sua conta")
}

#[component]
fn Link(token: String) -> impl IntoView {
    let lang = use_lang();
    view! {
        <PortalLayout
            title=title(lang)
            lead=tr!(
                lang,
                "Pulsa el botón para ver tus deudas en este dispositivo. El enlace sirve una sola vez.",
                "Press the button to see your debts on this device. The link works only once.", "Toque no botão para ver suas dívidas neste aparelho. O link serve uma única vez.",
            )
        >
            <PostForm action=format!("/entrar/{token}")>
                <Button>{tr!(lang, "Entrar", "Sign in", "Entrar")}</Button>
            </PostForm>
            <PostForm action=format!("/entrar/{token}/no-soy-yo")>
                <p class="soft small">{tr!(
                    lang,
                    "¿El mensaje no era para ti? Avísanos y no volveremos a escribirte.",
                    "Was the message not for you? Tell us, and we will not write to you again.",
                    "A mensagem não era para você? Avise e não voltaremos a escrever.",
                )}</p>
                <Button kind=ButtonKind::Secondary>{tr!(lang, "No soy yo", "That is not me", "Não sou eu")}</Button>
            </PostForm>
        </PortalLayout>
    }
    .into_any()
}

fn spent(services: &Services, visitor: &Visitor) -> Response {
    let lang = visitor.lang();
    let title = tr!(lang, "Este enlace ya no sirve", "This link no longer works", "Este link não serve mais");
    public_page(services, visitor, title).status(StatusCode::NOT_FOUND).render(move || {
        view! {
            <PortalLayout
                title=title
                lead=tr!(
                    lang,
                    "Ya se usó o venció: dura 48 horas y sirve una sola vez. Pide otro, llega en un momento.",
                    "It was used or has expired: it lasts 48 hours and works once. Ask for another, it takes a moment.", "Já foi usado ou venceu: dura 48 horas e serve uma única vez. Peça outro, chega em um momento.",
                )
            >
                <p><LinkButton href="/">{tr!(lang, "Pedir otro", "Ask for another", "Pedir outro")}</LinkButton></p>
            </PortalLayout>
        }
    })
}
