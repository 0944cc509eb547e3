//! A loan's events, and where its payments went.

use chrono::NaiveDate;
use domain::arrangement::tranche::{
    Applied, Charge, LoanEvent, Part, Payment, PaymentOrder, ReplayedLoan, Tranche, replay_loan,
};
use domain::money::MoneyError;
use serde_json::Value;

use super::product::Product;
use super::{dates, rows, strategy};
use crate::scale::{Scale, rule};
use crate::{Answer, CalcError, Case};

pub fn compute(case: Case) -> Result<Answer, CalcError> {
    let scale = Scale::of(case)?;
    let product = Product(case.text_or_none("loan_product").unwrap_or(""));
    let events = events(case, scale)?;
    let order = strategy::order(case.text("strategy")?, product.0)?;
    let start = if case.has("submitted") { case.date("submitted")? } else { first_tranche(&events)? };
    let (frequency, why) = dates::repayment_period(case, start, &events)?;
    let periods = dates::schedule_periods(case, start, frequency)?;
    let terms = product.terms(case, scale, frequency)?;
    let mut loan = replay_loan(&terms, &periods, &events, &order, product.is_automatic()).map_err(rule)?;
    leave_out_of_advance(&mut loan, &order).map_err(rule)?;
    let timed = case.text("strategy")? == "ADVANCED_PAYMENT_ALLOCATION";
    Ok(Answer::default()
        .with("final_schedule", rows::schedule(&loan, true)?)
        .with("final_transactions", rows::transactions(&loan, timed)?)
        .because(why)
        .because("payments are applied again in date order whenever something earlier becomes known"))
}

/// Fineract's strategies by instalment do not count as paid in advance what the payment that
/// closes the loan gives to charges due after it (its test "adding charge due in the future, then
/// repayment before due date with full amount"); of a payment that leaves the loan open they do.
fn leave_out_of_advance(loan: &mut ReplayedLoan, order: &PaymentOrder) -> Result<(), MoneyError> {
    let last = loan.applied.last().filter(|applied| applied.closes);
    let (
        PaymentOrder::Installments { .. },
        Some(Applied { event: LoanEvent::Paid(closing), penalties, fees, .. }),
    ) = (order, last)
    else {
        return Ok(());
    };
    let (on, mut left) = (closing.on, [(Part::Penalty, *penalties), (Part::Fee, *fees)]);
    for row in loan.installments.iter_mut().filter(|row| on < row.due_on) {
        for entry in row.entries.iter().filter(|entry| entry.charge.is_some() && entry.due_on > on) {
            let Some((_, left)) = left.iter_mut().find(|(part, _)| *part == entry.part) else { continue };
            let share = (*left).min(entry.paid)?.min(row.in_advance)?;
            *left = left.sub(share)?;
            row.in_advance = row.in_advance.sub(share)?;
        }
    }
    Ok(())
}

/// Disbursements, charges and repayments in the order given.
pub fn events(case: Case, scale: Scale) -> Result<Vec<LoanEvent>, CalcError> {
    case.list("events")?.iter().map(|value| event(scale, value)).collect()
}

fn event(scale: Scale, value: &Value) -> Result<LoanEvent, CalcError> {
    let event = Case::new(value)?;
    let amount = scale.field(event, "amount")?;
    if !amount.is_positive() {
        return Err(CalcError::Refused(format!("an event's amount is {amount}; it must be positive")));
    }
    match event.text("op")? {
        "disburse" => Ok(LoanEvent::PaidOut(Tranche { on: event.date("date")?, amount })),
        "repayment" => Ok(LoanEvent::Paid(Payment { on: event.date("date")?, amount, down_payment: false })),
        "charge" => {
            let due_on = event.date("due")?;
            let made_on = if event.has("as_of") { event.date("as_of")? } else { due_on };
            Ok(LoanEvent::Charged(Charge {
                part: charge_part(event.text("kind")?)?,
                amount,
                due_on,
                made_on,
            }))
        }
        other => Err(CalcError::Unsupported(format!(
            "the event {other} is not known; use disburse, repayment or charge"
        ))),
    }
}

/// A returned or late payment costs a penalty, anything else a fee.
fn charge_part(kind: &str) -> Result<Part, CalcError> {
    match kind {
        _ if kind.contains("NSF") || kind.contains("PENALTY") || kind.contains("OVERDUE") => {
            Ok(Part::Penalty)
        }
        _ if kind.contains("FEE") => Ok(Part::Fee),
        _ => Err(CalcError::Unsupported(format!(
            "the charge {kind} is neither a fee nor a penalty by its name"
        ))),
    }
}

/// When the loan starts.
pub fn first_tranche(events: &[LoanEvent]) -> Result<NaiveDate, CalcError> {
    let dates = events.iter().filter_map(|event| match event {
        LoanEvent::PaidOut(tranche) => Some(tranche.on),
        _ => None,
    });
    dates.min().ok_or_else(|| {
        CalcError::Refused("nothing is disbursed; give at least one disburse event".to_owned())
    })
}
