//! The pages of an import.

use leptos::prelude::*;
use services::import::{self, ControlTotal, ImportReport, ImportStatus, RowErrorView};
use ui::prelude::*;

use super::HISTORY;
use crate::desk::{Desk, Frame, Section};

pub const ADDRESS: &str = "/console/importar";
/// Row errors shown; the rest are only counted.
const ERRORS_SHOWN: usize = 200;

fn steps(lang: Lang) -> Vec<String> {
    vec![
        tr!(lang, "Elegir archivo", "Choose the file").to_owned(),
        tr!(lang, "Revisar", "Check").to_owned(),
        tr!(lang, "Importado", "Imported").to_owned(),
    ]
}

#[component]
pub fn AskPage(desk: Desk, creditors: Vec<Choice>) -> impl IntoView {
    let lang = use_lang();
    view! {
        <Frame desk section=Section::Import title=Section::Import.label(lang)>
            <ErrorSummary/>
            <Steps labels=steps(lang) current=0/>
            <Card>
                <p class="lead">{tr!(
                    lang,
                    "Primero se revisa todo el archivo y se muestran sus sumas. Nada se escribe hasta confirmar, y se importa completo o no se importa.",
                    "First the whole file is checked and its sums are shown. Nothing is written until confirmed, and it is imported whole or not at all.",
                )}</p>
                <PostForm action=ADDRESS upload=true>
                    <Select
                        name="creditor" label=tr!(lang, "Acreedor", "Creditor") options=creditors required=false
                        blank=tr!(lang, "Uno nuevo (escribir su código)", "A new one (write its code)")
                    />
                    <Field
                        name="creditor_new" label=tr!(lang, "Código del acreedor nuevo", "Code of the new creditor") required=false short=true
                        hint=tr!(lang, "Letras, cifras, guion y punto; por ejemplo FINSOL-MX", "Letters, digits, hyphen and dot; for example FINSOL-MX")
                    />
                    <Field
                        name="file" kind="file" label=tr!(lang, "Archivo de la cartera", "Portfolio file")
                        accept=".csv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                        hint=tr!(lang, "CSV en UTF-8 o XLSX, con encabezados, hasta 64 MB", "CSV in UTF-8 or XLSX, with headers, up to 64 MB")
                    />
                    <Field
                        name="mapping" kind="file" label=tr!(lang, "Mapeo de columnas", "Column mapping") required=false accept=".toml,text/plain"
                        hint=tr!(lang, "Archivo TOML, si los encabezados no son los de Saldar", "A TOML file, if the headers are not Saldar's own")
                    />
                    <Button icon=Glyph::ListChecks>{tr!(lang, "Revisar archivo", "Check the file")}</Button>
                </PostForm>
            </Card>
        </Frame>
    }
}

#[component]
pub fn ReportPage(desk: Desk, report: ImportReport, token: Option<String>) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let count = move |n: u64| format::count(i64::try_from(n).unwrap_or(i64::MAX), locale);
    let (tone, title) = match report.status {
        ImportStatus::Rejected => (
            Tone::Error,
            tr!(
                lang,
                "El archivo tiene errores. No se importó nada.",
                "The file has errors. Nothing was imported."
            ),
        ),
        ImportStatus::Unchanged => (
            Tone::Info,
            tr!(
                lang,
                "Todas estas cuentas ya están, con los mismos datos. No hay nada que importar.",
                "All these accounts are there already, with the same data. There is nothing to import."
            ),
        ),
        ImportStatus::Checked => (
            Tone::Success,
            tr!(
                lang,
                "El archivo está bien. Compare las sumas con las del acreedor antes de confirmar.",
                "The file is fine. Compare the sums with the creditor's before confirming."
            ),
        ),
        ImportStatus::Imported => {
            (Tone::Success, tr!(lang, "La cartera quedó importada.", "The portfolio is imported."))
        }
    };
    let confirm = token.map(|token| {
        let label = trf!(lang, "Importar {} cuentas", "Import {} accounts", count(report.accepted));
        view! {
            <PostForm action=ADDRESS class="row">
                <input type="hidden" name="upload" value=token/>
                <Button icon=Glyph::Check>{label}</Button>
                <a class="btn btn-quiet" href=ADDRESS>{tr!(lang, "Cancelar", "Cancel")}</a>
            </PostForm>
        }
    });
    let again = confirm.is_none().then(|| {
        view! { <p><LinkButton href=ADDRESS icon=Glyph::Upload>{tr!(lang, "Elegir otro archivo", "Choose another file")}</LinkButton></p> }
    });
    let proof = report.import_id.map(|id| {
        let href = format!("{HISTORY}/{id}");
        view! { <p><a href=href>{tr!(lang, "Ver el acta de este intento", "See the record of this attempt")}</a></p> }
    });
    let new_creditor = report.creditor_is_new.then_some(tr!(lang, "acreedor nuevo", "new creditor"));
    let ignored = (!report.ignored_columns.is_empty()).then(|| {
        let text = report.ignored_columns.join(", ");
        view! { <p class="soft small">{trf!(lang, "Columnas que no se leen: {}", "Columns not read: {}", text)}</p> }
    });
    let view_lang = tr!(lang, import::Lang::Es, import::Lang::En);
    let errors: Vec<_> = report.errors.iter().map(|error| error.view(view_lang)).collect();
    view! {
        <Frame desk section=Section::Import title=Section::Import.label(lang)>
            <Steps labels=steps(lang) current=1/>
            <Notice tone title/>
            <div class="tiles">
                <Tile label=tr!(lang, "Filas", "Rows") figure=count(report.rows) note=report.file_name.clone()/>
                <Tile label=tr!(lang, "Cuentas nuevas", "New accounts") figure=count(report.accepted) note=report.creditor_code.clone()/>
                <Tile label=tr!(lang, "Sin cambio", "Unchanged") figure=count(report.unchanged)/>
                <Tile label=tr!(lang, "Con errores", "With errors") figure=count(report.rejected)/>
            </div>
            {new_creditor.map(|text| view! { <p><Badge tone=Tone::Info>{text}</Badge>" "{report.creditor_code.clone()}</p> })}
            {confirm}
            {again}
            {proof}
            {(!errors.is_empty()).then(|| view! { <Errors errors/> })}
            {(!report.totals.is_empty()).then(|| view! { <Totals totals=report.totals/> })}
            {ignored}
        </Frame>
    }
}

