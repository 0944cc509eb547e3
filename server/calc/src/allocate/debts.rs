//! Several debts.

use domain::ledger::waterfall::{DebtClaim, DebtRule, Overpayment, spread_over_debts};
use serde_json::{Map, Value, json};

use super::texts;
use crate::case::{decimal_of, malformed};
use crate::plan::choice;
use crate::scale::{Scale, rule, text};
use crate::{Answer, CalcError, Case};

pub fn compute(case: Case, mode: &str) -> Result<Answer, CalcError> {
    let scale = Scale::of(case)?;
    let list = case.list("debts")?;
    let debts: Vec<_> =
        list.iter().enumerate().map(|(place, debt)| claim(scale, place, debt)).collect::<Result<_, _>>()?;
    let debt_rule = rule_named(mode)?;
    let designated = if case.has("designated") { texts(case, "designated")? } else { vec![] };
    let overpayment = choice(case, "overpayment", Overpayment::Next)?;
    let payment = scale.field(case, "payment")?;
    let (parts, rest) =
        spread_over_debts(payment, &debts, &designated, debt_rule, overpayment).map_err(rule)?;
    let plain = list.iter().all(|debt| !debt.is_object());
    let allocated: Value = if plain {
        parts.iter().map(|part| text(*part)).collect()
    } else {
        let pairs = debts.iter().zip(&parts);
        Value::Object(
            pairs.map(|(debt, part)| (debt.label.clone(), json!(text(*part)))).collect::<Map<_, _>>(),
        )
    };
    Ok(Answer::default()
        .with("allocated", allocated)
        .with("unapplied", text(rest))
        .because(words(debt_rule))
        .because(format!("debts that the debtor designated come first: {}", designated.len())))
}

/// A debt as a plain amount, or an object with `balance`, `rate`, `due`, `security`.
fn claim(scale: Scale, place: usize, value: &Value) -> Result<DebtClaim<String>, CalcError> {
    let Ok(debt) = Case::new(value) else {
        let owed = scale.money("debts", value)?;
        return Ok(DebtClaim {
            label: (place + 1).to_string(),
            owed,
            due_on: None,
            rate: None,
            security: None,
        });
    };
    let label = match debt.get("id") {
        Some(Value::String(id)) => id.clone(),
        Some(Value::Number(id)) => id.to_string(),
        Some(other) => return Err(malformed("id", other, "a name")),
        None => (place + 1).to_string(),
    };
    Ok(DebtClaim {
        label,
        owed: scale.field(debt, "balance")?,
        due_on: if debt.has("due") { Some(debt.date("due")?) } else { None },
        rate: debt.get("rate").map(|rate| decimal_of("rate", rate)).transpose()?,
        security: scale.field_or_none(debt, "security")?,
    })
}

fn rule_named(mode: &str) -> Result<DebtRule, CalcError> {
    let known = [
        ("pro_rata", DebtRule::ProRata),
        ("most_onerous", DebtRule::MostOnerous),
        ("least_secured", DebtRule::LeastSecured),
        ("oldest", DebtRule::Oldest),
    ];
    let found = known.iter().find(|(name, _)| mode.trim_start().starts_with(name));
    found.map(|(_, rule)| *rule).ok_or_else(|| {
        CalcError::Refused(format!(
            "mode {mode:?} is not known; use oldest_first, most_onerous_first, least_secured_first or pro_rata"
        ))
    })
}

const fn words(rule: DebtRule) -> &'static str {
    match rule {
        DebtRule::Oldest => "the debt that fell due first comes first",
        DebtRule::MostOnerous => "the highest rate comes first; equally onerous debts share in proportion",
        DebtRule::LeastSecured => "the debt with the least security comes first",
        DebtRule::ProRata => {
            "in proportion, rounded down; left units go to the largest remainders, ties in order"
        }
    }
}
