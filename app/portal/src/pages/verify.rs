//! The public check of a receipt. It names no debtor and no debt.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::ledger::PaymentStatus;
use http::StatusCode;
use leptos::prelude::*;
use serde::Deserialize;
use services::certificates::CertificateCheck;
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
                "Write the code on the receipt, for example ABCD-EFGH-JKLM",
                "Escreva o código do recibo, por exemplo ABCD-EFGH-JKLM"
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
        Err(ServiceError::NotFound) => certificate(&services, &visitor, &code).await,
        Err(error) => Err(fail(error, &visitor)),
    }
}

async fn certificate(services: &Services, visitor: &Visitor, code: &str) -> Answer {
    match services.check_certificate(&bare(code)).await {
        Ok(check) => {
            let page = public_page(services, visitor, title(visitor.lang()));
            Ok(page.render(move || view! { <GenuineCertificate check/> }))
        }
        Err(ServiceError::NotFound) => Ok(unknown(services, visitor)),
        Err(error) => Err(fail(error, visitor)),
    }
}

fn unknown(services: &Services, visitor: &Visitor) -> Response {
    let lang = visitor.lang();
    let title =
        tr!(lang, "No conocemos ese código", "We do not know that code", "Não conhecemos esse código");
    public_page(services, visitor, title).status(StatusCode::NOT_FOUND).render(move || {
        view! {
            <PortalLayout
                title=title back="/verify"
                lead=tr!(
                    lang,
                    "Ningún recibo nuestro lo lleva. Revisa que esté bien copiado. Si lo está, no aceptes el recibo y avísanos.",
                    "No receipt of ours has it. Check that it is copied right. If it is, do not accept the receipt and tell us.", "Nenhum recibo nosso o tem. Confira se foi copiado certo. Se foi, não aceite o recibo e nos avise.",
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
    tr!(lang, "Revisar un comprobante", "Check a receipt", "Conferir um comprovante")
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
                "Write the code on the receipt and we tell you whether it is genuine. Whose it is and what is owed is not shown.", "Escreva o código do recibo e dizemos se é autêntico. Não mostramos de quem é nem quanto deve.",
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
                label=tr!(lang, "Código del recibo", "Code on the receipt", "Código do recibo")
                hint=tr!(lang, "12 letras y números, con o sin guiones", "12 letters and figures, with or without dashes", "12 letras e números, com ou sem traços")
            />
            <Button>{tr!(lang, "Revisar", "Check", "Conferir")}</Button>
        </form>
    }
    .into_any()
}

#[component]
fn Genuine(check: ReceiptCheck) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let reversed = check.status != PaymentStatus::Posted;
    let verdict = if reversed {
        view! {
            <Notice tone=Tone::Warn title=tr!(lang, "El pago de este recibo se anuló", "The payment of this receipt was cancelled", "O pagamento deste recibo foi cancelado")>
                {tr!(lang, "El recibo ya no vale como comprobante.", "The receipt is no longer proof of payment.", "O recibo não vale mais como comprovante.")}
            </Notice>
        }
        .into_any()
    } else if check.livemode {
        view! {
            <Notice tone=Tone::Success title=tr!(lang, "El recibo es auténtico", "The receipt is genuine", "O recibo é autêntico")>
                {tr!(
                    lang,
                    "Compara estos datos con los del papel: deben ser los mismos.",
                    "Compare these facts with those on the paper: they must be the same.", "Compare estes dados com os do papel: devem ser os mesmos.",
                )}
            </Notice>
        }
        .into_any()
    } else {
        view! {
            <Notice tone=Tone::Warn title=tr!(lang, "El recibo es auténtico, pero de una demostración", "The receipt is genuine, but of a demonstration", "O recibo é autêntico, mas de uma demonstração")>
                {tr!(lang, "No hubo dinero, así que no vale como comprobante de pago.", "No money moved, so it is no proof of payment.", "Não houve dinheiro, então não vale como comprovante de pagamento.")}
            </Notice>
        }
        .into_any()
    };
    view! {
        <PortalLayout title=title(lang) back="/verify">
            {verdict}
            <section class="card">
                <Amount money=check.amount label=tr!(lang, "Importe del recibo", "Amount of the receipt", "Valor do recibo")/>
                <KeyValue>
                    <Pair term=tr!(lang, "Recibo", "Receipt", "Recibo")>{check.receipt_no}</Pair>
                    <Pair term=tr!(lang, "Fecha del pago", "Date of payment", "Data do pagamento")>{format::date_long(check.received_on, locale)}</Pair>
                    <Pair term=tr!(lang, "Lo emitió", "Issued by", "Emitido por")>{check.agency}</Pair>
                </KeyValue>
            </section>
        </PortalLayout>
    }
    .into_any()
}

#[component]
fn GenuineCertificate(check: CertificateCheck) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let (tone, title_text, says) = match (check.void_since, check.livemode) {
        (Some(at), _) => (
            Tone::Warn,
            tr!(
                lang,
                "Esta constancia ya no vale",
                "This certificate no longer counts",
                "Esta declaração não vale mais"
            ),
            trf!(
                lang,
                "Es nuestra, pero dejó de valer el {}.",
                "It is ours, but it stopped counting on {}.",
                "É nossa, mas deixou de valer em {}.",
                format::date_long(at.date_naive(), locale)
            ),
        ),
        (None, true) => (
            Tone::Success,
            tr!(
                lang,
                "La constancia es auténtica y vale",
                "The certificate is genuine and valid",
                "A declaração é autêntica e vale"
            ),
            tr!(
                lang,
                "Hoy no se debe nada de esa cuenta.",
                "Nothing is owed on that account today.",
                "Hoje nada se deve nessa conta."
            )
            .to_owned(),
        ),
        (None, false) => (
            Tone::Warn,
            tr!(
                lang,
                "La constancia es auténtica, pero de una demostración",
                "The certificate is genuine, but of a demonstration",
                "A declaração é autêntica, mas de uma demonstração"
            ),
            tr!(
                lang,
                "No vale fuera de ella.",
                "It counts for nothing outside of it.",
                "Não vale fora dela."
            )
            .to_owned(),
        ),
    };
    view! {
        <PortalLayout title=title(lang) back="/verify">
            <Notice tone title=title_text>{says}</Notice>
            <section class="card">
                <KeyValue>
                    <Pair term=tr!(lang, "Deuda pagada el", "Debt settled on", "Dívida quitada em")>{format::date_long(check.settled_on, locale)}</Pair>
                    <Pair term=tr!(lang, "Lo emitió", "Issued by", "Emitido por")>{check.agency}</Pair>
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
