//! `saldar calc settle`: a settlement for less than the debt, its breach, and charge-off.

use domain::arrangement::{Concession, Discount, Forgiveness, Settlement, WriteOff, settle, write_off};
use domain::ledger::waterfall::Waterfall;
use domain::money::{Money, Rounding};
use serde_json::Value;

use crate::allocate::{Amounts, amounts, figures, payments, texts};
use crate::case::decimal_of;
use crate::plan::{choice, interest_free_amounts};
use crate::scale::{Scale, rule, text};
use crate::{Answer, CalcError, Case};

/// The order in which payments are applied again when a case names none.
const USUAL: &[&str] = &["expenses", "fees", "vat", "moratory", "penalties", "interest", "principal"];

/// # Errors
/// Fields are missing or malformed, or a discount has no sense.
pub fn compute(case: Case) -> Result<Answer, CalcError> {
    let scale = Scale::of(case)?;
    let debt = amounts(scale, case.object("debt")?)?;
    let event = case.text_or_none("event").unwrap_or("").to_lowercase();
    if ["write-off", "write_off", "writeoff", "charge-off", "castigo"].iter().any(|name| event.contains(name))
    {
        return charge_off(&debt);
    }
    let rounding = choice(case, "rounding", Rounding::HalfUp)?;
    let agreed = settle(debt, &concession(case, scale)?, rounding).map_err(rule)?;
    let answer = agreement(case, &agreed)?;
    if event.contains("breach") || event.contains("broken") || case.has("payments") || case.has("paid") {
        return after_payments(case, scale, &agreed, answer);
    }
    Ok(answer)
}

fn charge_off(debt: &Amounts) -> Result<Answer, CalcError> {
    let WriteOff { claimable } = write_off(debt).map_err(rule)?;
    Ok(Answer::default()
        .with("ledger", WriteOff::LEDGER_RULE)
        .with("balance_claimable", text(claimable))
        .because("a charge-off is an entry in the creditor's books: it forgives nothing"))
}

fn agreement(case: Case, agreed: &Settlement<String>) -> Result<Answer, CalcError> {
    let mut answer = Answer::default()
        .with("forgiven", figures(&agreed.forgiven))
        .with("to_pay", text(agreed.to_pay))
        .because("each component's discount is rounded once; forgiven and to pay come to the debt");
    for ((name, gone), (_, owed)) in agreed.forgiven.iter().zip(&agreed.debt) {
        answer = answer.because(format!("{name}: {} of {} forgiven", text(*gone), text(*owed)));
    }
    if case.has("n") && agreed.to_pay.is_positive() {
        let parts = interest_free_amounts(agreed.to_pay, case)?;
        let parts: Vec<String> = parts.into_iter().map(text).collect();
        answer = answer.with("instalments", parts);
    }
    Ok(answer)
}

/// `discount_pct` or `discount_amount` by component; or one of both for the whole, with `order`.
fn concession(case: Case, scale: Scale) -> Result<Concession<String>, CalcError> {
    let mut by_component: Vec<(String, Discount)> = Vec::new();
    for (field, is_percent) in [("discount_pct", true), ("discount_amount", false), ("discount", false)] {
        let Some(value) = case.get(field) else { continue };
        let read = |value: &Value| -> Result<Discount, CalcError> {
            if is_percent {
                Ok(Discount::Percent(decimal_of(field, value)?))
            } else {
                Ok(Discount::Amount(scale.money(field, value)?))
            }
        };
        let Some(parts) = value.as_object() else {
            return Ok(Concession::InOrder { discount: read(value)?, order: order(case)? });
        };
        for (name, value) in parts {
            by_component.push((name.clone(), read(value)?));
        }
    }
    Ok(Concession::ByComponent(by_component))
}

/// `order`, or else the components of the debt in the usual one.
fn order(case: Case) -> Result<Vec<String>, CalcError> {
    if case.has("order") {
        return texts(case, "order");
    }
    let debt = case.object("debt")?;
    let mut names: Vec<String> = debt.fields().map(|(name, _)| name.to_owned()).collect();
    names.sort_by_key(|name| USUAL.iter().position(|usual| usual == name));
    Ok(names)
}

/// What is owed when the agreement is broken after `payments` (or one of `paid`).
fn after_payments(
    case: Case,
    scale: Scale,
    agreed: &Settlement<String>,
    answer: Answer,
) -> Result<Answer, CalcError> {
    let mut paid = payments(case, scale, "payments")?;
    if let Some(amount) = scale.field_or_none(case, "paid")? {
        paid.push(domain::ledger::waterfall::DatedPayment { paid_on: chrono::NaiveDate::default(), amount });
    }
    let how = choice(case, "forgiveness", Forgiveness::Conditional)?;
    let names: Vec<String> = agreed.debt.iter().map(|(name, _)| name.clone()).collect();
    let waterfall = Waterfall::new(order(case)?, &names).map_err(rule)?;
    let whole = Money::sum(scale.currency, paid.iter().map(|payment| payment.amount)).map_err(rule)?;
    let earned = agreed.forgiven_after(whole, how).map_err(rule)?;
    let after = agreed.breach(&paid, &waterfall, how).map_err(rule)?;
    let owed = Money::sum(scale.currency, after.owed.iter().map(|(_, owed)| *owed)).map_err(rule)?;
    Ok(answer
        .with("forgiven_for_good", figures(&earned))
        .with("after", figures(&after.owed))
        .with("owed", text(owed))
        .with("unapplied", text(after.unapplied))
        .because(format!("broken after {} of {}: {how} forgiveness", text(whole), text(agreed.to_pay)))
        .because("the components are reinstated, and the payments applied again in date order"))
}
