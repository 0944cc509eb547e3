//! Past imports, the rejected ones too.

use domain::access::Permission;
use domain::ids::CreditorId;
use leptos::prelude::*;
use services::import::ImportLine;
use ui::prelude::*;

use super::HISTORY;
use super::view::ADDRESS;
use crate::desk::{ACCOUNTS, Desk, Frame, Section};

/// How an import ended, by the status kept with it.
pub fn outcome(status: &str, lang: Lang) -> (Tone, &'static str) {
    match status {
        "rejected" => (Tone::Warn, tr!(lang, "Rechazada", "Rejected")),
        "unchanged" => (Tone::Neutral, tr!(lang, "Sin cambio", "Unchanged")),
        _ => (Tone::Success, tr!(lang, "Importada", "Imported")),
    }
}

#[component]
pub fn HistoryPage(
    desk: Desk,
    imports: Vec<(String, ImportLine)>,
    creditors: Vec<(CreditorId, String)>,
    done: String,
) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let none = imports.is_empty();
    let may_import = desk.may(Permission::PortfolioImport);
    let notice = match imports.iter().find(|(_, line)| line.id.to_string() == done) {
        Some((_, line)) => {
            let proof = format!("{HISTORY}/{}", line.id);
            let text = trf!(
                lang,
                "Se importaron {} cuentas.",
                "{} accounts were imported.",
                format::count(line.accepted.into(), locale)
            );
            view! { <Notice tone=Tone::Success title=text><a href=ACCOUNTS>{tr!(lang, "Ver las cuentas", "See the accounts")}</a>" · "<a href=proof>{tr!(lang, "Ver el acta", "See the record")}</a></Notice> }.into_any()
        }
        None if done == "igual" => {
            let text = tr!(
                lang,
                "El archivo no cambió nada: todas sus cuentas ya estaban.",
                "The file changed nothing: all its accounts were there."
            );
            view! { <Notice tone=Tone::Info title=text/> }.into_any()
        }
        None => ().into_any(),
    };
    let rows: Vec<_> = imports
        .into_iter()
        .map(|(when, line)| {
            let creditor = creditors.iter().find(|(id, _)| *id == line.creditor_id).map(|(_, name)| name.clone());
            let href = format!("{HISTORY}/{}", line.id);
            let (tone, says) = outcome(&line.status, lang);
            let sha: String = line.sha256.chars().take(12).collect();
            view! {
                <tr>
                    <th scope="row"><a href=href data-row="">{line.file_name}</a></th>
                    <td data-label=tr!(lang, "Resultado", "Result")><Badge tone>{says}</Badge></td>
                    <td class="nowrap" data-label=tr!(lang, "Cuándo", "When")>{when}</td>
                    <td data-label=tr!(lang, "Acreedor", "Creditor")>{creditor}</td>
                    <td class="num" data-label=tr!(lang, "Filas", "Rows")>{format::count(line.rows.into(), locale)}</td>
                    <td class="num" data-label=tr!(lang, "Nuevas", "New")>{format::count(line.accepted.into(), locale)}</td>
                    <td class="num" data-label=tr!(lang, "Sin cambio", "Unchanged")>{format::count(line.unchanged.into(), locale)}</td>
                    <td class="num" data-label=tr!(lang, "Con errores", "With errors")>{format::count(line.rejected.into(), locale)}</td>
                    <td data-label="SHA-256"><code title=line.sha256>{sha}</code></td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::new(tr!(lang, "Archivo", "File")),
        Column::new(tr!(lang, "Resultado", "Result")),
        Column::new(tr!(lang, "Cuándo", "When")),
        Column::new(tr!(lang, "Acreedor", "Creditor")),
        Column::number(tr!(lang, "Filas", "Rows")),
        Column::number(tr!(lang, "Nuevas", "New")),
        Column::number(tr!(lang, "Sin cambio", "Unchanged")),
        Column::number(tr!(lang, "Con errores", "With errors")),
        Column::new("SHA-256"),
    ];
    let title = Section::Imports.label(lang);
    let button = may_import.then(|| {
        view! { <LinkButton href=ADDRESS icon=Glyph::Upload>{tr!(lang, "Importar cartera", "Import portfolio")}</LinkButton> }
    });
    view! {
        <Frame desk section=Section::Imports title>
            {notice}
            {if none {
                view! {
                    <Card><EmptyState title=tr!(lang, "Todavía no se ha importado nada", "Nothing has been imported yet")>{button}</EmptyState></Card>
                }.into_any()
            } else {
                view! {
                    <div>{button}</div>
                    <div class="card"><DataTable caption=title caption_hidden=true stacked=true columns>{rows}</DataTable></div>
                }.into_any()
            }}
        </Frame>
    }
}
