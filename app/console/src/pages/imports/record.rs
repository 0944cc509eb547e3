//! The record of one import: what the file held, what became of it, and what proves it.

use std::collections::BTreeMap;

use domain::account::Component;
use domain::money::{Currency, Money};
use leptos::prelude::*;
use services::import::{ColumnSource, ControlTotal, ImportRecord, Manifest};
use ui::prelude::*;

use super::HISTORY;
use super::history::outcome;
use crate::desk::{Desk, Frame, Section};

#[component]
pub fn RecordPage(
    desk: Desk,
    record: ImportRecord,
    creditor: Option<String>,
    who: Option<String>,
) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let ImportRecord { line, manifest } = record;
    let crumbs = vec![Crumb::new(HISTORY, Section::Imports.label(lang)), Crumb::here(line.file_name.clone())];
    let when = desk.time(line.at);
    let (tone, says) = outcome(&line.status, lang);
    let lead = match tone {
        Tone::Warn => {
            tr!(
                lang,
                "El archivo tenía errores: no se escribió nada.",
                "The file had errors: nothing was written."
            )
        }
        _ => tr!(lang, "El archivo se importó completo.", "The file was imported whole."),
    };
    let count = move |n: i32| format::count(n.into(), locale);
    let who = who.unwrap_or_else(|| match line.actor.split(':').next() {
        Some("staff") => tr!(lang, "Personal que ya no está", "Staff who have left").to_owned(),
        _ => tr!(lang, "Línea de comandos", "Command line").to_owned(),
    });
    let title = line.file_name.clone();
    let creditor = creditor.or_else(|| manifest.as_ref().map(|manifest| manifest.creditor.clone()));
    let creditor = creditor.unwrap_or_else(|| "–".to_owned());
    let mapping = manifest.as_ref().map(|manifest| manifest.mapping_sha256.clone());
    let old = manifest.is_none().then(|| {
        let text = tr!(
            lang,
            "Esta importación es anterior a las actas: solo quedan sus cifras.",
            "This import is older than records: only its figures are left."
        );
        view! { <Notice tone=Tone::Info title=text/> }
    });
    view! {
        <Frame desk section=Section::Imports title crumbs>
            <p class="row"><Badge tone>{says}</Badge>" "{lead}</p>
            <div class="tiles">
                <Tile label=tr!(lang, "Filas", "Rows") figure=count(line.rows)/>
                <Tile label=tr!(lang, "Cuentas nuevas", "New accounts") figure=count(line.accepted)/>
                <Tile label=tr!(lang, "Sin cambio", "Unchanged") figure=count(line.unchanged)/>
                <Tile label=tr!(lang, "Con errores", "With errors") figure=count(line.rejected)/>
            </div>
            {old}
            {manifest.clone().map(|manifest| view! { <Totals manifest/> })}
            {manifest.clone().filter(|manifest| !manifest.errors.is_empty()).map(|manifest| view! { <Errors manifest/> })}
            {manifest.clone().filter(|manifest| manifest.moved.accounts > 0).map(|manifest| view! { <MovedCard manifest/> })}
            <Card title=tr!(lang, "Acta", "Record")>
                <KeyValue>
                    <Pair term=tr!(lang, "Cuándo", "When")>{when}</Pair>
                    <Pair term=tr!(lang, "Quién", "Who")>{who}</Pair>
                    <Pair term=tr!(lang, "Acreedor", "Creditor")>{creditor}</Pair>
                    <Pair term=tr!(lang, "SHA-256 del archivo", "SHA-256 of the file")><code class="detail">{line.sha256}</code></Pair>
                    {mapping.map(|sha| view! {
                        <Pair term=tr!(lang, "SHA-256 del mapeo", "SHA-256 of the mapping")><code class="detail">{sha}</code></Pair>
                    })}
                </KeyValue>
            </Card>
            {manifest.filter(|manifest| !manifest.columns.is_empty()).map(|manifest| view! { <MappingCard manifest/> })}
        </Frame>
    }
}

type Sums = BTreeMap<(Currency, Component), [Option<Money>; 4]>;

