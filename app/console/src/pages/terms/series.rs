//! Published series: what is loaded, its values, and adding more.

use axum::extract::{FromRequest, Multipart, Query, Request, State};
use axum::response::Response;
use domain::access::Permission;
use leptos::prelude::*;
use serde::Deserialize;
use services::ledger::{NewSeries, SeriesSummary, SeriesValue};
use services::{ServiceError, Services};
use ui::prelude::*;
use web::{Form, form_state as state_of, see_other};

use super::{ADDRESS, SERIES, require_write};
use crate::desk::{Desk, Frame, Section};

/// Values of a series on its page.
const SHOWN: usize = 120;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SeriesQuery {
    #[serde(rename = "serie")]
    code: String,
    /// What was just kept: added, corrected and known, parted by dashes.
    #[serde(rename = "hecho")]
    done: String,
}

/// `GET /console/series`
pub async fn show_series(
    State(services): State<Services>,
    desk: Desk,
    Query(query): Query<SeriesQuery>,
) -> Response {
    let result = page(&services, &desk, query, None).await;
    desk.answer(result)
}

/// `POST /console/series`
pub async fn add_series(State(services): State<Services>, desk: Desk, request: Request) -> Response {
    let result = match require_write(&desk) {
        Ok(()) => added(&services, &desk, request).await,
        Err(error) => Err(error),
    };
    desk.answer(result)
}

async fn added(services: &Services, desk: &Desk, request: Request) -> Result<Response, ServiceError> {
    let form = read_parts(request, services).await?;
    let file = form.get("file");
    let new = NewSeries {
        code: form.get("code").to_owned(),
        lines: if file.is_empty() { form.get("lines") } else { file }.to_owned(),
        source: form.get("source").to_owned(),
        correct: !form.get("correct").is_empty(),
    };
    let code = new.code.clone();
    match services.add_series(desk.actor(), new).await {
        Ok(kept) => {
            let done = format!("{}-{}-{}", kept.added, kept.corrected, kept.known);
            Ok(see_other(&format!("{SERIES}?serie={code}&hecho={done}")))
        }
        Err(ServiceError::Invalid(issues)) => {
            let state = state_of(&form, &issues, desk.lang());
            page(services, desk, SeriesQuery::default(), Some(state)).await
        }
        Err(error) => Err(error),
    }
}

async fn read_parts(request: Request, services: &Services) -> Result<Form, ServiceError> {
    let cut = || {
        ServiceError::invalid(
            "lines",
            "El archivo no llegó completo o es demasiado grande. Intente de nuevo o divídalo.",
            "The file did not arrive whole or is too large. Try again or split it.",
        )
    };
    let mut parts = Multipart::from_request(request, services).await.map_err(|_| cut())?;
    let mut form = Form::default();
    while let Some(part) = parts.next_field().await.map_err(|_| cut())? {
        let name = part.name().unwrap_or_default().to_owned();
        let bytes = part.bytes().await.map_err(|_| cut())?;
        form.0.push((name, String::from_utf8_lossy(&bytes).into_owned()));
    }
    Ok(form)
}

async fn page(
    services: &Services,
    desk: &Desk,
    query: SeriesQuery,
    form: Option<FormState>,
) -> Result<Response, ServiceError> {
    let list = services.series_list(desk.actor()).await?;
    let values = if query.code.is_empty() {
        Vec::new()
    } else {
        services.series_values(desk.actor(), &query.code).await?
    };
    let page = desk.page(tr!(desk.lang(), "Series publicadas", "Published series")).form(form);
    let desk = desk.clone();
    Ok(page.render(move || view! { <SeriesPage desk query list values/> }))
}

#[component]
fn SeriesPage(
    desk: Desk,
    query: SeriesQuery,
    list: Vec<SeriesSummary>,
    values: Vec<SeriesValue>,
) -> impl IntoView {
    let lang = use_lang();
    let title = tr!(lang, "Series publicadas", "Published series");
    let crumbs = vec![Crumb::new(ADDRESS, Section::Terms.label(lang)), Crumb::here(title)];
    let write = desk.may(Permission::TermsWrite);
    let code = query.code.clone();
    let form = write.then(|| view! { <AddForm code=code/> });
    let shown =
        (!values.is_empty()).then(|| view! { <Values code=query.code.clone() values desk=desk.clone()/> });
    view! {
        <Frame desk section=Section::Terms title crumbs>
            <ErrorSummary/>
            {done(&query.done, lang)}
            <p class="lead">{tr!(
                lang,
                "Tasas de referencia, topes legales y unidades indexadas tal como se publicaron. Las condiciones las leen por fecha.",
                "Reference rates, legal caps and index units as they were published. Terms read them by date.",
            )}</p>
            <div class="split">
                <div><List list/>{shown}</div>
                <div>{form}</div>
            </div>
        </Frame>
    }
}

