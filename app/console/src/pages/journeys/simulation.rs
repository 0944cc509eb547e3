//! What a journey would do in the days to come.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::ids::JourneyId;
use leptos::prelude::*;
use serde::Deserialize;
use services::strategy::{KeptBack, MOST_DAYS, MoneyForecast, Simulation};
use services::{ServiceError, Services};
use ui::prelude::*;

use super::ADDRESS;
use super::words::{act_name, reason_words};
use crate::desk::{Desk, Frame, Section};
use crate::pages::account::id_of;
use crate::pages::experiments::whole;

#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct Span {
    #[serde(rename = "dias")]
    days: String,
}

impl Default for Span {
    fn default() -> Self {
        Self { days: "14".to_owned() }
    }
}

/// `GET /console/recorridos/{id}/simular`
pub async fn show(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    Query(span): Query<Span>,
) -> Response {
    let result: Result<Response, ServiceError> = async {
        let id: JourneyId = id_of(&id)?;
        // Nobody types the address: what is no number of days is the shortest.
        let days = span.days.parse().unwrap_or(14).clamp(1, MOST_DAYS);
        let found = services.simulate(desk.actor(), id, None, days).await?;
        let page = desk.page(trf!(desk.lang(), "Simular {}", "Simulate {}", found.journey.name));
        let desk = desk.clone();
        Ok(page.render(move || view! { <SimulationPage desk found/> }))
    }
    .await;
    desk.answer(result)
}

#[component]
fn SimulationPage(desk: Desk, found: Simulation) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let title = trf!(lang, "Simular: {}", "Simulate: {}", found.journey.name);
    let here = format!("{ADDRESS}/{}", found.journey.id);
    let crumbs = vec![
        Crumb::new(ADDRESS, Section::Journeys.label(lang)),
        Crumb::new(here.clone(), found.journey.name.clone()),
        Crumb::here(tr!(lang, "Simular", "Simulate")),
    ];
    let count = move |number: u64| format::count(i64::try_from(number).unwrap_or(i64::MAX), locale);
    let lines = found.lines.values();
    let contacts: u64 = lines.clone().map(|line| line.messages + line.calls + line.visits).sum();
    let held: u64 = found.kept_back.iter().map(|kept| kept.held).sum();
    let refused: u64 = found.kept_back.iter().map(|kept| kept.refused).sum();
    let spans: Vec<_> = [7, 14, 30, 60]
        .into_iter()
        .map(|days: u16| {
            let chosen = days == found.days;
            view! { <option value=days.to_string() selected=chosen>{format::days(i64::from(days), locale)}</option> }
        })
        .collect();
    let table = days_table(&found, locale);
    let kept = kept_table(&found.kept_back, locale);
    // What can be told stands first.
    let mut money: Vec<_> = found.money.iter().collect();
    money.sort_by_key(|money| money.forecast.is_err());
    let money: Vec<_> = money.into_iter().map(|money| money_lines(money, found.days, locale)).collect();
    let sampled = (found.one_in > 1).then(|| {
        let says = trf!(
            lang,
            "Se simuló a una de cada {} personas; las cifras valen por todas.",
            "One of every {} people was simulated; the figures stand for all.",
            found.one_in
        );
        view! { <Notice tone=Tone::Info title=says/> }
    });
    let span = trf!(
        lang,
        "Desde hoy, {0}. No se escribe ni se envía nada.",
        "From today, {0}. Nothing is written or sent.",
        format::days(i64::from(found.days), locale)
    );
    view! {
        <Frame desk section=Section::Journeys title crumbs>
            <form method="get" action=format!("{here}/simular") class="filters">
                <div class="field">
                    <label for="dias">{tr!(lang, "Cuántos días", "How many days")}</label>
                    <select id="dias" name="dias">{spans}</select>
                </div>
                <Button kind=ButtonKind::Secondary>{tr!(lang, "Simular", "Simulate")}</Button>
            </form>
            <p>{span}</p>
            {sampled}
            <div class="tiles">
                <Tile label=tr!(lang, "Cuentas en el recorrido", "Accounts in the journey") figure=count(found.accounts)/>
                <Tile label=tr!(lang, "Contactos", "Contacts") figure=count(contacts)/>
                <Tile label=tr!(lang, "Esperan un día permitido", "Wait for a lawful day") figure=count(held)/>
                <Tile label=tr!(lang, "No permitidos o no posibles", "Not lawful or not possible") figure=count(refused)/>
                <Tile label=tr!(lang, "Terminan los pasos", "Finish the steps") figure=count(found.ended)/>
            </div>
            <Card title=tr!(lang, "Qué puede entrar", "What may come in")>
                {if money.is_empty() { view! { <p>{tr!(lang, "Nadie está en el recorrido en estos días.", "Nobody is in the journey in these days.")}</p> }.into_any() } else { money.into_any() }}
                <p class="soft small">{tr!(
                    lang,
                    "Aprendido de lo que pagaron personas en la misma etapa y con saldos parecidos en los días anteriores, con contacto o sin él. Vale si los días que vienen se parecen a esos. No dice qué parte se debe al recorrido: eso solo lo dice un experimento.",
                    "Learned from what people in the same stage and with similar balances paid in the days before, contacted or not. It holds if the days to come are like those. It does not tell which part is due to the journey: only an experiment tells that."
                )}</p>
            </Card>
            <Card title=tr!(lang, "Día por día", "Day by day")>
                {table}
                <p class="soft small">{tr!(
                    lang,
                    "Cada contacto se decide con las reglas de su día: horarios, festivos y límites, y cuenta para el siguiente. Se supone que nadie paga ni promete entretanto; quien lo haga dejará de recibir pasos.",
                    "Each contact is decided by the rules of its day: hours, holidays and limits, and counts against the next. It is assumed that nobody pays or promises meanwhile; whoever does gets no more steps."
                )}</p>
            </Card>
            <Card title=tr!(lang, "Lo que no se permite, y por qué", "What is not lawful, and why")>{kept}</Card>
        </Frame>
    }
}

