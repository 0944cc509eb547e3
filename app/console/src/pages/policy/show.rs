//! The policy in force in words, trying it on a debt, and every version with what it changed.

use domain::access::Permission;
use leptos::prelude::*;
use services::arrangements::{PolicyTrial, PolicyVersion};
use ui::prelude::*;

use super::form::Context;
use super::words::{self, Change, Fact};
use super::{ADDRESS, trial};
use crate::desk::{Desk, Frame, Section};

#[component]
pub fn PolicyPage(
    desk: Desk,
    versions: Vec<PolicyVersion>,
    staff: Vec<(String, String)>,
    context: Context,
    trials: Vec<PolicyTrial>,
    done: String,
) -> impl IntoView {
    let lang = use_lang();
    let title = Section::Policy.label(lang);
    let told: Vec<_> = versions.iter().map(|version| words::facts(&version.policy, &context)).collect();
    let now: Vec<_> = versions.first().map(|version| cards(version, told.first())).unwrap_or_default();
    let history: Vec<_> = versions
        .iter()
        .enumerate()
        .map(|(at, version)| {
            let own = told.get(at).map(Vec::as_slice).unwrap_or_default();
            let changes = told.get(at.saturating_add(1)).map(|before| words::changes(before, own));
            version_line(version, changes, at == 0, &staff, &desk)
        })
        .collect();
    let saved = (!done.is_empty()).then(|| {
        let title = tr!(
            lang,
            "La versión quedó guardada y ya rige. Lo que se ofreció antes se respeta hasta su día.",
            "The version is saved and holds from now. What was offered before stands until its day."
        );
        view! { <Notice tone=Tone::Success title/> }
    });
    let edit = desk.may(Permission::ArrangementApprove);
    let actions = move || {
        edit.then(|| view! { <a class="btn btn-secondary" href=format!("{ADDRESS}/editar")>{tr!(lang, "Cambiar la política", "Change the policy")}</a> })
    };
    let tried = trial::results(trials);
    view! {
        <Frame desk section=Section::Policy title actions>
            {saved}
            <ErrorSummary/>
            <p class="lead">{tr!(
                lang,
                "Qué se ofrece a cada deuda y hasta dónde puede llegar el equipo. Rige la primera regla que se ajusta. El portal, el teléfono y la visita dicen lo mismo.",
                "What each debt is offered, and how far staff may go. The first rule that fits holds. Portal, phone and visit say the same.",
            )}</p>
            {now}
            <Card title=tr!(lang, "Probar con una cuenta", "Try it on an account")>
                <PostForm action=ADDRESS>
                    <Field name="account" label=tr!(lang, "Número de cuenta", "Account number") short=true/>
                    <Button kind=ButtonKind::Secondary>{tr!(lang, "Probar", "Try")}</Button>
                </PostForm>
            </Card>
            {tried}
            <Card title=tr!(lang, "Versiones", "Versions")>{history}</Card>
        </Frame>
    }
}

/// One card a rule.
fn cards(version: &PolicyVersion, facts: Option<&Vec<Fact>>) -> Vec<AnyView> {
    let lang = use_lang();
    let rules = version.policy.rules.iter();
    rules
        .map(|rule| {
            let name = words::shown(&rule.name, lang);
            let own: Vec<_> = facts
                .into_iter()
                .flatten()
                .filter(|fact| fact.rule == name)
                .map(|fact| {
                    let (about, says) = (fact.about.clone(), fact.says.clone());
                    view! { <Pair term=about>{says}</Pair> }
                })
                .collect();
            let title = trf!(lang, "Regla «{}»", "Rule “{}”", name);
            view! { <Card title><KeyValue>{own}</KeyValue></Card> }.into_any()
        })
        .collect()
}

fn version_line(
    version: &PolicyVersion,
    changes: Option<Vec<Change>>,
    newest: bool,
    staff: &[(String, String)],
    desk: &Desk,
) -> AnyView {
    let lang = desk.lang();
    let (title, kept) = match &version.saved {
        None => {
            (tr!(lang, "La que trae el sistema", "The one that the system brings").to_owned(), String::new())
        }
        Some((at, by)) => {
            let name = staff.iter().find(|(audit, _)| audit == by).map(|(_, name)| name.clone());
            let name = name.unwrap_or_else(|| tr!(lang, "el equipo", "staff").to_owned());
            (
                trf!(lang, "Versión {}", "Version {}", version.version),
                trf!(lang, "Guardada el {0} por {1}.", "Saved on {0} by {1}.", desk.time(*at), name),
            )
        }
    };
    let none = changes.as_ref().is_some_and(Vec::is_empty).then(|| {
        view! { <p class="soft small">{tr!(lang, "Dice lo mismo que la anterior.", "It says the same as the one before.")}</p> }
    });
    let lines: Vec<_> =
        changes.unwrap_or_default().into_iter().map(|change| difference(change, lang)).collect();
    let note = Some(version.note.clone()).filter(|note| !note.is_empty());
    let note = note.map(|note| view! { <p>{note}</p> });
    view! {
        <details class="version" open=newest>
            <summary>{title}</summary>
            {note}
            {none}
            <ul>{lines}</ul>
            <p class="soft small">{kept}</p>
        </details>
    }
    .into_any()
}

fn difference(change: Change, lang: Lang) -> AnyView {
    let Change { rule, about, before, after } = change;
    let head = format!("{rule} · {about}: ");
    let none = || tr!(lang, "no estaba", "was not there").to_owned();
    let gone = || tr!(lang, "ya no está", "is no longer there").to_owned();
    view! {
        <li>
            <strong>{head}</strong>
            <span class="soft">{tr!(lang, "antes ", "before ")}</span>
            <del>{before.unwrap_or_else(none)}</del>
            <span class="soft">{tr!(lang, " · ahora ", " · now ")}</span>
            <ins>{after.unwrap_or_else(gone)}</ins>
        </li>
    }
    .into_any()
}