fn done(text: &str, lang: Lang) -> Option<AnyView> {
    let mut counts = text.split('-').filter_map(|count| count.parse::<u32>().ok());
    let (added, corrected, known) = (counts.next()?, counts.next()?, counts.next()?);
    let title = trf!(
        lang,
        "Valores nuevos: {0}. Corregidos: {1}. Ya estaban: {2}.",
        "New values: {0}. Corrected: {1}. Kept before: {2}.",
        added,
        corrected,
        known
    );
    Some(view! { <Notice tone=Tone::Success title/> }.into_any())
}

#[component]
fn List(list: Vec<SeriesSummary>) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    if list.is_empty() {
        return view! { <EmptyState title=tr!(lang, "Aún no hay series.", "There are no series yet.") icon=Glyph::Chart/> }.into_any();
    }
    let rows: Vec<_> = list
        .into_iter()
        .map(|line| {
            let href = format!("{SERIES}?serie={}", line.code);
            view! {
                <tr>
                    <th scope="row"><a href=href>{line.code}</a></th>
                    <td class="num" data-label=tr!(lang, "Valores", "Values")>{line.values}</td>
                    <td class="nowrap" data-label=tr!(lang, "Desde", "From")>{format::date_short(line.first_on, locale)}</td>
                    <td class="nowrap" data-label=tr!(lang, "Último", "Last")>{format::date_short(line.last_on, locale)}</td>
                    <td class="num" data-label=tr!(lang, "Valor", "Value")>{line.last_value}</td>
                    <td data-label=tr!(lang, "Fuente", "Source")>{line.source}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::new(tr!(lang, "Serie", "Series")),
        Column::number(tr!(lang, "Valores", "Values")),
        Column::new(tr!(lang, "Desde", "From")),
        Column::new(tr!(lang, "Último", "Last")),
        Column::number(tr!(lang, "Valor", "Value")),
        Column::new(tr!(lang, "Fuente", "Source")),
    ];
    let title = tr!(lang, "Series", "Series");
    view! { <div class="card"><DataTable caption=title caption_hidden=true stacked=true columns>{rows}</DataTable></div> }
        .into_any()
}

#[component]
fn Values(code: String, values: Vec<SeriesValue>, desk: Desk) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let more = values.len().saturating_sub(SHOWN);
    let rows: Vec<_> = values
        .into_iter()
        .take(SHOWN)
        .map(|line| {
            view! {
                <tr>
                    <th scope="row" class="nowrap">{format::date_short(line.on, locale)}</th>
                    <td class="num" data-label=tr!(lang, "Valor", "Value")>{line.value}</td>
                    <td data-label=tr!(lang, "Fuente", "Source")>{line.source}</td>
                    <td class="nowrap" data-label=tr!(lang, "Guardado", "Saved")>{desk.time(line.recorded_at)}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::new(tr!(lang, "Fecha", "Date")),
        Column::number(tr!(lang, "Valor", "Value")),
        Column::new(tr!(lang, "Fuente", "Source")),
        Column::new(tr!(lang, "Guardado", "Saved")),
    ];
    let older = (more > 0).then(|| {
        view! { <p class="soft small">{trf!(lang, "y {} valores anteriores", "and {} earlier values", more)}</p> }
    });
    view! {
        <Card title=code.clone()>
            <DataTable caption=code caption_hidden=true stacked=true columns>{rows}</DataTable>
            {older}
        </Card>
    }
    .into_any()
}

#[component]
fn AddForm(code: String) -> impl IntoView {
    let lang = use_lang();
    view! {
        <Card title=tr!(lang, "Cargar valores", "Load values")>
            <PostForm action=SERIES upload=true>
                <Field name="code" label=tr!(lang, "Código de la serie", "Code of the series") value=code maxlength=40
                    hint=tr!(lang, "Por ejemplo TIIE28, UF o usura-consumo; las condiciones la llaman así.", "For example TIIE28, UF or usury-consumer; terms refer to it by this name.")/>
                <Textarea name="lines" label=tr!(lang, "Fechas y valores", "Dates and values") rows=5 required=false
                    hint=tr!(lang, "Una línea por fecha, con punto decimal: 2026-11-01,27.44", "One line a date, with a decimal point: 2026-11-01,27.44")/>
                <Field name="file" kind="file" label=tr!(lang, "O un archivo CSV", "Or a CSV file") accept=".csv,text/csv,text/plain" required=false/>
                <Field name="source" label=tr!(lang, "Dónde se publicó", "Where it was published") maxlength=200/>
                <CheckBox name="correct" label=tr!(lang, "Corregir valores ya guardados", "Correct values kept before")/>
                <div class="row"><Button icon=Glyph::Upload>{tr!(lang, "Guardar valores", "Save values")}</Button></div>
            </PostForm>
        </Card>
    }
    .into_any()
}
