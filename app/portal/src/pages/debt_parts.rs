//! The sections of a debt's page.

use chrono::NaiveDate;
use domain::account::{Balance, PromiseStatus};
use domain::ids::AccountId;
use domain::ledger::{Entry, EntryKind, Movement, PaymentStatus, movements};
use domain::money::{Currency, Money};
use leptos::prelude::*;
use services::accounts::{DocumentLine, PaymentLine};
use services::work::PromiseView;
use ui::prelude::*;

use crate::words;

/// Every part of the debt with what it means, adding up to the total.
#[component]
pub fn Breakdown(balance: Balance) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let parts: Vec<_> = balance
        .components()
        .filter(|(_, amount)| !amount.is_zero())
        .map(|(component, amount)| {
            view! {
                <div class="pair">
                    <dt>{labels::component(component, lang)}</dt>
                    <dd>{format::money(&amount, locale)}</dd>
                    <dd class="means">{words::component_means(component, lang)}</dd>
                </div>
            }
        })
        .collect();
    let total = Money::from_minor(balance.total_minor(), balance.currency());
    view! {
        <Card title=tr!(lang, "De qué se compone", "What it is made of", "De que é formada")>
            <KeyValue class="parts">
                {parts}
                <Pair term="Total" strong=true>{format::money(&total, locale)}</Pair>
            </KeyValue>
        </Card>
    }
    .into_any()
}

/// The sum from the first day to today, then every movement.
#[component]
pub fn HowItCameAbout(
    journal: Vec<Entry>,
    /// Interest that has grown until today and is in no movement yet.
    grown: Money,
    currency: Currency,
    held: bool,
) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let lines = movements(&journal, currency);
    let sum = |kind| {
        let minor = lines.iter().filter(|line| line.kind == kind).map(|line| line.change.minor());
        Money::from_minor(minor.fold(0, i64::saturating_add), currency)
    };
    let steps: Vec<_> = [
        (
            EntryKind::Opening,
            tr!(
                lang,
                "Deuda que nos entregó tu acreedor",
                "Debt your creditor handed to us",
                "Dívida que seu credor nos entregou"
            ),
        ),
        (EntryKind::Payment, tr!(lang, "Lo que has pagado", "What you have paid", "O que você já pagou")),
        (EntryKind::Accrual, tr!(lang, "Intereses", "Interest", "Juros")),
        (EntryKind::Charge, tr!(lang, "Cargos", "Charges", "Encargos")),
        (EntryKind::Forgiveness, tr!(lang, "Descuentos para ti", "Discounts for you", "Descontos para você")),
        (
            EntryKind::Reversal,
            tr!(
                lang,
                "Movimientos que se anularon",
                "Movements that were cancelled",
                "Movimentos cancelados"
            ),
        ),
        (EntryKind::Refund, labels::movement(EntryKind::Refund, lang)),
        (EntryKind::Chargeback, labels::movement(EntryKind::Chargeback, lang)),
        (EntryKind::Reallocation, tr!(lang, "Ajustes", "Adjustments", "Ajustes")),
    ]
    .into_iter()
    .map(|(kind, term)| (term, sum(kind)))
    .filter(|(_, money)| !money.is_zero())
    .map(|(term, money)| view! { <Pair term>{format::money(&money, locale)}</Pair> })
    .collect();
    let now = lines.last().map_or_else(|| Money::zero(currency), |line| line.after);
    let now = now.add(grown).unwrap_or(now);
    let growing = (!grown.is_zero()).then(|| {
        let term = tr!(
            lang,
            "Intereses desde el último movimiento",
            "Interest since the last movement",
            "Juros desde o último movimento"
        );
        view! { <Pair term>{format::money(&grown, locale)}</Pair> }
    });
    // What the debtor does not agree with is not said to be owed.
    let total = if held {
        tr!(lang, "Total hoy", "Total today", "Total hoje")
    } else {
        tr!(lang, "Debes hoy", "You owe today", "Você deve hoje")
    };
    let rows: Vec<_> = lines.iter().rev().map(|line| movement_row(line, lang, locale)).collect();
    view! {
        <Card title=tr!(lang, "Cómo se llegó a esta cantidad", "How this amount came about", "Como se chegou a este valor")>
            <KeyValue>
                {steps}
                {growing}
                <Pair term=total strong=true>{format::money(&now, locale)}</Pair>
            </KeyValue>
            <details>
                <summary>{tr!(lang, "Ver todos los movimientos", "See every movement", "Ver todos os movimentos")}</summary>
                <ol class="plain-list parts">{rows}</ol>
            </details>
        </Card>
    }
    .into_any()
}

