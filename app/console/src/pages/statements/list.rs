//! Sending a statement, and what came of statements.

use axum::extract::{Query, State};
use axum::response::Response;
use domain::access::Permission;
use domain::money::{Currency, DecimalMark};
use domain::text::Say;
use leptos::prelude::*;
use serde::Deserialize;
use services::bank::{BankLine, DateOrder, LineError, StatementFormat, StatementLine};
use services::{FieldIssue, ServiceError, Services};
use ui::prelude::*;
use web::{Form, Upload, form_state, see_other};

use super::{ADDRESS, DETAILS, said, status_label, status_tone};
use crate::desk::{Desk, Frame, Section};
use crate::typed::{self, keep};

/// Statements on the page.
const PAST: u64 = 10;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wish {
    cerradas: bool,
    /// `leido`, or `igual` when every line was known.
    #[serde(rename = "hecho")]
    what: String,
}

/// `GET /console/estados-de-cuenta`
pub async fn list(State(services): State<Services>, desk: Desk, Query(wish): Query<Wish>) -> Response {
    let result = page(&services, &desk, wish, Vec::new(), None).await;
    desk.answer(result)
}

/// `POST /console/estados-de-cuenta`
pub async fn send(State(services): State<Services>, desk: Desk, upload: Upload) -> Response {
    let result = read(&services, &desk, upload).await;
    desk.answer(result)
}

async fn read(services: &Services, desk: &Desk, upload: Upload) -> Result<Response, ServiceError> {
    let form = upload.form.clone();
    let (format, bytes) = match parts(upload) {
        Ok(parts) => parts,
        Err(issues) => return refused(services, desk, &form, &issues, Vec::new()).await,
    };
    match services.read_statement(desk.actor(), bytes, format).await {
        Ok(read) if !read.errors.is_empty() => {
            let says = Say::new(
                "Hay líneas que no se pueden leer; no se registró nada. Corríjalas o revise cómo escribe el banco.",
                "Some lines cannot be read; nothing was posted. Mend them, or check how the bank writes.",
            );
            let issues = [FieldIssue { field: "files", says }];
            refused(services, desk, &form, &issues, read.errors).await
        }
        Ok(read) if read.id.is_none() => Ok(see_other(&format!("{ADDRESS}?hecho=igual"))),
        Ok(_) => Ok(see_other(&format!("{ADDRESS}?hecho=leido"))),
        Err(ServiceError::Invalid(issues)) => refused(services, desk, &form, &issues, Vec::new()).await,
        Err(error) => Err(error),
    }
}

fn parts(upload: Upload) -> Result<(StatementFormat, Vec<u8>), Vec<FieldIssue>> {
    let mut issues = Vec::new();
    let form = &upload.form;
    let currency = keep(&mut issues, typed::choice::<Currency>("currency", form.get("currency")));
    let mark = match form.get("mark") {
        "point" => Some(DecimalMark::Point),
        "comma" => Some(DecimalMark::Comma),
        _ => None,
    };
    let dates = match form.get("dates") {
        "dmy" => Some(DateOrder::DayMonthYear),
        "mdy" => Some(DateOrder::MonthDayYear),
        _ => None,
    };
    let choose = || Say::new("Elija cómo escribe el banco", "Choose how the bank writes");
    if mark.is_none() {
        issues.push(FieldIssue { field: "mark", says: choose() });
    }
    if dates.is_none() {
        issues.push(FieldIssue { field: "dates", says: choose() });
    }
    let file = upload.files.into_iter().next().filter(|_| !upload.cut_off);
    if file.is_none() {
        let says = Say::new(
            "Elija el archivo CSV del estado de cuenta, de hasta 16 MB",
            "Choose the CSV file of the statement, of up to 16 MB",
        );
        issues.push(FieldIssue { field: "files", says });
    }
    match (currency, mark, dates, file) {
        (Some(currency), Some(mark), Some(dates), Some(file)) => {
            Ok((StatementFormat { currency, mark, dates }, file.bytes))
        }
        _ => Err(issues),
    }
}

