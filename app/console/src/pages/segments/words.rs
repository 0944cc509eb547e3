//! Rules in words.

use domain::strategy::{Comparison, Explained, Expr, Field, Rule, Value};
use leptos::prelude::*;
use ui::prelude::*;

pub fn field(field: &Field, lang: Lang) -> String {
    let name = match field {
        Field::DaysPastDue => tr!(lang, "Días de mora", "Days past due"),
        Field::Owed => tr!(lang, "Saldo", "Total owed"),
        Field::OwedPrincipal => tr!(lang, "Capital", "Principal"),
        Field::Currency => tr!(lang, "Moneda", "Currency"),
        Field::Product => tr!(lang, "Producto", "Product"),
        Field::CreditType => tr!(lang, "Tipo de crédito", "Credit type"),
        Field::Creditor => tr!(lang, "Acreedor (clave)", "Creditor (code)"),
        Field::Stage => tr!(lang, "Etapa", "Stage"),
        Field::Bucket => tr!(lang, "Tramo de mora (0 a 7)", "Bucket (0 to 7)"),
        Field::Country => tr!(lang, "País (dos letras)", "Country (two letters)"),
        Field::Region => tr!(lang, "Estado o región", "Region"),
        Field::City => tr!(lang, "Ciudad", "City"),
        Field::Language => tr!(lang, "Idioma", "Language"),
        Field::InstallmentsTotal => tr!(lang, "Cuotas en total", "Instalments in all"),
        Field::InstallmentsUnpaid => tr!(lang, "Cuotas sin pagar", "Unpaid instalments"),
        Field::DueOn => tr!(lang, "Vencimiento", "Due date"),
        Field::OpenedOn => tr!(lang, "Apertura", "Opened on"),
        Field::ChargedOffOn => tr!(lang, "Castigo", "Charged off on"),
        Field::LastPaidOn => tr!(lang, "Último pago", "Last payment"),
        Field::PromisesOpen => tr!(lang, "Promesas abiertas", "Open promises"),
        Field::PromisesKept => tr!(lang, "Promesas cumplidas", "Kept promises"),
        Field::PromisesBroken => tr!(lang, "Promesas incumplidas", "Broken promises"),
        Field::Contacts(days) => {
            return trf!(lang, "Contactos en {} días", "Contacts in {} days", days);
        }
        Field::Attribute(name) => return trf!(lang, "Dato «{}»", "Attribute “{}”", name),
    };
    name.to_owned()
}

/// How a field is compared, by its name in the form.
pub fn way(way: &str, lang: Lang) -> &'static str {
    match way {
        "eq" => tr!(lang, "es igual a", "is equal to"),
        "ne" => tr!(lang, "es distinto de", "is not"),
        "lt" => tr!(lang, "es menor que", "is less than"),
        "le" => tr!(lang, "es a lo más", "is at most"),
        "gt" => tr!(lang, "es mayor que", "is more than"),
        "ge" => tr!(lang, "es al menos", "is at least"),
        "between" => tr!(lang, "está entre (a; b)", "is between (a; b)"),
        "in" => tr!(lang, "es uno de (a; b; c)", "is one of (a; b; c)"),
        "exists" => tr!(lang, "se conoce", "is known"),
        "missing" => tr!(lang, "no se conoce", "is not known"),
        "days_ge" => tr!(lang, "fue hace al menos (días)", "was at least so many days ago"),
        _ => tr!(lang, "fue hace a lo más (días)", "was at most so many days ago"),
    }
}

/// The facts that a form offers.
pub fn field_choices(lang: Lang) -> Vec<Choice> {
    Field::LISTED.iter().map(|of| Choice::new(of.to_string(), field(of, lang))).collect()
}

/// The comparisons that a form offers.
pub fn way_choices(lang: Lang) -> Vec<Choice> {
    super::form::WAYS.into_iter().map(|name| Choice::new(name, way(name, lang))).collect()
}

fn value(of: &Field, value: &Value, locale: Locale) -> String {
    match (of, value) {
        (_, Value::Money(money)) => format::money(money, locale),
        (_, Value::Date(date)) => format::date_short(*date, locale),
        (Field::Stage, Value::Text(text)) => {
            text.parse().map_or_else(|_| text.clone(), |stage| labels::stage(stage, locale.lang()).to_owned())
        }
        (_, other) => other.to_string(),
    }
}

/// One condition in words; of several, how they are joined.
pub fn when_words(part: &Expr, locale: Locale) -> String {
    let lang = locale.lang();
    let compared = |is: Comparison| way(is.as_str(), lang);
    match part {
        Expr::All(_) => tr!(lang, "Todo esto:", "All of this:").to_owned(),
        Expr::Any(_) => tr!(lang, "Al menos una de estas:", "At least one of these:").to_owned(),
        Expr::Not(_) => tr!(lang, "No se cumple:", "Not so:").to_owned(),
        Expr::Compare { field: of, is, value: with } => {
            format!("{} {} {}", field(of, lang), compared(*is), value(of, with, locale))
        }
        Expr::In { field: of, values } => {
            let values: Vec<_> = values.iter().map(|with| value(of, with, locale)).collect();
            let one_of = tr!(lang, "es uno de", "is one of");
            format!("{} {one_of} {}", field(of, lang), values.join(", "))
        }
        Expr::Between { field: of, from, to } => trf!(
            lang,
            "{0} está entre {1} y {2}",
            "{0} is between {1} and {2}",
            field(of, lang),
            value(of, from, locale),
            value(of, to, locale)
        ),
        Expr::Exists { field: of } => format!("{} {}", field(of, lang), way("exists", lang)),
        Expr::DaysSince { field: of, is, days } => trf!(
            lang,
            "Días desde {0}: {1} {2}",
            "Days since {0}: {1} {2}",
            field(of, lang),
            compared(*is),
            days
        ),
    }
}

/// A rule as a nested list.
pub fn rule_lines(rule: &Rule, locale: Locale) -> AnyView {
    part_lines(&rule.when, locale)
}

fn part_lines(part: &Expr, locale: Locale) -> AnyView {
    let below: Vec<_> = match part {
        Expr::All(parts) | Expr::Any(parts) => {
            parts.iter().map(|part| view! { <li>{part_lines(part, locale)}</li> }.into_any()).collect()
        }
        Expr::Not(part) => vec![view! { <li>{part_lines(part, locale)}</li> }.into_any()],
        _ => Vec::new(),
    };
    let says = when_words(part, locale);
    if below.is_empty() { says.into_any() } else { view! { {says}<ul>{below}</ul> }.into_any() }
}

/// Why a rule holds of an account, or does not: each condition with its verdict and value.
pub fn explained(part: &Explained, locale: Locale) -> AnyView {
    let lang = locale.lang();
    let (tone, verdict) = if part.holds {
        (Tone::Success, tr!(lang, "se cumple", "holds"))
    } else {
        (Tone::Warn, tr!(lang, "no se cumple", "does not hold"))
    };
    let has = part.says.field().map(|of| match &part.value {
        Some(own) => trf!(lang, "La cuenta tiene: {}.", "The account has: {}.", value(of, own, locale)),
        None => tr!(lang, "La cuenta no tiene el dato.", "The account does not have it.").to_owned(),
    });
    let below: Vec<_> = part.parts.iter().map(|part| view! { <li>{explained(part, locale)}</li> }).collect();
    view! {
        <p>{when_words(&part.says, locale)}" "<Badge tone>{verdict}</Badge>" "<span class="soft small">{has}</span></p>
        {(!below.is_empty()).then(|| view! { <ul>{below}</ul> })}
    }
    .into_any()
}
