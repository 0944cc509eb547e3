//! Receipts, certificates, agreements and statements as PDF, for the debtor and for staff.

mod letters;
mod statement;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, Utc};
use documents::{
    AgreementData, CertificateData, DocumentError, Issuer, Line, Paper, ReceiptData, payment_receipt,
    settlement_certificate,
};
use domain::access::Actor;
use domain::arrangement::ArrangementStatus;
use domain::ids::{AccountId, ArrangementId, PaymentId};
use domain::ledger::{ImputationLaw, PaymentStatus};
use domain::party::Party;
use domain::text::mask;
use http::{HeaderValue, header};
use services::arrangements::ArrangementView;
use services::certificates::Certificate;
use services::payments::Receipt;
use services::{ServiceError, Services};
use ui::i18n::Locale;
use ui::{format, labels, tr, trf};
use uuid::Uuid;
use web::{Debtor, PageError, Staff, Surface, Visitor};

pub fn routes() -> Router<Services> {
    Router::new()
        .route("/recibos/{payment}/pdf", get(for_debtor))
        .route("/console/recibos/{payment}/pdf", get(for_staff))
        .route("/deudas/{account}/constancia/pdf", get(certificate_for_debtor))
        .route("/acuerdos/{id}/pdf", get(agreement_for_debtor))
        .route("/console/convenios/{id}/pdf", get(agreement_for_staff))
        .route("/deudas/{account}/estado-de-cuenta/pdf", get(statement::for_debtor))
        .route("/console/cuentas/{account}/estado-de-cuenta/pdf", get(statement::for_staff))
        .route("/console/cartas/{batch}/pdf", get(letters::file))
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
    file(render(services, actor, visitor.locale, id).await, visitor, surface)
}

async fn certificate_for_debtor(
    State(services): State<Services>,
    debtor: Debtor,
    Path(account): Path<Uuid>,
) -> Response {
    let made = certificate(&services, debtor.actor(), debtor.visitor.locale, AccountId(account)).await;
    file(made, &debtor.visitor, Surface::Portal)
}

async fn agreement_for_debtor(
    State(services): State<Services>,
    debtor: Debtor,
    Path(id): Path<Uuid>,
) -> Response {
    let made = agreement(&services, debtor.actor(), debtor.visitor.locale, ArrangementId(id)).await;
    file(made, &debtor.visitor, Surface::Portal)
}

async fn agreement_for_staff(
    State(services): State<Services>,
    staff: Staff,
    Path(id): Path<Uuid>,
) -> Response {
    let made = agreement(&services, staff.actor(), staff.visitor.locale, ArrangementId(id)).await;
    file(made, &staff.visitor, Surface::Console)
}