async fn refused(
    services: &Services,
    desk: &Desk,
    form: &Form,
    issues: &[FieldIssue],
    errors: Vec<LineError>,
) -> Result<Response, ServiceError> {
    let state = form_state(form, issues, desk.lang());
    page(services, desk, Wish::default(), errors, Some(state)).await
}

async fn page(
    services: &Services,
    desk: &Desk,
    wish: Wish,
    errors: Vec<LineError>,
    form: Option<FormState>,
) -> Result<Response, ServiceError> {
    let lines = services.bank_lines(desk.actor(), wish.cerradas).await?;
    let past = services.bank_statements(desk.actor(), PAST).await?;
    let past: Vec<_> = past.into_iter().map(|one| (desk.time(one.uploaded_at), one)).collect();
    let currencies: Vec<Currency> =
        services.bank_details(desk.actor()).await?.iter().map(|details| details.currency).collect();
    let own = typed::currency_of(&desk.country);
    let page = desk.page(Section::Statements.label(desk.lang())).form(form);
    let desk = desk.clone();
    Ok(page.render(move || view! { <List desk wish lines past errors currencies own/> }))
}

#[component]
fn List(
    desk: Desk,
    wish: Wish,
    lines: Vec<BankLine>,
    past: Vec<(String, StatementLine)>,
    errors: Vec<LineError>,
    currencies: Vec<Currency>,
    own: Currency,
) -> impl IntoView {
    let lang = use_lang();
    let title = Section::Statements.label(lang);
    let told = match wish.what.as_str() {
        "leido" => Some(tr!(lang, "El estado de cuenta quedó leído.", "The statement was read.")),
        "igual" => Some(tr!(
            lang,
            "Todas las líneas ya estaban; no cambió nada.",
            "Every line was known; nothing has changed."
        )),
        _ => None,
    };
    let told = told.map(|title| view! { <Notice tone=Tone::Success title/> });
    let wrong = (!errors.is_empty()).then(|| {
        let items: Vec<_> = errors
            .into_iter()
            .map(|error| {
                let says = error.says.pick(lang.tag()).to_owned();
                view! { <li>{trf!(lang, "Línea {}: ", "Line {}: ", error.line)}{says}</li> }
            })
            .collect();
        view! { <Card title=tr!(lang, "Líneas con error", "Lines with an error")><ul>{items}</ul></Card> }
    });
    let may_post = desk.may(Permission::PaymentPost);
    let send = may_post.then(|| view! { <Send currencies own/> });
    view! {
        <Frame desk section=Section::Statements title>
            <ErrorSummary/>
            {told}
            <p class="lead">{tr!(
                lang,
                "Lo que llegó al banco. Lo que trae la referencia de una deuda se registra solo; lo demás espera a que alguien diga de quién es.",
                "What came to the bank. What carries the reference of a debt is posted by itself; the rest waits until somebody says whose it is.",
            )}</p>
            <p><a href=DETAILS>{tr!(lang, "Datos bancarios que ven los deudores", "Bank details that debtors see")}</a></p>
            {wrong}
            <div class="split">
                <div>
                    <Waiting lines closed=wish.cerradas/>
                </div>
                <div>
                    {send}
                    {(!past.is_empty()).then(|| view! { <Past past/> })}
                </div>
            </div>
        </Frame>
    }
    .into_any()
}