/// Control totals side by side: file, new, unchanged, and what was not written.
fn side_by_side(manifest: &Manifest) -> Sums {
    let by = &manifest.totals_by_outcome;
    let mut sums = Sums::new();
    let mut put = |at: usize, totals: &[ControlTotal]| {
        for total in totals {
            let cells = sums.entry((total.currency, total.component)).or_default();
            if let Some(cell) = cells.get_mut(at) {
                // What is held back stands beside what is wrong: neither was written.
                let before = cell.unwrap_or(Money::zero(total.currency));
                *cell = before.add(total.sum).ok();
            }
        }
    };
    put(0, &manifest.totals);
    put(1, &by.accepted);
    put(2, &by.unchanged);
    put(3, &by.rejected);
    put(3, &by.held_back);
    sums
}

#[component]
fn Totals(manifest: Manifest) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let heads = [
        tr!(lang, "En el archivo", "In the file"),
        tr!(lang, "Nuevas", "New"),
        tr!(lang, "Sin cambio", "Unchanged"),
        tr!(lang, "No escritas", "Not written"),
    ];
    let rows: Vec<_> = side_by_side(&manifest)
        .into_iter()
        .map(|((currency, component), cells)| {
            let cells: Vec<_> = cells
                .into_iter()
                .zip(heads)
                .map(|(sum, head)| {
                    let text = sum.map_or("–".to_owned(), |sum| format::money_bare(&sum, locale));
                    view! { <td class="num" data-label=head>{text}</td> }
                })
                .collect();
            view! {
                <tr>
                    <th scope="row">{labels::component(component, lang)}</th>
                    <td data-label=tr!(lang, "Moneda", "Currency")>{currency.to_string()}</td>
                    {cells}
                </tr>
            }
        })
        .collect();
    let mut columns =
        vec![Column::new(tr!(lang, "Componente", "Component")), Column::new(tr!(lang, "Moneda", "Currency"))];
    columns.extend(heads.into_iter().map(Column::number));
    let title = tr!(lang, "Totales de control", "Control totals");
    view! { <Card title><DataTable caption=title caption_hidden=true stacked=true columns>{rows}</DataTable></Card> }
        .into_any()
}

#[component]
fn MovedCard(manifest: Manifest) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let moved = manifest.moved;
    let count = move |n: u64| format::count(i64::try_from(n).unwrap_or(i64::MAX), locale);
    let placed: Vec<_> = moved.placed.iter().map(|sum| format::money(sum, locale)).collect();
    view! {
        <Card title=tr!(lang, "Lo que se escribió", "What was written")>
            <KeyValue>
                <Pair term=tr!(lang, "Cuentas", "Accounts")>{count(moved.accounts)}</Pair>
                <Pair term=tr!(lang, "Personas nuevas", "New parties")>{count(moved.parties_new)}</Pair>
                <Pair term=tr!(lang, "Personas ya conocidas", "Known parties")>{count(moved.parties_known)}</Pair>
                <Pair term=tr!(lang, "Datos de contacto", "Contact points")>{count(moved.contact_points)}</Pair>
                <Pair term=tr!(lang, "Asientos de apertura", "Opening entries")>{count(moved.entries)}</Pair>
                <Pair term=tr!(lang, "Saldo colocado", "Balance placed") strong=true>{placed.join(" · ")}</Pair>
            </KeyValue>
        </Card>
    }
    .into_any()
}

