//! A loan from its events: tranches, charges and payments in the order in which they were known,
//! each effective on its own date.

use chrono::NaiveDate;

use super::{Entry, Line, Open, Part, PaymentOrder, Tranche, TrancheTerms, tranche_schedule};
use crate::arrangement::schedule::{Period, PlanError};
use crate::money::{Money, MoneyError};

/// A charge on the loan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charge {
    /// [`Part::Fee`] or [`Part::Penalty`].
    pub part: Part,
    pub amount: Money,
    pub due_on: NaiveDate,
    pub made_on: NaiveDate,
}

/// Money that came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payment {
    pub on: NaiveDate,
    pub amount: Money,
    /// Taken from a tranche at once.
    pub down_payment: bool,
}

/// What happened, in the order in which it became known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoanEvent {
    PaidOut(Tranche),
    Charged(Charge),
    Paid(Payment),
}

/// A tranche or payment in date order, with what it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applied {
    pub event: LoanEvent,
    pub principal: Money,
    pub interest: Money,
    pub fees: Money,
    pub penalties: Money,
    /// Principal paid out and not paid back after it; zero where more has come in.
    pub balance: Money,
    /// The loan is paid in full with it.
    pub closes: bool,
}

/// A loan as all its events leave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplayedLoan {
    /// The schedule's lines; each `Line::Due` belongs to the next of `installments`.
    pub lines: Vec<Line>,
    /// Those of the lines, and one more for charges due after the last.
    pub installments: Vec<Open>,
    pub applied: Vec<Applied>,
}

/// Computes the schedule from the tranches, puts charges on it, and applies payments in date
/// order. With `automatic` down payments, each tranche pays its own.
///
/// # Errors
/// No tranche, one that the schedule cannot hold, or overflow.
pub fn replay_loan(
    terms: &TrancheTerms,
    periods: &[Period],
    events: &[LoanEvent],
    strategy: &PaymentOrder,
    automatic: bool,
) -> Result<ReplayedLoan, PlanError> {
    let tranches: Vec<_> = events
        .iter()
        .filter_map(|event| if let LoanEvent::PaidOut(tranche) = event { Some(*tranche) } else { None })
        .collect();
    let lines = tranche_schedule(terms, periods, &tranches)?;
    let first = tranches.first().ok_or(PlanError::NoInstallments)?;
    let mut installments = open(&lines, Money::zero(first.amount.currency()));
    for (place, event) in events.iter().enumerate() {
        if let LoanEvent::Charged(charge) = event {
            put_charge(&mut installments, charge, place)?;
        }
    }
    let order = in_order(terms, events, automatic)?;
    let applied = apply(&mut installments, events, &order, strategy)?;
    Ok(ReplayedLoan { lines, installments, applied })
}

fn open(lines: &[Line], zero: Money) -> Vec<Open> {
    let row = |line: &Line| {
        let Line::Due { from, due_on, principal, interest, down_payment, .. } = line else { return None };
        let mut row = Open::new(*from, *due_on, *down_payment, zero);
        row.owe(Part::Interest, *interest, *due_on, None);
        row.owe(Part::Principal, *principal, *due_on, None);
        Some(row)
    };
    lines.iter().filter_map(row).collect()
}

/// A charge falls due with the instalment in whose period it lies; one after the last makes an
/// instalment of its own.
fn put_charge(rows: &mut Vec<Open>, charge: &Charge, place: usize) -> Result<(), PlanError> {
    let regular = |row: &&mut Open| !row.down_payment && charge.due_on <= row.due_on;
    let owe = |row: &mut Open| row.owe(charge.part, charge.amount, charge.due_on, Some(place));
    if let Some(row) = rows.iter_mut().find(regular) {
        owe(row);
        return Ok(());
    }
    let last = rows.iter().rev().find(|row| !row.down_payment).ok_or(PlanError::NoInstallments)?;
    let has_principal = last.entries.iter().any(|entry| entry.part == Part::Principal);
    if has_principal {
        let zero = Money::zero(charge.amount.currency());
        let mut row = Open::new(last.due_on, charge.due_on, false, zero);
        owe(&mut row);
        rows.push(row);
    } else if let Some(row) = rows.last_mut() {
        row.due_on = charge.due_on;
        owe(row);
    }
    Ok(())
}

