//! The list of experiments with the permanent holdout, and the form of a new one.

use domain::access::Permission;
use domain::ids::ExperimentId;
use leptos::prelude::*;
use services::strategy::{ExperimentLine, ExperimentStatus, ExperimentView, JourneyLine, SegmentLine};
use ui::prelude::*;

use super::ADDRESS;
use super::form::{ARMS, NOTHING};
use crate::desk::{Desk, Frame, Section};

pub fn name_of(line: &ExperimentLine, lang: Lang) -> String {
    if line.is_holdout {
        tr!(lang, "Grupo sin gestión", "Permanent holdout").to_owned()
    } else {
        line.name.clone()
    }
}

pub const fn status(of: ExperimentStatus, lang: Lang) -> (Tone, &'static str) {
    match of {
        ExperimentStatus::Draft => (Tone::Neutral, tr!(lang, "Sin empezar", "Not started")),
        ExperimentStatus::Running => (Tone::Success, tr!(lang, "En marcha", "Running")),
        ExperimentStatus::Ended => (Tone::Neutral, tr!(lang, "Terminado", "Ended")),
    }
}

#[component]
pub fn ListPage(
    desk: Desk,
    lines: Vec<ExperimentLine>,
    holdout: Option<ExperimentView>,
    done: String,
) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let may_write = desk.may(Permission::StrategyWrite);
    let title = Section::Experiments.label(lang);
    let none = !lines.iter().any(|line| !line.is_holdout);
    let rows: Vec<_> = lines
        .iter()
        .map(|line| {
            let href = format!("{ADDRESS}/{}", line.id);
            let (tone, says) = status(line.status, lang);
            let since = line.started_on.map(|on| format::date_short(on, locale)).unwrap_or_default();
            view! {
                <tr>
                    <th scope="row"><a href=href data-row="">{name_of(line, lang)}</a></th>
                    <td data-label=tr!(lang, "Estado", "Status")><Badge tone>{says}</Badge></td>
                    <td class="nowrap" data-label=tr!(lang, "Desde", "Since")>{since}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::new(tr!(lang, "Experimento", "Experiment")),
        Column::new(tr!(lang, "Estado", "Status")),
        Column::new(tr!(lang, "Desde", "Since")),
    ];
    let new = move || {
        may_write.then(|| {
            view! { <LinkButton href=format!("{ADDRESS}/nuevo") icon=Glyph::Plus>{tr!(lang, "Nuevo experimento", "New experiment")}</LinkButton> }
        })
    };
    let share = holdout
        .as_ref()
        .and_then(|found| found.arms.iter().find(|arm| arm.arm == 1).map(|arm| arm.share_pct));
    let says = match share {
        Some(share) => trf!(
            lang,
            "{} de cada 100 personas quedan fuera de todos los recorridos. Así se ve cuánto se paga sin gestión.",
            "{} of every 100 people are kept out of all journeys. This shows how much is paid without contact.",
            share
        ),
        None => tr!(
            lang,
            "Nadie queda fuera. Sin un grupo sin gestión no se sabe cuánto se habría pagado de todos modos.",
            "Nobody is kept out. Without a holdout nobody knows how much would have been paid anyway."
        )
        .to_owned(),
    };
    let value = share.unwrap_or(0).to_string();
    let days = holdout.as_ref().map_or(30, |found| found.line.window_days).to_string();
    let hold = may_write.then(|| {
        view! {
            <PostForm action=ADDRESS>
                <Field name="share" label=tr!(lang, "Porcentaje de personas", "Share of people") value hint=tr!(lang, "De 0 a 20; 0 lo termina", "From 0 to 20; 0 ends it") inputmode="numeric" suffix="%" short=true/>
                <Field name="window" label=tr!(lang, "Días que cuentan", "Days that count") value=days hint=tr!(lang, "Se cuentan los pagos de tantos días", "Payments of so many days are counted") inputmode="numeric" short=true/>
                <Button kind=ButtonKind::Secondary>{tr!(lang, "Guardar", "Save")}</Button>
            </PostForm>
        }
    });
    let told = (done == "grupo").then(|| {
        view! { <Notice tone=Tone::Success title=tr!(lang, "El grupo sin gestión quedó guardado.", "The permanent holdout is saved.")/> }
    });
    view! {
        <Frame desk section=Section::Experiments title actions=new>
            <ErrorSummary/>
            {told}
            <div class="split">
                <div class="stack">
                    {none.then(|| view! {
                        <Card><EmptyState title=tr!(lang, "Todavía no hay experimentos", "There are no experiments yet") icon=Glyph::Chart>
                            <p>{tr!(lang, "Un experimento reparte al azar a las personas de un segmento entre varios recorridos y compara lo que pagan.", "An experiment splits the people of a segment between several journeys at random, and compares what they pay.")}</p>
                        </EmptyState></Card>
                    })}
                    {(!rows.is_empty()).then(|| view! { <div class="card"><DataTable caption=title caption_hidden=true stacked=true columns>{rows}</DataTable></div> })}
                </div>
                <aside class="stack" aria-label=tr!(lang, "Grupo sin gestión", "Permanent holdout")>
                    <Card title=tr!(lang, "Grupo sin gestión", "Permanent holdout")>
                        <p>{says}</p>
                        {hold}
                    </Card>
                </aside>
            </div>
        </Frame>
    }
}

#[component]
pub fn EditPage(
    desk: Desk,
    id: ExperimentId,
    segments: Vec<SegmentLine>,
    journeys: Vec<JourneyLine>,
) -> impl IntoView {
    let lang = use_lang();
    let title = tr!(lang, "Nuevo experimento", "New experiment");
    let crumbs = vec![Crumb::new(ADDRESS, Section::Experiments.label(lang)), Crumb::here(title)];
    let segments: Vec<_> =
        segments.into_iter().map(|segment| Choice::new(segment.id.to_string(), segment.name)).collect();
    let mut ways: Vec<_> =
        journeys.into_iter().map(|journey| Choice::new(journey.id.to_string(), journey.name)).collect();
    ways.push(Choice::new(NOTHING, tr!(lang, "No hacer nada", "Do nothing")));
    let arms: Vec<_> = (1..)
        .zip(ARMS)
        .map(|(number, (way, share))| {
            let legend = if number == 1 {
                tr!(lang, "Grupo 1: como hasta ahora (campeón)", "Group 1: as until now (champion)").to_owned()
            } else {
                trf!(lang, "Grupo {}: otra manera (retador)", "Group {}: another way (challenger)", number)
            };
            let ways = ways.clone();
            view! {
                <fieldset>
                    <legend>{legend}</legend>
                    <div class="grid">
                        <Select name=way label=tr!(lang, "Qué se hace", "What is done") options=ways blank=tr!(lang, "Sin este grupo", "Without this group") required=false/>
                        <Field name=share label=tr!(lang, "Porcentaje de personas", "Share of people") inputmode="numeric" suffix="%" required=false short=true/>
                    </div>
                </fieldset>
            }
        })
        .collect();
    let whole = form_state().and_then(|state| state.error("arms").map(str::to_owned));
    let whole = whole.map(|says| view! { <Notice tone=Tone::Error title=says/> });
    view! {
        <Frame desk section=Section::Experiments title crumbs>
            <ErrorSummary/>
            <PostForm action=format!("{ADDRESS}/nuevo")>
                <input type="hidden" name="id" value=id.to_string()/>
                <div id="arms">{whole}</div>
                <Field name="name" label=tr!(lang, "Nombre", "Name") maxlength=120/>
                <Select name="segment" label=tr!(lang, "Segmento", "Segment") options=segments blank="–"/>
                <Field name="window" label=tr!(lang, "Días que cuentan", "Days that count") hint=tr!(lang, "De cada cuenta se cuentan los pagos de tantos días desde que entra", "Of each account, payments of so many days since it came in are counted") inputmode="numeric" short=true/>
                <p class="soft small">{tr!(lang, "Cada persona cae al azar en un grupo y se queda en él. Los recorridos deben ser del mismo segmento; los porcentajes suman 100.", "Each person falls into a group at random and stays in it. The journeys must be of the same segment; the shares come to 100.")}</p>
                {arms}
                <div class="row">
                    <Button>{tr!(lang, "Guardar", "Save")}</Button>
                    <a class="btn btn-quiet" href=ADDRESS>{tr!(lang, "Cancelar", "Cancel")}</a>
                </div>
            </PostForm>
        </Frame>
    }
}
