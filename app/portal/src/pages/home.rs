//! The first page: what this is, and signing in by document.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};
use leptos::prelude::*;
use serde::Deserialize;
use services::{ServiceError, Services};
use ui::prelude::*;
use web::{DEBTOR_COOKIE, Debtor, Form, Visitor, clear_cookie, form_state, see_other};

use crate::shell::{Answer, fail, is_demo, public_page};

/// A debtor of the demo book.
const DEMO_DOCUMENT: &str = "DEMO900101AA1";

#[derive(Deserialize)]
pub struct Arrival {
    /// Sent here from a page that needs a session.
    fin: Option<String>,
    /// Just signed out.
    adios: Option<String>,
}

pub async fn show(
    State(services): State<Services>,
    visitor: Visitor,
    debtor: Result<Debtor, Response>,
    Query(arrival): Query<Arrival>,
) -> Response {
    if debtor.is_ok() {
        return see_other("/deudas");
    }
    let arrival = match arrival {
        Arrival { adios: Some(_), .. } => Some(Came::SignedOut),
        Arrival { fin: Some(_), .. } => Some(Came::NeedsSession),
        Arrival { .. } => None,
    };
    page(&services, &visitor, arrival, None)
}

pub async fn submit(State(services): State<Services>, visitor: Visitor, form: Form) -> Answer {
    match services.ask_for_code(form.get("document"), &visitor.address).await {
        Ok(challenge) => Ok(see_other(&format!("/codigo/{challenge}"))),
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(&form, &issues, visitor.lang());
            Ok(page(&services, &visitor, None, Some(state)))
        }
        Err(error) => Err(fail(error, &visitor)),
    }
}

/// `GET /i/{code}`: a link in a message, which leads here whoever follows it. That it was followed is
/// noted where a browser goes to the page in somebody's hands; programs that check mail, and browsers
/// that load pages beforehand, do not say so.
pub async fn from_message(
    State(services): State<Services>,
    Path(code): Path<String>,
    headers: HeaderMap,
) -> Response {
    let is = |name: &str, value: &str| headers.get(name).is_some_and(|found| found == value);
    let beforehand = headers.contains_key("sec-purpose") || headers.contains_key("purpose");
    if is("sec-fetch-mode", "navigate")
        && is("sec-fetch-dest", "document")
        && !beforehand
        && let Err(error) = services.follow_link(&code).await
    {
        // The person gets where they want to be all the same.
        tracing::warn!(%error, "link of a message");
    }
    see_other("/")
}

