//! Writing the one-time code. The page says the same whether or not anybody has that document.

use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderValue, header};
use leptos::prelude::*;
use services::{ServiceError, Services};
use ui::prelude::*;
use uuid::Uuid;
use web::{DEBTOR_COOKIE, Form, Visitor, form_state, see_other, session_cookie};

use crate::shell::{Answer, fail, id, is_demo, public_page};

pub async fn show(
    State(services): State<Services>,
    visitor: Visitor,
    Path(challenge): Path<String>,
) -> Answer {
    let challenge = id(&challenge, &visitor)?;
    Ok(page(&services, &visitor, challenge, None))
}

pub async fn submit(
    State(services): State<Services>,
    visitor: Visitor,
    Path(challenge): Path<String>,
    form: Form,
) -> Answer {
    let challenge = id(&challenge, &visitor)?;
    match services.prove_code(challenge, form.get("code"), &visitor.address, visitor.device).await {
        Ok(token) => Ok(signed_in(&token)),
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(&form, &issues, visitor.lang());
            Ok(page(&services, &visitor, challenge, Some(state)))
        }
        Err(error) => Err(fail(error, &visitor)),
    }
}

/// On to the debts, with a session.
pub fn signed_in(token: &str) -> Response {
    let mut response = see_other("/deudas");
    if let Ok(cookie) = HeaderValue::from_str(&session_cookie(DEBTOR_COOKIE, token)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn page(services: &Services, visitor: &Visitor, challenge: Uuid, form: Option<FormState>) -> Response {
    let demo = is_demo(services);
    public_page(services, visitor, title(visitor.lang()))
        .form(form)
        .render(move || view! { <Code challenge demo/> })
}

const fn title(lang: Lang) -> &'static str {
    tr!(lang, "Escribe el código", "Write the code", "Escreva o código")
}

#[component]
fn Code(challenge: Uuid, demo: bool) -> impl IntoView {
    let lang = use_lang();
    view! {
        <PortalLayout
            title=title(lang) back="/"
            lead=tr!(
                lang,
                "Si hay datos con ese documento, te enviamos un código de 6 cifras por correo o SMS. Sirve durante 10 minutos.",
                "If there is anything under that document, we sent you a code of 6 figures by e-mail or SMS. It works for 10 minutes.", "Se houver dados com esse documento, enviamos um código de 6 números por e-mail ou SMS. Vale por 10 minutos.",
            )
        >
            <ErrorSummary/>
            <PostForm action=format!("/codigo/{challenge}")>
                <Field
                    name="code" short=true maxlength=12 inputmode="numeric" autocomplete="one-time-code"
                    label=tr!(lang, "Código de 6 cifras", "Code of 6 figures", "Código de 6 números")
                    hint=tr!(
                        lang,
                        "No se lo des a nadie: nunca te lo pediremos por teléfono.",
                        "Give it to nobody: we will never ask for it by phone.", "Não o dê a ninguém: nunca o pediremos por telefone.",
                    )
                />
                <Button>{tr!(lang, "Entrar", "Sign in", "Entrar")}</Button>
            </PostForm>
            {demo.then(|| view! {
                <Notice title=tr!(lang, "En la demostración no se envía nada", "The demonstration sends nothing", "Na demonstração nada é enviado")>
                    <a href="/demo/mensajes">{tr!(lang, "Ver los mensajes", "See the messages", "Ver as mensagens")}</a>
                </Notice>
            })}
            <details>
                <summary>{tr!(lang, "No me llegó el código", "I did not get the code", "Não recebi o código")}</summary>
                <ul>
                    <li>{tr!(lang, "Espera dos minutos y mira también en correo no deseado.", "Wait two minutes and look in your spam folder too.", "Espere dois minutos e olhe também no spam.")}</li>
                    <li>
                        {tr!(lang, "Revisa que el documento sea el correcto y ", "Check that the document is right and ", "Confira se o documento está certo e ")}
                        <a href="/">{tr!(lang, "pide otro código", "ask for another code", "peça outro código")}</a> "."
                    </li>
                    <li>{tr!(
                        lang,
                        "Si cambiaste de correo o teléfono, avísanos por el medio por el que te contactamos.",
                        "If your e-mail or phone has changed, tell us the way we got in touch with you.", "Se mudou de e-mail ou telefone, avise pelo meio em que entramos em contato.",
                    )}</li>
                </ul>
            </details>
        </PortalLayout>
    }
    .into_any()
}
