//! A proposal taken as it is, for somebody of staff to offer.

use super::Proposal;
use crate::account::{Balance, Component};
use crate::arrangement::schedule::DownPayment;
use crate::arrangement::{
    Activation, ArrangementKind, ArrangementTerms, Cap, Consequence, Discount, DownPaymentTerms, OfferLimits,
    Prepayment, ScheduleSpec, WhenForgiven,
};
use crate::money::{Decimal, Money, MoneyError, Rounding};

/// What is given up first: what grew by being late, then what was agreed, and principal last.
const ORDER: [Component; 6] = [
    Component::DefaultInterest,
    Component::LateCharge,
    Component::CollectionCost,
    Component::Tax,
    Component::Interest,
    Component::Principal,
];

/// The terms that give a debtor what they asked for. What the total falls short of the debt is given
/// up component by component, each as far as `limits` allow; what then is left stands on principal,
/// where it shows as beyond the limits. The price does not grow while the plan is kept.
///
/// # Errors
/// Another currency, or overflow.
pub fn as_asked(
    debt: &Balance,
    proposal: &Proposal,
    limits: Option<&OfferLimits>,
) -> Result<ArrangementTerms, MoneyError> {
    let owed = debt.total()?;
    let to_pay = proposal.total.map_or(Ok(owed), |total| total.min(owed))?;
    let concession = given_up(debt, owed.sub(to_pay)?, limits)?;
    let kind = if concession.is_empty() { ArrangementKind::Plan } else { ArrangementKind::Settlement };
    let (first_on, every) = (proposal.first_on, proposal.every);
    let down = proposal.first.filter(|first| proposal.payments > 1 && *first < to_pay);
    let schedule = match down {
        Some(_) => ScheduleSpec::Regular {
            first_due_on: every.after(first_on, 1).unwrap_or(first_on),
            every,
            count: proposal.payments.saturating_sub(1),
        },
        None => ScheduleSpec::Regular { first_due_on: first_on, every, count: proposal.payments },
    };
    Ok(ArrangementTerms {
        kind,
        schedule,
        down_payment: down
            .map(|amount| DownPaymentTerms { amount: DownPayment::Amount(amount), due_on: first_on }),
        concession,
        when_forgiven: WhenForgiven::OnCompletion,
        cap: Cap::Agreed,
        grace_days: 0,
        on_breach: Consequence::default(),
        prepayment: Prepayment::Next,
        activation: Activation::OnAcceptance,
        min_installment: None,
    })
}

fn given_up(
    debt: &Balance,
    whole: Money,
    limits: Option<&OfferLimits>,
) -> Result<Vec<(Component, Discount)>, MoneyError> {
    let mut left = whole;
    let mut given: Vec<(Component, Money)> = Vec::new();
    for component in ORDER {
        let owed = debt.of(component);
        if !owed.is_positive() || !left.is_positive() {
            continue;
        }
        let most = match limits {
            None => owed,
            Some(limits) => {
                let pct = limits.discount_pct.get(&component).copied().unwrap_or(Decimal::ZERO);
                let share = Decimal::from_money(owed).mul(pct)?.div(Decimal::from(100))?;
                share.to_money(owed.currency(), Rounding::Down)?
            }
        };
        let part = left.min(most)?;
        left = left.sub(part)?;
        given.push((component, part));
    }
    for (component, part) in given.iter_mut().rev() {
        // Beyond the limits: told where it would hurt the creditor most.
        let more = left.min(debt.of(*component).sub(*part)?)?;
        *part = part.add(more)?;
        left = left.sub(more)?;
    }
    Ok(given
        .into_iter()
        .filter(|(_, part)| part.is_positive())
        .map(|(component, part)| (component, Discount::Amount(part)))
        .collect())
}
