//! Receipts as PDF, for the debtor and for staff.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, Utc};
use documents::{Issuer, Line, Paper, ReceiptData, payment_receipt};
use domain::access::Actor;
use domain::ids::PaymentId;
use domain::ledger::PaymentStatus;
use domain::text::mask;
use http::{HeaderValue, header};
use services::payments::Receipt;
use services::{ServiceError, Services};
use ui::i18n::{Lang, Locale};
use ui::{format, labels, tr, trf};
use uuid::Uuid;
use web::{Debtor, PageError, Staff, Surface, Visitor};

pub fn routes() -> Router<Services> {
    Router::new()
        .route("/recibos/{payment}/pdf", get(for_debtor))
        .route("/console/recibos/{payment}/pdf", get(for_staff))
}

async fn for_debtor(State(services): State<Services>, debtor: Debtor, Path(payment): Path<Uuid>) -> Response {
    answer(&services, debtor.actor(), &debtor.visitor, Surface::Portal, PaymentId(payment)).await
}

async fn for_staff(State(services): State<Services>, staff: Staff, Path(payment): Path<Uuid>) -> Response {
    answer(&services, staff.actor(), &staff.visitor, Surface::Console, PaymentId(payment)).await
}

async fn answer(
    services: &Services,
    actor: &Actor,
    visitor: &Visitor,
    surface: Surface,
    id: PaymentId,
) -> Response {
    match render(services, actor, visitor.locale, id).await {
        Ok((name, pdf)) => {
            let disposition = HeaderValue::from_str(&format!("inline; filename=\"{name}.pdf\""));
            let mut response = pdf.into_response();
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            headers.insert(
                header::CONTENT_DISPOSITION,
                disposition.unwrap_or(HeaderValue::from_static("inline")),
            );
            response
        }
        Err(error) => PageError::new(error, surface, visitor).into_page(),
    }
}

async fn render(
    services: &Services,
    actor: &Actor,
    locale: Locale,
    id: PaymentId,
) -> Result<(String, Vec<u8>), ServiceError> {
    let receipt = services.receipt(actor, id).await?;
    let zone = services.organization(actor.organization_id).await?.zone;
    let name = receipt.receipt_no.clone();
    let issued_on = format::date_time(&receipt.recorded_at.with_timezone(&zone), locale);
    let data = receipt_data(receipt, locale, &services.public_url, issued_on);
    let lang = tr!(locale.lang(), documents::Lang::Es, documents::Lang::En);
    // Setting type takes tens of milliseconds: not on the threads that serve.
    let pdf = tokio::task::spawn_blocking(move || payment_receipt(&data, lang))
        .await
        .map_err(|error| failed(&error))?
        .map_err(|error| failed(&error))?;
    Ok((name, pdf))
}

fn failed(error: &dyn std::fmt::Display) -> ServiceError {
    ServiceError::Outside { part: "documents", cause: error.to_string() }
}

fn receipt_data(receipt: Receipt, locale: Locale, public_url: &str, issued_on: String) -> ReceiptData {
    let lang = locale.lang();
    let money = |amount| format::money(&amount, locale);
    let mut allocation: Vec<Line> = receipt
        .parts
        .iter()
        .map(|(component, amount)| Line {
            label: labels::component(*component, lang).to_owned(),
            amount: money(*amount),
        })
        .collect();
    if receipt.unapplied.is_positive() {
        let label = tr!(lang, "Saldo a tu favor", "In your favour").to_owned();
        allocation.push(Line { label, amount: money(receipt.unapplied) });
    }
    let total = receipt.balance_after.total().unwrap_or(receipt.amount);
    let next_step = if total.is_positive() {
        trf!(
            lang,
            "Después de este pago quedan {} por pagar.",
            "After this payment, {} remain to be paid.",
            money(total)
        )
    } else {
        tr!(lang, "Con este pago la deuda quedó saldada.", "With this payment the debt is settled.")
            .to_owned()
    };
    let document = receipt.debtor.document.as_deref().map(|d| mask(d, 4)).unwrap_or_default();
    let debtor_document = match receipt.debtor.document_type {
        Some(kind) if !document.is_empty() => format!("{kind} {document}"),
        _ => document,
    };
    let issued_at: DateTime<Utc> = receipt.recorded_at;
    ReceiptData {
        issuer: Issuer { name: receipt.agency, details: Vec::new() },
        creditor: receipt.creditor.name,
        debtor_name: receipt.debtor.name,
        debtor_document,
        account_external_id: receipt.account.external_id,
        amount: money(receipt.amount),
        method: labels::payment_method(receipt.method, lang).to_owned(),
        reference: None,
        paid_on: format::date_long(receipt.received_on, locale),
        allocation,
        balance_after: money(total),
        next_step: Some(next_step),
        verification_url: format!("{public_url}/verify/{}", receipt.check_code),
        verification_code: receipt.check_code,
        receipt_number: receipt.receipt_no,
        sandbox: !receipt.livemode,
        reversed: receipt.status == PaymentStatus::Reversed,
        issued_at,
        issued_on,
        paper: if lang == Lang::En || receipt.creditor.country == "MX" { Paper::Letter } else { Paper::A4 },
    }
}