/// Ends the session, whether or not there is one.
pub async fn sign_out(State(services): State<Services>, visitor: Visitor, headers: HeaderMap) -> Answer {
    if let Some(token) = Debtor::token(&headers) {
        services.debtor_sign_out(&token).await.map_err(|error| fail(error, &visitor))?;
    }
    let mut response = see_other("/?adios=1");
    if let Ok(cookie) = HeaderValue::from_str(&clear_cookie(DEBTOR_COOKIE)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Came {
    SignedOut,
    NeedsSession,
}

fn page(services: &Services, visitor: &Visitor, came: Option<Came>, form: Option<FormState>) -> Response {
    let lang = visitor.lang();
    let demo = is_demo(services);
    public_page(services, visitor, title(lang)).form(form).render(move || view! { <Home came demo/> })
}

const fn title(lang: Lang) -> &'static str {
    tr!(lang, "Consulta y paga tus deudas", "See and pay your debts", "Veja e pague suas dívidas")
}

#[component]
fn Home(came: Option<Came>, demo: bool) -> impl IntoView {
    let lang = use_lang();
    view! {
        <PortalLayout
            title=title(lang)
            lead=tr!(
                lang,
                "Aquí ves cuánto debes, a quién y por qué. Pagas todo o una parte, y recibes tu comprobante.",
                "Here you see how much you owe, to whom and why. You pay all or a part, and get your receipt.", "Aqui você vê quanto deve, a quem e por quê. Paga tudo ou uma parte e recebe seu comprovante.",
            )
        >
            <ErrorSummary/>
            {came.map(|came| view! { <Arrived came/> })}
            <PostForm action="/">
                <Field
                    name="document" short=true maxlength=40 autocomplete="off"
                    label=tr!(lang, "Número de tu documento", "Number of your document", "Número do seu documento")
                    hint=tr!(
                        lang,
                        "RFC, CURP, cédula, RUT o DNI. Con o sin puntos y guiones.",
                        "RFC, CURP, ID card, RUT or DNI. With or without dots and dashes.", "CPF, RFC, CURP, cédula, RUT ou DNI. Com ou sem pontos e traços.",
                    )
                />
                <Button>{tr!(lang, "Enviarme un código", "Send me a code", "Enviar um código")}</Button>
            </PostForm>
            {demo.then(|| view! { <DemoHint/> })}
            <section class="stack" aria-labelledby="next">
                <h2 id="next">{tr!(lang, "Qué pasa después", "What happens next", "O que acontece depois")}</h2>
                <ol>
                    <li>{tr!(
                        lang,
                        "Te enviamos un código al correo o teléfono que dio quien te otorgó el crédito.",
                        "We send a code to the e-mail or phone your lender has on record.", "Enviamos um código ao e-mail ou telefone informado por quem deu o crédito.",
                    )}</li>
                    <li>{tr!(lang, "Escribes el código aquí. No necesitas contraseña.", "You write the code here. You need no password.", "Você escreve o código aqui. Não precisa de senha.")}</li>
                    <li>{tr!(lang, "Ves tus deudas. Mirar no te compromete a nada.", "You see your debts. Looking commits you to nothing.", "Você vê suas dívidas. Olhar não compromete você a nada.")}</li>
                </ol>
            </section>
            <Ways>
                <Way
                    href="/verify" icon=Glyph::Receipt
                    title=tr!(lang, "Revisar un comprobante", "Check a receipt", "Conferir um comprovante")
                    hint=tr!(lang, "Comprueba que un recibo es auténtico", "Make sure that a receipt is genuine", "Confira se um recibo é autêntico")
                />
            </Ways>
        </PortalLayout>
    }
    .into_any()
}

#[component]
fn Arrived(came: Came) -> impl IntoView {
    let lang = use_lang();
    match came {
        Came::SignedOut => view! {
            <Notice tone=Tone::Success title=tr!(lang, "Saliste de tu cuenta", "You have signed out", "Você saiu da sua conta")/>
        }
        .into_any(),
        Came::NeedsSession => view! {
            <Notice title=tr!(lang, "Entra para ver esa página", "Sign in to see that page", "Entre para ver essa página")>
                {tr!(
                    lang,
                    "Por seguridad, la sesión se cierra sola después de una hora.",
                    "For your safety, the session ends by itself after an hour.", "Por segurança, a sessão se encerra sozinha depois de uma hora.",
                )}
            </Notice>
        }
        .into_any(),
    }
}

#[component]
fn DemoHint() -> impl IntoView {
    let lang = use_lang();
    view! {
        <Notice title=tr!(lang, "Para probar la demostración", "To try the demonstration", "Para experimentar a demonstração")>
            {tr!(lang, "Usa el documento ", "Use the document ", "Use o documento ")} <code>{DEMO_DOCUMENT}</code>
            {tr!(lang, ". El código llega a los ", ". The code arrives in the ", ". O código chega às ")}
            <a href="/demo/mensajes">{tr!(lang, "mensajes de la demostración", "messages of the demonstration", "mensagens da demonstração")}</a> "."
        </Notice>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use services::demo::{DemoPlan, build};

    #[test]
    fn the_demo_knows_the_document_that_is_suggested() {
        let as_of = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let book = build(DemoPlan { accounts: 20, seed: 1, as_of });
        assert!(book.known_debtors.iter().any(|known| known.document == super::DEMO_DOCUMENT));
    }
}
