//! The addresses of the console.

use axum::Extension;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use services::Services;

use crate::pages::imports::Uploads;
use crate::pages::{
    account, accounts, arrangements, audit, calls, cases, complaints, contact_rules, exceptions, experiments,
    field, gateway, guide, imports, jobs, journeys, ledger, letters, messages, offers, payments, payouts,
    policy, refunds, remittances, reports, segments, sign_in, statements, templates, terms,
};

/// Every page and form of the console.
pub fn routes() -> Router<Services> {
    Router::new()
        .route("/console", get(sign_in::home))
        .route("/console/", get(sign_in::home))
        .route("/console/entrar", get(sign_in::show).post(sign_in::enter))
        .route("/console/salir", post(sign_in::leave))
        .route("/console/cuentas", get(accounts::list))
        .route("/console/cuentas/{id}", get(account::show))
        .route("/console/cuentas/{id}/libro", get(ledger::show))
        .route("/console/cuentas/{id}/libro/csv", get(ledger::csv))
        .route("/console/cuentas/{id}/libro/explicacion", get(ledger::explain))
        .route("/console/cuentas/{id}/libro/movimiento", get(ledger::ask_entry).post(ledger::send_entry))
        .route("/console/cuentas/{id}/libro/anular/{entry}", get(ledger::ask_back).post(ledger::take_back))
        .route(
            "/console/cuentas/{id}/reestructura",
            get(account::restructure::ask).post(account::restructure::send),
        )
        .route("/console/condiciones", get(terms::show))
        .route("/console/condiciones/nueva", get(terms::ask).post(terms::send))
        .route("/console/series", get(terms::show_series).post(terms::add_series))
        .route("/console/cuentas/{id}/gestiones", get(account::back).post(account::record_activity))
        .route("/console/cuentas/{id}/recorridos", get(account::back).post(account::steer_journey))
        .route("/console/cuentas/{id}/visitas", get(account::back).post(account::plan_visit))
        .route("/console/cuentas/{id}/promesas", get(account::back).post(account::take_promise))
        .route("/console/cuentas/{id}/pagos", get(account::back).post(account::post_payment))
        .route("/console/llamadas", get(calls::list))
        .route("/console/cuentas/{id}/respuestas", get(account::back).post(account::answer))
        .route("/console/cuentas/{id}/contactos", get(account::back).post(account::lift))
        .route("/console/casos", get(cases::list))
        .route("/console/quejas", get(complaints::show))
        .route("/console/quejas/csv", get(complaints::csv))
        .route("/console/casos/{id}", get(cases::show).post(cases::act))
        .route("/console/casos/{id}/archivos/{file}", get(cases::file))
        .route("/console/pagos-reportados", get(reports::list))
        .route("/console/pagos-reportados/{id}", get(reports::show).post(reports::act))
        .route("/console/pagos-reportados/{id}/archivos/{file}", get(reports::file))
        .route("/console/estados-de-cuenta/{line}", get(statements::show_line).post(statements::act))
        .route("/console/datos-bancarios", get(statements::show_details).post(statements::write_details))
        .route("/console/excepciones", get(exceptions::show))
        .route("/console/excepciones/{id}", get(exceptions::show_one).post(exceptions::resolve))
        .route("/console/pasarela", get(gateway::show).post(gateway::act))
        .route("/console/conciliacion", get(payouts::list).post(payouts::reconcile))
        .route("/console/conciliacion/{id}", get(payouts::show))
        .route("/console/pagos/{payment}/devolver", get(refunds::ask).post(refunds::send))
        .route("/console/pagos/{payment}/revertir", get(payments::ask_reversal).post(payments::reverse))
        .route("/console/recibos/{payment}", get(payments::receipt))
        .route("/console/cuentas/{id}/convenio", get(arrangements::show_builder).post(arrangements::propose))
        .route("/console/cuentas/{id}/ofertas", get(offers::show))
        .route("/console/propuestas", get(offers::referred))
        .route("/console/propuestas/{id}", get(offers::one).post(offers::answer))
        .route("/console/politica-de-ofertas", get(policy::show).post(policy::try_one))
        .route("/console/politica-de-ofertas/editar", get(policy::ask).post(policy::send))
        .route("/console/convenios", get(arrangements::list))
        .route("/console/convenios/{id}", get(arrangements::show).post(arrangements::act))
        .route("/console/rendiciones", get(remittances::list).post(remittances::make))
        .route("/console/rendiciones/{id}", get(remittances::show).post(remittances::pay))
        .route("/console/rendiciones/{id}/csv", get(remittances::csv))
        .route(
            "/console/rendiciones/comision/{creditor}",
            get(remittances::commission).post(remittances::agree),
        )
        .route("/console/importaciones", get(imports::history))
        .route("/console/importaciones/{id}", get(imports::record))
        .route("/console/recorridos", get(journeys::list))
        .route("/console/recorridos/nuevo", get(journeys::ask).post(journeys::send))
        .route("/console/recorridos/{id}", get(journeys::show).post(journeys::act))
        .route("/console/recorridos/{id}/editar", get(journeys::ask_change))
        .route("/console/recorridos/{id}/cuentas", get(journeys::outcome))
        .route("/console/guia-de-recorridos", get(guide::show))
        .route("/console/tareas", get(jobs::show).post(jobs::retry))
        .route("/console/reglas-de-contacto", get(contact_rules::list))
        .route("/console/reglas-de-contacto/{country}", get(contact_rules::show).post(contact_rules::send))
        .route("/console/plantillas", get(templates::list).post(templates::add_standard))
        .route("/console/plantillas/nueva", get(templates::ask).post(templates::send))
        .route("/console/plantillas/{id}", get(templates::show).post(templates::decide))
        .route("/console/plantillas/{id}/editar", get(templates::ask_change))
        .route("/console/recorridos/{id}/simular", get(journeys::simulation::show))
        .route("/console/recorridos/{id}/impacto", get(journeys::impact::show))
        .route(
            "/console/recorridos/{id}/versiones",
            get(journeys::versions::show).post(journeys::versions::back),
        )
        .route("/console/experimentos", get(experiments::list).post(experiments::hold_out))
        .route("/console/experimentos/nuevo", get(experiments::ask).post(experiments::send))
        .route("/console/experimentos/{id}", get(experiments::show).post(experiments::act))
        .route(
            "/console/segmentos/{id}/versiones",
            get(segments::versions::show).post(segments::versions::go_back),
        )
        .route("/console/segmentos", get(segments::list))
        .route("/console/segmentos/nuevo", get(segments::ask).post(segments::send))
        .route("/console/segmentos/{id}", get(segments::show))
        .route("/console/segmentos/{id}/editar", get(segments::ask_change))
        .route("/console/segmentos/{id}/probar", get(segments::back).post(segments::test))
        .route("/console/campo", get(field::show).post(field::make_code))
        .route("/console/mensajes", get(messages::show).post(messages::act))
        .route("/console/cartas", get(letters::list).post(letters::act))
        .route("/console/cartas/{id}", get(letters::show).post(letters::steer))
        .route("/console/auditoria", get(audit::show))
        .route("/api/console/{*function}", post(crate::quick_find::serve))
        .merge(import_routes())
        .merge(statement_routes())
}

fn statement_routes() -> Router<Services> {
    Router::new()
        .route("/console/estados-de-cuenta", get(statements::list).post(statements::send))
        .layer(DefaultBodyLimit::max(statements::UPLOAD_BYTES))
}

/// Uploads are larger than forms.
fn import_routes() -> Router<Services> {
    Router::new()
        .route("/console/importar", get(imports::ask).post(imports::send))
        .layer(DefaultBodyLimit::max(imports::UPLOAD_BYTES))
        .layer(Extension(Uploads::default()))
}
