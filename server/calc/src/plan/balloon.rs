//! Plans that leave a large last payment.

use domain::arrangement::schedule::{Method, PaymentRounding, plan};
use domain::money::{Decimal, Money, Rounding};

use super::{rows, terms};
use crate::scale::{Scale, rule, text};
use crate::{Answer, CalcError, Case};

/// Any of these makes a plan one with a balloon.
pub const FIELDS: &[&str] =
    &["balloon", "balloon_amount", "balloon_pct", "amortization_n", "amortisation_n", "amortize_over"];

pub fn compute(case: Case) -> Result<Answer, CalcError> {
    let scale = Scale::of(case)?;
    let principal = scale.field(case, "principal")?;
    let rounding = terms::choice(case, "rounding", Rounding::HalfUp)?;
    let terms = terms::terms(case, principal, method(case, scale, principal, rounding)?, rounding)?;
    let plan = plan(&terms, &terms::plan_periods(case)?).map_err(rule)?;
    let last = plan.installments.last().map_or(principal, |part| part.principal);
    Ok(rows::answer(case, &plan)?
        .with("balloon", text(last))
        .because(format!("the regular payment of {} leaves the balloon open", text(plan.regular)))
        .because(rows::last_absorbs(&plan)?))
}

fn method(case: Case, scale: Scale, principal: Money, rounding: Rounding) -> Result<Method, CalcError> {
    for field in ["amortization_n", "amortisation_n", "amortize_over"] {
        if case.has(field) {
            return Ok(Method::AmortizedOver(terms::count(case, field)?));
        }
    }
    if case.has("balloon_pct") {
        let share = case.decimal("balloon_pct")?.div(Decimal::from(100)).map_err(rule)?;
        let exact = Decimal::from_money(principal).mul(share).map_err(rule)?;
        let balloon = exact.to_money(principal.currency(), PaymentRounding::minor_unit(rounding).mode);
        return Ok(Method::Balloon(balloon.map_err(rule)?));
    }
    let field = if case.has("balloon") { "balloon" } else { "balloon_amount" };
    Ok(Method::Balloon(scale.field(case, field)?))
}
