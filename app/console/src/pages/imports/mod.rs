//! Importing a portfolio: send the file, read what it would do, confirm; and past imports.

mod history;
mod record;
mod uploads;
mod view;

use axum::Extension;
use axum::extract::{FromRequest, Multipart, Path, Query, Request, State};
use axum::response::Response;
use domain::access::{Denied, Permission};
use domain::text::Say;
use http::header::CONTENT_TYPE;
use leptos::prelude::*;
use serde::Deserialize;
use services::import::{ImportReport, ImportRequest, ImportStatus};
use services::{FieldIssue, ServiceError, Services};
use ui::prelude::*;
use web::{Form, form_state, see_other};

use super::account::id_of;
use crate::desk::{Desk, Section};
use history::HistoryPage;
use record::RecordPage;
use uploads::Upload;
pub use uploads::Uploads;
use view::{AskPage, ReportPage};

/// The largest file with its form: about half a million rows.
pub const UPLOAD_BYTES: usize = 64 * 1024 * 1024;
/// Where past imports are listed.
const HISTORY: &str = "/console/importaciones";
/// Imports on the page of past ones.
const PAST: u64 = 50;

/// `GET /console/importar`
pub async fn ask(State(services): State<Services>, desk: Desk) -> Response {
    let result = ask_page(&services, &desk, None).await;
    desk.answer(result)
}

async fn ask_page(
    services: &Services,
    desk: &Desk,
    form: Option<FormState>,
) -> Result<Response, ServiceError> {
    require_import(desk)?;
    let creditors = services.creditors(desk.actor()).await?;
    let creditors: Vec<_> = creditors
        .into_iter()
        .map(|creditor| Choice::new(creditor.code.clone(), format!("{} ({})", creditor.name, creditor.code)))
        .collect();
    let page = desk.page(Section::Import.label(desk.lang())).form(form);
    let desk = desk.clone();
    Ok(page.render(move || view! { <AskPage desk creditors/> }))
}

fn require_import(desk: &Desk) -> Result<(), ServiceError> {
    let permission = Permission::PortfolioImport;
    if desk.may(permission) { Ok(()) } else { Err(Denied(permission).into()) }
}

/// `POST /console/importar`: a file is checked; a confirmation writes the file checked before.
pub async fn send(
    State(services): State<Services>,
    Extension(uploads): Extension<Uploads>,
    desk: Desk,
    request: Request,
) -> Response {
    if let Err(denied) = require_import(&desk) {
        return desk.answer(Err(denied));
    }
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let has_file = kind.is_some_and(|kind| kind.starts_with("multipart/form-data"));
    if has_file {
        match Multipart::from_request(request, &services).await {
            Ok(parts) => check(&services, &uploads, &desk, parts).await,
            Err(_) => refuse(&services, &desk, &Form::default(), vec![cut_off()]).await,
        }
    } else {
        match Form::from_request(request, &services).await {
            Ok(form) => confirm(&services, &uploads, &desk, &form).await,
            Err(response) => response,
        }
    }
}

async fn refuse(services: &Services, desk: &Desk, form: &Form, issues: Vec<FieldIssue>) -> Response {
    let state = form_state(form, &issues, desk.lang());
    let result = ask_page(services, desk, Some(state)).await;
    desk.answer(result)
}

/// Step one: what the file holds and would do; nothing is written.
async fn check(services: &Services, uploads: &Uploads, desk: &Desk, parts: Multipart) -> Response {
    let (form, upload) = match read_parts(parts, desk).await {
        Ok(read) => read,
        Err(issue) => return refuse(services, desk, &Form::default(), vec![issue]).await,
    };
    if upload.bytes.is_empty() {
        let says = Say::new(
            "Elija el archivo de la cartera (CSV o XLSX)",
            "Choose the portfolio file (CSV or XLSX)",
        );
        return refuse(services, desk, &form, vec![FieldIssue { field: "file", says }]).await;
    }
    match services.import_portfolio(desk.actor(), upload.request(true)).await {
        Ok(mut report) => {
            // Nothing new is nothing to confirm.
            if report.status == ImportStatus::Checked && report.accepted == 0 {
                report.status = ImportStatus::Unchanged;
            }
            let ready = report.status == ImportStatus::Checked;
            let token = ready.then(|| services.new_token(16));
            if let Some(token) = &token {
                uploads.keep(token, upload, services.now());
            }
            report_page(desk, report, token)
        }
        Err(ServiceError::Invalid(issues)) => refuse(services, desk, &form, own_names(issues, &form)).await,
        Err(error) => desk.answer(Err(error)),
    }
}

fn report_page(desk: &Desk, report: ImportReport, token: Option<String>) -> Response {
    let title = Section::Import.label(desk.lang());
    let page = desk.page(title);
    let desk = desk.clone();
    page.render(move || view! { <ReportPage desk report token/> })
}

