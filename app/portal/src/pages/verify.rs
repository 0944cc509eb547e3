//! The public check of a receipt. It names no debtor and no debt.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::ledger::PaymentStatus;
use http::StatusCode;
use leptos::prelude::*;
use serde::Deserialize;
use services::payments::ReceiptCheck;
use services::{ServiceError, Services};
use ui::prelude::*;
use web::{Visitor, see_other};

use crate::shell::{Answer, fail, public_page};

#[derive(Deserialize)]
pub struct Asked {
    code: Option<String>,
}

/// The form; with a code it leads on to that code's page.
pub async fn ask(State(services): State<Services>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let code = asked.code.map(|code| bare(&code));
    if let Some(code) = code.as_ref().filter(|code| !code.is_empty()) {
        return see_other(&format!("/verify/{code}"));
    }
    let lang = visitor.lang();
    let form = code.map(|_| {
        FormState::default().with_error(
            "code",
            tr!(
                lang,
                "Escribe el código del recibo, por ejemplo ABCD-EFGH-JKLM",
                "Write the code on the receipt, for example ABCD-EFGH-JKLM"
            ),
        )
    });
    public_page(&services, &visitor, title(lang)).form(form).render(|| view! { <Ask/> })
}

pub async fn show(State(services): State<Services>, visitor: Visitor, Path(code): Path<String>) -> Answer {
    match services.check_receipt(&bare(&code)).await {
        Ok(check) => {
            let page = public_page(&services, &visitor, title(visitor.lang()));
            Ok(page.render(move || view! { <Genuine check/> }))
        }
        Err(ServiceError::NotFound) => Ok(unknown(&services, &visitor)),
        Err(error) => Err(fail(error, &visitor)),
    }
}

fn unknown(services: &Services, visitor: &Visitor) -> Response {
    let lang = visitor.lang();
    let title = tr!(lang, "No conocemos ese código", "We do not know that code");
    public_page(services, visitor, title).status(StatusCode::NOT_FOUND).render(move || {
        view! {
            <PortalLayout
                title=title back="/verify"
                lead=tr!(
                    lang,
                    "Ningún recibo nuestro lo lleva. Revisa que esté bien copiado. Si lo está, no aceptes el recibo y avísanos.",
                    "No receipt of ours has it. Check that it is copied right. If it is, do not accept the receipt and tell us.",
                )
            >
                <CodeForm/>
            </PortalLayout>
        }
    })
}

/// Codes hold letters and digits only, and none that look alike.
fn bare(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).take(40).collect::<String>().to_ascii_uppercase()
}

const fn title(lang: Lang) -> &'static str {
    tr!(lang, "Revisar un comprobante", "Check a receipt")
}

#[component]
fn Ask() -> impl IntoView {
    let lang = use_lang();
    view! {
        <PortalLayout
            title=title(lang) back="/"
            lead=tr!(
                lang,
                "Escribe el código del recibo y te decimos si es auténtico. No se muestra de quién es ni cuánto debe.",
                "Write the code on the receipt and we tell you whether it is genuine. Whose it is and what is owed is not shown.",
            )
        >
            <ErrorSummary/>
            <CodeForm/>
        </PortalLayout>
    }
    .into_any()
}

#[component]
fn CodeForm() -> impl IntoView {
    let lang = use_lang();
    view! {
        <form class="form" method="get" action="/verify" novalidate>
            <Field
                name="code" short=true maxlength=40 autocomplete="off"
                label=tr!(lang, "Código del recibo", "Code on the receipt")
                hint=tr!(lang, "12 letras y números, con o sin guiones", "12 letters and figures, with or without dashes")
            />
            <Button>{tr!(lang, "Revisar", "Check")}</Button>
        </form>
    }
    .into_any()
}

#[component]
fn Genuine(check: ReceiptCheck) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let reversed = check.status == PaymentStatus::Reversed;
    let verdict = if reversed {
        view! {
            <Notice tone=Tone::Warn title=tr!(lang, "El pago de este recibo se anuló", "The payment of this receipt was cancelled")>
                {tr!(lang, "El recibo ya no vale como comprobante.", "The receipt is no longer proof of payment.")}
            </Notice>
        }
        .into_any()
    } else if check.livemode {
        view! {
            <Notice tone=Tone::Success title=tr!(lang, "El recibo es auténtico", "The receipt is genuine")>
                {tr!(
                    lang,
                    "Compara estos datos con los del papel: deben ser los mismos.",
                    "Compare these facts with those on the paper: they must be the same.",
                )}
            </Notice>
        }
        .into_any()
    } else {
        view! {
            <Notice tone=Tone::Warn title=tr!(lang, "El recibo es auténtico, pero de una demostración", "The receipt is genuine, but of a demonstration")>
                {tr!(lang, "No hubo dinero, así que no vale como comprobante de pago.", "No money moved, so it is no proof of payment.")}
            </Notice>
        }
        .into_any()
    };
    view! {
        <PortalLayout title=title(lang) back="/verify">
            {verdict}
            <section class="card">
                <Amount money=check.amount label=tr!(lang, "Importe del recibo", "Amount of the receipt")/>
                <KeyValue>
                    <Pair term=tr!(lang, "Recibo", "Receipt")>{check.receipt_no}</Pair>
                    <Pair term=tr!(lang, "Fecha del pago", "Date of payment")>{format::date_long(check.received_on, locale)}</Pair>
                    <Pair term=tr!(lang, "Lo emitió", "Issued by")>{check.agency}</Pair>
                </KeyValue>
            </section>
        </PortalLayout>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    #[test]
    fn any_spelling_of_a_code_meets_the_stored_one() {
        assert_eq!(super::bare(" abcd-efgh jklm "), "ABCDEFGHJKLM");
        assert_eq!(super::bare("../<script>"), "SCRIPT");
    }
}
