//! Accept, counter, or refer to a person.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::shape::Shape;
use super::{Deal, Menu, Proposal, ProposalError, PublishedOffer, Reason};
use crate::account::Balance;
use crate::money::Money;

/// Counter-offers that are told at once.
const MOST_COUNTERS: usize = 3;
/// When nobody says when: a week to find the first payment.
const A_WEEK: u16 = 7;

/// What becomes of a proposal.
#[expect(clippy::large_enum_variant, reason = "there is one at a time, and it is soon taken apart")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "decision")]
pub enum Decision {
    /// Agreed, at the best published price whose conditions it meets: who offers more than is
    /// asked pays what is asked.
    Accepted { deal: Deal },
    /// The nearest that is published, keeping what was asked for where it can; each of these is
    /// accepted when it is proposed.
    Countered { deals: Vec<Deal>, reasons: Vec<Reason> },
    /// A person takes over.
    Referred { reasons: Vec<Reason> },
}

/// What is offered for a debt before anybody proposes anything, in the menu's order.
///
/// # Errors
/// Nothing is owed, or overflow.
pub fn offers(menu: &Menu, debt: &Balance, today: NaiveDate) -> Result<Vec<Deal>, ProposalError> {
    let mut deals = Vec::new();
    for offer in &menu.offers {
        let wait = offer.first_within_days.min(A_WEEK);
        let wish = Shape {
            first: None,
            first_on: today.checked_add_days(Days::new(wait.into())).unwrap_or(today),
            payments: offer.most_payments,
            every: offer.every.first().copied().unwrap_or(crate::arrangement::schedule::Frequency::MONTHLY),
        };
        deals.extend(offer.nearest(debt, wish, today)?);
    }
    Ok(deals)
}

/// Decides on a proposal for `debt`, what is owed today over all debts included.
///
/// # Errors
/// A proposal that cannot be understood, nothing owed, or overflow.
pub fn negotiate(
    menu: &Menu,
    debt: &Balance,
    proposal: &Proposal,
    today: NaiveDate,
) -> Result<Decision, ProposalError> {
    proposal.check(debt.currency(), today)?;
    let wish = Shape::from(proposal);
    let mut best: Option<Deal> = None;
    let mut counters = Vec::new();
    for offer in &menu.offers {
        let Some(deal) = offer.deal(debt, wish, today)? else {
            counters.extend(offer.nearest(debt, wish, today)?.map(|deal| (deal, vec![Reason::Frequency])));
            continue;
        };
        let reasons = offer.shortfalls(&deal, wish, proposal.total, today)?;
        if !reasons.is_empty() {
            counters.extend(offer.nearest(debt, wish, today)?.map(|deal| (deal, reasons)));
        } else if best.as_ref().is_none_or(|best| deal.agreed.to_pay < best.agreed.to_pay) {
            best = Some(deal);
        }
    }
    if let Some(deal) = best {
        return Ok(Decision::Accepted { deal });
    }
    if proposal.is_all_they_can {
        return Ok(Decision::Referred { reasons: vec![Reason::AllTheyCan] });
    }
    let distance = |deal: &Deal| {
        let asked = proposal.total.unwrap_or(deal.agreed.to_pay).minor();
        deal.agreed.to_pay.minor().abs_diff(asked)
    };
    // Stable: of equals, the menu's order counts.
    counters.sort_by_key(|(deal, reasons)| (reasons.len(), distance(deal)));
    let Some((_, reasons)) = counters.first().cloned() else {
        return Ok(Decision::Referred { reasons: vec![Reason::NoOffers] });
    };
    let mut deals: Vec<Deal> = Vec::with_capacity(MOST_COUNTERS);
    for (deal, _) in counters {
        // Two offers can come to the same payments: nobody has to choose between equals.
        let told = deals.iter().any(|told| told.agreed == deal.agreed && told.schedule == deal.schedule);
        if !told && deals.len() < MOST_COUNTERS {
            deals.push(deal);
        }
    }
    Ok(Decision::Countered { deals, reasons })
}

impl PublishedOffer {
    /// The deal of this offer that is nearest to a wish; none when the debt is too small for it.
    pub(super) fn nearest(
        &self,
        debt: &Balance,
        wish: Shape,
        today: NaiveDate,
    ) -> Result<Option<Deal>, ProposalError> {
        let Some((_, agreed)) = self.price(debt)? else { return Ok(None) };
        let to_pay = agreed.to_pay;
        let every = if self.every.contains(&wish.every) {
            wish.every
        } else {
            self.every.first().copied().unwrap_or(wish.every)
        };
        let first_on = wish.first_on.min(self.latest_first(today)).max(today);
        let mut shape =
            Shape { first: wish.first, first_on, payments: wish.payments.min(self.most_payments), every };
        let least_first = self.least_first(to_pay)?;
        if shape.first.is_none_or(|first| first < least_first) {
            shape.first = first_of(to_pay, shape.payments, wish.first, least_first);
        }
        if let Some(least) = self.least(to_pay.currency()) {
            shape = at_least(shape, to_pay, least)?;
        }
        let Some(deal) = self.deal(debt, shape, today)? else { return Ok(None) };
        let fits = self.shortfalls(&deal, shape, None, today)?.is_empty();
        Ok(fits.then_some(deal))
    }
}

/// Equal parts where the first of them is enough; else the least first payment.
fn first_of(to_pay: Money, payments: u32, asked: Option<Money>, least_first: Money) -> Option<Money> {
    let part = to_pay.minor() / i64::from(payments.max(1));
    let equal = Money::from_minor(part, to_pay.currency());
    if asked.is_none() && equal >= least_first { None } else { Some(least_first) }
}

/// The same with fewer parts, so that none but the last is below `least`.
fn at_least(shape: Shape, to_pay: Money, least: Money) -> Result<Shape, ProposalError> {
    let parts = |amount: Money| u32::try_from(amount.minor() / least.minor().max(1)).unwrap_or(u32::MAX);
    Ok(match shape.first {
        None => Shape { payments: shape.payments.min(parts(to_pay)).max(1), ..shape },
        Some(first) => {
            // A first payment that is the only one but the last is one of those that count.
            let first = if first < least && first < to_pay { least.min(to_pay)? } else { first };
            let rest = to_pay.sub(first.min(to_pay)?)?;
            let later = if rest.is_zero() { 0 } else { parts(rest).max(1) };
            let payments = shape.payments.min(later.saturating_add(1)).max(1);
            Shape { first: Some(first), payments, ..shape }
        }
    })
}
