//! `saldar calc plan`: payment plans. Which plan a case means follows from its fields, or from
//! `kind` where it is given.

mod balloon;
mod custom;
mod frappe;
mod interest_free;
mod level;
mod rows;
mod terms;

use domain::arrangement::schedule::interest_free_plan;
use domain::money::Money;

pub use terms::{annual_rate, choice, count, count_or};

use crate::scale::rule;
use crate::{Answer, CalcError, Case, fineract};

/// # Errors
/// Fields are missing or malformed, or there is no such plan.
pub fn compute(case: Case) -> Result<Answer, CalcError> {
    match kind(case) {
        "french" => level::french(case),
        "equal_principal" => level::equal_principal(case),
        "zero_interest" => interest_free::compute(case),
        "balloon" => balloon::compute(case),
        "custom" => custom::compute(case),
        "french_payment_rounded_up" => frappe::rounded(case),
        "due_dates" => frappe::due_dates(case),
        "amortization_equal_installment" => fineract::emi(case),
        "schedule_initial" => fineract::schedule(case),
        other => Err(CalcError::Unsupported(format!(
            "{other} is no kind of plan; use french, equal_principal, zero_interest, balloon or custom"
        ))),
    }
}

fn kind(case: Case<'_>) -> &str {
    if let Some(named) = case.text_or_none("kind") {
        return named;
    }
    let any = |fields: &[&str]| fields.iter().any(|field| case.has(field));
    if any(&["periods"]) {
        "amortization_equal_installment"
    } else if any(&["loan_product", "repay_unit"]) {
        "schedule_initial"
    } else if any(&["repayment_start"]) {
        "due_dates"
    } else if any(&["payment_rounding"]) {
        "french_payment_rounded_up"
    } else if any(balloon::FIELDS) {
        "balloon"
    } else if any(&["instalments", "installments"]) {
        "custom"
    } else if any(&["base"]) {
        "equal_principal"
    } else if any(&["rule", "amount"]) || !any(&["annual_rate_pct"]) {
        "zero_interest"
    } else {
        "french"
    }
}

/// `amount` in as many equal parts as `n` says, the last with the remainder.
///
/// # Errors
/// No count, or none of it is possible.
pub fn interest_free_amounts(amount: Money, case: Case) -> Result<Vec<Money>, CalcError> {
    let plan = interest_free_plan(amount, &terms::plan_periods(case)?).map_err(rule)?;
    Ok(plan.installments.iter().map(|part| part.principal).collect())
}