/// Tranches and payments by date, then by when they were known. An `automatic` down payment comes
/// right after its tranche, less what the debtor had overpaid by then.
fn in_order(
    terms: &TrancheTerms,
    events: &[LoanEvent],
    automatic: bool,
) -> Result<Vec<(usize, LoanEvent)>, PlanError> {
    let mut dated: Vec<_> = events.iter().copied().enumerate().collect();
    dated.sort_by_key(|(_, event)| date_of(event));
    let mut order = Vec::with_capacity(dated.len());
    let mut owed: Option<Money> = None;
    let mut owe = |amount: Money| -> Result<Money, MoneyError> {
        let sum = owed.map_or(Ok(amount), |owed| owed.add(amount))?;
        Ok(*owed.insert(sum))
    };
    for (place, event) in dated {
        match event {
            LoanEvent::PaidOut(tranche) => {
                order.push((place, event));
                let after = owe(tranche.amount)?;
                let overpaid = tranche.amount.sub(after)?;
                let down = super::schedule::down_payment(terms, tranche.amount)?;
                let down = if overpaid.is_positive() { down.sub(overpaid)? } else { down };
                if automatic && down.is_positive() {
                    owe(down.negate()?)?;
                    let payment = Payment { on: tranche.on, amount: down, down_payment: true };
                    order.push((place, LoanEvent::Paid(payment)));
                }
            }
            LoanEvent::Charged(charge) => {
                owe(charge.amount)?;
            }
            LoanEvent::Paid(payment) => {
                order.push((place, event));
                owe(payment.amount.negate()?)?;
            }
        }
    }
    Ok(order)
}

fn date_of(event: &LoanEvent) -> NaiveDate {
    match event {
        LoanEvent::PaidOut(tranche) => tranche.on,
        LoanEvent::Charged(charge) => charge.due_on.min(charge.made_on),
        LoanEvent::Paid(payment) => payment.on,
    }
}

fn apply(
    rows: &mut [Open],
    events: &[LoanEvent],
    order: &[(usize, LoanEvent)],
    strategy: &PaymentOrder,
) -> Result<Vec<Applied>, PlanError> {
    let mut applied = Vec::with_capacity(order.len());
    let zero =
        rows.first().map_or(Err(PlanError::NoInstallments), |row| Ok(Money::zero(row.late.currency())))?;
    let mut balance = zero;
    for (place, event) in order {
        let mut parts = vec![];
        match event {
            LoanEvent::PaidOut(tranche) => balance = balance.add(tranche.amount)?,
            LoanEvent::Paid(payment) => {
                let sees = |entry: &Entry| sees(entry, *place, payment.on, events, strategy);
                parts = strategy.pay(payment, rows, sees)?;
                balance = balance.sub(sum(&parts, Part::Principal, zero)?)?;
            }
            LoanEvent::Charged(_) => {}
        }
        applied.push(Applied {
            event: *event,
            principal: sum(&parts, Part::Principal, zero)?,
            interest: sum(&parts, Part::Interest, zero)?,
            fees: sum(&parts, Part::Fee, zero)?,
            penalties: sum(&parts, Part::Penalty, zero)?,
            balance: if balance.is_negative() { zero } else { balance },
            closes: matches!(event, LoanEvent::Paid(_)) && is_paid(rows, *place)?,
        });
    }
    Ok(applied)
}

fn sum(parts: &[(Part, Money)], part: Part, zero: Money) -> Result<Money, MoneyError> {
    parts.iter().filter(|(of, _)| *of == part).try_fold(zero, |sum, (_, amount)| sum.add(*amount))
}

/// Whether all that was known at event `place` is paid.
fn is_paid(rows: &[Open], place: usize) -> Result<bool, MoneyError> {
    for entry in rows.iter().flat_map(|row| &row.entries) {
        if entry.charge.is_none_or(|charge| charge < place) && entry.owed.sub(entry.paid)?.is_positive() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether the payment of event `place` can go to `entry`. By time, it sees the charges that were
/// effective before it. By instalments, it sees those made before it, and, once anything dated
/// back makes payments be applied again, all that were made by then.
fn sees(
    entry: &Entry,
    place: usize,
    paid_on: NaiveDate,
    events: &[LoanEvent],
    strategy: &PaymentOrder,
) -> bool {
    let Some(charged) = entry.charge else { return true };
    let Some(event) = events.get(charged) else { return true };
    let effective = date_of(event);
    match strategy {
        PaymentOrder::Timed { .. } => (effective, charged) < (paid_on, place),
        PaymentOrder::Installments { .. } => charged < place || applied_again_after(charged, events),
    }
}

/// Whether event `charged`, or anything after it, made earlier payments be applied again.
fn applied_again_after(charged: usize, events: &[LoanEvent]) -> bool {
    events.iter().enumerate().skip(charged).any(|(place, event)| {
        let dated_back = |on: NaiveDate| {
            events.iter().take(place).any(|earlier| matches!(earlier, LoanEvent::Paid(paid) if paid.on >= on))
        };
        match event {
            LoanEvent::PaidOut(tranche) => dated_back(tranche.on),
            LoanEvent::Charged(charge) => dated_back(charge.due_on),
            LoanEvent::Paid(paid) => dated_back(paid.on.succ_opt().unwrap_or(paid.on)),
        }
    })
}
