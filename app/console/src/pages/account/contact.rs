//! May this person be contacted? What the rules say now, and what they said before.

use chrono::DateTime;
use chrono_tz::Tz;
use leptos::prelude::*;
use services::contact::{DecisionLine, Outlook, reason_words};
use ui::prelude::*;

/// By each channel: yes, or why not, by which rule, and when instead.
#[component]
pub fn MayContact(outlook: Outlook, zone: Tz) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let rows: Vec<_> = outlook
        .into_iter()
        .map(|line| {
            let name = labels::contact_channel(line.channel, lang);
            let (tone, says) = verdict(&line, lang);
            // By which rule it is allowed is told where it was decided.
            let why = if line.allowed { String::new() } else { because(&line, zone, locale) };
            view! {
                <li>
                    <p class="row"><strong>{name}</strong><Badge tone>{says}</Badge></p>
                    {(!why.is_empty()).then(|| view! { <p class="soft small">{why}</p> })}
                </li>
            }
        })
        .collect();
    view! {
        <Card title=tr!(lang, "¿Se puede contactar ahora?", "May contact be made now?")>
            <ul class="plain-list stack">{rows}</ul>
        </Card>
    }
    .into_any()
}

/// A kept decision in the timeline of the account.
pub fn decision(at: &DateTime<Tz>, line: &DecisionLine, locale: Locale) -> AnyView {
    let lang = locale.lang();
    let act = match line.act.as_str() {
        "plan_visit" => tr!(lang, "Planear visita", "Plan a visit"),
        "send" => tr!(lang, "Enviar mensaje", "Send a message"),
        "ask_for_call" => tr!(lang, "Pedir llamada", "Ask for a call"),
        _ => tr!(lang, "Preparar mensaje", "Prepare a message"),
    };
    let (tone, says) = verdict(line, lang);
    let title = format!("{act} ({}): {says}", labels::contact_channel(line.channel, lang));
    let when =
        format!("{} · {}", format::date_time(at, locale), tr!(lang, "reglas de contacto", "contact rules"));
    let why = because(line, at.timezone(), locale);
    view! { <TimelineItem when title tone>{why}</TimelineItem> }.into_any()
}

fn verdict(line: &DecisionLine, lang: Lang) -> (Tone, &'static str) {
    if line.allowed {
        (Tone::Success, tr!(lang, "permitido", "allowed"))
    } else {
        (Tone::Warn, tr!(lang, "no permitido", "not allowed"))
    }
}

/// Reason, rule and next lawful time, in one line.
pub fn because(line: &DecisionLine, zone: Tz, locale: Locale) -> String {
    let lang = locale.lang();
    if line.allowed {
        return line.rule.clone();
    }
    let tag = if lang == Lang::En { "en" } else { "es" };
    let why = line.reason.map_or_else(
        || {
            tr!(lang, "No se conocen las reglas para esta persona", "The rules for this person are not known")
                .to_owned()
        },
        |reason| reason_words(reason).pick(tag).to_owned(),
    );
    let rule = if line.rule.is_empty() { String::new() } else { format!(" ({})", line.rule) };
    let next = match line.next {
        Some(next) => trf!(
            lang,
            ". Se permite desde {}",
            ". Allowed from {}",
            format::date_time(&next.with_timezone(&zone), locale)
        ),
        None if line.never => tr!(lang, ". Esperar no lo cambia", ". Waiting does not change it").to_owned(),
        None => String::new(),
    };
    format!("{why}{rule}{next}")
}