fn movement_row(line: &Movement, lang: Lang, locale: Locale) -> impl IntoView + use<> {
    let after = format::money(&line.after, locale);
    view! {
        <li class="pair">
            <strong>{labels::movement(line.kind, lang)}</strong>
            <span class="num">{format::money(&line.change, locale)}</span>
            <small class="means">
                {format::date_short(line.on, locale)} " · "
                {trf!(lang, "quedó en {}", "leaving {}", "ficou em {}", after)}
            </small>
        </li>
    }
    .into_any()
}

/// Payments, each with its receipt.
#[component]
pub fn Payments(payments: Vec<PaymentLine>) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    (!payments.is_empty()).then(|| {
        let items: Vec<_> = payments
            .into_iter()
            .map(|payment| {
                let undone = match payment.status {
                    PaymentStatus::Posted => None,
                    PaymentStatus::Reversed => Some(tr!(lang, "Anulado", "Cancelled", "Cancelado")),
                    PaymentStatus::ChargedBack => {
                        Some(tr!(lang, "Tu banco lo retiró", "Your bank took it back", "Seu banco o retirou"))
                    }
                    PaymentStatus::Refunded => Some(labels::payment_status(payment.status, lang)),
                };
                view! {
                    <li class="pair">
                        <span>
                            <a href=format!("/recibos/{}", payment.id)>
                                {trf!(lang, "Recibo {}", "Receipt {}", "Recibo {}", payment.receipt_no)}
                            </a>
                            {undone.map(|says| view! { " " <Badge>{says}</Badge> })}
                        </span>
                        <span class="num">{format::money(&payment.amount, locale)}</span>
                        <small class="means">
                            {format::date_short(payment.received_on, locale)} " · "
                            {labels::payment_method(payment.method, lang)}
                        </small>
                    </li>
                }
            })
            .collect();
        view! {
            <Card title=tr!(lang, "Tus pagos y recibos", "Your payments and receipts", "Seus pagamentos e recibos")>
                <ul class="plain-list parts">{items}</ul>
            </Card>
        }
    })
}

/// Promises that still stand.
#[component]
pub fn Promises(promises: Vec<PromiseView>, today: NaiveDate) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    promises
        .into_iter()
        .filter(|promise| promise.status == PromiseStatus::Open && promise.due_on >= today)
        .map(|promise| {
            let amount = format::money(&promise.amount, locale);
            let date = format::date_long(promise.due_on, locale);
            view! {
                <Notice title=trf!(lang, "Quedaste en pagar {0} el {1}", "You said you would pay {0} on {1}", "Você ficou de pagar {0} em {1}", amount, date)>
                    {tr!(
                        lang,
                        "Puedes pagar antes, o una parte. Si ya no puedes ese día, avísanos.",
                        "You can pay earlier, or a part. If you no longer can on that day, tell us.", "Você pode pagar antes, ou uma parte. Se não puder mais nesse dia, avise.",
                    )}
                </Notice>
            }
        })
        .collect::<Vec<_>>()
}

/// Documents about the debt: its statement, made when it is asked for, and what is kept. Receipts can be
/// opened; the rest is listed.
#[component]
pub fn Documents(account: AccountId, documents: Vec<DocumentLine>) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let items: Vec<_> = documents
        .into_iter()
        .map(|document| {
            let title = match document.payment_id {
                Some(payment) => {
                    view! { <a href=format!("/recibos/{payment}/pdf")>{document.title}</a> }.into_any()
                }
                None => document.title.into_any(),
            };
            view! {
                <li class="pair">
                    <span>{title}</span>
                    <span class="push soft">{format::date_short(document.created_at.date_naive(), locale)}</span>
                </li>
            }
        })
        .collect();
    view! {
        <Card title=tr!(lang, "Documentos", "Documents", "Documentos")>
            <ul class="plain-list">
                <li>
                    <a href=format!("/deudas/{account}/estado-de-cuenta/pdf")>
                        {tr!(lang, "Estado de cuenta (PDF)", "Account statement (PDF)", "Extrato da conta (PDF)")}
                    </a>
                </li>
                {items}
            </ul>
        </Card>
    }
    .into_any()
}
