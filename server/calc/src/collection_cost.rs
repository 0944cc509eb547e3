//! `collection-cost`: the most that a country's law allows to charge for collection.

use chrono::NaiveDate;
use domain::calendar::LAST_YEAR;
use domain::charge::{CollectionCost, CollectionCostRule, collection_cost_rule};
use domain::money::{Decimal, Money, Rounding};

use crate::case::malformed;
use crate::figure::unrounded;
use crate::{Answer, CalcError, Case};

/// Units are shown with so many decimals.
const UNIT_PLACES: u8 = 6;

pub fn compute(case: Case) -> Result<Answer, CalcError> {
    let rule = rule_of(case)?;
    let (unit, currency) = (rule.unit.to_lowercase(), rule.currency.code().to_lowercase());
    let overdue = overdue_of(case, rule, &format!("overdue_{currency}"))?;
    let value_field =
        case.any_of(&[&format!("{unit}_value"), "unit_value"], "the unit's published value")?.to_owned();
    let unit_value = case.decimal(&value_field)?;
    let useful = useful_contact(case)?;
    let cost = match case.get("days_past_due") {
        Some(_) => {
            rule.cost_after(case.whole("days_past_due")?, overdue, unit_value, useful, Rounding::HalfUp)?
        }
        None => rule.cost(overdue, unit_value, useful, Rounding::HalfUp)?,
    };
    let answer = Answer::default()
        .with(&format!("overdue_{unit}"), cost.overdue_units.to_fixed(UNIT_PLACES))
        .with(&format!("max_fee_{unit}"), cost.max_units.to_fixed(UNIT_PLACES))
        .with(&format!("max_fee_{currency}"), cost.max.to_decimal());
    Ok(explain(answer, rule, &cost, overdue, unit_value, useful))
}

fn rule_of(case: Case) -> Result<&'static CollectionCostRule, CalcError> {
    let latest = NaiveDate::from_ymd_opt(LAST_YEAR, 12, 31).unwrap_or_default();
    let on = case.date_or_none("as_of")?.unwrap_or(latest);
    Ok(collection_cost_rule(case.text_or_none("country").unwrap_or("CL"), on)?)
}

fn overdue_of(case: Case, rule: &CollectionCostRule, field: &str) -> Result<Money, CalcError> {
    let field = case.any_of(&[field, "overdue"], "the overdue amount")?;
    let given = case.amount(field, rule.currency.exponent())?;
    let overdue = given.to_money(rule.currency, Rounding::Down)?;
    let exact = Decimal::from_money(overdue) == given;
    let value = case.get(field).filter(|_| !exact);
    value.map_or(Ok(overdue), |value| Err(malformed(field, value, "an amount with the currency's decimals")))
}

fn useful_contact(case: Case) -> Result<bool, CalcError> {
    let field = case.starting_with("useful_contact").map(|(name, _)| name);
    field.map_or(Ok(true), |field| case.yes_or(field, true))
}

fn explain(
    answer: Answer,
    rule: &CollectionCostRule,
    cost: &CollectionCost,
    overdue: Money,
    unit_value: Decimal,
    useful: bool,
) -> Answer {
    let unit = &rule.unit;
    let mut answer = answer
        .because(format!(
            "{}, in force from {}: costs may be charged from day {} past due",
            rule.source, rule.from, rule.first_day
        ))
        .because(format!("{overdue} / {unit_value} = {} {unit}", unrounded(cost.overdue_units)));
    for step in &cost.steps {
        let (units, part) = (unrounded(step.units), unrounded(step.cost));
        answer = answer.because(format!("{} % of {units} {unit} = {part} {unit}", step.pct));
    }
    if let Some(less) = rule.less_without_useful_contact.filter(|_| !useful) {
        let days = rule.useful_contact_days.unwrap_or_default();
        answer = answer.because(format!("less {less} {unit}: no useful contact within {days} days"));
    }
    if let Some(most) = rule.most {
        answer = answer.because(format!("never more than {most} {unit}"));
    }
    answer
        .because(format!(
            "{} {unit} × {unit_value}, rounded half up once: {}",
            unrounded(cost.max_units),
            cost.max
        ))
        .because("only costs that really arose may be charged, up to this amount")
}
