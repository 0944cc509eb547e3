//! Equal payments and equal principal.

use domain::arrangement::schedule::{Method, Terms, plan};
use domain::money::Rounding;

use super::{rows, terms};
use crate::scale::{Scale, rule, text};
use crate::{Answer, CalcError, Case};

pub fn french(case: Case) -> Result<Answer, CalcError> {
    let terms = of(case, Method::French)?;
    let plan = plan(&terms, &terms::plan_periods(case)?).map_err(rule)?;
    Ok(rows::answer(case, &plan)?
        .because(format!(
            "payment = P·i ÷ (1 − (1 + i)^−n), rounded {}: {}",
            terms.payment_rounding.mode,
            text(plan.regular)
        ))
        .because(format!("interest = balance × rate of the period, rounded {} once a period", terms.rounding))
        .because(rows::last_absorbs(&plan)?))
}

/// The regular part is rounded down unless `base` says otherwise.
pub fn equal_principal(case: Case) -> Result<Answer, CalcError> {
    let mut terms = of(case, Method::EqualPrincipal)?;
    let base = case.text_or_none("base").unwrap_or("").to_lowercase();
    let named =
        [("half_even", Rounding::HalfEven), ("half_up", Rounding::HalfUp), ("rounded up", Rounding::Up)];
    terms.payment_rounding.mode =
        named.iter().find(|(name, _)| base.contains(name)).map_or(Rounding::Down, |(_, mode)| *mode);
    let plan = plan(&terms, &terms::plan_periods(case)?).map_err(rule)?;
    Ok(rows::answer(case, &plan)?
        .because(format!(
            "principal ÷ n, rounded {}, is {} in each instalment",
            terms.payment_rounding.mode,
            text(plan.regular)
        ))
        .because("interest is taken on what is still owed, and comes on top")
        .because(rows::last_absorbs(&plan)?))
}

fn of(case: Case, method: Method) -> Result<Terms, CalcError> {
    let scale = Scale::of(case)?;
    let rounding = terms::choice(case, "rounding", Rounding::HalfUp)?;
    terms::terms(case, scale.field(case, "principal")?, method, rounding)
}
