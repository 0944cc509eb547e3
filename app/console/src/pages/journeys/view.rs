//! The pages of journeys.

use domain::access::Permission;
use domain::ids::{TemplateId, UserId};
use domain::strategy::{Act, Anchor, Event};
use leptos::prelude::*;
use services::roster::CollectorLine;
use services::strategy::{JourneyLine, JourneyView, SegmentLine, StepLine};
use ui::prelude::*;

use super::ADDRESS;
use super::form::{Draft, Names, ORDERS, STEPS, order_value};
use super::words::{channels_words, day_words, event_words, hold_words, reason_words};
use crate::desk::{Desk, Frame, Section};
use crate::pages::segments::words::{self as segment_words, rule_lines};

/// Names by which a journey calls what it uses.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub templates: Vec<(TemplateId, String)>,
    pub collectors: Vec<CollectorLine>,
}

impl Known {
    fn template(&self, id: TemplateId) -> String {
        let found = self.templates.iter().find(|(known, _)| *known == id);
        found.map(|(_, name)| name.clone()).unwrap_or_default()
    }

    fn collector(&self, id: UserId) -> String {
        let found = self.collectors.iter().find(|line| line.id == id);
        found.map(|line| line.name.clone()).unwrap_or_default()
    }
}

fn act_words(act: &Act, known: &Known, lang: Lang) -> String {
    match act {
        Act::Message(letter) => trf!(
            lang,
            "Enviar «{0}» por {1}",
            "Send “{0}” by {1}",
            known.template(letter.template),
            channels_words(&letter.channels, lang)
        ),
        Act::Offer(letter) => trf!(
            lang,
            "Ofrecer un plan con «{0}» por {1}",
            "Offer a plan with “{0}” by {1}",
            known.template(letter.template),
            channels_words(&letter.channels, lang)
        ),
        Act::Call => tr!(lang, "Pedir una llamada", "Ask for a call").to_owned(),
        Act::Hold { days } => hold_words(*days, lang),
        Act::Visit { collector } => {
            trf!(lang, "Planear una visita de {}", "Plan a visit by {}", known.collector(*collector))
        }
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
        "hold" => tr!(lang, "se dejan en paz", "left in peace"),
        "held" => tr!(lang, "esperan un día permitido", "wait for a lawful day"),
        "refused" => tr!(lang, "no permitidos o no posibles", "not lawful or not possible"),
        "dropped" => tr!(lang, "ya no hacen falta", "not needed any more"),
        "skipped" => {
            tr!(lang, "no les toca (condición, oferta o pausa)", "not for them (condition, offer or pause)")
        }
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
                    <td class="num" data-label=tr!(lang, "Pasos", "Steps")>{journey.steps.steps.len()}</td>
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
            <p><a href=crate::pages::guide::ADDRESS>{tr!(lang, "Guía: su primer recorrido, paso a paso", "Guide: your first journey, step by step")}</a></p>
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
pub fn JourneyPage(desk: Desk, found: JourneyView, known: Known, done: String) -> impl IntoView {
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
    let unapproved = (done == "sin-aprobar").then(|| {
        view! {
            <Notice tone=Tone::Warn title=tr!(lang, "Todavía no se puede activar", "It cannot be started yet")>
                <p>{tr!(lang, "Una de sus plantillas no está aprobada. Otra persona debe aprobarla en ", "One of its templates is not approved. Somebody else must approve it in ")}<a href=crate::pages::templates::ADDRESS>{Section::Templates.label(lang)}</a>"."</p>
            </Notice>
        }
    });
    let locale = use_locale();
    let from = journey.steps.counts_from;
    let steps: Vec<_> = (0..)
        .zip(&journey.steps.steps)
        .map(|(number, step)| {
            let counts: Vec<_> = tally
                .iter()
                .filter(|(of, ..)| *of == number)
                .map(|(_, name, times)| {
                    let href = format!("{here}/cuentas?paso={}&resultado={name}", number + 1);
                    view! { <a href=href>{format!("{}: {times}", outcome(name, lang))}</a> }
                })
                .collect();
            let only_if = step.only_if.as_ref().map(|rule| {
                view! { <div class="soft">{tr!(lang, "Solo si: ", "Only if: ")}{rule_lines(rule, locale)}</div> }
            });
            let after = step.after.map(|event| {
                view! { <div class="soft">{tr!(lang, "Solo si desde el último mensaje: ", "Only if since the last message: ")}{event_words(event, lang)}</div> }
            });
            view! {
                <li>
                    <p class="soft small">{day_words(step.day, from, lang)}</p>
                    <p><strong>{act_words(&step.act, &known, lang)}</strong></p>
                    {only_if}
                    {after}
                    <p class="row small">{counts}</p>
                </li>
            }
        })
        .collect();
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
            {unapproved}
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

#[component]
pub fn EditPage(desk: Desk, draft: Draft, segments: Vec<SegmentLine>, known: Known) -> impl IntoView {
    let lang = use_lang();
    let title = if draft.based_on == 0 {
        tr!(lang, "Nuevo recorrido", "New journey")
    } else {
        tr!(lang, "Cambiar recorrido", "Change journey")
    };
    let crumbs = vec![Crumb::new(ADDRESS, Section::Journeys.label(lang)), Crumb::here(title)];
    let segments: Vec<_> =
        segments.into_iter().map(|segment| Choice::new(segment.id.to_string(), segment.name)).collect();
    let choices = StepChoices::new(&known, lang);
    let state = form_state();
    let filled = STEPS.iter().rposition(|names| {
        state.as_ref().is_some_and(|state| state.value(names.act).is_some_and(|act| !act.is_empty()))
    });
    let open = filled.map_or(0, |last| last + 1);
    let steps: Vec<_> = STEPS
        .into_iter()
        .enumerate()
        .map(|(index, names)| step_fields(names, index, index <= open, &choices, lang))
        .collect();
    let anchors = vec![
        Choice::new(Anchor::Due.as_str(), tr!(lang, "El vencimiento de la deuda", "The debt's due date")).hint(
            tr!(
                lang,
                "Los días antes llevan signo menos: -3. Un paso cuyo día ya pasó cuando la cuenta entró se salta.",
                "Days before it have a minus: -3. A step whose day was over when the account came in is left out."
            ),
        ),
        Choice::new(
            Anchor::Entry.as_str(),
            tr!(lang, "El día en que la cuenta entra", "The day on which the account comes in"),
        ),
    ];
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
                <RadioGroup name="counts_from" legend=tr!(lang, "Desde cuándo se cuentan los días", "From when days are counted") options=anchors/>
                {steps}
                <div class="row">
                    <Button>{tr!(lang, "Guardar", "Save")}</Button>
                    <a class="btn btn-quiet" href=ADDRESS>{tr!(lang, "Cancelar", "Cancel")}</a>
                </div>
            </PostForm>
        </Frame>
    }
}

/// What the selects of a step offer.
struct StepChoices {
    acts: Vec<Choice>,
    templates: Vec<Choice>,
    orders: Vec<Choice>,
    people: Vec<Choice>,
    fields: Vec<Choice>,
    ways: Vec<Choice>,
    events: Vec<Choice>,
}

impl StepChoices {
    fn new(known: &Known, lang: Lang) -> Self {
        Self {
            acts: vec![
                Choice::new("message", tr!(lang, "Enviar un mensaje", "Send a message")),
                Choice::new("offer", tr!(lang, "Ofrecer un plan", "Offer a plan")),
                Choice::new("call", tr!(lang, "Pedir una llamada", "Ask for a call")),
                Choice::new("visit", tr!(lang, "Planear una visita", "Plan a visit")),
                Choice::new("hold", tr!(lang, "Dejar en paz unos días", "Leave in peace for some days")),
            ],
            templates: known
                .templates
                .iter()
                .map(|(id, name)| Choice::new(id.to_string(), name.clone()))
                .collect(),
            orders: ORDERS
                .iter()
                .map(|order| Choice::new(order_value(order), channels_words(order, lang)))
                .collect(),
            people: known
                .collectors
                .iter()
                .map(|line| Choice::new(line.id.to_string(), line.name.clone()))
                .collect(),
            fields: segment_words::field_choices(lang),
            ways: segment_words::way_choices(lang),
            events: Event::ALL
                .iter()
                .map(|event| Choice::new(event.as_str(), event_words(*event, lang)))
                .collect(),
        }
    }
}

fn step_fields(names: Names, index: usize, open: bool, choices: &StepChoices, lang: Lang) -> AnyView {
    let StepChoices { acts, templates, orders, people, fields, ways, events } = choices;
    let events = events.clone();
    let (acts, templates, orders) = (acts.clone(), templates.clone(), orders.clone());
    let (people, fields, ways) = (people.clone(), fields.clone(), ways.clone());
    view! {
        <details open=open>
            <summary>{trf!(lang, "Paso {}", "Step {}", index + 1)}</summary>
            <fieldset>
                <legend class="visually-hidden">{trf!(lang, "Paso {}", "Step {}", index + 1)}</legend>
                <div class="grid">
                    <Field name=names.day label=tr!(lang, "Día", "Day") required=false short=true/>
                    <Select name=names.act label=tr!(lang, "Qué se hace", "What is done") options=acts blank=tr!(lang, "Nada", "Nothing") required=false/>
                </div>
                <div class="grid">
                    <Select name=names.template label=tr!(lang, "Plantilla", "Template") hint=tr!(lang, "Para mensajes y ofertas", "For messages and offers") options=templates blank="–" required=false/>
                    <Select name=names.channels label=tr!(lang, "Por dónde", "By which channel") hint=tr!(lang, "El primero que sea posible y permitido", "The first that is possible and lawful") options=orders blank="–" required=false/>
                    <Select name=names.collector label=tr!(lang, "Quién visita", "Who visits") hint=tr!(lang, "Para visitas", "For visits") options=people blank="–" required=false/>
                    <Field name=names.pause label=tr!(lang, "Por cuánto tiempo", "For how long") suffix=tr!(lang, "días", "days") hint=tr!(lang, "Para dejar en paz", "To leave in peace") required=false short=true inputmode="numeric"/>
                </div>
                <div class="grid">
                    <Select name=names.if_field label=tr!(lang, "Solo si", "Only if") options=fields blank=tr!(lang, "Siempre", "Always") required=false/>
                    <Select name=names.if_is label=tr!(lang, "Comparación", "Comparison") options=ways required=false/>
                    <Field name=names.if_value label=tr!(lang, "Valor", "Value") required=false/>
                </div>
                <Select name=names.after label=tr!(lang, "Qué pasó desde el último mensaje", "What happened since the last message") hint=tr!(lang, "De este recorrido; sin mensajes, desde que entró", "Of this journey; without messages, since the account came in") options=events blank=tr!(lang, "No importa", "It does not matter") required=false/>
            </fieldset>
        </details>
    }
    .into_any()
}

/// Accounts of a step that ended in one way, with the reason of each.
#[component]
pub fn OutcomePage(
    desk: Desk,
    journey: JourneyLine,
    step: i32,
    outcome_name: String,
    lines: Vec<StepLine>,
    next: Option<String>,
) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let title = trf!(lang, "Paso {0}: {1}", "Step {0}: {1}", step + 1, outcome(&outcome_name, lang));
    let here = format!("{ADDRESS}/{}", journey.id);
    let crumbs = vec![
        Crumb::new(ADDRESS, Section::Journeys.label(lang)),
        Crumb::new(here, journey.name),
        Crumb::here(title.clone()),
    ];
    let rows: Vec<_> = lines
        .into_iter()
        .map(|line| {
            let href = format!("/console/cuentas/{}", line.account_id);
            let retry = line.retry_on.map(|day| {
                trf!(lang, " · otra vez el {}", " · again on {}", format::date_short(day, locale))
            });
            view! {
                <tr>
                    <th scope="row"><a href=href data-row="">{line.external_id}</a></th>
                    <td data-label=tr!(lang, "Persona", "Person")>{line.debtor_name}</td>
                    <td data-label=tr!(lang, "Cuándo", "When")>{format::date_short(line.on_date, locale)}</td>
                    <td data-label=tr!(lang, "Cómo y por qué", "How and why")>{reason_words(line.detail.as_deref().unwrap_or_default(), lang)}{retry}</td>
                </tr>
            }
        })
        .collect();
    let none = rows.is_empty();
    let columns = vec![
        Column::new(tr!(lang, "Cuenta", "Account")),
        Column::new(tr!(lang, "Persona", "Person")),
        Column::new(tr!(lang, "Cuándo", "When")),
        Column::new(tr!(lang, "Cómo y por qué", "How and why")),
    ];
    view! {
        <Frame desk section=Section::Journeys title=title.clone() crumbs>
            {if none {
                view! { <Card><EmptyState title=tr!(lang, "Ninguna cuenta", "No accounts") icon=Glyph::ListChecks><p>{tr!(lang, "Ninguna cuenta terminó así en este paso.", "No account ended this way in this step.")}</p></EmptyState></Card> }.into_any()
            } else {
                view! { <div class="card"><DataTable caption=title caption_hidden=true stacked=true columns>{rows}</DataTable></div> }.into_any()
            }}
            <Pager next/>
        </Frame>
    }
}
