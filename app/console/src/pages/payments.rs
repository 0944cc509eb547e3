//! A payment: its receipt, and taking it back.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::access::{Denied, Permission};
use domain::ids::PaymentId;
use domain::ledger::{PaymentMethod, PaymentStatus};
use leptos::prelude::*;
use services::payments::Receipt;
use services::{ServiceError, Services};
use ui::prelude::*;
use web::{Form, form_state, see_other};

use super::account::{address, id_of};
use crate::desk::{ACCOUNTS, Desk, Frame, Section};

/// `GET /console/recibos/{payment}`
pub async fn receipt(State(services): State<Services>, desk: Desk, Path(payment): Path<String>) -> Response {
    let result = receipt_page(&services, &desk, &payment).await;
    desk.answer(result)
}

async fn receipt_page(services: &Services, desk: &Desk, payment: &str) -> Result<Response, ServiceError> {
    let receipt = services.receipt(desk.actor(), id_of(payment)?).await?;
    let title = trf!(desk.lang(), "Recibo {}", "Receipt {}", receipt.receipt_no);
    let recorded = desk.time(receipt.recorded_at);
    let page = desk.page(title.clone());
    let desk = desk.clone();
    Ok(page.render(move || view! { <ReceiptPage desk title receipt recorded/> }))
}

/// `GET /console/pagos/{payment}/revertir`
pub async fn ask_reversal(
    State(services): State<Services>,
    desk: Desk,
    Path(payment): Path<String>,
) -> Response {
    let result = reversal_page(&services, &desk, &payment, None).await;
    desk.answer(result)
}

/// `POST /console/pagos/{payment}/revertir`
pub async fn reverse(
    State(services): State<Services>,
    desk: Desk,
    Path(payment): Path<String>,
    form: Form,
) -> Response {
    let answer = match reversed(&services, &desk, &payment, &form).await {
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(&form, &issues, desk.lang());
            reversal_page(&services, &desk, &payment, Some(state)).await
        }
        other => other,
    };
    desk.answer(answer)
}

async fn reversed(
    services: &Services,
    desk: &Desk,
    payment: &str,
    form: &Form,
) -> Result<Response, ServiceError> {
    let id: PaymentId = id_of(payment)?;
    services.reverse_payment(desk.actor(), id, form.get("reason")).await?;
    let receipt = services.receipt(desk.actor(), id).await?;
    Ok(see_other(&format!("{}?hecho=reverso", address(receipt.account.id))))
}

async fn reversal_page(
    services: &Services,
    desk: &Desk,
    payment: &str,
    form: Option<FormState>,
) -> Result<Response, ServiceError> {
    if !desk.may(Permission::PaymentReverse) {
        return Err(Denied(Permission::PaymentReverse).into());
    }
    let receipt = services.receipt(desk.actor(), id_of(payment)?).await?;
    let title = trf!(desk.lang(), "Revertir el pago {}", "Reverse payment {}", receipt.receipt_no);
    let page = desk.page(title.clone()).form(form);
    let desk = desk.clone();
    Ok(page.render(move || view! { <ReversalPage desk title receipt/> }))
}

pub(super) fn crumbs(receipt: &Receipt, here: String, lang: Lang) -> Vec<Crumb> {
    vec![
        Crumb::new(ACCOUNTS, tr!(lang, "Cuentas", "Accounts")),
        Crumb::new(address(receipt.account.id), receipt.account.external_id.clone()),
        Crumb::here(here),
    ]
}

