//! The terms of a case: rates, caps, method, grace, tax.

use domain::charge::CommercialLateRule;
use domain::interest::{
    EffectiveStyle, Grace, GraceMode, InterestTerms, Method, PreparedTerms, RateRow, RateTable,
};
use domain::money::DayCount;
use serde_json::Value;

use crate::case::{date_of, decimal_of, malformed};
use crate::day_count::count_of;
use crate::{CalcError, Case};

const RATES: &[&str] = &["annual_rate_pct", "ea_pct", "agreed_ea_pct", "agreed_pct", "rate_pct"];
const RATE_TABLES: &[&str] = &["rate_path", "annual_rate_path", "rate_table", "rates"];
const TAXES: &[&str] = &["vat_pct", "iva_pct", "vat_on_interest_pct"];

pub fn read(case: Case) -> Result<PreparedTerms, CalcError> {
    let cap = case.starting_with("cap_table").map(|(field, value)| table(field, value)).transpose()?;
    let tax = TAXES.iter().find(|field| case.has(field)).map(|field| case.decimal(field)).transpose()?;
    let terms =
        InterestTerms { rate: rates(case)?, method: method(case)?, grace: grace(case)?, cap, vat_pct: tax };
    Ok(terms.prepare()?)
}

fn rates(case: Case) -> Result<RateTable, CalcError> {
    if let Some((field, value)) = case.starting_with("ecb_rate_pct") {
        let spain = CommercialLateRule::spain()?;
        let rule = CommercialLateRule { margin_pp: case.decimal_or("margin_pp", spain.margin_pp)?, ..spain };
        return Ok(RateTable::constant(rule.rate_pct(decimal_of(field, value)?)?)?);
    }
    if let Some(field) = RATE_TABLES.iter().find(|field| case.has(field)) {
        return table(field, case.get(field).unwrap_or(&Value::Null));
    }
    let field = case.any_of(RATES, "a yearly rate in per cent")?;
    Ok(RateTable::constant(case.decimal(field)?)?)
}

/// Rows of a date and a rate in per cent.
fn table(field: &str, value: &Value) -> Result<RateTable, CalcError> {
    const FORM: &str = "an array of [date, rate in per cent]";
    let rows = value.as_array().ok_or_else(|| malformed(field, value, FORM))?;
    let row = |row: &Value| match row.as_array().map(Vec::as_slice) {
        Some([from, pct]) => Ok(RateRow { from: date_of(field, from)?, pct: decimal_of(field, pct)? }),
        _ => Err(malformed(field, row, FORM)),
    };
    Ok(RateTable::new(rows.iter().map(row).collect::<Result<_, _>>()?)?)
}

fn method(case: Case) -> Result<Method, CalcError> {
    let named = case.text_or_none("type").is_some_and(|name| name.starts_with("effective"));
    let by_rate = ["ea_pct", "agreed_ea_pct"].iter().any(|field| case.has(field));
    if named || by_rate {
        let simple = case.text_or_none("style").is_some_and(|style| style.contains("simple"));
        let style = if simple { EffectiveStyle::SimpleOnDailyEquivalent } else { EffectiveStyle::Compound };
        return Ok(Method::EffectiveAnnual { basis_days: basis_days(case)?, style });
    }
    if case.has("basis") {
        return Ok(Method::Simple(count_of(case, "basis")?));
    }
    let by_name = case.text_or_none("day_count").map(|_| count_of(case, "day_count")).transpose()?;
    Ok(Method::Simple(by_name.unwrap_or(DayCount::Act365F)))
}

/// The days of a year of an effective rate: from the basis, or from the formula's d/365.
fn basis_days(case: Case) -> Result<u16, CalcError> {
    const USUAL: u16 = 365;
    if case.has("basis") {
        let count = count_of(case, "basis")?;
        let days = count.year_days().and_then(|days| u16::try_from(days).ok());
        return days.ok_or_else(|| {
            CalcError::Refused(format!(
                "basis: {count} has no fixed year; an effective rate needs ACT/365 or ACT/360"
            ))
        });
    }
    let formula = case.text_or_none("formula").unwrap_or_default();
    let after = formula.split("d/").nth(1).unwrap_or_default();
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    Ok(digits.parse().unwrap_or(USUAL))
}

fn grace(case: Case) -> Result<Option<Grace>, CalcError> {
    let days = case.whole_or("grace_days", 0)?;
    let days = u16::try_from(days)
        .map_err(|_| CalcError::Refused(format!("grace_days is {days}; give from 0 to {}", u16::MAX)))?;
    let mode = match case.get("grace_mode") {
        None => GraceMode::Retroactive,
        Some(value) => grace_mode(value)?,
    };
    Ok((days > 0).then_some(Grace { days, mode }))
}

fn grace_mode(value: &Value) -> Result<GraceMode, CalcError> {
    let text = value.as_str().unwrap_or_default().to_ascii_lowercase();
    if text.starts_with("retro") {
        Ok(GraceMode::Retroactive)
    } else if text.starts_with("exclu") {
        Ok(GraceMode::Excluded)
    } else {
        Err(malformed("grace_mode", value, "retroactive or excluded"))
    }
}