/// Step two: the same bytes, written.
async fn confirm(services: &Services, uploads: &Uploads, desk: &Desk, form: &Form) -> Response {
    let Some(upload) = uploads.find(form.get("upload"), desk.staff.session.user_id, services.now()) else {
        let says = Say::new(
            "La revisión venció. Elija el archivo otra vez; no se importó nada.",
            "The check has expired. Choose the file again; nothing was imported.",
        );
        return refuse(services, desk, &Form::default(), vec![FieldIssue { field: "file", says }]).await;
    };
    match services.import_portfolio(desk.actor(), upload.request(false)).await {
        Ok(report) if report.status == ImportStatus::Rejected => report_page(desk, report, None),
        Ok(report) => see_other(&match report.import_id {
            Some(id) => format!("/console/importaciones?hecho={id}"),
            None => "/console/importaciones?hecho=igual".to_owned(),
        }),
        Err(error) => desk.answer(Err(error)),
    }
}

/// The fields as typed, and the files.
async fn read_parts(mut parts: Multipart, desk: &Desk) -> Result<(Form, Upload), FieldIssue> {
    let mut form = Form::default();
    let mut upload = Upload::of(desk.staff.session.user_id);
    while let Some(part) = parts.next_field().await.map_err(|_| cut_off())? {
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part.file_name().map(str::to_owned);
        let bytes = part.bytes().await.map_err(|_| cut_off())?;
        match name.as_str() {
            "file" => {
                upload.file_name = file_name.unwrap_or_default();
                upload.bytes = bytes.to_vec();
            }
            "mapping" => {
                let text = String::from_utf8(bytes.to_vec()).map_err(|_| mapping_not_text())?;
                upload.mapping = (!text.trim().is_empty()).then_some(text);
            }
            _ => form.0.push((name, String::from_utf8_lossy(&bytes).into_owned())),
        }
    }
    let chosen = form.get("creditor");
    upload.creditor_code = if chosen.is_empty() { form.get("creditor_new") } else { chosen }.to_owned();
    Ok((form, upload))
}

fn cut_off() -> FieldIssue {
    let megabytes = UPLOAD_BYTES / 1024 / 1024;
    FieldIssue {
        field: "file",
        says: Say::new(
            format!("El archivo no llegó completo o pasa de {megabytes} MB. Intente de nuevo o divídalo."),
            format!("The file did not arrive whole or is over {megabytes} MB. Try again or split it."),
        ),
    }
}

fn mapping_not_text() -> FieldIssue {
    FieldIssue {
        field: "mapping",
        says: Say::new(
            "El mapeo debe ser un archivo de texto (TOML en UTF-8)",
            "The mapping must be a text file (TOML in UTF-8)",
        ),
    }
}

/// The creditor's code is asked for in two fields: the issue goes to the one that was used.
fn own_names(issues: Vec<FieldIssue>, form: &Form) -> Vec<FieldIssue> {
    let typed = form.get("creditor").is_empty();
    let rename = |issue: FieldIssue| match issue.field {
        "creditor" if typed => FieldIssue { field: "creditor_new", ..issue },
        _ => issue,
    };
    issues.into_iter().map(rename).collect()
}

impl Upload {
    fn request(&self, dry_run: bool) -> ImportRequest {
        ImportRequest {
            creditor_code: self.creditor_code.clone(),
            file_name: self.file_name.clone(),
            file: self.bytes.as_slice().into(),
            mapping: self.mapping.clone(),
            dry_run,
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct HistoryQuery {
    /// The import just made, or `igual` when the file changed nothing.
    hecho: String,
}

/// `GET /console/importaciones`
pub async fn history(
    State(services): State<Services>,
    desk: Desk,
    Query(query): Query<HistoryQuery>,
) -> Response {
    let result = history_page(&services, &desk, query.hecho).await;
    desk.answer(result)
}

async fn history_page(services: &Services, desk: &Desk, done: String) -> Result<Response, ServiceError> {
    let imports = services.imports(desk.actor(), PAST).await?;
    let imports: Vec<_> = imports.into_iter().map(|line| (desk.time(line.at), line)).collect();
    let creditors = services.creditors(desk.actor()).await?;
    let creditors: Vec<_> = creditors.into_iter().map(|creditor| (creditor.id, creditor.name)).collect();
    let page = desk.page(Section::Imports.label(desk.lang()));
    let desk = desk.clone();
    Ok(page.render(move || view! { <HistoryPage desk imports creditors done/> }))
}

/// `GET /console/importaciones/{id}`
pub async fn record(State(services): State<Services>, desk: Desk, Path(id): Path<String>) -> Response {
    let result = record_page(&services, &desk, &id).await;
    desk.answer(result)
}

async fn record_page(services: &Services, desk: &Desk, id: &str) -> Result<Response, ServiceError> {
    let record = services.import_manifest(desk.actor(), id_of(id)?).await?;
    let creditors = services.creditors(desk.actor()).await?;
    let creditor = creditors.into_iter().find(|creditor| creditor.id == record.line.creditor_id);
    let staff = services.staff_by_audit_name(desk.actor()).await?;
    let who = staff.into_iter().find(|(actor, _)| *actor == record.line.actor).map(|(_, name)| name);
    let page = desk.page(record.line.file_name.clone());
    let desk = desk.clone();
    let creditor = creditor.map(|creditor| creditor.name);
    Ok(page.render(move || view! { <RecordPage desk record creditor who/> }))
}
