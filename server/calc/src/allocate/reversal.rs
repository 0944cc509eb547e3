//! A payment that bounced.

use chrono::NaiveDate;
use domain::ledger::waterfall::{DatedPayment, replay};
use serde_json::Value;

use super::{amounts, figures, waterfall};
use crate::scale::{Scale, rule, text};
use crate::{Answer, CalcError, Case};

const RULE: &str = "allocation entries negated one by one; later payments re-applied in date order";

/// What is owed after `payment` is reversed; payments in `later` stand.
pub fn compute(case: Case) -> Result<Answer, CalcError> {
    let scale = Scale::of(case)?;
    let before = amounts(scale, case.object("before")?)?;
    let waterfall = waterfall(case, &before)?;
    let of = |name: &String| before.iter().find(|(known, _)| known == name).map_or(scale.zero(), |(_, m)| *m);
    let payment = scale.field(case, "payment")?;
    let (undone, _) = waterfall.allocate(payment, of).map_err(rule)?;
    let mut later = payments(case, scale, "later")?;
    later.extend(payments(case, scale, "later_payments")?);
    let after = replay(&before, &later, &waterfall).map_err(rule)?;
    Ok(Answer::default()
        .with("after", figures(&after.owed))
        .with("unapplied", text(after.unapplied))
        .with("reversed", figures(&undone))
        .with("rule", RULE)
        .because(format!("the payment of {} had gone over the components in order", text(payment)))
        .because(format!("{} later payments are applied again", later.len())))
}

/// Payments with `date` and `amount`, or amounts alone, which then came in the order given.
pub fn payments(case: Case, scale: Scale, field: &str) -> Result<Vec<DatedPayment>, CalcError> {
    if !case.has(field) {
        return Ok(vec![]);
    }
    let payment = |value: &Value| {
        let Ok(payment) = Case::new(value) else {
            let amount = scale.money(field, value)?;
            return Ok(DatedPayment { paid_on: NaiveDate::default(), amount });
        };
        Ok(DatedPayment { paid_on: payment.date("date")?, amount: scale.field(payment, "amount")? })
    };
    case.list(field)?.iter().map(payment).collect()
}