#[component]
fn ReceiptPage(desk: Desk, title: String, receipt: Receipt, recorded: String) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let crumbs = crumbs(&receipt, title.clone(), lang);
    let pdf = format!("/console/recibos/{}/pdf", receipt.payment_id);
    let reverse = (receipt.status == PaymentStatus::Posted && desk.may(Permission::PaymentReverse)).then(|| {
        let href = format!("/console/pagos/{}/revertir", receipt.payment_id);
        view! { <LinkButton href kind=ButtonKind::Danger>{tr!(lang, "Revertir pago", "Reverse payment")}</LinkButton> }
    });
    let online = receipt.method == PaymentMethod::Gateway;
    let refund = (online && receipt.status == PaymentStatus::Posted && desk.may(Permission::RefundMake)).then(|| {
        let href = format!("/console/pagos/{}/devolver", receipt.payment_id);
        view! { <LinkButton href kind=ButtonKind::Secondary>{tr!(lang, "Devolver", "Refund")}</LinkButton> }
    });
    let undone = match receipt.status {
        PaymentStatus::Posted => None,
        PaymentStatus::Reversed => Some(tr!(
            lang,
            "Este pago fue revertido: el recibo ya no vale.",
            "This payment was reversed: the receipt no longer counts."
        )),
        PaymentStatus::Refunded => Some(tr!(
            lang,
            "Este pago se devolvió: el recibo ya no vale.",
            "This payment was refunded: the receipt no longer counts."
        )),
        PaymentStatus::ChargedBack => Some(tr!(
            lang,
            "El banco del pagador retiró este pago: el recibo ya no vale.",
            "The payer's bank took this payment back: the receipt no longer counts."
        )),
    };
    let reversed = undone.map(|title| view! { <Notice tone=Tone::Warn title/> });
    let sample = (!receipt.livemode).then(|| {
        view! { <Notice tone=Tone::Info title=tr!(lang, "Recibo de demostración, sin validez.", "Demonstration receipt, not valid.")/> }
    });
    let check = format!("/verify/{}", receipt.check_code);
    let code = receipt.check_code.clone();
    let (amount, status, received_on, method) =
        (receipt.amount, receipt.status, receipt.received_on, receipt.method);
    view! {
        <Frame desk section=Section::Accounts title crumbs>
            {reversed}
            {sample}
            <div class="grid">
                <Card>
                    <Amount money=amount label=tr!(lang, "Importe recibido", "Amount received") small=true/>
                    <KeyValue>
                        <Pair term=tr!(lang, "Estado", "Status")>
                            <Badge tone=labels::payment_tone(status)>{labels::payment_status(status, lang)}</Badge>
                        </Pair>
                        <Pair term=tr!(lang, "Recibido el", "Received on")>{format::date_short(received_on, locale)}</Pair>
                        <Pair term=tr!(lang, "Registrado", "Recorded")>{recorded}</Pair>
                        <Pair term=tr!(lang, "Forma", "Method")>{labels::payment_method(method, lang)}</Pair>
                        <Pair term=tr!(lang, "Código de verificación", "Check code")>
                            <a href=check><code>{code}</code></a>
                        </Pair>
                    </KeyValue>
                    <div class="row">
                        <LinkButton href=pdf kind=ButtonKind::Secondary icon=Glyph::Download>{tr!(lang, "Recibo en PDF", "Receipt as PDF")}</LinkButton>
                        {refund}
                        {reverse}
                    </div>
                </Card>
                <Applied receipt/>
            </div>
        </Frame>
    }
}

/// Where the money went.
#[component]
fn Applied(receipt: Receipt) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let balance =
        domain::money::Money::from_minor(receipt.balance_after.total_minor(), receipt.amount.currency());
    let parts: Vec<_> = receipt
        .parts
        .iter()
        .map(|(part, amount)| (labels::component(*part, lang), format::money_bare(amount, locale)))
        .map(|(term, figure)| view! { <Pair term>{figure}</Pair> })
        .collect();
    let figure = format::money_bare(&receipt.unapplied, locale);
    let unapplied = receipt.unapplied.is_positive().then(|| {
        view! { <Pair term=tr!(lang, "A favor del deudor", "In the debtor's favour")>{figure}</Pair> }
    });
    view! {
        <Card title=tr!(lang, "A qué se aplicó", "What it was applied to")>
            <KeyValue>
                {parts}{unapplied}
                <Pair term=tr!(lang, "Saldo después", "Balance after") strong=true>{format::money(&balance, locale)}</Pair>
            </KeyValue>
            <KeyValue>
                <Pair term=tr!(lang, "Deudor", "Debtor")><a href=address(receipt.account.id)>{receipt.debtor.name}</a></Pair>
                <Pair term=tr!(lang, "Cuenta", "Account")>{receipt.account.external_id}</Pair>
                <Pair term=tr!(lang, "Acreedor", "Creditor")>{receipt.creditor.name}</Pair>
            </KeyValue>
        </Card>
    }
    .into_any()
}

#[component]
fn ReversalPage(desk: Desk, title: String, receipt: Receipt) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let crumbs = crumbs(&receipt, title.clone(), lang);
    let back = address(receipt.account.id);
    let action = format!("/console/pagos/{}/revertir", receipt.payment_id);
    let says = trf!(
        lang,
        "La deuda de {0} volverá a incluir {1}. El recibo dejará de valer. No se puede deshacer.",
        "The debt of {0} will include {1} again. The receipt will no longer count. This cannot be undone.",
        receipt.debtor.name,
        format::money(&receipt.amount, locale),
    );
    let form = if receipt.status == PaymentStatus::Posted {
        view! {
            <PostForm action>
                <Textarea
                    name="reason" label=tr!(lang, "Motivo", "Reason") rows=3 maxlength=500
                    hint=tr!(lang, "Quedará en la auditoría, por ejemplo: transferencia devuelta por el banco.", "It is kept for audit, for example: transfer returned by the bank.")
                />
                <div class="row">
                    <Button kind=ButtonKind::Danger>{tr!(lang, "Revertir pago", "Reverse payment")}</Button>
                    <a class="btn btn-quiet" href=back>{tr!(lang, "Cancelar", "Cancel")}</a>
                </div>
            </PostForm>
        }
        .into_any()
    } else {
        view! { <p>{tr!(lang, "Este pago ya no cuenta.", "This payment no longer counts.")}</p> }.into_any()
    };
    view! {
        <Frame desk section=Section::Accounts title crumbs>
            <ErrorSummary/>
            <Card>
                <Notice tone=Tone::Warn>{says}</Notice>
                {form}
            </Card>
        </Frame>
    }
}
