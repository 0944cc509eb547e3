//! The receipt of a payment: on screen, on paper, and with a code that others can check.

use axum::extract::{Path, State};
use domain::ids::PaymentId;
use domain::ledger::{ImputationLaw, PaymentStatus};
use domain::money::Money;
use leptos::prelude::*;
use services::Services;
use services::payments::Receipt;
use ui::prelude::*;
use web::Debtor;

use super::SIGN_OUT;
use crate::shell::{Answer, fail, id, own_page};

pub async fn show(State(services): State<Services>, debtor: Debtor, Path(payment): Path<String>) -> Answer {
    let payment: PaymentId = id(&payment, &debtor.visitor)?;
    let receipt =
        services.receipt(debtor.actor(), payment).await.map_err(|error| fail(error, &debtor.visitor))?;
    let check_at = check_at(&services);
    let page = own_page(&services, &debtor, title(&receipt, debtor.lang())).await?;
    Ok(page.render(move || view! { <ReceiptPage receipt check_at/> }))
}

/// Where receipts are checked, as people write it.
pub fn check_at(services: &Services) -> String {
    format!("{}/verify", services.public_url.split("://").last().unwrap_or_default())
}

fn title(receipt: &Receipt, lang: Lang) -> String {
    trf!(lang, "Recibo {}", "Receipt {}", "Recibo {}", receipt.receipt_no)
}

/// The check code in groups of four, easier to copy by hand; the check takes it either way.
pub fn grouped(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

#[component]
fn ReceiptPage(receipt: Receipt, check_at: String) -> impl IntoView {
    let lang = use_lang();
    let valid = receipt.status == PaymentStatus::Posted;
    view! {
        <PortalLayout
            title=title(&receipt, lang) sign_out=SIGN_OUT
            back=format!("/deudas/{}", receipt.account.id)
        >
            {(!valid).then(|| view! {
                <Notice tone=Tone::Warn title=tr!(lang, "Este pago se anuló", "This payment was cancelled", "Este pagamento foi cancelado")>
                    {tr!(
                        lang,
                        "El recibo ya no vale como comprobante. La cantidad volvió a sumarse a tu deuda.",
                        "The receipt is no longer proof of payment. The amount was added to your debt again.", "O recibo não vale mais como comprovante. O valor voltou a somar-se à sua dívida.",
                    )}
                </Notice>
            })}
            <ReceiptBody receipt check_at/>
        </PortalLayout>
    }
    .into_any()
}

/// What a receipt says, and its copy to keep.
#[component]
pub fn ReceiptBody(receipt: Receipt, check_at: String) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let pdf = format!("/recibos/{}/pdf", receipt.payment_id);
    view! {
        {(!receipt.livemode).then(|| view! {
            <p><Badge>{tr!(lang, "Demostración: sin validez", "Demonstration: not valid", "Demonstração: sem validade")}</Badge></p>
        })}
        <section class="card">
            <Amount money=receipt.amount label=tr!(lang, "Pagaste", "You paid", "Você pagou")/>
            <Facts receipt=receipt.clone()/>
        </section>
        <Split receipt=receipt.clone()/>
        <Card title=tr!(lang, "Código para comprobarlo", "Code to check it", "Código para conferir")>
            <p class="check-code">{grouped(&receipt.check_code)}</p>
            <p>
                {tr!(lang, "Cualquiera puede revisar que este recibo es auténtico en ", "Anybody can check that this receipt is genuine at ", "Qualquer pessoa pode conferir que este recibo é autêntico em ")}
                <a href=format!("/verify/{}", receipt.check_code)>{check_at}</a>
                {tr!(lang, ". No muestra tu nombre ni tu deuda.", ". It shows neither your name nor your debt.", ". Não mostra seu nome nem sua dívida.")}
            </p>
        </Card>
        <p class="no-print">
            <LinkButton href=pdf kind=ButtonKind::Secondary icon=Glyph::Download>
                {tr!(lang, "Descargar en PDF", "Download as PDF", "Baixar em PDF")}
            </LinkButton>
        </p>
        <p class="soft small">{trf!(
            lang,
            "Recibido por {0} por cuenta de {1}. Registrado el {2}.",
            "Received by {0} on behalf of {1}. Recorded on {2}.", "Recebido por {0} por conta de {1}. Registrado em {2}.",
            receipt.agency,
            receipt.creditor.name,
            format::date_long(receipt.received_on, locale)
        )}</p>
    }
    .into_any()
}

#[component]
fn Facts(receipt: Receipt) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    view! {
        <KeyValue>
            <Pair term=tr!(lang, "Fecha", "Date", "Data")>{format::date_long(receipt.received_on, locale)}</Pair>
            <Pair term=tr!(lang, "Forma de pago", "Paid by", "Forma de pagamento")>{labels::payment_method(receipt.method, lang)}</Pair>
            <Pair term=tr!(lang, "A nombre de", "In the name of", "Em nome de")>{receipt.debtor.name}</Pair>
            <Pair term=tr!(lang, "Acreedor", "Creditor", "Credor")>{receipt.creditor.name}</Pair>
            <Pair term=tr!(lang, "Número de cuenta", "Account number", "Número da conta")>{receipt.account.external_id}</Pair>
        </KeyValue>
    }
    .into_any()
}

#[component]
fn Split(receipt: Receipt) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let parts: Vec<_> = receipt
        .parts
        .into_iter()
        .map(|(component, share)| {
            view! { <Pair term=labels::component(component, lang)>{format::money(&share, locale)}</Pair> }
        })
        .collect();
    let kept = receipt.unapplied.is_positive().then(|| {
        let amount = format::money(&receipt.unapplied, locale);
        view! { <Pair term=tr!(lang, "Saldo a tu favor", "Kept in your favour", "Saldo a seu favor")>{amount}</Pair> }
    });
    let law = ImputationLaw::of(&receipt.creditor.country);
    let chosen = labels::imputation(law, receipt.method, &receipt.designated, lang);
    let chosen = chosen.map(|says| view! { <p class="soft small">{says}</p> });
    let after = Money::from_minor(receipt.balance_after.total_minor(), receipt.amount.currency());
    view! {
        <Card title=tr!(lang, "A dónde fue tu dinero", "Where your money went", "Para onde foi seu dinheiro")>
            <KeyValue>
                {parts}
                {kept}
                <Pair term=tr!(lang, "Quedaste debiendo", "You then owed", "Você ficou devendo") strong=true>
                    {format::money(&after, locale)}
                </Pair>
            </KeyValue>
            {chosen}
        </Card>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    #[test]
    fn codes_are_read_in_groups() {
        assert_eq!(super::grouped("ABCDEFGHJKLM"), "ABCD-EFGH-JKLM");
        assert_eq!(super::grouped("ABCDE"), "ABCD-E");
    }
}
