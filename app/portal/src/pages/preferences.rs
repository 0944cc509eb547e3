//! "How and when to contact me": the wishes, and asking for a call.

use axum::extract::{Query, State};
use chrono::{NaiveTime, Weekday};
use domain::cases::CaseKind;
use domain::party::ContactKind;
use domain::text::Say;
use leptos::prelude::*;
use serde::Deserialize;
use services::cases::NewCase;
use services::preferences::{Hours, LANGUAGES, PointKnown, Preferences};
use services::{FieldIssue, ServiceError, Services};
use ui::prelude::*;
use uuid::Uuid;
use web::{Debtor, Form, form_state, see_other};

use super::SIGN_OUT;
use super::cases::{ADDRESS as CASES, Key, key_of};
use super::own_data::point_kind;
use crate::shell::{Answer, fail, own_page};

const ADDRESS: &str = "/mis-preferencias";
const DAYS: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Done {
    #[serde(rename = "hecho")]
    what: String,
}

/// `GET /mis-preferencias`
pub async fn show(State(services): State<Services>, debtor: Debtor, Query(done): Query<Done>) -> Answer {
    page(&services, &debtor, done.what == "guardado", None).await
}

/// `POST /mis-preferencias`
pub async fn save(State(services): State<Services>, debtor: Debtor, form: Form) -> Answer {
    let saved = match read(&form) {
        Ok(new) => {
            let language = new.language.clone();
            services.save_preferences(debtor.actor(), new).await.map(|()| language)
        }
        Err(issues) => Err(ServiceError::Invalid(issues)),
    };
    match saved {
        // The same address as the links of languages: it keeps the choice for the pages, too.
        Ok(language) => Ok(see_other(&format!("{ADDRESS}?hecho=guardado&lang={language}"))),
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(&form, &issues, debtor.lang());
            page(&services, &debtor, false, Some(state)).await
        }
        Err(error) => Err(fail(error, &debtor.visitor)),
    }
}

/// `POST /mis-preferencias/llamada`: asks for a call, as a case of its own.
pub async fn ask_call(State(services): State<Services>, debtor: Debtor, form: Form) -> Answer {
    let new = NewCase {
        key: key_of(&form, services.new_id()),
        account: None,
        kind: CaseKind::CallRequest,
        says: String::new(),
        call_hours: form.get("hours").to_owned(),
        files: Vec::new(),
    };
    match services.open_case(debtor.actor(), new).await {
        Ok(case) => Ok(see_other(&format!("{CASES}/{case}?hecho=abierto"))),
        Err(ServiceError::Invalid(issues)) => {
            let kept = services.my_preferences(debtor.actor()).await;
            let (kept, _) = kept.map_err(|error| fail(error, &debtor.visitor))?;
            let mut state = form_state(&Form(as_typed(&kept)), &issues, debtor.lang());
            state.values.extend(form.0);
            page(&services, &debtor, false, Some(state)).await
        }
        Err(error) => Err(fail(error, &debtor.visitor)),
    }
}

/// What is kept, as its form would send it: the other form of the page must not show it as empty.
fn as_typed(kept: &Preferences) -> Vec<(String, String)> {
    let mut typed = vec![("language".to_owned(), kept.language.clone())];
    typed.extend(kept.point.map(|id| ("point".to_owned(), id.to_string())));
    typed.extend(kept.refused.iter().map(|id| ("refused".to_owned(), id.to_string())));
    if let Some(hours) = &kept.hours {
        typed.extend(hours.days.iter().map(|day| ("days".to_owned(), day.to_string())));
        typed.push(("from".to_owned(), hours.from.format("%H:%M").to_string()));
        typed.push(("to".to_owned(), hours.to.format("%H:%M").to_string()));
    }
    typed
}

fn all<'a>(form: &'a Form, name: &'a str) -> impl Iterator<Item = &'a str> {
    form.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
}