#[component]
fn Send(currencies: Vec<Currency>, own: Currency) -> impl IntoView {
    let lang = use_lang();
    let currencies = if currencies.is_empty() { vec![own] } else { currencies };
    let first = currencies.first().map(|currency| currency.code().to_owned()).unwrap_or_default();
    let currencies: Vec<_> =
        currencies.iter().map(|currency| Choice::new(currency.code(), currency.code())).collect();
    view! {
        <Card title=tr!(lang, "Leer un estado de cuenta", "Read a statement")>
            <PostForm action=ADDRESS upload=true>
                <Field
                    name="files" kind="file" accept=".csv,.txt,text/csv"
                    label=tr!(lang, "Archivo CSV del banco", "CSV file of the bank")
                    hint=tr!(lang, "Con títulos: fecha, importe o abono, descripción, referencia. Leerlo dos veces no registra nada dos veces.", "With titles: date, amount or credit, description, reference. Reading it twice posts nothing twice.")
                />
                <Select name="currency" short=true label=tr!(lang, "Moneda", "Currency") options=currencies value=first/>
                <RadioGroup
                    name="mark" legend=tr!(lang, "Los importes se escriben", "Amounts are written")
                    options=vec![Choice::new("point", "1,234.50"), Choice::new("comma", "1.234,50")]
                />
                <RadioGroup
                    name="dates" legend=tr!(lang, "Las fechas se escriben", "Dates are written")
                    options=vec![
                        Choice::new("dmy", tr!(lang, "día/mes/año", "day/month/year")).hint("30/11/2026, 2026-11-30"),
                        Choice::new("mdy", tr!(lang, "mes/día/año", "month/day/year")).hint("11/30/2026, 2026-11-30"),
                    ]
                />
                <Button icon=Glyph::Upload>{tr!(lang, "Leer", "Read")}</Button>
            </PostForm>
        </Card>
    }
    .into_any()
}

#[component]
fn Past(past: Vec<(String, StatementLine)>) -> impl IntoView {
    let lang = use_lang();
    let items: Vec<_> = past
        .into_iter()
        .map(|(when, one)| {
            let counts = trf!(
                lang,
                "Registradas: {0} · por asignar: {1} · ya estaban: {2} · salidas: {3}",
                "Posted: {0} · to be assigned: {1} · known before: {2} · outgoing: {3}",
                one.read.posted,
                one.read.waiting,
                one.read.known,
                one.read.outgoing
            );
            let title = format!(
                "{} · {}",
                one.currency.code(),
                trf!(lang, "entradas: {}", "incoming: {}", one.read.lines)
            );
            view! { <TimelineItem when title><p>{counts}</p></TimelineItem> }
        })
        .collect();
    view! { <Card title=tr!(lang, "Leídos", "Read before")><Timeline>{items}</Timeline></Card> }.into_any()
}

#[component]
fn Waiting(lines: Vec<BankLine>, closed: bool) -> impl IntoView {
    let lang = use_lang();
    let none = lines.is_empty();
    let rows: Vec<_> = lines.into_iter().map(|line| row(line, lang)).collect();
    let columns = vec![
        Column::new(tr!(lang, "Fecha", "Date")),
        Column::new(tr!(lang, "Lo que dice el banco", "What the bank says")),
        Column::number(tr!(lang, "Importe", "Amount")),
        Column::new(tr!(lang, "Estado", "Status")),
    ];
    let caption = if closed {
        tr!(lang, "Líneas resueltas", "Settled lines")
    } else {
        tr!(lang, "Líneas por asignar", "Lines to be assigned")
    };
    let (other, says) = if closed {
        (ADDRESS.to_owned(), tr!(lang, "Ver las que esperan", "See those that wait"))
    } else {
        (format!("{ADDRESS}?cerradas=true"), tr!(lang, "Ver las resueltas", "See the settled ones"))
    };
    view! {
        <h2>{caption}</h2>
        <p><a href=other>{says}</a></p>
        {if none {
            view! { <Card><EmptyState title=tr!(lang, "Ninguna línea", "No lines") icon=Glyph::Landmark/></Card> }.into_any()
        } else {
            view! { <div class="card"><DataTable caption caption_hidden=true stacked=true columns>{rows}</DataTable></div> }.into_any()
        }}
    }
    .into_any()
}

fn row(line: BankLine, lang: Lang) -> AnyView {
    let locale = use_locale();
    let href = format!("{ADDRESS}/{}", line.id);
    view! {
        <tr>
            <th scope="row" class="nowrap"><a href=href data-row="">{format::date_short(line.booked_on, locale)}</a></th>
            <td data-label=tr!(lang, "Lo que dice el banco", "What the bank says")>{said(line.description, line.reference)}</td>
            <td class="num" data-label=tr!(lang, "Importe", "Amount")>{format::money(&line.amount, locale)}</td>
            <td data-label=tr!(lang, "Estado", "Status")><Badge tone=status_tone(line.status)>{status_label(line.status, lang)}</Badge></td>
        </tr>
    }
    .into_any()
}
