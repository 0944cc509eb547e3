//! The one-time link of a message. Opening it shows a form, because mail scanners open links and would
//! spend it, and because whoever holds the phone may not be the debtor: the end of the document signs in.

use axum::extract::{Path, State};
use axum::response::Response;
use leptos::prelude::*;
use services::{ServiceError, Services};
use ui::prelude::*;
use web::{Form, Visitor, form_state};

use super::code::signed_in;
use crate::shell::{Answer, fail, public_page};

pub async fn show(State(services): State<Services>, visitor: Visitor, Path(token): Path<String>) -> Response {
    page(&services, &visitor, token, None)
}

pub async fn submit(
    State(services): State<Services>,
    visitor: Visitor,
    Path(token): Path<String>,
    form: Form,
) -> Answer {
    match services.use_link(&token, form.get("known"), &visitor.address, visitor.device).await {
        Ok(session) => Ok(signed_in(&session)),
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(&form, &issues, visitor.lang());
            Ok(page(&services, &visitor, token, Some(state)))
        }
        Err(error) => Err(fail(error, &visitor)),
    }
}

fn page(services: &Services, visitor: &Visitor, token: String, form: Option<FormState>) -> Response {
    public_page(services, visitor, title(visitor.lang())).form(form).render(move || view! { <Link token/> })
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
                "Para ver tus deudas en este dispositivo, dinos cómo termina tu documento: así sabemos que eres tú.",
                "To see your debts on this device, tell us how your document ends: so we know that it is you.",
                "Para ver suas dívidas neste aparelho, diga como termina seu documento: assim sabemos que é você.",
            )
        >
            <ErrorSummary/>
            <PostForm action=format!("/entrar/{token}")>
                <Field
                    name="known" short=true maxlength=40 autocomplete="off"
                    label=tr!(lang, "Últimos 4 caracteres de tu documento", "Last 4 characters of your document", "Últimos 4 caracteres do seu documento")
                    hint=tr!(
                        lang,
                        "RFC, CURP, cédula, RUT o DNI. Si no nos diste uno, del número de tu contrato.",
                        "RFC, CURP, ID card, RUT or DNI. If you never gave one, of your contract's number.",
                        "CPF, RFC, CURP, cédula, RUT ou DNI. Se não informou nenhum, do número do seu contrato.",
                    )
                />
                <Button>{tr!(lang, "Entrar", "Sign in", "Entrar")}</Button>
            </PostForm>
            <p class="small"><a href="/">{tr!(
                lang,
                "El enlace sirve una sola vez. Pedir otro",
                "The link works only once. Ask for another",
                "O link serve uma única vez. Pedir outro",
            )}</a></p>
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
