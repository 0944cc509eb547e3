//! The pages of contact rules.

use std::collections::BTreeSet;

use domain::access::Permission;
use domain::contact::{Reading, RuleBook, RulePack};
use leptos::prelude::*;
use services::contact::{PolicyHistory, PolicyVersion};
use ui::prelude::*;

use super::form::{self, DAYS, Names};
use super::law::Law;
use super::{ADDRESS, words};
use crate::desk::{Desk, Frame, Section};

#[component]
pub fn ListPage(desk: Desk, history: PolicyHistory) -> impl IntoView {
    let lang = use_lang();
    let title = Section::ContactRules.label(lang);
    let packs = RuleBook::embedded().map(RuleBook::packs).unwrap_or_default();
    let countries: BTreeSet<&str> = packs.iter().map(|pack| pack.country.as_str()).collect();
    let own = &history.in_force.policy.0;
    let rows: Vec<_> = countries
        .into_iter()
        .map(|code| {
            let waits = history.waits.as_ref().is_some_and(|(_, loosens)| loosens.contains_key(code));
            let state = if waits {
                view! { <Badge tone=Tone::Warn>{tr!(lang, "Espera aprobación", "Waits for approval")}</Badge> }.into_any()
            } else if own.contains_key(code) {
                view! { <Badge tone=Tone::Info>{tr!(lang, "Con reglas propias", "With rules of your own")}</Badge> }.into_any()
            } else {
                view! { <span class="soft">{tr!(lang, "Las que vienen con Saldar", "As they come with Saldar")}</span> }.into_any()
            };
            view! {
                <tr>
                    <th scope="row"><a href=format!("{ADDRESS}/{code}") data-row="">{words::country(code, lang)}</a></th>
                    <td data-label=tr!(lang, "Estado", "State")>{state}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![Column::new(tr!(lang, "País", "Country")), Column::new(tr!(lang, "Estado", "State"))];
    view! {
        <Frame desk section=Section::ContactRules title>
            <p>{tr!(lang,
                "Saldar no deja contactar a nadie fuera de estas reglas. Usted puede ser más estricto; lo que permita más debe aprobarlo otra persona.",
                "Saldar lets nobody be contacted outside of these rules. You may be stricter; whatever allows more must be approved by somebody else.")}</p>
            <div class="card"><DataTable caption=title caption_hidden=true stacked=true columns>{rows}</DataTable></div>
        </Frame>
    }
}

#[component]
pub fn CountryPage(
    desk: Desk,
    pack: &'static RulePack,
    history: PolicyHistory,
    done: String,
) -> impl IntoView {
    let lang = use_lang();
    let code = pack.country.as_str();
    let title = words::country(code, lang);
    let crumbs = vec![Crumb::new(ADDRESS, Section::ContactRules.label(lang)), Crumb::here(title.clone())];
    let told = match done.as_str() {
        "guardada" => Some(tr!(lang, "Las reglas están en vigor.", "The rules are in force.")),
        "propuesta" => Some(tr!(
            lang,
            "Los cambios permiten más que antes: quedan guardados y otra persona debe aprobarlos.",
            "The changes allow more than before: they are saved, and somebody else must approve them."
        )),
        "aprobada" => Some(tr!(
            lang,
            "Las reglas quedaron aprobadas y en vigor.",
            "The rules are approved and in force."
        )),
        _ => None,
    };
    let may_write = desk.may(Permission::StrategyWrite);
    let waits = history.waits.as_ref().map(|(version, _)| waiting(&desk, pack, version, &history, lang));
    let versions: Vec<_> = history.versions.iter().map(|version| line(&desk, version, lang)).collect();
    let own = history.in_force.policy.of(code);
    let editor = may_write.then(|| view! { <Editor pack own newest=history.newest/> });
    view! {
        <Frame desk section=Section::ContactRules title crumbs>
            {told.map(|title| view! { <Notice tone=Tone::Success title/> })}
            <ErrorSummary/>
            {waits}
            <section class="stack">
                <h2>{tr!(lang, "Lo que dice la ley", "What the law says")}</h2>
                <Law pack/>
            </section>
            {editor}
            {(!versions.is_empty()).then(|| view! {
                <Card title=tr!(lang, "Versiones", "Versions")><ul class="plain-list stack">{versions}</ul></Card>
            })}
        </Frame>
    }
}

/// A version that somebody else must approve.
fn waiting(
    desk: &Desk,
    pack: &RulePack,
    version: &PolicyVersion,
    history: &PolicyHistory,
    lang: Lang,
) -> AnyView {
    let loosens = history.waits.iter().flat_map(|(_, loosens)| loosens);
    let what: Vec<_> = loosens
        .map(|(code, found)| {
            let all: Vec<_> = found.iter().map(|one| words::loosening(*one, lang)).collect();
            view! { <li>{words::country(code, lang)}": "{all.join("; ")}</li> }
        })
        .collect();
    let is_own = version.saved.as_ref().is_some_and(|(_, by)| *by == desk.actor().audit_name());
    let act = if !desk.may(Permission::StrategyWrite) {
        None
    } else if is_own {
        let says = tr!(
            lang,
            "Usted la guardó: otra persona debe aprobarla.",
            "You saved it: somebody else must approve it."
        );
        Some(view! { <p class="soft">{says}</p> }.into_any())
    } else {
        let number = version.version.to_string();
        Some(
            view! {
                <PostForm action=format!("{ADDRESS}/{}", pack.country) class="row">
                    <input type="hidden" name="version" value=number/>
                    <Button name="act" value="approve">{tr!(lang, "Aprobar", "Approve")}</Button>
                </PostForm>
            }
            .into_any(),
        )
    };
    let note = version.note.clone();
    let title =
        trf!(lang, "La versión {} espera aprobación", "Version {} waits for approval", version.version);
    view! {
        <Notice tone=Tone::Warn title>
            <p>{tr!(lang, "Permite lo que hoy no se permite:", "It allows what is not allowed today:")}</p>
            <ul>{what}</ul>
            <p>{tr!(lang, "Motivo: ", "Reason: ")}{note}</p>
            {act}
        </Notice>
    }
    .into_any()
}

fn line(desk: &Desk, version: &PolicyVersion, lang: Lang) -> AnyView {
    let saved = version.saved.as_ref().map(|(at, _)| desk.time(*at));
    let (state, note) = (version.approved.is_none(), version.note.clone());
    let state = state.then(|| {
        view! { " "<Badge tone=Tone::Warn>{tr!(lang, "Sin aprobar", "Not approved")}</Badge> }
    });
    let head = trf!(lang, "Versión {}", "Version {}", version.version);
    view! { <li><strong>{head}</strong>{state}" · "{saved}<br/>{note}</li> }.into_any()
}

#[component]
fn Editor(pack: &'static RulePack, own: domain::contact::Overrides, newest: i32) -> impl IntoView {
    let lang = use_lang();
    // A refused form shows what was typed; another page what is in force.
    if form_state().is_none() {
        provide_context(form::fields(&own));
    }
    let days: Vec<_> = DAYS.iter().map(|names| day(names, lang)).collect();
    let unclear = pack.limits.iter().any(|limit| limit.reading.is_some());
    let readings = || {
        vec![
            Choice::new(Reading::Strict.as_str(), tr!(lang, "La más estricta", "The strictest")),
            Choice::new(Reading::Lenient.as_str(), tr!(lang, "La literal", "The bare words")).hint(tr!(
                lang,
                "Permite más: otra persona debe aprobarla",
                "Allows more: somebody else must approve it"
            )),
        ]
    };
    let reading = if unclear {
        view! { <RadioGroup name="reading" legend=tr!(lang, "Cómo leer lo que la norma no deja claro", "How to read what the norm leaves unclear") options=readings()/> }.into_any()
    } else {
        view! { <input type="hidden" name="reading" value=own.reading.as_str()/> }.into_any()
    };
    view! {
        <Card title=tr!(lang, "Lo que agrega su organización", "What your organization adds")>
            <PostForm action=format!("{ADDRESS}/{}", pack.country)>
                <input type="hidden" name="based_on" value=newest.to_string()/>
                <fieldset>
                    <legend>{tr!(lang, "Días y horas", "Days and hours")}</legend>
                    <p class="field-hint">{tr!(lang, "Sin horas propias vale el horario de la ley; con ellas, lo que quepa en ambos.", "Without hours of your own the law's hold; with them, what fits both.")}</p>
                    {days}
                </fieldset>
                <fieldset>
                    <legend>{tr!(lang, "Contactos e intentos con una persona", "Contacts and tries with a person")}</legend>
                    <div class="grid">
                        <Field name="cap_day" label=tr!(lang, "A lo más por día", "At most a day") inputmode="numeric" maxlength=3 short=true required=false/>
                        <Field name="cap_week" label=tr!(lang, "A lo más en siete días", "At most in seven days") inputmode="numeric" maxlength=3 short=true required=false/>
                    </div>
                </fieldset>
                <fieldset>
                    <legend>{tr!(lang, "Feriados", "Public holidays")}</legend>
                    <Textarea name="extra" label=tr!(lang, "Feriados que faltan", "Holidays that are missing") hint=tr!(lang, "Uno por línea: fecha y nombre, como 2026-12-12 Día de la ciudad", "One a line: date and name, such as 2026-12-12 City day") rows=3 required=false/>
                    <Textarea name="called_off" label=tr!(lang, "Feriados que este año no lo son", "Holidays that are none this year") hint=tr!(lang, "Una fecha por línea. Permite más: otra persona debe aprobarlo", "A date a line. Allows more: somebody else must approve it") rows=2 required=false/>
                </fieldset>
                {reading}
                <Field name="note" label=tr!(lang, "Por qué cambia", "Why it changes") maxlength=500/>
                <div class="row"><Button>{tr!(lang, "Guardar", "Save")}</Button></div>
            </PostForm>
        </Card>
    }
    .into_any()
}

fn day(names: &'static Names, lang: Lang) -> AnyView {
    let name = words::day(names.day, lang);
    view! {
        <div class="row day">
            <CheckBox name=names.open label=name/>
            <Field name=names.from label=trf!(lang, "{}, desde", "{}, from", name) kind="time" short=true required=false/>
            <Field name=names.to label=trf!(lang, "{}, hasta", "{}, to", name) kind="time" short=true required=false/>
        </div>
    }
    .into_any()
}
