//! The portal's addresses. They stand in messages, receipts and bookmarks: do not change them.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use services::Services;

use crate::pages::{
    agree, agreement, autopay, cannot_pay, cases, certificate, change, code, debt, debts, help, home, link,
    messages, own_data, pay, preferences, proposal, receipt, reports, returned, unsubscribe, verify,
};

/// Every page of the portal; the server adds its middleware and the PDF of receipts.
pub fn routes() -> Router<Services> {
    Router::new()
        .route("/", get(home::show).post(home::submit))
        .route("/i/{code}", get(home::from_message))
        .route("/codigo/{challenge}", get(code::show).post(code::submit))
        .route("/entrar/{token}", get(link::show).post(link::submit))
        .route("/entrar/{token}/no-soy-yo", post(link::not_me))
        .route("/salir", post(home::sign_out))
        .route("/deudas", get(debts::show))
        .route("/deudas/{id}", get(debt::show))
        .route("/deudas/{id}/constancia", get(certificate::show).post(certificate::ask))
        .route("/deudas/{id}/no-puedo", get(cannot_pay::show))
        .route("/deudas/{id}/pagar", get(pay::show).post(pay::submit))
        .route("/deudas/{id}/acuerdo", get(agree::show).post(agree::ask))
        .route("/propuestas/{id}", get(proposal::show).post(proposal::take))
        .route("/acuerdos/{id}", get(agreement::show).post(agreement::accept))
        .route("/acuerdos/{id}/cambiar", post(change::change))
        .route("/acuerdos/{id}/pago-automatico", get(autopay::show).post(autopay::submit))
        .route("/pagos/{attempt}", get(returned::show))
        .route("/pagos/{attempt}/cancelar", post(returned::close))
        .route("/recibos/{payment}", get(receipt::show))
        .route("/verify", get(verify::ask))
        .route("/verify/{code}", get(verify::show))
        .route("/baja/{token}", get(unsubscribe::show).post(unsubscribe::stop))
        .route("/demo/mensajes", get(messages::show))
        .route("/ayuda", get(help::show))
        .route("/casos", get(cases::list))
        .route("/casos/{id}/archivos/{file}", get(cases::file))
        .route("/casos/{id}/reabrir", post(cases::reopen))
        .route("/pagos-reportados/{id}", get(reports::show))
        .route("/pagos-reportados/{id}/archivos/{file}", get(reports::file))
        .route("/mis-preferencias", get(preferences::show).post(preferences::save))
        .route("/mis-preferencias/llamada", post(preferences::ask_call))
        .route("/mis-datos", get(own_data::show))
        .route("/mis-datos/exportar", get(own_data::print).post(own_data::download))
        .route("/mis-datos/sesiones/cerrar-otras", post(own_data::end_others))
        .route("/mis-datos/sesiones/{id}/cerrar", post(own_data::end_session))
        .merge(with_files())
}

/// Forms that take photos and documents are larger than others.
fn with_files() -> Router<Services> {
    Router::new()
        .route("/deudas/{id}/no-estoy-de-acuerdo", get(cases::ask_disagree).post(cases::send_disagree))
        .route("/deudas/{id}/ayuda", get(cases::ask_help).post(cases::send_help))
        .route("/deudas/{id}/ya-pague", get(reports::ask).post(reports::send))
        .route("/casos/{id}", get(cases::show).post(cases::write))
        .route("/mis-datos/corregir", get(own_data::ask_correction).post(own_data::send_correction))
        .layer(DefaultBodyLimit::max(cases::UPLOAD_BYTES))
}
