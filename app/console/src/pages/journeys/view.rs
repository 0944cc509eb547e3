//! The pages of journeys.

use domain::access::Permission;
use domain::strategy::{Act, Step};
use leptos::prelude::*;
use services::roster::CollectorLine;
use services::strategy::{JourneyLine, JourneyView, SegmentLine};
use ui::prelude::*;

use super::ADDRESS;
use super::form::{Draft, STEPS};
use crate::desk::{Desk, Frame, Section};

pub(super) fn act_name(act: &Act, lang: Lang) -> &'static str {
    match act {
        Act::Email { .. } => tr!(lang, "Correo", "E-mail"),
        Act::Call => tr!(lang, "Pedir una llamada", "Ask for a call"),
        Act::Visit { .. } => tr!(lang, "Planear una visita", "Plan a visit"),
    }
}

fn running(is: bool, lang: Lang) -> (Tone, &'static str) {
    if is {
        (Tone::Success, tr!(lang, "Activo", "Running"))
    } else {
        (Tone::Neutral, tr!(lang, "Detenido", "Stopped"))
    }
}

fn outcome(name: &str, lang: Lang) -> String {
    let known = match name {
        "message" => tr!(lang, "mensajes preparados", "messages prepared"),
        "call" => tr!(lang, "llamadas pedidas", "calls asked for"),
        "visit" => tr!(lang, "visitas planeadas", "visits planned"),
        "held" => tr!(lang, "esperan un día permitido", "wait for a lawful day"),
        "refused" => tr!(lang, "no permitidos o no posibles", "not lawful or not possible"),
        "dropped" => tr!(lang, "ya no hacen falta", "not needed any more"),
        other => return other.to_owned(),
    };
    known.to_owned()
}

