//! From an offer and a wish to a deal: terms, figures and dates; and in what a wish falls short.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{Proposal, ProposalError, PublishedOffer, Reason};
use crate::account::Balance;
use crate::arrangement::schedule::{DownPayment, Frequency};
use crate::arrangement::{
    Activation, Agreed, ArrangementError, ArrangementKind, ArrangementTerms, Cap, Consequence, Discount,
    DownPaymentTerms, Due, Prepayment, ScheduleSpec, WhenForgiven,
};
use crate::money::{Decimal, Money, Rounding};

/// What can be agreed at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deal {
    /// The published offer that it follows.
    pub offer: String,
    pub terms: ArrangementTerms,
    pub agreed: Agreed,
    pub schedule: Vec<Due>,
    /// The last day on which it can be taken.
    pub valid_until: NaiveDate,
}

/// When and in how many parts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub first: Option<Money>,
    pub first_on: NaiveDate,
    pub payments: u32,
    pub every: Frequency,
}

impl From<&Proposal> for Shape {
    fn from(proposal: &Proposal) -> Self {
        let Proposal { first, first_on, payments, every, .. } = *proposal;
        Self { first, first_on, payments, every }
    }
}

impl PublishedOffer {
    /// What is to be paid under this offer, and by which terms; none when it leaves nothing to pay.
    pub(super) fn price(&self, debt: &Balance) -> Result<Option<(ArrangementTerms, Agreed)>, ProposalError> {
        let mut terms = ArrangementTerms {
            kind: ArrangementKind::Settlement,
            schedule: ScheduleSpec::Custom { installments: Vec::new() },
            down_payment: None,
            concession: self
                .discount_pct
                .iter()
                .filter(|(component, pct)| debt.of(**component).is_positive() && !pct.is_zero())
                .map(|(component, pct)| (*component, Discount::Percent(*pct)))
                .collect(),
            when_forgiven: WhenForgiven::OnCompletion,
            // The price is the price: it does not grow while the deal is kept.
            cap: Cap::Agreed,
            grace_days: self.grace_days,
            on_breach: Consequence::default(),
            prepayment: Prepayment::Next,
            activation: Activation::OnAcceptance,
            min_installment: None,
        };
        let agreed = match terms.agree(debt) {
            Err(ArrangementError::SettlementForgivesNothing) => {
                terms.kind = ArrangementKind::Plan;
                terms.concession = Vec::new();
                terms.agree(debt)
            }
            other => other,
        };
        match agreed {
            Ok(agreed) => Ok(Some((terms, agreed))),
            Err(ArrangementError::NothingOwed) => Err(ProposalError::NothingOwed),
            Err(ArrangementError::Money(error)) => Err(error.into()),
            Err(ArrangementError::Plan(error)) => Err(error.into()),
            // Also when it leaves nothing to pay.
            Err(_) => Ok(None),
        }
    }

    /// The deal of this offer in a shape; none when there is no such deal.
    pub(super) fn deal(
        &self,
        debt: &Balance,
        shape: Shape,
        today: NaiveDate,
    ) -> Result<Option<Deal>, ProposalError> {
        let Some((mut terms, agreed)) = self.price(debt)? else { return Ok(None) };
        // Never more parts than units to pay.
        let units = u32::try_from(agreed.to_pay.minor()).unwrap_or(u32::MAX);
        let payments = shape.payments.min(units).max(1);
        let whole = shape.first.is_some_and(|first| first >= agreed.to_pay);
        let regular = |first_due_on, count| ScheduleSpec::Regular { first_due_on, every: shape.every, count };
        match shape.first.filter(|_| payments > 1 && !whole) {
            Some(amount) => {
                terms.down_payment =
                    Some(DownPaymentTerms { amount: DownPayment::Amount(amount), due_on: shape.first_on });
                let left = u32::try_from(agreed.to_pay.sub(amount)?.minor()).unwrap_or(u32::MAX);
                let next = shape.every.after(shape.first_on, 1)?;
                terms.schedule = regular(next, (payments - 1).min(left));
            }
            None if whole => terms.schedule = regular(shape.first_on, 1),
            None => terms.schedule = regular(shape.first_on, payments),
        }
        let Ok(schedule) = terms.first_schedule(agreed.to_pay, today) else { return Ok(None) };
        terms.min_installment = self.least(agreed.to_pay.currency());
        let valid_until = today.checked_add_days(Days::new(self.valid_days.into())).unwrap_or(today);
        Ok(Some(Deal { offer: self.name.clone(), terms, agreed, schedule, valid_until }))
    }

    /// The least first payment of a price; rounded up to the unit.
    pub(super) fn least_first(&self, to_pay: Money) -> Result<Money, ProposalError> {
        let share = Decimal::from_money(to_pay).mul(self.first_pct)?.div(Decimal::from(100))?;
        Ok(share.to_money(to_pay.currency(), Rounding::Up)?)
    }

    pub(super) fn latest_first(&self, today: NaiveDate) -> NaiveDate {
        today.checked_add_days(Days::new(self.first_within_days.into())).unwrap_or(today)
    }

    /// In what a deal, in the shape that was wished for, falls short of this offer.
    pub(super) fn shortfalls(
        &self,
        deal: &Deal,
        wish: Shape,
        total: Option<Money>,
        today: NaiveDate,
    ) -> Result<Vec<Reason>, ProposalError> {
        let mut reasons = Vec::new();
        let to_pay = deal.agreed.to_pay;
        if let Some(proposed) = total.filter(|total| *total < to_pay) {
            reasons.push(Reason::Total { proposed, least: to_pay });
        }
        if wish.payments > self.most_payments {
            reasons.push(Reason::Payments { proposed: wish.payments, most: self.most_payments });
        }
        if wish.payments > 1 && self.most_payments > 1 && !self.every.contains(&wish.every) {
            reasons.push(Reason::Frequency);
        }
        let latest = self.latest_first(today);
        if wish.first_on > latest {
            reasons.push(Reason::FirstOn { proposed: wish.first_on, latest });
        }
        let least = self.least_first(to_pay)?;
        if let Some(first) = deal.schedule.first().filter(|first| first.amount < least) {
            reasons.push(Reason::First { proposed: first.amount, least });
        }
        let regular = deal.schedule.split_last().map_or(&[][..], |(_, regular)| regular);
        if let Some(least) = self.least(to_pay.currency())
            && let Some(small) = regular.iter().find(|due| due.amount < least)
        {
            reasons.push(Reason::Payment { proposed: small.amount, least });
        }
        Ok(reasons)
    }
}
