//! Plans that leave a large last payment.

use domain::arrangement::schedule::{Method, plan};
use domain::money::{Decimal, Money, Rounding};
use serde_json::Value;

use super::{rows, terms};
use crate::case::decimal_of;
use crate::scale::{Scale, rule, text};
use crate::{Answer, CalcError, Case};

/// Any of these makes a plan one with a balloon.
pub const FIELDS: &[&str] = &[
    "balloon",
    "balloon_amount",
    "balloon_payment",
    "residual",
    "balloon_pct",
    "interest_only",
    "amortization_n",
    "amortisation_n",
    "amortize_over",
];
/// Those that give it as an amount.
const AMOUNTS: &[&str] = &["balloon", "balloon_amount", "balloon_payment", "residual"];

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
    let words = case.text_or_none("balloon").unwrap_or("").to_lowercase();
    if case.has("interest_only") || words.contains("principal") || words.contains("interest") {
        // Interest alone until the end, and the whole principal there.
        return Ok(Method::Balloon(principal));
    }
    let share = match words.strip_suffix('%') {
        Some(share) => Some(decimal_of("balloon", &Value::from(share.trim()))?),
        None if case.has("balloon_pct") => Some(case.decimal("balloon_pct")?),
        None => None,
    };
    if let Some(share) = share {
        let exact = Decimal::from_money(principal).mul(share).map_err(rule)?;
        let exact = exact.div(Decimal::from(100)).map_err(rule)?;
        return Ok(Method::Balloon(exact.to_money(principal.currency(), rounding).map_err(rule)?));
    }
    let field = AMOUNTS.iter().find(|field| case.has(field)).copied().unwrap_or("balloon");
    Ok(Method::Balloon(scale.field(case, field)?))
}
