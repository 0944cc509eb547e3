//! Whose treatment changes when the newest version is set going.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::access::Permission;
use domain::ids::JourneyId;
use domain::money::Money;
use domain::strategy::{Anchor, Journey};
use leptos::prelude::*;
use serde::Deserialize;
use services::strategy::{Change, Impact, ImpactLine};
use services::{ServiceError, Services};
use ui::prelude::*;

use super::ADDRESS;
use super::words::{act_name, day_words};
use crate::desk::{Desk, Frame, Section};
use crate::pages::account::id_of;
use crate::pages::segments::words;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct From {
    /// The page continues after this account.
    #[serde(rename = "desde")]
    after: String,
}

/// `GET /console/recorridos/{id}/impacto`
pub async fn show(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    Query(from): Query<From>,
) -> Response {
    let result: Result<Response, ServiceError> = async {
        let id: JourneyId = id_of(&id)?;
        let found = services.impact(desk.actor(), id, from.after.parse().ok()).await?;
        let page = desk.page(trf!(desk.lang(), "Qué cambia: {}", "What changes: {}", found.after.name));
        let desk = desk.clone();
        Ok(page.render(move || view! { <ImpactPage desk found/> }))
    }
    .await;
    desk.answer(result)
}

fn step_name(steps: Option<&Journey>, next: Option<i32>, lang: Lang) -> String {
    let found = next.and_then(|next| steps?.steps.get(usize::try_from(next).ok()?));
    let from = steps.map_or(Anchor::Entry, |steps| steps.counts_from);
    found.map_or_else(
        || tr!(lang, "ningún paso", "no step").to_owned(),
        |step| {
            let act = act_name(&step.act, lang);
            format!("{act}, {}", day_words(step.day, from, lang).to_lowercase())
        },
    )
}

fn change_words(of: Change, found: &Impact, lang: Lang) -> (Tone, String) {
    let before = found.before.as_ref().map(|journey| &journey.steps);
    let (was_steps, will_steps) = (before, Some(&found.after.steps));
    match of {
        Change::ComesIn { will } => {
            let step = step_name(will_steps, will, lang);
            (Tone::Info, trf!(lang, "Entra. Sigue: {}", "Comes in. Next: {}", step))
        }
        Change::Leaves { was } => {
            let step = step_name(was_steps, was, lang);
            (Tone::Warn, trf!(lang, "Sale. Ya no recibe: {}", "Leaves. No longer gets: {}", step))
        }
        Change::NextStep { was, will } => {
            let (was, will) = (step_name(was_steps, was, lang), step_name(will_steps, will, lang));
            if was == will {
                return (Tone::Neutral, trf!(lang, "Otro texto: {}", "Another text: {}", will));
            }
            (Tone::Neutral, trf!(lang, "En vez de {0}: {1}", "Instead of {0}: {1}", was, will))
        }
    }
}