fn read(form: &Form) -> Result<Preferences, Vec<FieldIssue>> {
    let mut issues = Vec::new();
    let days: Vec<Weekday> = all(form, "days").filter_map(|day| day.parse().ok()).collect();
    let (from, to) = (form.get("from"), form.get("to"));
    let hours = if days.is_empty() && from.is_empty() && to.is_empty() {
        None
    } else {
        let mut time = |field: &'static str, text: &str| {
            NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| {
                let says = Say::new("Escribe la hora así: 16:30", "Write the time like this: 16:30");
                issues.push(FieldIssue { field, says: says.pt("Escreva a hora assim: 16:30") });
            })
        };
        match (time("from", from), time("to", to)) {
            (Ok(from), Ok(to)) => Some(Hours { days, from, to }),
            _ => None,
        }
    };
    if !issues.is_empty() {
        return Err(issues);
    }
    Ok(Preferences {
        point: form.get("point").parse().ok(),
        hours,
        language: form.get("language").to_owned(),
        refused: all(form, "refused").filter_map(|id| id.parse().ok()).collect(),
    })
}

const fn title(lang: Lang) -> &'static str {
    tr!(lang, "Cómo y cuándo contactarme", "How and when to contact me", "Como e quando falar comigo")
}

async fn page(services: &Services, debtor: &Debtor, saved: bool, form: Option<FormState>) -> Answer {
    let found = services.my_preferences(debtor.actor()).await;
    let (wishes, points) = found.map_err(|error| fail(error, &debtor.visitor))?;
    let key = services.new_id();
    let page = own_page(services, debtor, title(debtor.lang())).await?.form(form);
    Ok(page.render(move || view! { <Wishes wishes points saved key/> }))
}

#[component]
fn Wishes(wishes: Preferences, points: Vec<PointKnown>, saved: bool, key: Uuid) -> impl IntoView {
    let lang = use_lang();
    let language = |tag: &&'static str| Choice::new(*tag, Lang::from_tag(tag).map_or(*tag, Lang::name));
    let languages: Vec<_> = LANGUAGES.iter().map(language).collect();
    view! {
        <PortalLayout
            title=title(lang) back="/mis-datos" sign_out=SIGN_OUT
            lead=tr!(
                lang,
                "Dinos por dónde y a qué hora. Lo que elijas solo puede limitarnos más que la ley, nunca menos.",
                "Tell us where and at what time. What you choose can only limit us more than the law, never less.",
                "Diga por onde e a que horas. O que você escolher só pode nos limitar mais que a lei, nunca menos."
            )
        >
            <ErrorSummary/>
            {saved.then(|| view! {
                <Notice tone=Tone::Success title=tr!(lang, "Guardamos lo que elegiste", "What you chose is kept", "Guardamos o que você escolheu")/>
            })}
            <PostForm action=ADDRESS>
                <Where wishes=wishes.clone() points/>
                <When hours=wishes.hours/>
                <RadioGroup
                    name="language" value=wishes.language
                    legend=tr!(lang, "Idioma de tus páginas y mensajes", "Language of your pages and messages", "Idioma das suas páginas e mensagens")
                    options=languages
                />
                <Button>{tr!(lang, "Guardar", "Save", "Salvar")}</Button>
            </PostForm>
            <Card title=tr!(lang, "Quiero que me llamen", "I want to be called", "Quero que me liguem")>
                <PostForm action=format!("{ADDRESS}/llamada")>
                    <Key key/>
                    <Field
                        name="hours" maxlength=120
                        label=tr!(lang, "¿A qué hora?", "At what time?", "A que horas?")
                        hint=tr!(lang, "Por ejemplo: mañana por la tarde, de 4 a 6", "For example: tomorrow afternoon, from 4 to 6", "Por exemplo: amanhã à tarde, das 4 às 6")
                    />
                    <Button kind=ButtonKind::Secondary>{tr!(lang, "Pedir la llamada", "Ask for the call", "Pedir a ligação")}</Button>
                </PostForm>
            </Card>
        </PortalLayout>
    }
    .into_any()
}

