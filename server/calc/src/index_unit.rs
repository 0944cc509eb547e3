//! `index-unit`: what units are worth, and the daily path of a unit through a period.

use domain::money::{Currency, Decimal, IndexUnit, worth};

use crate::case::decimal_of;
use crate::figure::{Precision, unrounded};
use crate::{Answer, CalcError, Case};

pub fn compute(case: Case) -> Result<Answer, CalcError> {
    if case.has("debt_units") {
        return conversion(case);
    }
    let unit = case.text("unit")?;
    match unit.split_whitespace().next().unwrap_or_default().to_ascii_uppercase().as_str() {
        "UF" => path(case, IndexUnit::Uf),
        "UVR" => path(case, IndexUnit::Uvr),
        "UDI" => path(case, IndexUnit::Udi),
        _ => Err(CalcError::Unsupported(format!(
            "the path of {unit:?} is not known; known are UF, UVR and UDI"
        ))),
    }
}

fn conversion(case: Case) -> Result<Answer, CalcError> {
    let currency = case.currency_or_none("currency")?;
    let currency =
        currency.ok_or(CalcError::Missing { field: "currency".to_owned(), form: "an ISO 4217 code" })?;
    let (units, value) = (case.amount("debt_units", 0)?, case.decimal("value")?);
    let precision = Precision { places: case.places()?, rounding: case.rounding()? };
    let exact = worth(units, value)?;
    let text = precision.text(exact)?;
    let unit = case.text_or_none("unit").unwrap_or("units");
    let why =
        format!("{units} {unit} × {value} = {} {currency}, {}: {text}", unrounded(exact), precision.said());
    Ok(Answer::default().with(&Currency::code(&currency).to_ascii_lowercase(), text).because(why))
}

/// A unit's value on every day of a period, by the names that its country uses.
fn path(case: Case, unit: IndexUnit) -> Result<Answer, CalcError> {
    let prefix = match unit {
        IndexUnit::Uf => "uf_on_day_",
        IndexUnit::Uvr => "uvr_on_day_",
        IndexUnit::Udi => "udi_on_day_",
    };
    let base = starting(case, prefix)?;
    let ratio = ratio(case)?;
    let steps = days(case)?;
    let mut answer = Answer::default().because(format!(
        "{base} × {ratio}^(t / {steps}), rounded half up to {} decimals; official values are loaded, this only checks them",
        unit.places()
    ));
    for step in 1..=steps {
        let value = unit.path_value(base, ratio, step, steps)?.to_string();
        if unit == IndexUnit::Uf {
            answer = answer.with(&day_of_uf(step, steps), value.clone());
        }
        if step == steps && unit == IndexUnit::Uf {
            answer = answer.with("next_9", value.clone());
        }
        answer = answer.with(&format!("t={step}"), value);
    }
    Ok(answer)
}

/// From the 10th of a month of so many days to the 9th of the next.
fn day_of_uf(step: i64, month_days: i64) -> String {
    const BEFORE_FIRST: i64 = 9;
    let day = BEFORE_FIRST + step;
    if day <= month_days { format!("day_{day}") } else { format!("next_{}", day - month_days) }
}

/// From a change in per cent or from a ratio of two price indices.
fn ratio(case: Case) -> Result<Decimal, CalcError> {
    if let Some((field, value)) = case.starting_with("inpc_").or_else(|| case.starting_with("ratio")) {
        return decimal_of(field, value);
    }
    let change = starting(case, "cpi_change")?;
    Ok(change.div(Decimal::from(100))?.add(Decimal::ONE)?)
}

fn days(case: Case) -> Result<i64, CalcError> {
    let missing = || CalcError::Missing { field: "days_…".to_owned(), form: "a whole number" };
    let (field, _) = case.starting_with("days_").ok_or_else(missing)?;
    case.whole(field)
}

fn starting(case: Case, prefix: &str) -> Result<Decimal, CalcError> {
    let missing = || CalcError::Missing { field: format!("{prefix}…"), form: "a decimal number" };
    let (field, value) = case.starting_with(prefix).ok_or_else(missing)?;
    let number = decimal_of(field, value)?;
    Ok(number)
}