#[component]
fn ImpactPage(desk: Desk, found: Impact) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let title = trf!(lang, "Qué cambia: {}", "What changes: {}", found.after.name);
    let here = format!("{ADDRESS}/{}", found.after.id);
    let crumbs = vec![
        Crumb::new(ADDRESS, Section::Journeys.label(lang)),
        Crumb::new(here.clone(), found.after.name.clone()),
        Crumb::here(tr!(lang, "Qué cambia", "What changes")),
    ];
    let count = move |number: u64| format::count(i64::try_from(number).unwrap_or(i64::MAX), locale);
    let versions = match &found.before {
        Some(before) if before.version == found.after.version => {
            tr!(lang, "Esta versión ya está activa.", "This version is already going.").to_owned()
        }
        Some(before) => trf!(
            lang,
            "La versión {0} está activa; la {1} tomaría su lugar.",
            "Version {0} is going; version {1} would take its place.",
            before.version,
            found.after.version
        ),
        None => trf!(
            lang,
            "El recorrido está detenido; se activaría la versión {}.",
            "The journey is stopped; version {} would be set going.",
            found.after.version
        ),
    };
    let headline = if found.debtors == 1 {
        tr!(lang, "Cambia el trato de 1 persona", "The treatment of 1 person changes").to_owned()
    } else {
        trf!(
            lang,
            "Cambia el trato de {} personas",
            "The treatment of {} people changes",
            count(found.debtors)
        )
    };
    let waits = found.before.as_ref().is_none_or(|before| before.version != found.after.version);
    let back = here.clone();
    let publish = (waits && desk.may(Permission::StrategyWrite)).then(|| {
        view! {
            <PostForm action=back.clone() class="row">
                <Button name="act" value="start">{trf!(lang, "Activar la versión {}", "Set version {} going", found.after.version)}</Button>
                <a class="btn btn-quiet" href=back>{tr!(lang, "Dejarlo como está", "Leave it as it is")}</a>
            </PostForm>
        }
    });
    let rules = rules(&found, locale);
    let examples: Vec<_> = found.lines.iter().filter_map(|line| example(line, locale)).collect();
    let rows: Vec<_> = found.lines.iter().map(|line| row(line, &found, locale)).collect();
    let none = rows.is_empty();
    let columns = vec![
        Column::new(tr!(lang, "Persona", "Person")),
        Column::new(tr!(lang, "Cuenta", "Account")),
        Column::new(tr!(lang, "Qué cambia", "What changes")),
        Column::number(tr!(lang, "Saldo", "Owed")),
    ];
    let next = found.next.map(|after| format!("{here}/impacto?desde={after}"));
    view! {
        <Frame desk section=Section::Journeys title crumbs>
            <Card title=headline>
                <p>{versions}</p>
                {publish}
            </Card>
            <div class="tiles">
                <Tile label=tr!(lang, "Cuentas que entran", "Accounts that come in") figure=count(found.comes_in)/>
                <Tile label=tr!(lang, "Cuentas que salen", "Accounts that leave") figure=count(found.leaves)/>
                <Tile label=tr!(lang, "Con otro paso siguiente", "With another next step") figure=count(found.next_differs)/>
                <Tile label=tr!(lang, "Siguen igual", "Unchanged") figure=count(found.unchanged)/>
            </div>
            {rules}
            {(!examples.is_empty()).then(|| view! {
                <Card title=tr!(lang, "Ejemplos", "Examples")>{examples}</Card>
            })}
            {(!none).then(|| view! {
                <Card title=tr!(lang, "A quién le cambia", "For whom it changes")>
                    <DataTable caption=tr!(lang, "A quién le cambia", "For whom it changes") caption_hidden=true stacked=true columns>{rows}</DataTable>
                </Card>
            })}
            <Pager next/>
        </Frame>
    }
}

fn rules(found: &Impact, locale: Locale) -> Option<AnyView> {
    let lang = locale.lang();
    let before = found.before_rule.as_ref().filter(|rule| **rule != found.after_rule)?;
    let (before, after) = (words::rule_lines(before, locale), words::rule_lines(&found.after_rule, locale));
    Some(
        view! {
            <Card title=tr!(lang, "La regla del segmento", "The rule of the segment")>
                <div class="grid">
                    <div><h3>{tr!(lang, "Hoy", "Today")}</h3>{before}</div>
                    <div><h3>{tr!(lang, "Después", "Afterwards")}</h3>{after}</div>
                </div>
            </Card>
        }
        .into_any(),
    )
}

/// Why one account comes in or leaves.
fn example(line: &ImpactLine, locale: Locale) -> Option<AnyView> {
    let lang = locale.lang();
    let why = line.why.as_ref()?;
    let before = why.before.as_ref().map(|before| {
        view! { <h4>{tr!(lang, "Con la regla de hoy", "By today's rule")}</h4>{words::explained(before, locale)} }
    });
    let after = words::explained(&why.after, locale);
    Some(
        view! {
            <details>
                <summary>{format!("{} · {}", line.account.debtor_name, line.account.external_id)}</summary>
                {before}
                <h4>{tr!(lang, "Con la nueva", "By the new one")}</h4>
                {after}
            </details>
        }
        .into_any(),
    )
}

fn row(line: &ImpactLine, found: &Impact, locale: Locale) -> impl IntoView + use<> {
    let lang = locale.lang();
    let account = &line.account;
    let href = format!("{}/{}", crate::desk::ACCOUNTS, account.id);
    let owed = account.currency.parse().map(|currency| Money::from_minor(account.total, currency));
    let owed = owed.map(|money| format::money(&money, locale)).unwrap_or_default();
    let (tone, says) = change_words(line.change, found, lang);
    // A badge holds a word; what is longer must wrap on a phone.
    let what = match says.split_once(". ") {
        Some((word, rest)) => {
            let (word, rest) = (word.to_owned(), rest.to_owned());
            view! { <Badge tone>{word}</Badge>" "{rest} }.into_any()
        }
        None => says.into_any(),
    };
    view! {
        <tr>
            <th scope="row"><a href=href data-row="">{account.debtor_name.clone()}</a></th>
            <td data-label=tr!(lang, "Cuenta", "Account")>{account.external_id.clone()}</td>
            <td data-label=tr!(lang, "Qué cambia", "What changes")>{what}</td>
            <td class="num" data-label=tr!(lang, "Saldo", "Owed")>{owed}</td>
        </tr>
    }
}
