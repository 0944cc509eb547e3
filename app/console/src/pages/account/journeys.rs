//! Where the account stands in its journeys, and holding or ending one for it.

use chrono::NaiveDate;
use domain::ids::JourneyId;
use leptos::prelude::*;
use services::strategy::{Control, EVERY, InJourney, Steer};
use services::{FieldIssue, ServiceError};
use ui::prelude::*;
use web::Form;

use crate::pages::journeys::{ADDRESS as JOURNEYS, words};
use crate::typed::{self, keep};

/// The fields of the form.
const FIELDS: [&str; 4] = ["steer_journey", "steer", "steer_until", "steer_reason"];

/// What was asked for.
///
/// # Errors
/// What is wrong, by field.
pub fn read(form: &Form) -> Result<(JourneyId, Steer), ServiceError> {
    let mut issues = Vec::new();
    let journey = keep(&mut issues, typed::choice::<JourneyId>("steer_journey", form.get("steer_journey")));
    let steer = keep(&mut issues, steer(form));
    match (journey, steer) {
        (Some(journey), Some(steer)) => Ok((journey, steer)),
        _ => Err(ServiceError::Invalid(issues)),
    }
}

fn steer(form: &Form) -> Result<Steer, FieldIssue> {
    match form.get("steer") {
        "pause" => {
            let until = form.get("steer_until");
            let until = if until.is_empty() { None } else { Some(typed::date("steer_until", until)?) };
            Ok(Steer::Pause { until })
        }
        "stop" => Ok(Steer::Stop),
        "go_on" => Ok(Steer::GoOn),
        _ => typed::choice::<JourneyId>("steer", "").map(|_| Steer::GoOn),
    }
}

#[component]
pub fn Journeys(
    lines: Vec<InJourney>,
    /// What is said of all of them.
    rest: Option<Control>,
    action: String,
    today: NaiveDate,
    may_steer: bool,
) -> impl IntoView {
    let locale = use_locale();
    let lang = use_lang();
    let rest = rest.map(|rest| {
        let until =
            rest.until.map(|until| trf!(lang, "hasta el {}", "until {}", format::date_short(until, locale)));
        let why = if rest.reason.is_empty() {
            tr!(lang, "Lo pidió un paso de un recorrido.", "A step of a journey asked for it.").to_owned()
        } else {
            rest.reason
        };
        view! {
            <p><Badge tone=Tone::Warn>{tr!(lang, "Todos en pausa", "All paused")}</Badge>" "{until}</p>
            <p class="soft small">{why}</p>
        }
    });
    let every = Choice::new(EVERY.to_string(), tr!(lang, "Todos los recorridos", "Every journey"));
    let open: Vec<Choice> = lines
        .iter()
        .filter(|own| !own.is_stopped())
        .map(|own| Choice::new(own.journey.id.to_string(), own.journey.name.clone()))
        .chain(std::iter::once(every))
        .collect();
    let form = may_steer.then(|| {
        let refused =
            form_state().is_some_and(|state| state.errors.iter().any(|e| FIELDS.contains(&e.field.as_str())));
        let acts = vec![
            Choice::new("pause", tr!(lang, "Poner en pausa", "Pause")),
            Choice::new("go_on", tr!(lang, "Dejar que siga", "Let it go on")),
            Choice::new("stop", tr!(lang, "Terminar para esta cuenta", "End for this account")),
        ];
        view! {
            <details open=refused>
                <summary>{tr!(lang, "Pausar, seguir o terminar", "Pause, go on or end")}</summary>
                <PostForm action>
                    <Select name="steer_journey" label=tr!(lang, "Recorrido", "Journey") options=open/>
                    <Select name="steer" label=tr!(lang, "Qué se hace", "What is done") options=acts blank=tr!(lang, "Elegir…", "Choose…")/>
                    <Field
                        name="steer_until" kind="date" min=today.to_string() required=false
                        label=tr!(lang, "Pausa hasta (ese día incluido)", "Pause until (that day included)")
                        hint=tr!(lang, "En blanco: hasta que alguien deje que siga. Lo que toca en la pausa no se hace después.", "Empty: until somebody lets it go on. What falls due in the pause is not done afterwards.")
                    />
                    <Field name="steer_reason" maxlength=200 label=tr!(lang, "Por qué", "Why")/>
                    <Button kind=ButtonKind::Secondary>{tr!(lang, "Guardar", "Save")}</Button>
                </PostForm>
            </details>
        }
    });
    let rows: Vec<_> = lines.into_iter().map(|own| row(own, today, lang)).collect();
    view! {
        <Card title=tr!(lang, "Recorridos", "Journeys")>
            {rest}
            <ul class="plain-list stack">{rows}</ul>
            {form}
        </Card>
    }
    .into_any()
}

fn row(own: InJourney, today: NaiveDate, lang: Lang) -> AnyView {
    let locale = use_locale();
    let (tone, state) = if own.is_stopped() {
        (Tone::Warn, tr!(lang, "Terminado para esta cuenta", "Ended for this account"))
    } else if own.is_paused(today) {
        (Tone::Warn, tr!(lang, "En pausa", "Paused"))
    } else if own.journey.running {
        (Tone::Success, tr!(lang, "Activo", "Going"))
    } else {
        (Tone::Neutral, tr!(lang, "Detenido", "Stopped"))
    };
    let holds = own.is_stopped() || own.is_paused(today);
    let why = own.control.filter(|_| holds).map(|control| {
        let until = control
            .until
            .map(|until| trf!(lang, " Hasta el {}.", " Until {}.", format::date_short(until, locale)));
        view! { <p class="soft small">{control.reason}"."{until}</p> }
    });
    let done: Vec<_> = own
        .done
        .iter()
        .map(|step| {
            let place = usize::try_from(step.step).unwrap_or(usize::MAX);
            let act = own.journey.steps.steps.get(place).map(|step| words::act_name(&step.act, lang));
            let how = words::outcome_words(&step.outcome, lang);
            let why = step.detail.as_deref().map(|detail| words::reason_words(detail, lang));
            let told = [Some(how), why].into_iter().flatten().collect::<Vec<_>>().join(": ");
            let on = format::date_short(step.on_date, locale);
            view! { <li class="small">{on}" · "{act.unwrap_or_default()}<br/><span class="soft">{told}</span></li> }
        })
        .collect();
    let href = format!("{JOURNEYS}/{}", own.journey.id);
    let name = own.journey.name.clone();
    view! {
        <li>
            <p class="row"><a href=href><strong>{name}</strong></a><Badge tone>{state}</Badge></p>
            <p class="soft small">{trf!(lang, "Entró el {}", "Came in on {}", format::date_short(own.entered_on, locale))}</p>
            {why}
            <ul class="plain-list">{done}</ul>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_read_or_refused_at_its_field() {
        let form = |pairs: &[(&str, &str)]| {
            Form(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
        };
        let id = "01890000-0000-7000-8000-000000000001";
        let pause = read(&form(&[("steer_journey", id), ("steer", "pause"), ("steer_until", "2026-12-01")]));
        assert_eq!(pause.unwrap().1, Steer::Pause { until: Some("2026-12-01".parse().unwrap()) });
        let Err(ServiceError::Invalid(issues)) = read(&form(&[("steer", "dance")])) else { unreachable!() };
        let fields: Vec<_> = issues.iter().map(|issue| issue.field).collect();
        assert_eq!(fields, ["steer_journey", "steer"]);
    }
}
