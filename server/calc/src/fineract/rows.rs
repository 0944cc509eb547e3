//! A replayed loan as Fineract's tables.

use chrono::NaiveDate;
use domain::arrangement::tranche::{Applied, Line, LoanEvent, Open, Part, ReplayedLoan};
use domain::money::{Money, MoneyError};
use serde_json::{Value, json};

use crate::CalcError;
use crate::scale::{number, rule};

/// The schedule: what was paid out, and what falls due with what came in for it. Nothing has come
/// in yet for a loan that is not `paid_out`.
pub fn schedule(loan: &ReplayedLoan, paid_out: bool) -> Result<Vec<Value>, CalcError> {
    let mut rows = Vec::new();
    let mut installments = (1_u32..).zip(&loan.installments);
    let mut before: Option<NaiveDate> = None;
    for line in &loan.lines {
        match line {
            Line::PaidOut(tranche) => {
                before = before.or(Some(tranche.on));
                rows.push(tranche_row(tranche.on, tranche.amount, paid_out));
            }
            Line::Due { balance, .. } => {
                if let Some((n, row)) = installments.next() {
                    rows.push(due_row(n, row, *balance, &mut before).map_err(rule)?);
                }
            }
        }
    }
    for (n, row) in installments {
        let zero = Money::zero(row.late.currency());
        rows.push(due_row(n, row, zero, &mut before).map_err(rule)?);
    }
    Ok(rows)
}

fn tranche_row(on: NaiveDate, amount: Money, paid_out: bool) -> Value {
    let zero = number(Money::zero(amount.currency()));
    let (paid, outstanding) =
        if paid_out { (zero.clone(), Value::Null) } else { (Value::Null, zero.clone()) };
    json!({
        "n": null, "days": null, "date": on.to_string(), "balance": number(amount),
        "principal": null, "interest": null, "fees": zero, "penalties": null, "due": zero,
        "paid": paid, "in_advance": null, "late": null, "outstanding": outstanding, "paid_date": null,
    })
}

fn due_row(n: u32, row: &Open, balance: Money, before: &mut Option<NaiveDate>) -> Result<Value, MoneyError> {
    let days = if row.down_payment {
        0
    } else {
        let from = before.replace(row.due_on).unwrap_or(row.from);
        (row.due_on - from).num_days()
    };
    let outstanding = row.outstanding()?;
    let paid_on = row.last_paid_on.filter(|_| outstanding.is_zero()).map(|date| date.to_string());
    Ok(json!({
        "n": n, "days": days, "date": row.due_on.to_string(), "balance": number(balance),
        "principal": number(row.owed(Part::Principal)?),
        "interest": number(row.owed(Part::Interest)?),
        "fees": number(row.owed(Part::Fee)?),
        "penalties": number(row.owed(Part::Penalty)?),
        "due": number(row.due()?),
        "paid": number(row.paid()?),
        "in_advance": number(row.in_advance),
        "late": number(row.late),
        "outstanding": number(outstanding),
        "paid_date": paid_on,
    }))
}

/// The transactions in date order. When a loan is paid in full, income that was not yet accrued is
/// accrued: of a `progressive` loan all, of others what is due by then.
pub fn transactions(loan: &ReplayedLoan, progressive: bool) -> Result<Vec<Value>, CalcError> {
    let mut rows = Vec::new();
    for applied in &loan.applied {
        let (on, amount, kind) = match applied.event {
            LoanEvent::PaidOut(tranche) => (tranche.on, tranche.amount, "Disbursement"),
            LoanEvent::Paid(paid) if paid.down_payment => (paid.on, paid.amount, "Down Payment"),
            LoanEvent::Paid(paid) => (paid.on, paid.amount, "Repayment"),
            LoanEvent::Charged(_) => continue,
        };
        rows.push(transaction(on, kind, amount, applied));
        if applied.closes {
            rows.extend(accrual(loan, applied, on, progressive).map_err(rule)?);
        }
    }
    Ok(rows)
}

fn transaction(on: NaiveDate, kind: &str, amount: Money, applied: &Applied) -> Value {
    json!({
        "date": on.to_string(), "type": kind, "amount": number(amount),
        "principal": number(applied.principal), "interest": number(applied.interest),
        "fees": number(applied.fees), "penalties": number(applied.penalties),
        "balance": number(applied.balance),
    })
}

fn accrual(
    loan: &ReplayedLoan,
    closing: &Applied,
    on: NaiveDate,
    progressive: bool,
) -> Result<Option<Value>, MoneyError> {
    let zero = Money::zero(closing.balance.currency());
    let entries = || loan.installments.iter().flat_map(|row| &row.entries);
    // What is paid by now; a charge made later is not.
    let counts = |part: Part| {
        entries()
            .filter(|entry| {
                entry.part == part && (progressive || entry.charge.is_none() || entry.due_on <= on)
            })
            .try_fold(zero, |sum, entry| sum.add(entry.paid))
    };
    let (interest, fees, penalties) = (counts(Part::Interest)?, counts(Part::Fee)?, counts(Part::Penalty)?);
    let amount = interest.add(fees)?.add(penalties)?;
    let row = json!({
        "date": on.to_string(), "type": "Accrual", "amount": number(amount),
        "principal": number(zero), "interest": number(interest), "fees": number(fees),
        "penalties": number(penalties), "balance": number(zero),
    });
    Ok(amount.is_positive().then_some(row))
}
