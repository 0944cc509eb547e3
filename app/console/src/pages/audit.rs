//! The audit trail: who did what, newest first.

use axum::extract::{Query, State};
use axum::response::Response;
use leptos::prelude::*;
use serde::Deserialize;
use services::audit::{AuditLine, AuditPage};
use services::{ServiceError, Services};
use ui::prelude::*;

use crate::desk::{ACCOUNTS, Desk, Frame, Section};

const ADDRESS: &str = "/console/auditoria";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct AuditQuery {
    /// Rows before this number.
    #[serde(rename = "antes")]
    before: Option<i64>,
}

/// `GET /console/auditoria`
pub async fn show(State(services): State<Services>, desk: Desk, Query(query): Query<AuditQuery>) -> Response {
    let result = page(&services, &desk, query.before).await;
    desk.answer(result)
}

async fn page(services: &Services, desk: &Desk, before: Option<i64>) -> Result<Response, ServiceError> {
    let AuditPage { lines, next } = services.audit_page(desk.actor(), before).await?;
    let lines: Vec<_> = lines.into_iter().map(|line| (desk.time(line.at), line)).collect();
    let page = desk.page(Section::Audit.label(desk.lang()));
    let desk = desk.clone();
    Ok(page.render(move || view! { <Audit desk lines next/> }))
}

#[component]
fn Audit(desk: Desk, lines: Vec<(String, AuditLine)>, next: Option<i64>) -> impl IntoView {
    let lang = use_lang();
    let rows: Vec<_> = lines.into_iter().map(|(when, line)| row(when, line, lang)).collect();
    let columns = vec![
        Column::number(tr!(lang, "N.º", "No.")),
        Column::new(tr!(lang, "Cuándo", "When")),
        Column::new(tr!(lang, "Quién", "Who")),
        Column::new(tr!(lang, "Qué", "What")),
        Column::new(tr!(lang, "Sobre", "About")),
        Column::new(tr!(lang, "Detalle", "Detail")),
    ];
    let next = next.map(|seq| format!("{ADDRESS}?antes={seq}"));
    view! {
        <Frame desk section=Section::Audit title=tr!(lang, "Auditoría", "Audit")>
            <p class="lead">{tr!(
                lang,
                "Cada acto queda en una cadena: cambiar u omitir una fila se nota al verificar.",
                "Every act is kept in a chain: a changed or missing row shows when it is verified.",
            )}</p>
            <div class="card">
                <DataTable caption=tr!(lang, "Auditoría", "Audit") caption_hidden=true stacked=true columns>{rows}</DataTable>
            </div>
            <Pager next/>
        </Frame>
    }
}

fn row(when: String, line: AuditLine, lang: Lang) -> impl IntoView {
    let subject = match line.subject.split_once(':') {
        Some(("account", id)) => {
            let href = format!("{ACCOUNTS}/{id}");
            view! { <a href=href>{tr!(lang, "Cuenta", "Account")}</a> }.into_any()
        }
        Some((kind, _)) => {
            view! { <span title=line.subject.clone()>{subject_kind(kind, lang)}</span> }.into_any()
        }
        None => subject_kind(&line.subject, lang).into_any(),
    };
    let who = line.name.clone().unwrap_or_else(|| by(line.actor.split(':').next().unwrap_or_default(), lang));
    let details = (line.details != "{}").then_some(line.details);
    view! {
        <tr>
            <td class="num" data-label=tr!(lang, "N.º", "No.")>{line.seq}</td>
            <td class="nowrap" data-label=tr!(lang, "Cuándo", "When")>{when}</td>
            <td data-label=tr!(lang, "Quién", "Who")>{who}</td>
            <td data-label=tr!(lang, "Qué", "What")>{action(&line.action, lang)}</td>
            <td data-label=tr!(lang, "Sobre", "About")>{subject}</td>
            <td data-label=tr!(lang, "Detalle", "Detail")>{details.map(|text| view! { <code class="detail">{text}</code> })}</td>
        </tr>
    }
    .into_any()
}

/// Who did something, when it was nobody of the staff.
pub fn by(kind: &str, lang: Lang) -> String {
    match kind {
        "debtor" => tr!(lang, "El deudor, en el portal", "The debtor, on the portal").to_owned(),
        "system" => "Saldar".to_owned(),
        "collector" => tr!(lang, "Gestor de campo", "Field collector").to_owned(),
        name => name.to_owned(),
    }
}

fn subject_kind(kind: &str, lang: Lang) -> String {
    match kind {
        "user" => tr!(lang, "Persona del equipo", "Member of staff").to_owned(),
        "party" => tr!(lang, "Deudor", "Debtor").to_owned(),
        "import" => tr!(lang, "Importación", "Import").to_owned(),
        "device" => tr!(lang, "Dispositivo", "Device").to_owned(),
        "organization" => tr!(lang, "La organización", "The organization").to_owned(),
        other => other.to_owned(),
    }
}

/// The act in words; one without words is shown by its code.
fn action(code: &str, lang: Lang) -> String {
    match code {
        "staff.signed_in" => tr!(lang, "Entró a la consola", "Signed in to the console"),
        "staff.added" => tr!(lang, "Alta de personal", "Staff added"),
        "portal.code_sent" => tr!(lang, "Código enviado", "Code sent"),
        "portal.signed_in" => tr!(lang, "Entró al portal", "Signed in to the portal"),
        "activity.recorded" => tr!(lang, "Gestión registrada", "Activity recorded"),
        "visit.planned" => tr!(lang, "Visita programada", "Visit planned"),
        "promise.taken" => tr!(lang, "Promesa tomada", "Promise taken"),
        "payment.started" => tr!(lang, "Pago en línea iniciado", "Online payment started"),
        "payment.posted" => tr!(lang, "Pago aplicado", "Payment posted"),
        "payment.reversed" => tr!(lang, "Pago revertido", "Payment reversed"),
        "visit.recorded" => tr!(lang, "Visita recibida", "Visit received"),
        "cash.suspense" => tr!(lang, "Efectivo por aclarar", "Cash to be clarified"),
        "device.code_issued" => tr!(lang, "Código de enrolamiento creado", "Enrolment code made"),
        "device.enrolled" => tr!(lang, "Teléfono enrolado", "Phone enrolled"),
        "device.suspended" => tr!(lang, "Teléfono suspendido", "Phone suspended"),
        "device.tokens_revoked" => tr!(lang, "Acceso del teléfono revocado", "Phone's access revoked"),
        "demo.loaded" => tr!(lang, "Cartera de demostración cargada", "Demonstration portfolio loaded"),
        "portfolio.imported" => tr!(lang, "Cartera importada", "Portfolio imported"),
        other => other,
    }
    .to_owned()
}
