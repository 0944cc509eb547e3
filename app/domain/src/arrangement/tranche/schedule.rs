//! The schedule of a loan that is paid out in tranches, each with its down payment.

use chrono::NaiveDate;

use super::{Amortization, RateFactor, Tranche, amortize};
use crate::arrangement::schedule::{
    Accrual, DownPayment, Grace, InterestBasis, Method, PaymentRounding, Period, PlanError, Terms, plan,
};
use crate::money::{Decimal, Money, Rounding};

/// What a tranche does to instalments that were scheduled before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revision {
    /// Each instalment has its part of all that was paid out by its date; the last takes the rest.
    Cumulative,
    /// What is owed is spread anew over the instalments that are left.
    Progressive(RateFactor),
}

/// Terms of a loan in tranches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrancheTerms {
    pub annual_rate: Decimal,
    pub method: Method,
    pub accrual: Accrual,
    pub basis: InterestBasis,
    pub frequency: crate::arrangement::schedule::Frequency,
    pub rounding: Rounding,
    pub multiple: Option<Money>,
    pub grace: Grace,
    /// Per cent of every tranche that falls due on its date.
    pub down_payment: Option<Decimal>,
    pub revision: Revision,
}

/// A line of a schedule, in the order in which people read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    PaidOut(Tranche),
    Due {
        from: NaiveDate,
        due_on: NaiveDate,
        principal: Money,
        interest: Money,
        /// Owed after it.
        balance: Money,
        down_payment: bool,
    },
}

/// Computes the schedule of `tranches` over `periods`.
///
/// # Errors
/// No tranches, one that is not positive or comes after the last period, or overflow.
pub fn tranche_schedule(
    terms: &TrancheTerms,
    periods: &[Period],
    tranches: &[Tranche],
) -> Result<Vec<Line>, PlanError> {
    let mut dated = tranches.to_vec();
    dated.sort_by_key(|tranche| tranche.on);
    let mut net = Vec::with_capacity(dated.len());
    for tranche in &dated {
        if !tranche.amount.is_positive() {
            return Err(PlanError::NotPositive(tranche.amount));
        }
        let down = down_payment(terms, tranche.amount)?;
        net.push((Tranche { amount: tranche.amount.sub(down)?, ..*tranche }, down));
    }
    let plain: Vec<_> = net.iter().map(|(tranche, _)| *tranche).collect();
    let parts = match terms.revision {
        Revision::Progressive(rate) => {
            let level = Amortization { rate, rounding: terms.rounding, multiple: terms.multiple };
            let rows = amortize(periods, &plain, &level)?;
            rows.into_iter().map(|row| (row.principal, row.interest)).collect()
        }
        Revision::Cumulative => cumulative(terms, periods, &plain)?,
    };
    lines(periods, &dated, &net, &parts)
}

/// The part of a tranche that is due at once.
pub(super) fn down_payment(terms: &TrancheTerms, amount: Money) -> Result<Money, PlanError> {
    let Some(share) = terms.down_payment else { return Ok(Money::zero(amount.currency())) };
    let rounding = PaymentRounding { mode: terms.rounding, multiple: terms.multiple };
    DownPayment::Percent(share).of(amount, &rounding)
}

type Parts = Vec<(Money, Money)>;

fn cumulative(terms: &TrancheTerms, periods: &[Period], tranches: &[Tranche]) -> Result<Parts, PlanError> {
    let first = tranches.first().ok_or(PlanError::NoInstallments)?;
    let zero = Money::zero(first.amount.currency());
    let plan_of = |principal: Money| {
        let payment_rounding = PaymentRounding { mode: terms.rounding, multiple: terms.multiple };
        let terms = Terms {
            principal,
            annual_rate: terms.annual_rate,
            method: terms.method,
            accrual: terms.accrual,
            basis: terms.basis,
            frequency: terms.frequency,
            rounding: terms.rounding,
            payment_rounding,
            grace: terms.grace,
        };
        plan(&terms, periods)
    };
    // For each instalment, its part of a plan over all that was paid out by its date.
    let mut parts = Vec::with_capacity(periods.len());
    let (mut balance, mut known, mut computed) = (zero, zero, None);
    for (place, period) in periods.iter().enumerate() {
        let by_then = tranches.iter().filter(|tranche| tranche.on <= period.due_on);
        let paid_out = Money::sum(zero.currency(), by_then.map(|tranche| tranche.amount))?;
        balance = balance.add(paid_out.sub(known)?)?;
        if paid_out != known || computed.is_none() {
            known = paid_out;
            computed = if paid_out.is_positive() { Some(plan_of(paid_out)?) } else { None };
        }
        let part = computed.as_ref().and_then(|plan| plan.installments.get(place));
        let (regular, interest) = part.map_or((zero, zero), |part| (part.principal, part.interest));
        let principal = if place + 1 == periods.len() { balance } else { regular.min(balance)? };
        balance = balance.sub(principal)?;
        parts.push((principal, interest));
    }
    match tranches.iter().find(|tranche| periods.last().is_none_or(|last| tranche.on > last.due_on)) {
        Some(late) => Err(PlanError::NotAscending(late.on)),
        None => Ok(parts),
    }
}

/// Tranches come before what falls due on their date; down payments of a date after all of its
/// tranches.
fn lines(
    periods: &[Period],
    tranches: &[Tranche],
    net: &[(Tranche, Money)],
    parts: &[(Money, Money)],
) -> Result<Vec<Line>, PlanError> {
    let mut lines: Vec<(NaiveDate, u8, Line)> = Vec::new();
    for (tranche, (_, down)) in tranches.iter().zip(net) {
        lines.push((tranche.on, 0, Line::PaidOut(*tranche)));
        if down.is_positive() {
            lines.push((tranche.on, 1, due(tranche.on, tranche.on, (*down, *down), true)));
        }
    }
    for (period, part) in periods.iter().zip(parts) {
        lines.push((period.due_on, 2, due(period.from, period.due_on, *part, false)));
    }
    lines.sort_by_key(|(date, rank, _)| (*date, *rank));
    let mut left =
        parts.first().map_or(Err(PlanError::NoInstallments), |(like, _)| Ok(Money::zero(like.currency())))?;
    for (.., line) in &mut lines {
        match line {
            Line::PaidOut(tranche) => left = left.add(tranche.amount)?,
            Line::Due { principal, balance, .. } => {
                left = left.sub(*principal)?;
                *balance = left;
            }
        }
    }
    Ok(lines.into_iter().map(|(.., line)| line).collect())
}

fn due(
    from: NaiveDate,
    due_on: NaiveDate,
    (principal, interest): (Money, Money),
    down_payment: bool,
) -> Line {
    let zero = Money::zero(principal.currency());
    let interest = if down_payment { zero } else { interest };
    Line::Due { from, due_on, principal, interest, balance: zero, down_payment }
}