#[component]
pub fn ListPage(desk: Desk, journeys: Vec<JourneyLine>) -> impl IntoView {
    let lang = use_lang();
    let may_write = desk.may(Permission::StrategyWrite);
    let title = Section::Journeys.label(lang);
    let none = journeys.is_empty();
    let rows: Vec<_> = journeys
        .into_iter()
        .map(|journey| {
            let href = format!("{ADDRESS}/{}", journey.id);
            let (tone, says) = running(journey.going.is_some(), lang);
            view! {
                <tr>
                    <th scope="row"><a href=href data-row="">{journey.name}</a></th>
                    <td data-label=tr!(lang, "Estado", "Status")><Badge tone>{says}</Badge></td>
                    <td class="num" data-label=tr!(lang, "Pasos", "Steps")>{journey.steps.0.len()}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::new(tr!(lang, "Recorrido", "Journey")),
        Column::new(tr!(lang, "Estado", "Status")),
        Column::number(tr!(lang, "Pasos", "Steps")),
    ];
    let new = move || {
        may_write.then(|| {
            view! { <LinkButton href=format!("{ADDRESS}/nuevo") icon=Glyph::Plus>{tr!(lang, "Nuevo recorrido", "New journey")}</LinkButton> }
        })
    };
    view! {
        <Frame desk section=Section::Journeys title actions=new>
            {if none {
                view! {
                    <Card><EmptyState title=tr!(lang, "Todavía no hay recorridos", "There are no journeys yet") icon=Glyph::ListChecks>
                        <p>{tr!(lang, "Un recorrido dice qué se hace, y cuándo, con las cuentas de un segmento.", "A journey says what is done, and when, about the accounts of a segment.")}</p>
                    </EmptyState></Card>
                }.into_any()
            } else {
                view! { <div class="card"><DataTable caption=title caption_hidden=true stacked=true columns>{rows}</DataTable></div> }.into_any()
            }}
        </Frame>
    }
}

#[component]
pub fn JourneyPage(desk: Desk, found: JourneyView, done: String) -> impl IntoView {
    let lang = use_lang();
    let JourneyView { journey, segment_name, came, done: tally } = found;
    let crumbs = vec![Crumb::new(ADDRESS, Section::Journeys.label(lang)), Crumb::here(journey.name.clone())];
    let may_write = desk.may(Permission::StrategyWrite);
    let here = format!("{ADDRESS}/{}", journey.id);
    let links = here.clone();
    let edit = format!("{here}/editar");
    let change = move || {
        let href = edit.clone();
        may_write.then(|| view! { <LinkButton href kind=ButtonKind::Secondary>{tr!(lang, "Cambiar los pasos", "Change the steps")}</LinkButton> })
    };
    let told = match done.as_str() {
        "guardado" => Some(tr!(
            lang,
            "El recorrido quedó guardado. Actívelo cuando esté listo.",
            "The journey is saved. Start it when it is ready."
        )),
        "activo" => Some(tr!(lang, "El recorrido está activo.", "The journey is running.")),
        "detenido" => Some(tr!(lang, "El recorrido está detenido.", "The journey is stopped.")),
        "corrido" => Some(tr!(
            lang,
            "Se hizo lo que tocaba hoy. Nada se hace dos veces.",
            "What was due today is done. Nothing is done twice."
        )),
        _ => None,
    };
    let steps: Vec<_> =
        (0..).zip(&journey.steps.0).map(|(number, step)| step_lines(number, step, &tally, lang)).collect();
    let (tone, says) = running(journey.going.is_some(), lang);
    let (switch, label) = if journey.going.is_some() {
        ("stop", tr!(lang, "Detener", "Stop"))
    } else {
        ("start", tr!(lang, "Activar", "Start"))
    };
    let waits = journey.going.filter(|going| *going != journey.version).map(|going| {
        let says = trf!(
            lang,
            "La versión {0} sigue activa; la {1} espera a que la active.",
            "Version {0} is still going; version {1} waits for you to set it going.",
            going,
            journey.version
        );
        let href = format!("{here}/impacto");
        view! {
            <Notice tone=Tone::Info title=says>
                <p><a href=href>{tr!(lang, "Ver qué cambia y activarla", "See what changes and set it going")}</a></p>
            </Notice>
        }
    });
    let refused = (done == "comparado").then(|| {
        view! { <Notice tone=Tone::Warn title=tr!(lang, "Un experimento compara este recorrido. Termínelo antes de cambiarlo.", "An experiment compares this journey. End it before you change it.")/> }
    });
    let run_now = journey.going.is_some().then(|| {
        view! { <Button kind=ButtonKind::Secondary name="act" value="run">{tr!(lang, "Hacer lo de hoy ahora", "Do what is due today now")}</Button> }
    });
    let buttons = may_write.then(|| {
        view! {
            <PostForm action=here class="row">
                <Button name="act" value=switch>{label}</Button>
                {run_now}
            </PostForm>
        }
    });
    let segment = format!("{}/{}", crate::pages::segments::ADDRESS, journey.segment);
    view! {
        <Frame desk section=Section::Journeys title=journey.name.clone() crumbs actions=change>
            {told.map(|title| view! { <Notice tone=Tone::Success title/> })}
            {refused}
            {waits}
            <Card title=tr!(lang, "Estado", "Status")>
                <p class="row"><Badge tone>{says}</Badge>{trf!(lang, "{} cuentas entraron", "{} accounts came in", came)}</p>
                <p>{tr!(lang, "Segmento: ", "Segment: ")}<a href=segment>{segment_name}</a></p>
                {buttons}
                <ul class="plain-list row">
                    <li><a href=format!("{links}/simular")>{tr!(lang, "Simular los próximos días", "Simulate the coming days")}</a></li>
                    <li><a href=format!("{links}/impacto")>{tr!(lang, "Ver qué cambia", "See what changes")}</a></li>
                    <li><a href=format!("{links}/versiones")>{tr!(lang, "Versiones", "Versions")}</a></li>
                </ul>
            </Card>
            <Card title=tr!(lang, "Pasos", "Steps")>
                <p class="soft small">{tr!(lang, "Cada paso pide permiso a las reglas de contacto de la persona, y otra vez al enviar.", "Each step asks the person's contact rules for leave, and again when it sends.")}</p>
                <ol class="stack">{steps}</ol>
            </Card>
        </Frame>
    }
}

fn step_lines(number: i32, step: &Step, tally: &[(i32, String, i64)], lang: Lang) -> AnyView {
    let title = format!("{} {}: {}", tr!(lang, "Día", "Day"), step.day, act_name(&step.act, lang));
    let counts: Vec<_> = tally
        .iter()
        .filter(|(of, ..)| *of == number)
        .map(|(_, name, times)| format!("{times} {}", outcome(name, lang)))
        .collect();
    let text = match &step.act {
        Act::Email { subject, body } => Some(view! {
            <p><strong>{subject.clone()}</strong></p>
            <p class="small">{body.clone()}</p>
        }),
        Act::Call | Act::Visit { .. } => None,
    };
    view! {
        <li>
            <p><strong>{title}</strong></p>
            {text}
            <p class="soft small">{counts.join(" · ")}</p>
        </li>
    }
    .into_any()
}

#[component]
pub fn EditPage(
    desk: Desk,
    draft: Draft,
    segments: Vec<SegmentLine>,
    collectors: Vec<CollectorLine>,
) -> impl IntoView {
    let lang = use_lang();
    let title = if draft.based_on == 0 {
        tr!(lang, "Nuevo recorrido", "New journey")
    } else {
        tr!(lang, "Cambiar recorrido", "Change journey")
    };
    let crumbs = vec![Crumb::new(ADDRESS, Section::Journeys.label(lang)), Crumb::here(title)];
    let segments: Vec<_> =
        segments.into_iter().map(|segment| Choice::new(segment.id.to_string(), segment.name)).collect();
    let people: Vec<_> =
        collectors.into_iter().map(|line| Choice::new(line.id.to_string(), line.name)).collect();
    let acts = vec![
        Choice::new("email", tr!(lang, "Correo", "E-mail")),
        Choice::new("call", tr!(lang, "Pedir una llamada", "Ask for a call")),
        Choice::new("visit", tr!(lang, "Planear una visita", "Plan a visit")),
    ];
    let steps: Vec<_> = (1..)
        .zip(STEPS)
        .map(|(number, names)| {
            let (acts, people) = (acts.clone(), people.clone());
            view! {
                <fieldset>
                    <legend>{trf!(lang, "Paso {}", "Step {}", number)}</legend>
                    <div class="grid">
                        <Select name=names.act label=tr!(lang, "Qué se hace", "What is done") options=acts blank=tr!(lang, "Nada", "Nothing") required=false/>
                        <Field name=names.day label=tr!(lang, "Día", "Day") inputmode="numeric" required=false short=true/>
                        <Select name=names.collector label=tr!(lang, "Quién visita", "Who visits") options=people blank="–" required=false/>
                    </div>
                    <Field name=names.subject label=tr!(lang, "Asunto del correo", "Subject of the e-mail") required=false/>
                    <Textarea name=names.body label=tr!(lang, "Texto del correo", "Text of the e-mail") required=false/>
                </fieldset>
            }
        })
        .collect();
    let whole = form_state().and_then(|state| state.error("steps").map(str::to_owned));
    let whole = whole.map(|says| view! { <Notice tone=Tone::Error title=says/> });
    view! {
        <Frame desk section=Section::Journeys title crumbs>
            <ErrorSummary/>
            <PostForm action=format!("{ADDRESS}/nuevo")>
                <input type="hidden" name="id" value=draft.id.to_string()/>
                <input type="hidden" name="based_on" value=draft.based_on.to_string()/>
                <div id="steps">{whole}</div>
                <Field name="name" label=tr!(lang, "Nombre", "Name") maxlength=120/>
                <Select name="segment" label=tr!(lang, "Segmento", "Segment") options=segments blank="–"/>
                <p class="soft small">{tr!(
                    lang,
                    "El día 0 es el día en que la cuenta entra. Los textos pueden nombrar {{ name }}, {{ creditor }}, {{ agency }}, {{ account }}, {{ amount }}, {{ days_past_due }} y {{ link }}.",
                    "Day 0 is the day on which the account comes in. Texts may name {{ name }}, {{ creditor }}, {{ agency }}, {{ account }}, {{ amount }}, {{ days_past_due }} and {{ link }}."
                )}</p>
                {steps}
                <div class="row">
                    <Button>{tr!(lang, "Guardar", "Save")}</Button>
                    <a class="btn btn-quiet" href=ADDRESS>{tr!(lang, "Cancelar", "Cancel")}</a>
                </div>
            </PostForm>
        </Frame>
    }
}
