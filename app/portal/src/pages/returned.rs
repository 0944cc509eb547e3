//! Back from the gateway. Coming back proves nothing; the page says what the gateway told us and,
//! while that is open, asks again every few seconds. Once it is paid, this is the receipt.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::{ArrangementId, PaymentAttemptId};
use http::HeaderValue;
use http::header::REFRESH;
use leptos::prelude::*;
use services::Services;
use services::payments::{AttemptStatus, AttemptView, Receipt};
use ui::prelude::*;
use web::{Debtor, Form, see_other};

use super::SIGN_OUT;
use super::receipt::{self, ReceiptBody};
use crate::shell::{Answer, fail, id, own_page};
use crate::words;

/// Seconds until the browser asks again, without script.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("4");

pub async fn show(State(services): State<Services>, debtor: Debtor, Path(attempt): Path<String>) -> Answer {
    let attempt: PaymentAttemptId = id(&attempt, &debtor.visitor)?;
    let no = |error| fail(error, &debtor.visitor);
    let attempt = services.my_attempt(debtor.actor(), attempt).await.map_err(no)?;
    let outcome = Outcome::of(&attempt);
    let receipt = match attempt.payment_id {
        Some(payment) => Some(services.receipt(debtor.actor(), payment).await.map_err(no)?),
        None => None,
    };
    let check_at = receipt::check_at(&services);
    let page = own_page(&services, &debtor, outcome.title(debtor.lang())).await?;
    let mut response: Response = page.render(move || view! { <Returned attempt outcome receipt check_at/> });
    if matches!(outcome, Outcome::Confirming | Outcome::Unfinished) {
        response.headers_mut().insert(REFRESH, ASK_AGAIN);
    }
    Ok(response)
}

/// `POST /pagos/{attempt}/cancelar`: its page cannot be paid on any more; then back to what the debtor
/// was about to do.
pub async fn close(
    State(services): State<Services>,
    debtor: Debtor,
    Path(attempt): Path<String>,
    form: Form,
) -> Answer {
    let id: PaymentAttemptId = id(&attempt, &debtor.visitor)?;
    let no = |error| fail(error, &debtor.visitor);
    let attempt = services.close_my_attempt(debtor.actor(), id).await.map_err(no)?;
    let closed = matches!(attempt.status, AttemptStatus::Canceled | AttemptStatus::Expired);
    let plan: Option<ArrangementId> = form.get("plan").parse().ok();
    // What is paid or on its way is shown instead.
    Ok(see_other(&match plan {
        Some(plan) if closed => format!("/acuerdos/{plan}"),
        _ if closed && form.get("next") == "pay" => format!("/deudas/{}/pagar", attempt.account_id),
        _ => format!("/pagos/{id}"),
    }))
}

/// What was started and left on a debt, with the way to close it. `plan` leads back to an agreement.
#[component]
pub fn LeftOpen(attempts: Vec<AttemptView>, #[prop(optional)] plan: Option<ArrangementId>) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let one = |attempt: AttemptView| {
        let at = format!("/pagos/{}", attempt.id);
        let amount = format::money(&attempt.amount, locale);
        if attempt.status == AttemptStatus::Processing {
            let says = trf!(
                lang,
                "Tu pago de {} está en camino: espera a que termine para no pagar de más.",
                "Your payment of {} is on its way: wait until it is done, so that you do not pay twice.",
                "Seu pagamento de {} está a caminho: espere terminar para não pagar a mais.",
                amount
            );
            return view! { <Notice title=says><a href=at>{tr!(lang, "Ver cómo va", "See how it goes", "Ver como está")}</a></Notice> }.into_any();
        }
        let says = trf!(
            lang,
            "Empezaste un pago de {} y no está terminado.",
            "You started a payment of {} and it is not finished.",
            "Você começou um pagamento de {} e ele não terminou.",
            amount
        );
        view! {
            <Notice title=says>
                <p>{tr!(
                    lang,
                    "Si ya pagaste, espera unos minutos. Si no, cancélalo para que no se cobre dos veces.",
                    "If you have paid, wait some minutes. If not, cancel it, so that you are not charged twice.",
                    "Se já pagou, espere alguns minutos. Se não, cancele para não cobrar duas vezes."
                )}</p>
                <PostForm action=format!("{at}/cancelar")>
                    <input type="hidden" name="next" value="pay"/>
                    {plan.map(|plan| view! { <input type="hidden" name="plan" value=plan.to_string()/> })}
                    <Button kind=ButtonKind::Secondary>{tr!(lang, "Cancelar ese intento", "Cancel that attempt", "Cancelar essa tentativa")}</Button>
                </PostForm>
            </Notice>
        }
        .into_any()
    };
    attempts.into_iter().map(one).collect_view()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Paid,
    Confirming,
    /// The gateway's page was left without a decision.
    Unfinished,
    Failed,
    Canceled,
    Expired,
}

