//! Rules by form, without scripts: rows of conditions that all hold, or of which one holds.

use chrono::NaiveDate;
use domain::ids::SegmentId;
use domain::money::{Currency, Money};
use domain::strategy::{Comparison, Expr, Field, Kind, Rule, Value};
use domain::text::Say;
use services::FieldIssue;
use ui::forms::FormState;
use ui::i18n::Locale;
use web::Form;

use crate::typed;

/// The segment that a form is about.
#[derive(Clone, Copy, Debug)]
pub struct Draft {
    pub id: SegmentId,
    pub based_on: i32,
}

/// Conditions of a form.
pub const ROWS: usize = 6;

/// How a field is compared, as a form names it.
pub const WAYS: [&str; 12] =
    ["eq", "ne", "lt", "le", "gt", "ge", "between", "in", "exists", "missing", "days_ge", "days_le"];

/// The names of a row's fields; errors stand at the first of them.
pub const NAMES: [(&str, &str, &str); ROWS] = [
    ("c0_field", "c0_is", "c0_value"),
    ("c1_field", "c1_is", "c1_value"),
    ("c2_field", "c2_is", "c2_value"),
    ("c3_field", "c3_is", "c3_value"),
    ("c4_field", "c4_is", "c4_value"),
    ("c5_field", "c5_is", "c5_value"),
];

pub fn blank() -> FormState {
    FormState::new([("join".to_owned(), "all".to_owned())])
}

/// The rule that was typed.
///
/// # Errors
/// What is wrong with each row.
pub fn read(form: &Form, locale: Locale, country: &str) -> Result<Rule, Vec<FieldIssue>> {
    let mut issues = Vec::new();
    let mut parts = Vec::new();
    for (field, is, value) in NAMES {
        let name = form.get(field);
        if name.is_empty() {
            continue;
        }
        match condition(name, form.get(is), form.get(value), (locale, country), value) {
            Ok(part) => parts.push(part),
            Err(issue) => issues.push(issue),
        }
    }
    if parts.is_empty() && issues.is_empty() {
        let (es, en) = ("Escriba al menos una condición", "Write at least one condition");
        issues.push(FieldIssue { field: "c0_field", says: Say::new(es, en) });
    }
    if !issues.is_empty() {
        return Err(issues);
    }
    Ok(Rule::new(if form.get("join") == "any" { Expr::Any(parts) } else { Expr::All(parts) }))
}

/// One condition that was typed; what is wrong stands at `at`.
///
/// # Errors
/// It cannot be read.
pub fn condition(
    name: &str,
    is: &str,
    text: &str,
    reader: (Locale, &str),
    at: &'static str,
) -> Result<Expr, FieldIssue> {
    let field: Field = typed::choice(at, name)?;
    let value = |text: &str| value(&field, text.trim(), reader, at);
    Ok(match is {
        "exists" => Expr::Exists { field },
        "missing" => Expr::Not(Box::new(Expr::Exists { field })),
        "days_ge" | "days_le" => {
            let days = number(text, at)?;
            let is = if is == "days_ge" { Comparison::Ge } else { Comparison::Le };
            Expr::DaysSince { field, is, days }
        }
        "between" => {
            let (from, to) = text.split_once(';').ok_or_else(|| two_values(at))?;
            Expr::Between { from: value(from)?, to: value(to)?, field }
        }
        "in" => {
            let values = text.split(';').map(value).collect::<Result<_, _>>()?;
            Expr::In { field, values }
        }
        plain => Expr::Compare { is: typed::choice(at, plain)?, value: value(text)?, field },
    })
}

fn value(
    field: &Field,
    text: &str,
    (locale, country): (Locale, &str),
    at: &'static str,
) -> Result<Value, FieldIssue> {
    match field.kind() {
        Kind::Number => number(text, at).map(Value::Number),
        Kind::Text if text.is_empty() => {
            let says = Say::new("Escriba con qué se compara", "Write what it is compared with");
            Err(FieldIssue { field: at, says })
        }
        Kind::Text => Ok(Value::Text(text.to_owned())),
        Kind::Date => typed::date(at, text).map(Value::Date),
        Kind::Money => {
            let (amount, currency) = match text.rsplit_once(' ').map(|(amount, code)| (amount, code.parse()))
            {
                Some((amount, Ok(currency))) => (amount, currency),
                _ => (text, typed::currency_of(country)),
            };
            typed::amount(at, amount, currency, locale).map(Value::Money)
        }
    }
}

