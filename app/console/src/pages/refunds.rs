//! Giving an online payment, or a part of it, back through the gateway it came by.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::access::{Denied, Permission};
use domain::ids::{PaymentId, RefundId};
use leptos::prelude::*;
use services::payments::{NewRefund, Receipt};
use services::{ServiceError, Services};
use ui::prelude::*;
use uuid::Uuid;
use web::{Form, form_state, see_other};

use super::account::{address, hidden_key, id_of};
use crate::desk::{Desk, Frame, Section};
use crate::typed;

/// `GET /console/pagos/{payment}/devolver`
pub async fn ask(State(services): State<Services>, desk: Desk, Path(payment): Path<String>) -> Response {
    let result = page(&services, &desk, &payment, None).await;
    desk.answer(result)
}

/// `POST /console/pagos/{payment}/devolver`
pub async fn send(
    State(services): State<Services>,
    desk: Desk,
    Path(payment): Path<String>,
    form: Form,
) -> Response {
    let answer = match sent(&services, &desk, &payment, &form).await {
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(&form, &issues, desk.lang());
            page(&services, &desk, &payment, Some(state)).await
        }
        other => other,
    };
    desk.answer(answer)
}

async fn sent(
    services: &Services,
    desk: &Desk,
    payment: &str,
    form: &Form,
) -> Result<Response, ServiceError> {
    let payment_id: PaymentId = id_of(payment)?;
    let receipt = services.receipt(desk.actor(), payment_id).await?;
    let amount = typed::amount("amount", form.get("amount"), receipt.amount.currency(), desk.locale())
        .map_err(|issue| ServiceError::Invalid(vec![issue]))?;
    let id = RefundId(typed::key(form.get("key"), || services.new_id()));
    let reason = form.get("reason").to_owned();
    services.request_refund(desk.actor(), NewRefund { id, payment_id, amount, reason }).await?;
    Ok(see_other(&format!("{}?hecho=devolucion", address(receipt.account.id))))
}

async fn page(
    services: &Services,
    desk: &Desk,
    payment: &str,
    form: Option<FormState>,
) -> Result<Response, ServiceError> {
    if !desk.may(Permission::RefundMake) {
        return Err(Denied(Permission::RefundMake).into());
    }
    let receipt = services.receipt(desk.actor(), id_of(payment)?).await?;
    let title = trf!(desk.lang(), "Devolver el pago {}", "Refund payment {}", receipt.receipt_no);
    let key = services.new_id();
    let page = desk.page(title.clone()).form(form);
    let desk = desk.clone();
    Ok(page.render(move || view! { <RefundPage desk title receipt key/> }))
}

#[component]
fn RefundPage(desk: Desk, title: String, receipt: Receipt, key: Uuid) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let crumbs = super::payments::crumbs(&receipt, title.clone(), lang);
    let back = format!("/console/recibos/{}", receipt.payment_id);
    let action = format!("/console/pagos/{}/devolver", receipt.payment_id);
    let says = trf!(
        lang,
        "{} recibirá el dinero por el mismo medio con que pagó, y su deuda volverá a incluirlo desde hoy.",
        "{} will receive the money the way it was paid, and the debt will include it again from today.",
        receipt.debtor.name,
    );
    view! {
        <Frame desk section=Section::Accounts title crumbs>
            <ErrorSummary/>
            <Card>
                <Notice tone=Tone::Warn>{says}</Notice>
                <PostForm action>
                    {hidden_key("key", key)}
                    <Field
                        name="amount" label=tr!(lang, "Importe a devolver", "Amount to return") inputmode="decimal"
                        suffix=receipt.amount.currency().code()
                        value=format::money_bare(&receipt.amount, locale)
                    />
                    <Textarea
                        name="reason" label=tr!(lang, "Motivo", "Reason") rows=3 maxlength=500
                        hint=tr!(lang, "Quedará en la auditoría, por ejemplo: pagó dos veces.", "It is kept for audit, for example: paid twice.")
                    />
                    <div class="row">
                        <Button kind=ButtonKind::Danger>{tr!(lang, "Devolver", "Refund")}</Button>
                        <a class="btn btn-quiet" href=back>{tr!(lang, "Cancelar", "Cancel")}</a>
                    </div>
                </PostForm>
            </Card>
        </Frame>
    }
}
