//! The list of remittances, and the form of a new one.

use chrono::NaiveDate;
use domain::access::Permission;
use domain::ids::CreditorId;
use leptos::prelude::*;
use services::remittances::{CommissionVersion, RemittanceStatus, RemittanceView};
use ui::prelude::*;

use super::ADDRESS;
use super::commission::Version;
use crate::desk::{Desk, Frame, Section};

/// What would be stated, asked for once more.
#[derive(Clone)]
pub struct Draft {
    pub creditor: Creditor,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub version: CommissionVersion,
}

/// For whom is collected.
#[derive(Clone, Debug)]
pub struct Creditor {
    pub id: CreditorId,
    pub name: String,
    pub country: String,
}

pub const fn status(status: RemittanceStatus, lang: Lang) -> (Tone, &'static str) {
    match status {
        RemittanceStatus::Stated => (Tone::Info, tr!(lang, "Por pagar", "To be paid")),
        RemittanceStatus::Paid => (Tone::Success, tr!(lang, "Pagada", "Paid")),
    }
}

#[component]
pub fn ListPage(
    desk: Desk,
    lines: Vec<RemittanceView>,
    creditors: Vec<Creditor>,
    period: (NaiveDate, NaiveDate),
    draft: Option<Draft>,
) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let may_make = desk.may(Permission::RemittanceMake);
    let none = lines.is_empty();
    let rows: Vec<_> = lines.into_iter().map(|line| row(line, lang, locale)).collect();
    let columns = vec![
        Column::new(tr!(lang, "Acreedor", "Creditor")),
        Column::number(tr!(lang, "N.º", "No.")),
        Column::new(tr!(lang, "Período", "Period")),
        Column::number(tr!(lang, "Cobrado", "Collected")),
        Column::number(tr!(lang, "Se retiene", "Kept")),
        Column::number(tr!(lang, "Se entrega", "Paid out")),
        Column::new(tr!(lang, "Estado", "Status")),
    ];
    let links: Vec<_> = creditors
        .iter()
        .map(|creditor| {
            let href = format!("{ADDRESS}/comision/{}", creditor.id);
            view! { <li><a href=href>{creditor.name.clone()}</a></li> }
        })
        .collect();
    let title = Section::Remittances.label(lang);
    let form = may_make.then(|| match draft {
        Some(draft) => view! { <Confirm draft/> }.into_any(),
        None => view! { <NewForm creditors period/> }.into_any(),
    });
    view! {
        <Frame desk section=Section::Remittances title>
            <ErrorSummary/>
            <p class="lead">{tr!(lang, "Lo cobrado para cada acreedor, lo que se retiene y lo que se le entrega.", "What was collected for each creditor, what is kept of it, and what is paid out.")}</p>
            {form}
            {if none {
                view! { <Card><EmptyState title=tr!(lang, "Todavía no hay rendiciones", "There are no remittances yet") icon=Glyph::Landmark/></Card> }.into_any()
            } else {
                view! { <div class="card"><DataTable caption=title caption_hidden=true stacked=true columns>{rows}</DataTable></div> }.into_any()
            }}
            <Card title=tr!(lang, "Comisiones", "Commissions")>
                <p class="soft">{tr!(lang, "Lo acordado con cada acreedor, por versiones.", "What was agreed with each creditor, by version.")}</p>
                <ul class="plain-list row">{links}</ul>
            </Card>
        </Frame>
    }
}

fn row(line: RemittanceView, lang: Lang, locale: Locale) -> AnyView {
    let href = format!("{ADDRESS}/{}", line.id);
    let (tone, says) = status(line.status, lang);
    let kept = line.collected.sub(line.net).ok().map(|kept| format::money(&kept, locale));
    let period = format!(
        "{} – {}",
        format::date_short(line.period_from, locale),
        format::date_short(line.period_to, locale)
    );
    view! {
        <tr>
            <th scope="row"><a href=href data-row="">{line.creditor.name}</a></th>
            <td class="num" data-label=tr!(lang, "N.º", "No.")>{line.number}</td>
            <td data-label=tr!(lang, "Período", "Period")>{period}</td>
            <td class="num" data-label=tr!(lang, "Cobrado", "Collected")>{format::money(&line.collected, locale)}</td>
            <td class="num" data-label=tr!(lang, "Se retiene", "Kept")>{kept}</td>
            <td class="num" data-label=tr!(lang, "Se entrega", "Paid out")>{format::money(&line.net, locale)}</td>
            <td data-label=tr!(lang, "Estado", "Status")><Badge tone>{says}</Badge></td>
        </tr>
    }
    .into_any()
}

#[component]
fn NewForm(creditors: Vec<Creditor>, period: (NaiveDate, NaiveDate)) -> impl IntoView {
    let lang = use_lang();
    let options =
        creditors.into_iter().map(|creditor| Choice::new(creditor.id.to_string(), creditor.name)).collect();
    view! {
        <Card title=tr!(lang, "Rendición nueva", "New remittance")>
            <PostForm action=ADDRESS class="filters">
                <Select name="creditor" label=tr!(lang, "Acreedor", "Creditor") options blank=tr!(lang, "Elegir…", "Choose…")/>
                <Field name="period_from" kind="date" label=tr!(lang, "Desde", "From") value=period.0.to_string()/>
                <Field name="period_to" kind="date" label=tr!(lang, "Hasta", "Until") value=period.1.to_string()/>
                <Button icon=Glyph::Eye>{tr!(lang, "Revisar", "Check")}</Button>
            </PostForm>
        </Card>
    }
    .into_any()
}

/// A statement is told to the creditor and cannot be taken back: it is asked for twice.
#[component]
fn Confirm(draft: Draft) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let Draft { creditor, from, to, version } = draft;
    let day = move |on: NaiveDate| format::date_short(on, locale);
    view! {
        <Card title=trf!(lang, "Rendir a {}", "State to {}", creditor.name)>
            <p>{trf!(lang, "Entra todo lo cobrado hasta el {} que no se haya rendido antes, también pagos atrasados y reversos.", "All that was collected until {} and not stated before goes in, late payments and reversals, too.", day(to))}</p>
            <KeyValue><Pair term=tr!(lang, "Período", "Period")>{day(from)}" – "{day(to)}</Pair></KeyValue>
            <Version version/>
            <PostForm action=ADDRESS class="row">
                <input type="hidden" name="creditor" value=creditor.id.to_string()/>
                <input type="hidden" name="period_from" value=from.to_string()/>
                <input type="hidden" name="period_to" value=to.to_string()/>
                <Button name="act" value="make" icon=Glyph::Check>{tr!(lang, "Hacer la rendición", "Make the remittance")}</Button>
                <a class="btn btn-quiet" href=ADDRESS>{tr!(lang, "Cancelar", "Cancel")}</a>
            </PostForm>
        </Card>
    }
    .into_any()
}