#[component]
fn Errors(manifest: Manifest) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let kept = manifest.errors.len() as u64;
    let rows: Vec<_> = manifest
        .errors
        .into_iter()
        .map(|error| {
            let line = error.line.map_or("–".to_owned(), |line| line.to_string());
            let column = error.column.unwrap_or_else(|| "–".to_owned());
            view! {
                <tr>
                    <td class="num" data-label=tr!(lang, "Línea", "Line")>{line}</td>
                    <td data-label=tr!(lang, "Columna", "Column")>{column}</td>
                    <td data-label=tr!(lang, "Qué pasa", "What is wrong")>{problem(&error.code, lang).map_or(error.code.clone(), str::to_owned)}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::number(tr!(lang, "Línea", "Line")),
        Column::new(tr!(lang, "Columna", "Column")),
        Column::new(tr!(lang, "Qué pasa", "What is wrong")),
    ];
    let more = manifest.problems.saturating_sub(kept);
    let more = (more > 0).then(|| {
        let number = format::count(i64::try_from(more).unwrap_or(i64::MAX), locale);
        view! { <p class="soft small">{trf!(lang, "Y {} más, que no se guardaron.", "And {} more, which were not kept.", number)}</p> }
    });
    let title = tr!(lang, "Errores por fila", "Errors by row");
    view! {
        <Card title>
            <DataTable caption=title caption_hidden=true stacked=true columns>{rows}</DataTable>
            {more}
        </Card>
    }
    .into_any()
}

/// The code of an error in words; the values that were wrong are not kept.
fn problem(code: &str, lang: Lang) -> Option<&'static str> {
    Some(match code {
        "required" => tr!(lang, "Falta un dato obligatorio", "A required value is missing"),
        "debtor_required" => tr!(lang, "Falta quién debe", "It is missing who owes"),
        "missing_column" | "missing_debtor_column" => tr!(lang, "Falta una columna", "A column is missing"),
        "duplicate_header" => tr!(lang, "Un encabezado está dos veces", "A header stands twice"),
        "field_count" => {
            tr!(
                lang,
                "La fila no tiene tantos campos como el encabezado",
                "The row has not as many fields as the header"
            )
        }
        "duplicate_external_id" => {
            tr!(
                lang,
                "El número de cuenta está dos veces en el archivo",
                "The account's number stands twice in the file"
            )
        }
        "already_different" => {
            tr!(lang, "La cuenta ya existe con otros datos", "The account exists with other data")
        }
        "bad_date" => tr!(lang, "No es una fecha", "It is no date"),
        "date_order" => tr!(lang, "Las fechas no están en orden", "The dates are not in order"),
        "not_a_number" => tr!(lang, "No es un número", "It is no number"),
        "negative_amount" => tr!(lang, "El importe es negativo", "The amount is negative"),
        "too_many_decimals" => {
            tr!(lang, "Más decimales de los que tiene la moneda", "More decimals than the currency has")
        }
        "too_large" | "total_too_large" => {
            tr!(lang, "El importe es demasiado grande", "The amount is too large")
        }
        "unknown_currency" => tr!(lang, "Moneda desconocida", "Unknown currency"),
        "bad_rate" => tr!(lang, "No es una tasa", "It is no rate"),
        "bad_integer" => tr!(lang, "No es un número entero", "It is no whole number"),
        "bad_choice" => tr!(lang, "No es una de las opciones", "It is none of the choices"),
        "bad_email" => tr!(lang, "No es un correo", "It is no e-mail address"),
        "bad_phone" => tr!(lang, "No es un teléfono", "It is no telephone number"),
        "bad_country" => tr!(lang, "País desconocido", "Unknown country"),
        "empty_file" | "no_rows" => tr!(lang, "El archivo no tiene filas", "The file has no rows"),
        "too_long" | "row_too_long" => tr!(lang, "El texto es demasiado largo", "The text is too long"),
        _ => return None,
    })
}

#[component]
fn MappingCard(manifest: Manifest) -> impl IntoView {
    let lang = use_lang();
    let pairs: Vec<_> = manifest
        .columns
        .into_iter()
        .map(|column| {
            let from = match column.source {
                ColumnSource::Header(header) => view! { <code>{header}</code> }.into_any(),
                ColumnSource::Constant(text) => {
                    let says = tr!(lang, "siempre ", "always ");
                    view! { {says}<code>{text}</code> }.into_any()
                }
            };
            view! { <Pair term=column.column>{from}</Pair> }
        })
        .collect();
    let ignored = (!manifest.ignored_columns.is_empty()).then(|| {
        let text = manifest.ignored_columns.join(", ");
        view! { <p class="soft small">{trf!(lang, "Columnas que no se leyeron: {}", "Columns not read: {}", text)}</p> }
    });
    view! {
        <Card title=tr!(lang, "De dónde salió cada columna", "Where each column came from")>
            <KeyValue>{pairs}</KeyValue>
            {ignored}
        </Card>
    }
    .into_any()
}