impl Outcome {
    const fn of(attempt: &AttemptView) -> Self {
        match attempt.status {
            AttemptStatus::Succeeded if attempt.payment_id.is_some() => Self::Paid,
            AttemptStatus::Succeeded | AttemptStatus::Processing => Self::Confirming,
            AttemptStatus::Created | AttemptStatus::ActionRequired => Self::Unfinished,
            AttemptStatus::Failed => Self::Failed,
            AttemptStatus::Canceled => Self::Canceled,
            AttemptStatus::Expired => Self::Expired,
        }
    }

    const fn title(self, lang: Lang) -> &'static str {
        match self {
            Self::Paid => {
                tr!(lang, "Recibimos tu pago", "We received your payment", "Recebemos seu pagamento")
            }
            Self::Confirming => tr!(
                lang,
                "Estamos confirmando tu pago",
                "We are confirming your payment",
                "Estamos confirmando seu pagamento"
            ),
            Self::Unfinished => tr!(
                lang,
                "El pago no está terminado",
                "The payment is not finished",
                "O pagamento não terminou"
            ),
            Self::Failed => {
                tr!(lang, "El pago no se hizo", "The payment was not made", "O pagamento não foi feito")
            }
            Self::Expired => {
                tr!(
                    lang,
                    "El plazo para pagar terminó",
                    "The time to pay is over",
                    "O prazo para pagar terminou"
                )
            }
            Self::Canceled => {
                tr!(lang, "Cancelaste el pago", "You cancelled the payment", "Você cancelou o pagamento")
            }
        }
    }
}

#[component]
fn Returned(
    attempt: AttemptView,
    outcome: Outcome,
    receipt: Option<Receipt>,
    check_at: String,
) -> impl IntoView {
    let lang = use_lang();
    let debt = format!("/deudas/{}", attempt.account_id);
    let back = view! { <p><a href=debt>{tr!(lang, "Volver a tu deuda", "Back to your debt", "Voltar à sua dívida")}</a></p> };
    if let Some(receipt) = receipt {
        return view! {
            <PortalLayout title=outcome.title(lang) sign_out=SIGN_OUT>
                {paid(&receipt, lang)}
                <ReceiptBody receipt check_at/>
                {back}
            </PortalLayout>
        }
        .into_any();
    }
    let body = match outcome {
        Outcome::Paid | Outcome::Confirming => confirming(&attempt, lang).into_any(),
        Outcome::Unfinished => unfinished(&attempt, lang).into_any(),
        Outcome::Failed => failed(&attempt, lang).into_any(),
        Outcome::Canceled | Outcome::Expired => canceled(&attempt, lang).into_any(),
    };
    view! {
        <PortalLayout title=outcome.title(lang) sign_out=SIGN_OUT>
            <section class="card">
                <Amount money=attempt.amount label=tr!(lang, "Importe", "Amount", "Valor")/>
                {body}
            </section>
            {back}
        </PortalLayout>
    }
    .into_any()
}