#[component]
fn Totals(totals: Vec<ControlTotal>) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let rows: Vec<_> = totals
        .into_iter()
        .map(|line| {
            let count = format::count(i64::try_from(line.count).unwrap_or(i64::MAX), locale);
            view! {
                <tr>
                    <th scope="row">{labels::component(line.component, lang)}</th>
                    <td data-label=tr!(lang, "Moneda", "Currency")>{line.currency.to_string()}</td>
                    <td class="num" data-label=tr!(lang, "Cuentas", "Accounts")>{count}</td>
                    <td class="num" data-label=tr!(lang, "Suma", "Sum")>{format::money_bare(&line.sum, locale)}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::new(tr!(lang, "Componente", "Component")),
        Column::new(tr!(lang, "Moneda", "Currency")),
        Column::number(tr!(lang, "Cuentas", "Accounts")),
        Column::number(tr!(lang, "Suma", "Sum")),
    ];
    let title = tr!(lang, "Totales de control", "Control totals");
    view! { <Card title><DataTable caption=title caption_hidden=true stacked=true columns>{rows}</DataTable></Card> }
        .into_any()
}

#[component]
fn Errors(errors: Vec<RowErrorView>) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let count = errors.len();
    let rows: Vec<_> = errors
        .into_iter()
        .take(ERRORS_SHOWN)
        .map(|error| {
            let line = error.line.map_or("–".to_owned(), |line| line.to_string());
            view! {
                <tr>
                    <td class="num" data-label=tr!(lang, "Línea", "Line")>{line}</td>
                    <td data-label=tr!(lang, "Columna", "Column")>{error.column.unwrap_or_else(|| "–".to_owned())}</td>
                    <td data-label=tr!(lang, "Qué pasa", "What is wrong")>{error.message}</td>
                    <td data-label=tr!(lang, "Cómo corregirlo", "How to put it right")>{error.remedy}</td>
                </tr>
            }
        })
        .collect();
    let more = count.saturating_sub(ERRORS_SHOWN);
    let more = (more > 0).then(|| {
        let number = format::count(i64::try_from(more).unwrap_or(i64::MAX), locale);
        view! { <p class="soft small">{trf!(lang, "Y {} más. Corrija estos y revise de nuevo.", "And {} more. Correct these and check again.", number)}</p> }
    });
    let columns = vec![
        Column::number(tr!(lang, "Línea", "Line")),
        Column::new(tr!(lang, "Columna", "Column")),
        Column::new(tr!(lang, "Qué pasa", "What is wrong")),
        Column::new(tr!(lang, "Cómo corregirlo", "How to put it right")),
    ];
    let title = tr!(lang, "Errores por fila", "Errors by row");
    view! {
        <Card title>
            <DataTable caption=title caption_hidden=true stacked=true columns>{rows}</DataTable>
            {more}
        </Card>
    }
    .into_any()
}