fn days_table(found: &Simulation, locale: Locale) -> AnyView {
    let lang = locale.lang();
    if found.lines.is_empty() {
        return view! { <p>{tr!(lang, "Ningún paso toca en estos días.", "No step is due in these days.")}</p> }.into_any();
    }
    let rows: Vec<_> = found
        .lines
        .iter()
        .map(|((day, step), line)| {
            let act = usize::try_from(*step).ok().and_then(|step| found.journey.steps.steps.get(step));
            let act = act.map(|step| act_name(&step.act, lang)).unwrap_or_default();
            let figures = [
                (line.messages, tr!(lang, "mensajes", "messages")),
                (line.calls, tr!(lang, "llamadas", "calls")),
                (line.visits, tr!(lang, "visitas", "visits")),
                (line.rests, tr!(lang, "pausas", "pauses")),
                (line.held, tr!(lang, "esperan un día permitido", "wait for a lawful day")),
                (line.refused, tr!(lang, "no permitidos o no posibles", "not lawful or not possible")),
                (line.dropped, tr!(lang, "ya no hacen falta", "not needed any more")),
                (line.skipped, tr!(lang, "no les toca", "not for them")),
            ];
            let says: Vec<_> = figures
                .into_iter()
                .filter(|(figure, _)| *figure > 0)
                .map(|(figure, name)| {
                    format!("{} {name}", format::count(i64::try_from(figure).unwrap_or(i64::MAX), locale))
                })
                .collect();
            view! {
                <tr>
                    <th scope="row" class="nowrap">{format::date_short(*day, locale)}</th>
                    <td data-label=tr!(lang, "Paso", "Step")>{format!("{}. {act}", step + 1)}</td>
                    <td data-label=tr!(lang, "Qué pasa", "What happens")>{says.join(" · ")}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::new(tr!(lang, "Día", "Day")),
        Column::new(tr!(lang, "Paso", "Step")),
        Column::new(tr!(lang, "Qué pasa", "What happens")),
    ];
    view! { <DataTable caption=tr!(lang, "Día por día", "Day by day") caption_hidden=true stacked=true columns>{rows}</DataTable> }
        .into_any()
}

fn kept_table(kept: &[KeptBack], locale: Locale) -> AnyView {
    let lang = locale.lang();
    if kept.is_empty() {
        return view! { <p>{tr!(lang, "Todo lo que toca está permitido.", "Everything that is due is lawful.")}</p> }
            .into_any();
    }
    let count = |number: u64| format::count(i64::try_from(number).unwrap_or(i64::MAX), locale);
    let rows: Vec<_> = kept
        .iter()
        .map(|kept| {
            let rule = match (kept.is_policy, kept.rule.as_str()) {
                (true, _) => tr!(lang, "Política propia", "Own policy").to_owned(),
                (false, "") => "–".to_owned(),
                (false, rule) => rule.to_owned(),
            };
            view! {
                <tr>
                    <th scope="row">{reason_words(&kept.reason, lang)}</th>
                    <td data-label=tr!(lang, "Regla", "Rule")>{rule}</td>
                    <td class="num" data-label=tr!(lang, "Esperan", "Wait")>{count(kept.held)}</td>
                    <td class="num" data-label=tr!(lang, "No se hacen", "Not done")>{count(kept.refused)}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::new(tr!(lang, "Motivo", "Reason")),
        Column::new(tr!(lang, "Regla", "Rule")),
        Column::number(tr!(lang, "Esperan", "Wait")),
        Column::number(tr!(lang, "No se hacen", "Not done")),
    ];
    view! { <DataTable caption=tr!(lang, "Lo que no se permite", "What is not lawful") caption_hidden=true stacked=true columns>{rows}</DataTable> }
        .into_any()
}

fn money_lines(money: &MoneyForecast, days: u16, locale: Locale) -> AnyView {
    let lang = locale.lang();
    let says = match &money.forecast {
        Ok(found) => {
            let amount = |value: f64| {
                format::money(&domain::money::Money::from_minor(whole(value), money.currency), locale)
            };
            let people = |value: f64| format::count(whole(value), locale);
            let payers = trf!(
                lang,
                "De {0} personas pagan algo entre {1} y {2} en {3}.",
                "Of {0} people, between {1} and {2} pay something in {3}.",
                format::count(found.people, locale),
                people(found.payers.low),
                people(found.payers.high),
                format::days(i64::from(days), locale)
            );
            let sum = trf!(
                lang,
                "Entran entre {0} y {1}; lo más probable, cerca de {2}.",
                "Between {0} and {1} come in; most likely about {2}.",
                amount(found.money.low),
                amount(found.money.high),
                amount(found.money.middle)
            );
            let from = trf!(
                lang,
                "Intervalo del 95 %, aprendido de {} personas.",
                "95 % interval, learned from {} people.",
                format::count(found.learned_from, locale)
            );
            return view! {
                <p><strong>{sum}</strong></p>
                <p>{payers}" "<span class="soft small">{from}</span></p>
            }
            .into_any();
        }
        Err(services::strategy::NoForecast::TooLittle { contacted, people, payers }) => {
            let who = if *contacted {
                tr!(lang, "con contacto", "who were contacted")
            } else {
                tr!(lang, "sin contacto", "who were not contacted")
            };
            trf!(
                lang,
                "{0}: la historia es muy corta para decirlo. Se conocen {1} personas parecidas {2}, y pagaron {3}; hacen falta 100 y 20.",
                "{0}: there is too little history to tell. {1} people like them {2} are known, and {3} paid; 100 and 20 are needed.",
                money.currency,
                people,
                who,
                payers
            )
        }
        Err(services::strategy::NoForecast::Nobody) => {
            trf!(lang, "{}: nadie está en el recorrido.", "{}: nobody is in the journey.", money.currency)
        }
    };
    view! { <p>{says}</p> }.into_any()
}
