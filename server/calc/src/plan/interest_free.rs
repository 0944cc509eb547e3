//! Plans without interest: what most agreements with debtors are.

use domain::arrangement::schedule::{DownPayment, PaymentRounding, interest_free_plan};
use domain::money::{Money, Rounding};

use super::{rows, terms};
use crate::scale::{Scale, rule, text};
use crate::{Answer, CalcError, Case};

pub fn compute(case: Case) -> Result<Answer, CalcError> {
    let scale = Scale::of(case)?;
    let amount = scale.field(case, if case.has("amount") { "amount" } else { "principal" })?;
    let down = down_payment(case, scale, amount)?;
    let balance = amount.sub(down).map_err(rule)?;
    let mut plan = interest_free_plan(balance, &terms::plan_periods(case)?).map_err(rule)?;
    for field in ["minimum", "minimum_instalment"] {
        if let Some(minimum) = scale.field_or_none(case, field)? {
            plan = plan.at_least(minimum).map_err(rule)?;
        }
    }
    Ok(rows::payments(case, &plan)?
        .because(format!("{} less a down payment of {} leaves {}", text(amount), text(down), text(balance)))
        .because(format!("{} ÷ {}, rounded down", text(balance), plan.installments.len()))
        .because(rows::last_absorbs(&plan)?))
}

/// `down_payment` as an amount, or `down_payment_pct`.
fn down_payment(case: Case, scale: Scale, amount: Money) -> Result<Money, CalcError> {
    if !amount.is_positive() {
        return Ok(scale.zero());
    }
    let down = match scale.field_or_none(case, "down_payment")? {
        Some(down) => DownPayment::Amount(down),
        None if case.has("down_payment_pct") => DownPayment::Percent(case.decimal("down_payment_pct")?),
        None => DownPayment::Amount(scale.zero()),
    };
    let rounding = terms::choice(case, "rounding", Rounding::HalfUp)?;
    down.of(amount, &PaymentRounding::minor_unit(rounding)).map_err(rule)
}