/// Where first, and where not.
#[component]
fn Where(wishes: Preferences, points: Vec<PointKnown>) -> impl IntoView {
    let lang = use_lang();
    let proven: Vec<Choice> = points
        .iter()
        .filter(|known| known.is_proven)
        .map(|known| {
            Choice::new(known.point.id.to_string(), known.point.value.clone())
                .hint(point_kind(known.point.kind, lang))
        })
        .collect();
    let any = Choice::new("", tr!(lang, "Cualquiera", "Any", "Qualquer um"));
    let options: Vec<_> = [any].into_iter().chain(proven).collect();
    let chosen = wishes.point.map(|id| id.to_string()).unwrap_or_default();
    let refusable: Vec<_> = points
        .into_iter()
        .filter(|known| known.point.kind != ContactKind::Address)
        .map(|known| {
            let (id, checked) = (known.point.id.to_string(), wishes.refused.contains(&known.point.id));
            view! { <CheckBox name="refused" id=format!("refused-{id}") value=id label=known.point.value checked/> }
        })
        .collect();
    view! {
        <RadioGroup
            name="point" value=chosen options
            legend=tr!(lang, "¿Por dónde prefieres que te escribamos?", "Where do you prefer us to write to you?", "Por onde prefere que escrevamos?")
            hint=tr!(lang, "Aparecen los contactos con los que ya entraste aquí.", "These are the contacts with which you have signed in here.", "São os contatos com que você já entrou aqui.")
        />
        <fieldset class="stack">
            <legend>{tr!(lang, "No me contacten por aquí", "Do not contact me here", "Não falem comigo por aqui")}</legend>
            <p class="field-hint">{tr!(
                lang,
                "Solo te llegarán los códigos para entrar y los recibos que pidas.",
                "Only the codes to sign in and the receipts you ask for will reach you there.",
                "Só chegarão os códigos para entrar e os recibos que você pedir."
            )}</p>
            {refusable}
        </fieldset>
    }
    .into_any()
}

const fn day_name(day: Weekday, lang: Lang) -> &'static str {
    match day {
        Weekday::Mon => tr!(lang, "Lunes", "Monday", "Segunda"),
        Weekday::Tue => tr!(lang, "Martes", "Tuesday", "Terça"),
        Weekday::Wed => tr!(lang, "Miércoles", "Wednesday", "Quarta"),
        Weekday::Thu => tr!(lang, "Jueves", "Thursday", "Quinta"),
        Weekday::Fri => tr!(lang, "Viernes", "Friday", "Sexta"),
        Weekday::Sat => tr!(lang, "Sábado", "Saturday", "Sábado"),
        Weekday::Sun => tr!(lang, "Domingo", "Sunday", "Domingo"),
    }
}

/// On which days, from when to when; nothing chosen: whenever the law allows.
#[component]
fn When(hours: Option<Hours>) -> impl IntoView {
    let lang = use_lang();
    let days: Vec<_> = DAYS
        .into_iter()
        .enumerate()
        .map(|(index, day)| {
            let checked = hours.as_ref().is_some_and(|hours| hours.days.contains(&day));
            // The first has the field's own id, so that the error summary's link reaches it.
            let id = if index == 0 { "days".to_owned() } else { format!("days-{index}") };
            view! { <CheckBox name="days" id value=day.to_string() label=day_name(day, lang) checked/> }
        })
        .collect();
    let clock = |time: NaiveTime| time.format("%H:%M").to_string();
    let from = hours.as_ref().map(|hours| clock(hours.from)).unwrap_or_default();
    let to = hours.as_ref().map(|hours| clock(hours.to)).unwrap_or_default();
    view! {
        <fieldset class="stack">
            <legend>{tr!(lang, "¿Qué días y a qué hora?", "On which days and at what time?", "Em que dias e a que horas?")}</legend>
            <p class="field-hint">{tr!(
                lang,
                "Si no eliges nada, solo en los días y horas que permite la ley.",
                "If you choose nothing, only on the days and at the hours that the law allows.",
                "Se não escolher nada, só nos dias e horas que a lei permite."
            )}</p>
            {days}
            <Field name="from" kind="time" short=true required=false value=from label=tr!(lang, "Desde", "From", "Das")/>
            <Field name="to" kind="time" short=true required=false value=to label=tr!(lang, "Hasta", "To", "Até")/>
        </fieldset>
    }
    .into_any()
}
