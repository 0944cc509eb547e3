//! Cases of Frappe Lending: whole payments, rounded up; due dates by the calendar month.

use chrono::{Datelike, NaiveDate};
use domain::arrangement::schedule::{Frequency, Method, PaymentRounding, due_dates as dates, plan};
use domain::calendar::{add_months, last_of_month};
use domain::money::{Decimal, Money, Rounding};
use serde_json::{Map, Value, json};

use super::terms;
use crate::scale::{Scale, decimal_number, rule};
use crate::{Answer, CalcError, Case};

/// A level payment rounded as `payment_rounding` says. It is computed to the minor unit; the
/// figures are shown in whole units, as there.
pub fn rounded(case: Case) -> Result<Answer, CalcError> {
    let scale = Scale::of(case)?;
    let principal = scale.field(case, "principal")?;
    let mut terms = terms::terms(case, principal, Method::French, Rounding::HalfUp)?;
    terms.payment_rounding = payment_rounding(case, scale)?;
    let plan = plan(&terms, &terms::plan_periods(case)?).map_err(rule)?;
    let mut rows = Map::new();
    for (place, part) in plan.installments.iter().enumerate() {
        let row = [part.principal, part.interest, part.balance].map(whole);
        rows.insert(place.to_string(), Value::from(row.to_vec()));
    }
    Ok(Answer::default()
        .with("payment", whole(plan.regular))
        .with("total_interest", whole(plan.total_interest().map_err(rule)?))
        .with("total_payment", whole(plan.total().map_err(rule)?))
        .with("rows_0_based", rows)
        .because(format!("the level payment is rounded {} to {}", terms.payment_rounding.mode, plan.regular))
        .because("the last payment is what is left with its interest"))
}

/// An amount in whole units.
fn whole(amount: Money) -> Value {
    decimal_number(Decimal::from_money(amount).round(0, Rounding::HalfUp))
}

/// `up to integer`, `up to 10`, `down to integer`, `half_even to integer`.
fn payment_rounding(case: Case, scale: Scale) -> Result<PaymentRounding, CalcError> {
    let words = case.text("payment_rounding")?.to_lowercase();
    let (mode, unit) = words.split_once(" to ").unwrap_or((words.as_str(), "integer"));
    let mode = mode.trim().replace([' ', '-'], "_").parse();
    let mode =
        mode.map_err(|_| CalcError::Refused(format!("payment_rounding is {words}; use \"up to integer\"")))?;
    let unit = unit.trim().trim_start_matches("multiples of ").trim_start_matches("nearest ");
    let multiple = if matches!(unit, "integer" | "whole number" | "cent") {
        Money::from_minor(scale.currency.minor_per_major(), scale.currency)
    } else {
        scale.money("payment_rounding", &json!(unit))?
    };
    let multiple = (unit != "cent").then_some(multiple);
    Ok(PaymentRounding { mode, multiple })
}

/// The first, second and last of `n` due dates.
pub fn due_dates(case: Case) -> Result<Answer, CalcError> {
    let (start, count) = (case.date("repayment_start")?, terms::count(case, "n")?);
    let words = case.text_or_none("type").unwrap_or("monthly").to_lowercase();
    let all = series(start, count, &words)?;
    let texts: Vec<String> = all.iter().map(NaiveDate::to_string).collect();
    let at = |place: usize| texts.get(place).cloned();
    Ok(Answer::default()
        .with("first", at(0))
        .with("second", at(1))
        .with("last", texts.last().cloned())
        .with("dates", texts)
        .because(format!("{count} due dates from {start} on: {words}")))
}

fn series(start: NaiveDate, count: u32, words: &str) -> Result<Vec<NaiveDate>, CalcError> {
    let beyond = || CalcError::Refused("the due dates leave the calendar; start them earlier".to_owned());
    let month = start.with_day(1).ok_or_else(beyond)?;
    if words.contains("start of") && words.contains("next month") {
        return dates(month, Frequency::MONTHLY, count, None).map_err(rule);
    }
    if words.contains("end of") && words.contains("month") {
        let before = add_months(month, -1).ok_or_else(beyond)?;
        let firsts = dates(before, Frequency::MONTHLY, count, None).map_err(rule)?;
        return Ok(firsts.into_iter().map(last_of_month).collect());
    }
    let frequency = match words {
        w if w.contains("bi-weekly") || w.contains("biweekly") => Frequency::BIWEEKLY,
        w if w.contains("weekly") => Frequency::Weeks(1),
        w if w.contains("daily") => Frequency::Days(1),
        w if w.contains("quarter") => Frequency::Months(3),
        _ => Frequency::MONTHLY,
    };
    // The first falls on the start itself.
    let after = if count > 1 { dates(start, frequency, count - 1, None).map_err(rule)? } else { vec![] };
    if count == 0 {
        return dates(start, frequency, 0, None).map_err(rule);
    }
    Ok(std::iter::once(start).chain(after).collect())
}
