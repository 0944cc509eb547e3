//! The certificate of a settled debt: there at once, with a code that anybody can check.

use axum::extract::{Path, State};
use domain::ids::AccountId;
use leptos::prelude::*;
use services::Services;
use services::certificates::Certificate;
use ui::prelude::*;
use web::{Debtor, see_other};

use super::SIGN_OUT;
use crate::shell::{Answer, fail, id, own_page};

/// `GET /deudas/{id}/constancia`
pub async fn show(State(services): State<Services>, debtor: Debtor, Path(account): Path<String>) -> Answer {
    let account: AccountId = id(&account, &debtor.visitor)?;
    let found = services.certificate(debtor.actor(), account).await;
    let Some(certificate) = found.map_err(|error| fail(error, &debtor.visitor))? else {
        return Ok(see_other(&format!("/deudas/{account}")));
    };
    let name = labels::certificate(&certificate.creditor.country, debtor.lang());
    let page = own_page(&services, &debtor, name).await?;
    let url = services.public_url.clone();
    Ok(page.render(move || view! { <CertificatePage certificate url/> }))
}

/// `POST /deudas/{id}/constancia`: for a debt that was settled before certificates came by themselves.
pub async fn ask(State(services): State<Services>, debtor: Debtor, Path(account): Path<String>) -> Answer {
    let account: AccountId = id(&account, &debtor.visitor)?;
    let asked = services.request_certificate(debtor.actor(), account).await;
    asked.map_err(|error| fail(error, &debtor.visitor))?;
    Ok(see_other(&format!("/deudas/{account}/constancia")))
}

#[component]
fn CertificatePage(certificate: Certificate, url: String) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let title = labels::certificate(&certificate.creditor.country, lang);
    let back = format!("/deudas/{}", certificate.account.id);
    let pdf = format!("{back}/constancia/pdf");
    let code = certificate.check_code.clone();
    let check = format!("/verify/{code}");
    let void = certificate.void_since.map(|at| {
        let says = trf!(
            lang,
            "Dejó de valer el {}: un pago se anuló o se agregó un cargo, y la deuda volvió a estar abierta.",
            "It stopped counting on {}: a payment was cancelled or a charge added, and the debt was open again.",
            "Deixou de valer em {}: um pagamento foi cancelado ou um encargo foi somado, e a dívida voltou a ficar aberta.",
            format::date_long(at.date_naive(), locale)
        );
        view! { <Notice tone=Tone::Warn title=tr!(lang, "Esta constancia ya no vale", "This certificate no longer counts", "Esta declaração não vale mais")>{says}</Notice> }
    });
    let sample = (!certificate.livemode).then(|| {
        view! { <Notice tone=Tone::Info title=tr!(lang, "Demostración: sin validez", "Demonstration: not valid", "Demonstração: sem validade")/> }
    });
    view! {
        <PortalLayout title=title back=back sign_out=SIGN_OUT>
            {void}
            {sample}
            <section class="card">
                <p>{trf!(
                    lang,
                    "{0} hace constar que {1} no debe nada de esta cuenta.",
                    "{0} certifies that {1} owes nothing on this account.",
                    "{0} declara que {1} não deve nada nesta conta.",
                    certificate.agency,
                    certificate.debtor.name
                )}</p>
                <KeyValue>
                    <Pair term=tr!(lang, "Acreedor", "Creditor", "Credor")>{certificate.creditor.name}</Pair>
                    <Pair term=tr!(lang, "Número de cuenta", "Account number", "Número da conta")>{certificate.account.external_id}</Pair>
                    <Pair term=tr!(lang, "Pagada el", "Settled on", "Quitada em")>{format::date_long(certificate.settled_on, locale)}</Pair>
                    <Pair term=tr!(lang, "Código para comprobarla", "Code to check it", "Código para conferir")><a href=check><code>{code.clone()}</code></a></Pair>
                </KeyValue>
                <LinkButton href=pdf icon=Glyph::Download>{tr!(lang, "Descargar en PDF", "Download as PDF", "Baixar em PDF")}</LinkButton>
            </section>
            <p class="soft small">{trf!(
                lang,
                "Cualquiera puede comprobarla en {0}/verify con el código. No muestra tu nombre ni tu deuda.",
                "Anybody can check it at {0}/verify with the code. It shows neither your name nor your debt.",
                "Qualquer pessoa pode conferir em {0}/verify com o código. Não mostra seu nome nem sua dívida.",
                url
            )}</p>
        </PortalLayout>
    }
    .into_any()
}