fn number(text: &str, at: &'static str) -> Result<i64, FieldIssue> {
    let says = Say::new("Escriba un número entero, por ejemplo 30", "Write a whole number, for example 30");
    text.trim().parse().map_err(|_| FieldIssue { field: at, says })
}

fn two_values(at: &'static str) -> FieldIssue {
    let says = Say::new("Escriba dos valores separados por ;", "Write two values with ; between them");
    FieldIssue { field: at, says }
}

/// The rule as the form shows it; none if it is more than the form can say.
pub fn fields(name: &str, rule: &Rule, locale: Locale) -> Option<FormState> {
    let (join, parts) = match &rule.when {
        Expr::All(parts) => ("all", parts.clone()),
        Expr::Any(parts) => ("any", parts.clone()),
        single => ("all", vec![single.clone()]),
    };
    if parts.len() > ROWS {
        return None;
    }
    let mut pairs = vec![("name".to_owned(), name.to_owned()), ("join".to_owned(), join.to_owned())];
    for ((field, is, value), part) in NAMES.iter().zip(&parts) {
        let (of, way, text) = row(part, locale)?;
        pairs.extend([
            ((*field).to_owned(), of.to_string()),
            ((*is).to_owned(), way.to_owned()),
            ((*value).to_owned(), text),
        ]);
    }
    Some(FormState::new(pairs))
}

/// A condition as a row of the form shows it; none if it is more than a row can say.
pub fn row(part: &Expr, locale: Locale) -> Option<(Field, &'static str, String)> {
    let plain = |value: &Value| shown(value, locale);
    Some(match part {
        Expr::Compare { field, is, value } => (field.clone(), is.as_str(), plain(value)),
        Expr::In { field, values } => {
            (field.clone(), "in", values.iter().map(plain).collect::<Vec<_>>().join("; "))
        }
        Expr::Between { field, from, to } => {
            (field.clone(), "between", format!("{}; {}", plain(from), plain(to)))
        }
        Expr::Exists { field } => (field.clone(), "exists", String::new()),
        Expr::Not(inner) => match &**inner {
            Expr::Exists { field } => (field.clone(), "missing", String::new()),
            _ => return None,
        },
        Expr::DaysSince { field, is: Comparison::Ge, days } => (field.clone(), "days_ge", days.to_string()),
        Expr::DaysSince { field, is: Comparison::Le, days } => (field.clone(), "days_le", days.to_string()),
        Expr::DaysSince { .. } | Expr::All(_) | Expr::Any(_) => return None,
    })
}

fn shown(value: &Value, locale: Locale) -> String {
    match value {
        Value::Money(money) => money_text(money, money.currency(), locale),
        Value::Date(date) => NaiveDate::to_string(date),
        other => other.to_string(),
    }
}

fn money_text(money: &Money, currency: Currency, locale: Locale) -> String {
    format!("{} {currency}", ui::format::money_bare(money, locale))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed_form(rows: &[(&str, &str, &str)]) -> Form {
        let mut pairs = vec![("join".to_owned(), "all".to_owned())];
        for ((field, is, value), row) in NAMES.iter().zip(rows) {
            pairs.push(((*field).to_owned(), row.0.to_owned()));
            pairs.push(((*is).to_owned(), row.1.to_owned()));
            pairs.push(((*value).to_owned(), row.2.to_owned()));
        }
        Form(pairs)
    }

    #[test]
    fn what_was_typed_is_read_and_shown_again() {
        let form = typed_form(&[
            ("days_past_due", "between", "31; 90"),
            ("owed", "ge", "1,500.00 MXN"),
            ("stage", "in", "early; late"),
            ("product", "missing", ""),
            ("last_paid_on", "days_ge", "45"),
        ]);
        let locale = Locale::default();
        let rule = read(&form, locale, "MX").unwrap();
        rule.check().unwrap();
        let again = fields("x", &rule, locale).unwrap();
        assert_eq!(read(&Form(again.values), locale, "MX").unwrap(), rule);
    }

    #[test]
    fn mistakes_stand_at_their_row() {
        let form = typed_form(&[("days_past_due", "ge", "treinta"), ("owed", "between", "5")]);
        let issues = read(&form, Locale::default(), "MX").unwrap_err();
        assert_eq!(issues.iter().map(|issue| issue.field).collect::<Vec<_>>(), ["c0_value", "c1_value"]);
        assert_eq!(read(&typed_form(&[]), Locale::default(), "MX").unwrap_err()[0].field, "c0_field");
    }
}
