//! One debt in instalments.

use domain::ledger::waterfall::{DatedClaims, Direction, Overpayment, Waterfall, allocate_grid};
use serde_json::{Map, Value, json};

use super::texts;
use crate::plan::choice;
use crate::scale::{Scale, rule, text};
use crate::{Answer, CalcError, Case};

/// Fields of an instalment that are no component.
const ABOUT: &[&str] = &["n", "due", "id"];
/// What stands when a case names no order.
const USUAL: &[&str] = &["expenses", "fees", "vat", "moratory", "penalties", "interest", "principal"];

pub fn compute(case: Case, mode: &str) -> Result<Answer, CalcError> {
    let scale = Scale::of(case)?;
    let rows = case.list(if case.has("instalments") { "instalments" } else { "installments" })?;
    let rows: Vec<Case> = rows.iter().map(Case::new).collect::<Result<_, _>>()?;
    let waterfall = order(case, mode, &rows)?;
    let direction =
        if mode.trim_start().starts_with("vertical") { Direction::Vertical } else { Direction::Horizontal };
    let claims: Vec<_> = rows.iter().map(|row| claim(scale, *row, &waterfall)).collect::<Result<_, _>>()?;
    let as_of = if case.has("as_of") { Some(case.date("as_of")?) } else { None };
    let overpayment = choice(case, "overpayment", Overpayment::Next)?;
    let payment = scale.field(case, "payment")?;
    let done = allocate_grid(payment, &claims, &waterfall, direction, as_of, overpayment).map_err(rule)?;
    let allocated: Vec<Value> = rows
        .iter()
        .zip(&done.parts)
        .map(|(row, parts)| {
            let mut figures: Map<String, Value> = waterfall
                .labels()
                .iter()
                .zip(parts)
                .map(|(name, part)| (name.clone(), json!(text(*part))))
                .collect();
            for field in ["n", "id"] {
                figures.extend(row.get(field).map(|value| (field.to_owned(), value.clone())));
            }
            Value::Object(figures)
        })
        .collect();
    Ok(Answer::default()
        .with("allocated", allocated)
        .with("unapplied", text(done.unapplied))
        .because(format!("{direction}: {}, oldest first", waterfall.labels().join(" > ")))
        .because(format!("beyond what is due: {overpayment}")))
}

fn claim(scale: Scale, row: Case, waterfall: &Waterfall<String>) -> Result<DatedClaims, CalcError> {
    let owed: Result<Vec<_>, CalcError> = waterfall
        .labels()
        .iter()
        .map(|name| Ok(scale.field_or_none(row, name)?.unwrap_or(scale.zero())))
        .collect();
    Ok(DatedClaims { due_on: row.date("due")?, owed: owed? })
}

/// `order`, or else the names that `mode` puts between `>`, or else the usual one.
fn order(case: Case, mode: &str, rows: &[Case]) -> Result<Waterfall<String>, CalcError> {
    let mut present: Vec<String> = Vec::new();
    for (name, _) in rows.iter().flat_map(|row| row.fields()) {
        if !ABOUT.contains(&name) && !present.iter().any(|known| known == name) {
            present.push(name.to_owned());
        }
    }
    let named: Vec<String> = if case.has("order") {
        texts(case, "order")?
    } else if mode.contains('>') {
        in_words(mode)
    } else {
        USUAL
            .iter()
            .filter(|name| present.iter().any(|known| known == *name))
            .map(|n| (*n).to_owned())
            .collect()
    };
    Waterfall::new(named, &present).map_err(rule)
}

/// The names in `inside each expenses>interest>principal`.
fn in_words(mode: &str) -> Vec<String> {
    let last = |part: &str| part.split_whitespace().next_back().unwrap_or("").to_owned();
    let first = |part: &str| part.split_whitespace().next().unwrap_or("").to_owned();
    let clean = |name: String| name.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let mut parts = mode.split('>');
    let head = parts.next().map(last).into_iter();
    head.chain(parts.map(first)).map(clean).collect()
}
