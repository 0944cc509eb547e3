//! Due dates of a case. Some cases give no repayment period; the dates of their events tell it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::arrangement::schedule::{Frequency, Period, due_dates, periods};
use domain::arrangement::tranche::LoanEvent;

use super::emi::frequency;
use crate::plan::{count, count_or};
use crate::scale::rule;
use crate::{CalcError, Case};

/// The period of the case and where it is from, in words.
pub fn repayment_period(
    case: Case,
    start: NaiveDate,
    events: &[LoanEvent],
) -> Result<(Frequency, String), CalcError> {
    if case.has("repay_unit") {
        let found = frequency(case.text("repay_unit")?, count_or(case, "repay_every", 1)?)?;
        return Ok((found, "the repayment period is the case's own".to_owned()));
    }
    // Down-payment products with timed allocation are of 15 days, all others are mostly used with
    // months. Payments made on due dates, and charges for having missed one, say more.
    let days = ("15 days", Frequency::Days(15));
    let month = ("a month", Frequency::MONTHLY);
    let timed = case.text_or_none("strategy") == Some("ADVANCED_PAYMENT_ALLOCATION");
    let (usual, other) = if timed { (days, month) } else { (month, days) };
    let meets = |candidate: Frequency| score(case, candidate, start, events);
    let (name, found) = if meets(other.1)? > meets(usual.1)? { other } else { usual };
    Ok((found, format!("the case gives no repayment period; {name} fits its events")))
}

/// How well due dates fit: days of payments and disbursements on them count twice, charges made
/// for them or a day later once.
fn score(
    case: Case,
    candidate: Frequency,
    start: NaiveDate,
    events: &[LoanEvent],
) -> Result<usize, CalcError> {
    let due = due_dates(start, candidate, count(case, "n")?, None).map_err(rule)?;
    let next_day = |date: NaiveDate| due.iter().any(|due| due.succ_opt() == Some(date));
    let mut met = BTreeSet::new();
    let mut charges = 0;
    for event in events {
        match event {
            LoanEvent::Paid(payment) if due.contains(&payment.on) => _ = met.insert(payment.on),
            LoanEvent::PaidOut(tranche) if due.contains(&tranche.on) => _ = met.insert(tranche.on),
            LoanEvent::Charged(charge) if due.contains(&charge.due_on) || next_day(charge.due_on) => {
                charges += 1;
            }
            _ => {}
        }
    }
    Ok(met.len() * 2 + charges)
}

/// The periods of the case from `start`.
pub fn schedule_periods(
    case: Case,
    start: NaiveDate,
    frequency: Frequency,
) -> Result<Vec<Period>, CalcError> {
    let due = due_dates(start, frequency, count(case, "n")?, None).map_err(rule)?;
    periods(start, &due).map_err(rule)
}
