//! An arrangement re-plans itself when the balance changes.
//!
//! Two questions, each a pure function. [`price`]: what is to be paid in all, now that the debt is
//! another one? The concession stays: the same percentages, and never less than was agreed unless
//! the debt shrank; and the total stays below the cap. [`replan`]: when does it fall due?
//! Instalments that are due keep their dates, and the schedule comes to the price to the unit.

mod spread;
#[cfg(test)]
mod tests;

use chrono::NaiveDate;

use super::lifecycle::{Agreed, ArrangementError, ArrangementTerms, Due, Prepayment};
use super::{Discount, Settlement};
use crate::account::{Balance, Component};
use crate::money::{Decimal, Money, MoneyError, Rounding};
use spread::spread;

/// What is forgiven first where the cap asks for more than was agreed: what grew meanwhile.
const CAP_ORDER: [Component; 6] = [
    Component::DefaultInterest,
    Component::LateCharge,
    Component::CollectionCost,
    Component::Tax,
    Component::Interest,
    Component::Principal,
];

/// What is to be paid and what is forgiven of `debt`: all that the included debts came to by now,
/// as if nothing had been paid or forgiven since the arrangement began. What stands in the
/// debtor's favour counts as nothing.
///
/// # Errors
/// Another currency, or overflow.
pub fn price(
    terms: &ArrangementTerms,
    agreed: &Agreed,
    debt: &Balance,
) -> Result<Settlement<Component>, MoneyError> {
    let mut gross = Vec::with_capacity(Component::ALL.len());
    let mut forgiven = Vec::with_capacity(Component::ALL.len());
    for (component, owed) in super::lifecycle::positive(debt)?.components() {
        gross.push((component, owed));
        forgiven.push((component, part(terms, agreed, component, owed)?));
    }
    let currency = debt.currency();
    let sum = |parts: &[(Component, Money)]| Money::sum(currency, parts.iter().map(|(_, part)| *part));
    let mut to_pay = sum(&gross)?.sub(sum(&forgiven)?)?;
    if let Some(most) = terms.cap.most(agreed.to_pay)? {
        let mut excess = to_pay.sub(most)?;
        for component in CAP_ORDER {
            let owed = gross.iter().find(|(named, _)| *named == component);
            let slot = forgiven.iter_mut().find(|(named, _)| *named == component);
            if let (Some((_, owed)), Some((_, given))) = (owed, slot)
                && excess.is_positive()
            {
                let more = excess.min(owed.sub(*given)?)?;
                *given = given.add(more)?;
                excess = excess.sub(more)?;
                to_pay = to_pay.sub(more)?;
            }
        }
    }
    Ok(Settlement { debt: gross, forgiven, to_pay })
}

/// What is forgiven of one component that has come to `owed`.
fn part(
    terms: &ArrangementTerms,
    agreed: &Agreed,
    component: Component,
    owed: Money,
) -> Result<Money, MoneyError> {
    let zero = Money::zero(owed.currency());
    let Some((_, discount)) = terms.concession.iter().find(|(named, _)| *named == component) else {
        return Ok(zero);
    };
    match discount {
        Discount::Amount(amount) => amount.min(owed),
        Discount::Percent(percent) => {
            let share = Decimal::from_money(owed).mul(*percent)?.div(Decimal::from(100))?;
            let share = share.to_money(owed.currency(), Rounding::HalfUp)?;
            let before =
                agreed.forgiven.iter().find(|(named, _)| *named == component).map_or(zero, |(_, m)| *m);
            // Rounding aside, a debt that did not shrink gives at least what was agreed.
            Ok(if owed >= agreed.debt.of(component) && share < before { before } else { share })
        }
    }
}

/// Another schedule for what is to be paid, or none when the one there is comes to it already.
/// `paid` is what was paid since the start.
///
/// # Errors
/// Dates beyond the calendar, another currency, or overflow.
pub fn replan(
    current: &[Due],
    to_pay: Money,
    paid: Money,
    on: NaiveDate,
    terms: &ArrangementTerms,
) -> Result<Option<Vec<Due>>, ArrangementError> {
    let currency = to_pay.currency();
    let zero = Money::zero(currency);
    let total = Money::sum(currency, current.iter().map(|due| due.amount))?;
    let (past, future): (Vec<Due>, Vec<Due>) = current.iter().partition(|due| due.due_on <= on);
    let fallen_due = Money::sum(currency, past.iter().map(|due| due.amount))?;
    let advance = match terms.prepayment {
        Prepayment::Next => zero,
        Prepayment::Last | Prepayment::Reamortise => paid.sub(fallen_due)?,
    };
    if total == to_pay && !advance.is_positive() {
        return Ok(None);
    }
    let rest = to_pay.sub(fallen_due)?;
    if !rest.is_positive() {
        // The debt shrank below what fell due: the first ones stand.
        let changed = shortened(past, to_pay)?;
        return Ok((changed != current).then_some(changed));
    }
    let mut schedule = past;
    let advance = if advance.is_positive() { advance.min(rest)? } else { zero };
    if advance.is_positive() {
        // What was paid in advance fell due, so to speak, when it was paid.
        add(&mut schedule, Due { due_on: on, amount: advance })?;
    }
    let ahead = match terms.prepayment {
        Prepayment::Last => {
            let whole = spread(rest, &future, None, currency)?;
            shortened(whole, rest.sub(advance)?)?
        }
        Prepayment::Next | Prepayment::Reamortise => {
            spread(rest.sub(advance)?, &future, terms.min_installment, currency)?
        }
    };
    let placed = Money::sum(currency, ahead.iter().map(|due| due.amount))?;
    schedule.extend(ahead);
    let missing = rest.sub(advance)?.sub(placed)?;
    if missing.is_positive() {
        schedule.push(Due { due_on: added_date(&schedule, on, terms)?, amount: missing });
    }
    Ok((schedule != current).then_some(schedule))
}

/// The instalments until `total` is reached, the last of them only as much as it takes.
fn shortened(schedule: Vec<Due>, total: Money) -> Result<Vec<Due>, MoneyError> {
    let mut rest = if total.is_negative() { Money::zero(total.currency()) } else { total };
    let mut kept = Vec::with_capacity(schedule.len());
    for due in schedule {
        let amount = due.amount.min(rest)?;
        rest = rest.sub(amount)?;
        if amount.is_positive() {
            kept.push(Due { amount, ..due });
        }
    }
    Ok(kept)
}

fn add(schedule: &mut Vec<Due>, due: Due) -> Result<(), MoneyError> {
    match schedule.last_mut().filter(|last| last.due_on == due.due_on) {
        Some(last) => last.amount = last.amount.add(due.amount)?,
        None => schedule.push(due),
    }
    Ok(())
}

/// When one more instalment falls due: one period after the last, and in the future.
fn added_date(
    schedule: &[Due],
    on: NaiveDate,
    terms: &ArrangementTerms,
) -> Result<NaiveDate, ArrangementError> {
    let last = schedule.last().map_or(on, |due| due.due_on);
    let after = terms.frequency().after(last, 1)?;
    Ok(if after > on { after } else { terms.frequency().after(on, 1)? })
}