/// The name of a file says nothing of a debt: it stays in the phone's list of downloads.
fn file(made: Result<(String, Vec<u8>), ServiceError>, visitor: &Visitor, surface: Surface) -> Response {
    match made {
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
    let lang = language(locale);
    Ok((name, typeset(move || payment_receipt(&data, lang)).await?))
}

async fn certificate(
    services: &Services,
    actor: &Actor,
    locale: Locale,
    id: AccountId,
) -> Result<(String, Vec<u8>), ServiceError> {
    let found = services.certificate(actor, id).await?.ok_or(ServiceError::NotFound)?;
    let zone = services.organization(actor.organization_id).await?.zone;
    let issued_on = format::date_time(&found.issued_at.with_timezone(&zone), locale);
    let name = found.check_code.clone();
    let data = certificate_data(found, locale, &services.public_url, issued_on);
    let lang = language(locale);
    Ok((name, typeset(move || settlement_certificate(&data, lang)).await?))
}

async fn agreement(
    services: &Services,
    actor: &Actor,
    locale: Locale,
    id: ArrangementId,
) -> Result<(String, Vec<u8>), ServiceError> {
    let view = services.arrangement(actor, id).await?;
    let organization = services.organization(actor.organization_id).await?;
    let now = services.now();
    let issued_on = format::date_time(&now.with_timezone(&organization.zone), locale);
    let accepted_on = view
        .arrangement
        .acceptance
        .as_ref()
        .map(|acceptance| format::date_time(&acceptance.at.with_timezone(&organization.zone), locale));
    let name = view.terms_hash.chars().take(12).collect();
    let data = AgreementData {
        issuer: Issuer { name: organization.name, details: Vec::new() },
        paper: Paper::of(&organization.country),
        sandbox: !services.livemode(),
        issued_at: now,
        issued_on,
        ..agreement_data(view, accepted_on, locale)
    };
    let lang = language(locale);
    Ok((name, typeset(move || documents::agreement(&data, lang)).await?))
}

/// All but who issues it, and when.
fn agreement_data(view: ArrangementView, accepted_on: Option<String>, locale: Locale) -> AgreementData {
    let lang = locale.lang();
    let of = view.arrangement;
    let money = |amount| format::money(&amount, locale);
    let statement = trf!(
        lang,
        "{0} paga {1} en {2} pago(s) por las cuentas de abajo, con estas condiciones.",
        "{0} pays {1} in {2} payment(s) for the accounts below, on these terms.",
        "{0} paga {1} em {2} pagamento(s) pelas contas abaixo, com estas condições.",
        view.debtor_name,
        money(of.agreed.to_pay),
        of.schedule.len()
    );
    // What nobody has accepted is no agreement yet.
    let title = if of.acceptance.is_some() {
        tr!(lang, "Acuerdo de pago", "Payment agreement", "Acordo de pagamento")
    } else {
        tr!(lang, "Propuesta de acuerdo", "Proposed agreement", "Proposta de acordo")
    };
    let words = view.evidence.as_ref().and_then(|kept| kept.get("words")?.as_str()).map(str::to_owned);
    let accepted =
        accepted_on.map(|on| trf!(lang, "Aceptado el {}.", "Accepted on {}.", "Aceito em {}.", on));
    AgreementData {
        issuer: Issuer { name: String::new(), details: Vec::new() },
        title: title.to_owned(),
        statement,
        debts: view
            .debts
            .iter()
            .map(|debt| format!("{} · {}", debt.creditor_name, debt.external_id))
            .collect(),
        debtor_name: view.debtor_name,
        to_pay: money(of.agreed.to_pay),
        forgiven: of
            .agreed
            .forgiven
            .iter()
            .filter(|(_, part)| part.is_positive())
            .map(|(component, part)| Line {
                label: labels::component(*component, lang).to_owned(),
                amount: money(*part),
            })
            .collect(),
        schedule: of
            .schedule
            .iter()
            .map(|due| Line { label: format::date_long(due.due_on, locale), amount: money(due.amount) })
            .collect(),
        conditions: ui::agreement::conditions(&of.terms, locale),
        acceptance: accepted.into_iter().chain(words).collect(),
        terms_hash: view.terms_hash,
        sandbox: false,
        reversed: matches!(of.status, ArrangementStatus::Broken | ArrangementStatus::Cancelled),
        issued_at: DateTime::UNIX_EPOCH,
        issued_on: String::new(),
        paper: Paper::default(),
    }
}

fn certificate_data(
    found: Certificate,
    locale: Locale,
    public_url: &str,
    issued_on: String,
) -> CertificateData {
    let lang = locale.lang();
    let statement = trf!(
        lang,
        "{0} hace constar que {1} no debe nada a {2} por la cuenta {3}.",
        "{0} certifies that {1} owes nothing to {2} on account {3}.",
        "{0} declara que {1} não deve nada a {2} pela conta {3}.",
        found.agency,
        found.debtor.name,
        found.creditor.name,
        found.account.external_id
    );
    CertificateData {
        title: labels::certificate(&found.creditor.country, lang).to_owned(),
        statement,
        debtor_document: masked_document(&found.debtor),
        paper: Paper::of(&found.creditor.country),
        issuer: Issuer { name: found.agency, details: Vec::new() },
        creditor: found.creditor.name,
        debtor_name: found.debtor.name,
        account_external_id: found.account.external_id,
        settled_on: format::date_long(found.settled_on, locale),
        verification_url: format!("{public_url}/verify/{}", found.check_code),
        verification_code: found.check_code,
        sandbox: !found.livemode,
        reversed: found.void_since.is_some(),
        issued_at: found.issued_at,
        issued_on,
    }
}

fn masked_document(debtor: &Party) -> String {
    let document = debtor.document.as_deref().map(|document| mask(document, 4)).unwrap_or_default();
    match &debtor.document_type {
        Some(kind) if !document.is_empty() => format!("{kind} {document}"),
        _ => document,
    }
}

const fn language(locale: Locale) -> documents::Lang {
    tr!(locale.lang(), documents::Lang::Es, documents::Lang::En, documents::Lang::Pt)
}

/// Setting type takes tens of milliseconds: not on the threads that serve.
async fn typeset(
    make: impl FnOnce() -> Result<Vec<u8>, DocumentError> + Send + 'static,
) -> Result<Vec<u8>, ServiceError> {
    let failed = |cause: String| ServiceError::Outside { part: "documents", cause };
    let made = tokio::task::spawn_blocking(make).await.map_err(|error| failed(error.to_string()))?;
    made.map_err(|error| failed(error.to_string()))
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
        let label = tr!(lang, "Saldo a tu favor", "In your favour", "A seu favor").to_owned();
        allocation.push(Line { label, amount: money(receipt.unapplied) });
    }
    let total = receipt.balance_after.total().unwrap_or(receipt.amount);
    let next_step = if total.is_positive() {
        trf!(
            lang,
            "Después de este pago quedan {} por pagar.",
            "After this payment, {} remain to be paid.",
            "Depois deste pagamento restam {} a pagar.",
            money(total)
        )
    } else {
        tr!(
            lang,
            "Con este pago la deuda quedó saldada.",
            "With this payment the debt is settled.",
            "Com este pagamento a dívida fica quitada."
        )
        .to_owned()
    };
    let debtor_document = masked_document(&receipt.debtor);
    let issued_at: DateTime<Utc> = receipt.recorded_at;
    let paper = Paper::of(&receipt.creditor.country);
    let law = ImputationLaw::of(&receipt.creditor.country);
    let imputation = labels::imputation(law, receipt.method, &receipt.designated, lang);
    ReceiptData {
        imputation,
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
        reversed: receipt.status != PaymentStatus::Posted,
        issued_at,
        issued_on,
        paper,
    }
}