fn paid(receipt: &Receipt, lang: Lang) -> impl IntoView + use<> {
    let address = format!("/recibos/{}", receipt.payment_id);
    let number = trf!(lang, "Recibo {}", "Receipt {}", "Recibo {}", receipt.receipt_no);
    view! {
        <Notice tone=Tone::Success>
            {tr!(
                lang,
                "Gracias. Ya está descontado de lo que debes. Este es tu comprobante: ",
                "Thank you. It is off what you owe already. This is your receipt: ",
                "Obrigado. Já foi descontado do que você deve. Este é seu comprovante: ",
            )}
            <a href=address>{number}</a> "."
        </Notice>
    }
}

fn confirming(attempt: &AttemptView, lang: Lang) -> impl IntoView + use<> {
    view! {
        <Notice title=tr!(lang, "No vuelvas a pagar", "Do not pay again", "Não pague de novo")>
            {tr!(
                lang,
                "El banco puede tardar unos minutos. Esta página se actualiza sola; también puedes cerrarla: el recibo aparecerá en tu deuda.",
                "The bank may take some minutes. This page refreshes by itself; you may close it too: the receipt will appear with your debt.", "O banco pode levar alguns minutos. Esta página se atualiza sozinha; você também pode fechá-la: o recibo aparecerá na sua dívida.",
            )}
        </Notice>
        <p><a href=format!("/pagos/{}", attempt.id)>{tr!(lang, "Actualizar ahora", "Refresh now", "Atualizar agora")}</a></p>
    }
}

fn unfinished(attempt: &AttemptView, lang: Lang) -> impl IntoView + use<> {
    view! {
        <p>{tr!(
            lang,
            "Todavía no nos avisan de que lo hayas terminado. Si ya lo terminaste, espera un momento: esta página se actualiza sola. Si no, puedes empezar de nuevo.",
            "We have not been told yet that you finished it. If you did, wait a moment: this page refreshes by itself. If not, you can start again.", "Ainda não nos avisaram que você terminou. Se já terminou, espere um momento: esta página se atualiza sozinha. Se não, pode começar de novo.",
        )}</p>
        <PostForm action=format!("/pagos/{}/cancelar", attempt.id)>
            <input type="hidden" name="next" value="pay"/>
            <Button kind=ButtonKind::Secondary>{tr!(lang, "Cancelar este intento y empezar de nuevo", "Cancel this attempt and start again", "Cancelar esta tentativa e começar de novo")}</Button>
        </PostForm>
    }
}

fn failed(attempt: &AttemptView, lang: Lang) -> impl IntoView + use<> {
    let (reason, remedy) = words::failure(attempt.failure.as_deref(), lang);
    view! {
        <Notice tone=Tone::Warn title=reason>{remedy}</Notice>
        <p>{tr!(lang, "No se registró ningún pago: debes lo mismo que antes.", "No payment was recorded: you owe the same as before.", "Nenhum pagamento foi registrado: você deve o mesmo que antes.")}</p>
        {again(attempt, ButtonKind::Primary, tr!(lang, "Intentar de nuevo", "Try again", "Tentar de novo"))}
    }
}

fn canceled(attempt: &AttemptView, lang: Lang) -> impl IntoView + use<> {
    view! {
        <p>{tr!(lang, "No se registró ningún pago. Puedes volver cuando quieras.", "No payment was recorded. You can come back whenever you like.", "Nenhum pagamento foi registrado. Você pode voltar quando quiser.")}</p>
        {again(attempt, ButtonKind::Secondary, tr!(lang, "Elegir otra cantidad", "Choose another amount", "Escolher outro valor"))}
    }
}

fn again(attempt: &AttemptView, kind: ButtonKind, label: &'static str) -> impl IntoView + use<> {
    view! { <LinkButton href=format!("/deudas/{}/pagar", attempt.account_id) kind>{label}</LinkButton> }
}
