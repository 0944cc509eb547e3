//! Plans with dates and amounts as agreed.

use chrono::NaiveDate;
use domain::arrangement::schedule::{CustomInstallment, InterestBasis, custom_plan};
use domain::money::Rounding;

use super::{rows, terms};
use crate::scale::{Scale, rule};
use crate::{Answer, CalcError, Case};

pub fn compute(case: Case) -> Result<Answer, CalcError> {
    let scale = Scale::of(case)?;
    let balance = scale.field(case, if case.has("amount") { "amount" } else { "principal" })?;
    let list = case.list(if case.has("instalments") { "instalments" } else { "installments" })?;
    let agreed: Result<Vec<_>, CalcError> = list
        .iter()
        .map(|part| {
            let part = Case::new(part)?;
            Ok(CustomInstallment { due_on: part.date("due")?, amount: scale.field_or_none(part, "amount")? })
        })
        .collect();
    let agreed = agreed?;
    let rate = terms::annual_rate(case)?;
    let interest = (!rate.is_zero())
        .then_some((rate, InterestBasis::Daily { year_days: terms::count_or(case, "days_in_year", 365)? }));
    let eve = |date: NaiveDate| date.pred_opt().unwrap_or(date);
    let start = match agreed.first() {
        _ if case.has("start") => case.date("start")?,
        Some(first) => eve(first.due_on),
        None => NaiveDate::default(),
    };
    let rounding = terms::choice(case, "rounding", Rounding::HalfUp)?;
    let plan = custom_plan(balance, start, &agreed, interest, rounding).map_err(rule)?;
    Ok(rows::answer(case, &plan)?.because("dates and amounts are as agreed, and come to the balance"))
}
