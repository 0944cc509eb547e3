//! Level instalments over given periods, started anew by each disbursement.

use domain::arrangement::schedule::{Frequency, Period};
use domain::arrangement::tranche::{
    Amortization, LevelInstallment, MonthDays, RateFactor, Tranche, YearDays, amortize,
};
use domain::money::{Money, Rounding};
use serde_json::{Value, json};

use crate::plan::{annual_rate, choice, count_or};
use crate::scale::{Scale, decimal_number, number, rule};
use crate::{Answer, CalcError, Case};

/// Digits of a rate factor, as in the cases.
const FACTOR_DIGITS: u8 = 12;

pub fn compute(case: Case) -> Result<Answer, CalcError> {
    let scale = Scale::named(case, "currency_decimals")?;
    let periods: Result<Vec<_>, CalcError> = case.list("periods")?.iter().map(period).collect();
    let tranches: Result<Vec<_>, CalcError> =
        case.list("disbursements")?.iter().map(|value| tranche(scale, value)).collect();
    let tranches = tranches?;
    let terms = Amortization {
        rate: RateFactor {
            annual_rate: annual_rate(case)?,
            year: year_days(case.text_or_none("days_in_year").unwrap_or("ACTUAL"))?,
            month: month_days(case.text_or_none("days_in_month").unwrap_or("ACTUAL"))?,
            frequency: frequency(case.text("period_frequency")?, count_or(case, "repay_every", 1)?)?,
        },
        rounding: choice(case, "rounding", Rounding::HalfEven)?,
        multiple: scale.field_or_none(case, "installment_multiple_of")?,
    };
    let rows = amortize(&periods?, &tranches, &terms).map_err(rule)?;
    let total = Money::sum(scale.currency, tranches.iter().map(|tranche| tranche.amount)).map_err(rule)?;
    Ok(Answer::default()
        .with("schedule", (1..).zip(&rows).map(|(n, row)| figures(n, row)).collect::<Vec<_>>())
        .with("total_principal", number(total))
        .because("payment = balance × Π(1 + f) ÷ Σ of the later products, f being the factor of each period")
        .because("each disbursement starts the level payment anew; the last instalment absorbs the rest")
        .because(format!("interest is rounded {} once on each balance", terms.rounding)))
}

fn period(value: &Value) -> Result<Period, CalcError> {
    let period = Case::new(value)?;
    Ok(Period { from: period.date("from")?, due_on: period.date("due")? })
}

fn tranche(scale: Scale, value: &Value) -> Result<Tranche, CalcError> {
    let tranche = Case::new(value)?;
    Ok(Tranche { on: tranche.date("date")?, amount: scale.field(tranche, "amount")? })
}

fn figures(n: u32, row: &LevelInstallment) -> Value {
    json!({
        "n": n,
        "due": row.period.due_on.to_string(),
        "payment": number(row.payment),
        "interest": number(row.interest),
        "principal": number(row.principal),
        "balance": number(row.balance),
        "rate_factor_last_subperiod": decimal_number(row.rate_factor.round(FACTOR_DIGITS, Rounding::HalfEven)),
    })
}

/// `DAYS_360`, `ACTUAL`.
pub fn year_days(name: &str) -> Result<YearDays, CalcError> {
    if name == "ACTUAL" {
        return Ok(YearDays::Actual);
    }
    let days = name.trim_start_matches("DAYS_").parse().map_err(|_| {
        CalcError::Refused(format!(
            "days_in_year {name} is not known; use ACTUAL, DAYS_360, DAYS_364 or DAYS_365"
        ))
    });
    days.map(YearDays::Fixed)
}

/// `DAYS_30`, `ACTUAL`.
pub fn month_days(name: &str) -> Result<MonthDays, CalcError> {
    match name {
        "ACTUAL" => Ok(MonthDays::Actual),
        "DAYS_30" => Ok(MonthDays::Thirty),
        _ => Err(CalcError::Refused(format!("days_in_month {name} is not known; use ACTUAL or DAYS_30"))),
    }
}

/// `MONTHS` and how many.
pub fn frequency(unit: &str, every: u32) -> Result<Frequency, CalcError> {
    match unit {
        "DAYS" => Ok(Frequency::Days(every)),
        "WEEKS" => Ok(Frequency::Weeks(every)),
        "MONTHS" => Ok(Frequency::Months(every)),
        "YEARS" => Ok(Frequency::Months(every.saturating_mul(12))),
        _ => {
            Err(CalcError::Refused(format!("the unit {unit} is not known; use DAYS, WEEKS, MONTHS or YEARS")))
        }
    }
}
