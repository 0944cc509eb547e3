//! A plan as figures.

use domain::arrangement::schedule::{Installment, Plan};
use serde_json::{Value, json};

use crate::scale::{rule, text};
use crate::{Answer, CalcError, Case};

/// Each instalment with what it pays; `due` only where the case has dates.
pub fn schedule(case: Case, plan: &Plan) -> Result<Value, CalcError> {
    let dated = case.has("start");
    plan.installments.iter().map(|part| row(part, dated)).collect()
}

fn row(part: &Installment, dated: bool) -> Result<Value, CalcError> {
    let mut row = json!({
        "n": part.number,
        "payment": text(part.payment().map_err(rule)?),
        "interest": text(part.interest),
        "principal": text(part.principal),
        "balance": text(part.balance),
    });
    if let (true, Some(row)) = (dated, row.as_object_mut()) {
        row.insert("due".to_owned(), json!(part.due_on.to_string()));
    }
    Ok(row)
}

/// The figures every plan has.
pub fn answer(case: Case, plan: &Plan) -> Result<Answer, CalcError> {
    Ok(Answer::default()
        .with("regular_payment", text(plan.regular))
        .with("schedule", schedule(case, plan)?)
        .because(totals(plan)?))
}

/// A sentence about the whole.
fn totals(plan: &Plan) -> Result<String, CalcError> {
    let (paid, interest) = (plan.total().map_err(rule)?, plan.total_interest().map_err(rule)?);
    Ok(format!("{} is paid in all, of which {} is interest", text(paid), text(interest)))
}

/// The same for a plan without interest, whose instalments are nothing but payments.
pub fn payments(case: Case, plan: &Plan) -> Result<Answer, CalcError> {
    let dated = case.has("start");
    let row = |part: &Installment| {
        let mut row = json!({ "n": part.number, "payment": text(part.payment().map_err(rule)?) });
        if let (true, Some(row)) = (dated, row.as_object_mut()) {
            row.insert("due".to_owned(), json!(part.due_on.to_string()));
        }
        Ok(row)
    };
    let rows = plan.installments.iter().map(row).collect::<Result<Value, CalcError>>()?;
    Ok(Answer::default().with("regular_payment", text(plan.regular)).with("schedule", rows))
}

/// A sentence about the last instalment.
pub fn last_absorbs(plan: &Plan) -> Result<String, CalcError> {
    let last = plan.installments.last().map_or(Ok(plan.regular), Installment::payment).map_err(rule)?;
    Ok(format!("the last instalment pays what is left, {}", text(last)))
}
