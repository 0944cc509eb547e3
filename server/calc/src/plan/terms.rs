//! What the kinds of plan have in common.

use std::str::FromStr;

use chrono::NaiveDate;
use domain::arrangement::schedule::{
    Accrual, Frequency, Grace, InterestBasis, Method, PaymentRounding, Period, Terms, due_dates, periods,
};
use domain::calendar::{BusinessCalendar, Shift};
use domain::money::{Decimal, Money, Rounding};

use serde_json::Value;

use crate::case::date_of;
use crate::scale::{Scale, rule};
use crate::{CalcError, Case};

/// The annual rate as a fraction.
pub fn annual_rate(case: Case) -> Result<Decimal, CalcError> {
    case.decimal_or("annual_rate_pct", Decimal::ZERO)?.div(Decimal::from(100)).map_err(rule)
}

/// A count such as `n`; `12.0` is one.
pub fn count(case: Case, field: &str) -> Result<u32, CalcError> {
    positive_count(field, case.whole(field)?)
}

pub fn count_or(case: Case, field: &str, default: u32) -> Result<u32, CalcError> {
    positive_count(field, case.whole_or(field, default.into())?)
}

fn positive_count(field: &str, count: i64) -> Result<u32, CalcError> {
    u32::try_from(count)
        .map_err(|_| CalcError::Refused(format!("{field} is {count}; use a whole number from 0 on")))
}

/// A named choice, or what stands when the field is missing.
pub fn choice<T: FromStr>(case: Case, field: &str, default: T) -> Result<T, CalcError> {
    let Some(text) = case.text_or_none(field) else { return Ok(default) };
    let name = text.trim().to_lowercase().replace([' ', '-'], "_");
    name.parse()
        .map_err(|_| CalcError::Refused(format!("{field} is {text}, which is not one of its choices")))
}

/// How far instalments are apart: `frequency`, or else the words of `period`.
pub fn frequency(case: Case) -> Result<Frequency, CalcError> {
    if let Some(days) = case.get("every_days") {
        return Ok(Frequency::Days(positive_count(
            "every_days",
            crate::case::whole_of("every_days", days)?,
        )?));
    }
    let words = case.text_or_none("frequency").or_else(|| case.text_or_none("period")).unwrap_or("monthly");
    let words = words.to_lowercase();
    let known = [
        (["biweekly", "bi-weekly", "fortnight"].as_slice(), Frequency::Weeks(2)),
        (["weekly", "week"].as_slice(), Frequency::Weeks(1)),
        (["bimonthly", "bi-monthly"].as_slice(), Frequency::Months(2)),
        (["quarter"].as_slice(), Frequency::Months(3)),
        (["semiannual", "semi-annual", "half-year"].as_slice(), Frequency::Months(6)),
        (["month"].as_slice(), Frequency::Months(1)),
        (["yearly", "annually"].as_slice(), Frequency::Months(12)),
    ];
    let found = known.iter().find(|(names, _)| names.iter().any(|name| words.contains(name)));
    found.map(|(_, frequency)| *frequency).ok_or_else(|| {
        CalcError::Refused(format!(
            "the period {words:?} is not known; use weekly, biweekly, monthly or every_days"
        ))
    })
}

/// Daily interest where the case asks for it.
fn basis(case: Case) -> Result<InterestBasis, CalcError> {
    let words = case.text_or_none("interest_basis").or_else(|| case.text_or_none("period")).unwrap_or("");
    let words = words.to_lowercase();
    let daily = words.contains("daily") || words.contains("actual/");
    let year_days = if words.contains("360") { 360 } else { count_or(case, "days_in_year", 365)? };
    Ok(if daily { InterestBasis::Daily { year_days } } else { InterestBasis::SamePeriod })
}

/// Terms with all the extras that a case may ask for.
pub fn terms(case: Case, principal: Money, method: Method, rounding: Rounding) -> Result<Terms, CalcError> {
    let scale = Scale { currency: principal.currency() };
    let mode = choice(case, "payment_rounding_mode", rounding)?;
    let multiple = scale.field_or_none(case, "installment_multiple_of")?;
    let flat = case.text_or_none("interest_type").is_some_and(|name| name.eq_ignore_ascii_case("flat"));
    Ok(Terms {
        accrual: if flat { Accrual::Flat } else { Accrual::DecliningBalance },
        basis: basis(case)?,
        frequency: frequency(case)?,
        payment_rounding: PaymentRounding { mode, multiple },
        grace: Grace {
            principal: count_or(case, "grace_principal", 0)?,
            interest_payment: count_or(case, "grace_interest_payment", 0)?,
            interest_free: count_or(case, "interest_free_periods", 0)?,
        },
        ..Terms::monthly(principal, annual_rate(case)?, method, rounding)
    })
}

/// The periods of a plan of `n` instalments from `start`. A case without dates is computed from a
/// fixed one, which no amount depends on.
pub fn plan_periods(case: Case) -> Result<Vec<Period>, CalcError> {
    if case.get("month_end_clamp").is_some_and(|clamp| clamp == &Value::Bool(false)) {
        return Err(CalcError::Unsupported(
            "month_end_clamp false is not known: a month without the day ends on its last".to_owned(),
        ));
    }
    let start = if case.has("start") { case.date("start")? } else { NaiveDate::default() };
    let shift = choice(case, "business_days", Shift::Unadjusted)?;
    let holidays = if case.has("holidays") { case.list("holidays")? } else { &[] };
    let holidays: Result<Vec<_>, _> = holidays.iter().map(|day| date_of("holidays", day)).collect();
    let calendar = BusinessCalendar::weekends(holidays?);
    let due =
        due_dates(start, frequency(case)?, count(case, "n")?, Some((&calendar, shift))).map_err(rule)?;
    periods(start, &due).map_err(rule)
}
