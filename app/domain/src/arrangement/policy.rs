//! What may be offered, by whom: limits by the debt and by the level of whoever offers.

mod check;
mod condition;
mod standard;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::change::ChangeLimits;
use super::lifecycle::Arrangement;
use super::negotiation::Menu;
use crate::account::Component;
use crate::calendar::add_months;
use crate::money::{Currency, Decimal, Money, MoneyError, Rounding};
use crate::party::text_enum;

pub use check::{PolicyError, PolicyFault};
pub use condition::{Miss, OfferCondition, OfferSubject};

/// How far somebody's word goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferLevel {
    Agent,
    Supervisor,
    /// Approves what is beyond the others' limits.
    Manager,
}

text_enum!(OfferLevel { Agent = "agent", Supervisor = "supervisor", Manager = "manager" });

/// The most that may be given away. A component that is not named may not be discounted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferLimits {
    /// Per cent of a component, 0 to 100.
    pub discount_pct: BTreeMap<Component, Decimal>,
    /// From the offer to the last instalment.
    pub max_months: u32,
    /// The least instalment, one amount a currency; the last one may be smaller.
    #[serde(default)]
    pub min_installment: Vec<Money>,
    /// Per cent of what is to be paid.
    #[serde(default)]
    pub min_down_payment_pct: Option<Decimal>,
    pub max_grace_days: u16,
}

/// Limits for some debts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferRule {
    pub name: String,
    #[serde(default)]
    pub when: OfferCondition,
    pub agent: OfferLimits,
    pub supervisor: OfferLimits,
    /// None: a manager may approve anything.
    #[serde(default)]
    pub manager: Option<OfferLimits>,
    /// What debtors, and whoever speaks with them, are told without anybody's approval.
    #[serde(default)]
    pub published: Menu,
    /// How far debtors may change a plan that they keep, by themselves.
    #[serde(default)]
    pub changes: ChangeLimits,
}

/// The rules in order; the first that fits a debt holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferPolicy {
    pub rules: Vec<OfferRule>,
}

/// A limit that an offer goes beyond.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum BeyondLimit {
    #[error("{component}: a discount of {given} is more than {most_pct} %")]
    Discount { component: Component, given: Money, most_pct: Decimal },
    #[error("the last instalment on {last} is later than {months} month(s) from today")]
    Months { last: NaiveDate, months: u32 },
    #[error("an instalment of {amount} is less than {minimum}")]
    Installment { amount: Money, minimum: Money },
    #[error("the first payment of {first} is less than {percent} % of {to_pay}")]
    DownPayment { first: Money, percent: Decimal, to_pay: Money },
    #[error("a grace of {days} days is longer than {most}")]
    Grace { days: u16, most: u16 },
    #[error("no rule of the policy fits this debt")]
    NoRule,
}

impl OfferPolicy {
    /// The rule for a debt.
    pub fn rule(&self, subject: &OfferSubject) -> Option<&OfferRule> {
        self.rules.iter().find(|rule| rule.when.misses(subject).is_empty())
    }

    /// The limits that `offer` goes beyond for somebody of `level`; none when it is theirs to make.
    ///
    /// # Errors
    /// Overflow.
    pub fn beyond(
        &self,
        level: OfferLevel,
        subject: &OfferSubject,
        offer: &Arrangement,
    ) -> Result<Vec<BeyondLimit>, MoneyError> {
        let Some(rule) = self.rule(subject) else { return Ok(vec![BeyondLimit::NoRule]) };
        match rule.limits(level) {
            Some(limits) => limits.beyond(offer),
            None => Ok(Vec::new()),
        }
    }
}

impl OfferRule {
    pub const fn limits(&self, level: OfferLevel) -> Option<&OfferLimits> {
        match level {
            OfferLevel::Agent => Some(&self.agent),
            OfferLevel::Supervisor => Some(&self.supervisor),
            OfferLevel::Manager => self.manager.as_ref(),
        }
    }
}

impl OfferLimits {
    fn beyond(&self, offer: &Arrangement) -> Result<Vec<BeyondLimit>, MoneyError> {
        let mut beyond = Vec::new();
        for (component, given) in &offer.agreed.forgiven {
            let most_pct = self.discount_pct.get(component).copied().unwrap_or(Decimal::ZERO);
            let owed = Decimal::from_money(offer.agreed.debt.of(*component));
            // Up: a percentage that was rounded to the unit is within its limit.
            let most =
                owed.mul(most_pct)?.div(Decimal::from(100))?.to_money(given.currency(), Rounding::Up)?;
            if *given > most {
                beyond.push(BeyondLimit::Discount { component: *component, given: *given, most_pct });
            }
        }
        let last = offer.schedule.last().map_or(offer.offered_on, |due| due.due_on);
        let months = i32::try_from(self.max_months).unwrap_or(i32::MAX);
        if add_months(offer.offered_on, months).is_some_and(|latest| last > latest) {
            beyond.push(BeyondLimit::Months { last, months: self.max_months });
        }
        beyond.extend(self.small_installment(offer));
        beyond.extend(self.small_down_payment(offer)?);
        let (days, most) = (offer.terms.grace_days, self.max_grace_days);
        if days > most {
            beyond.push(BeyondLimit::Grace { days, most });
        }
        Ok(beyond)
    }

    /// The least instalment in a currency.
    pub fn minimum(&self, currency: Currency) -> Option<Money> {
        self.min_installment.iter().find(|minimum| minimum.currency() == currency).copied()
    }

    fn small_installment(&self, offer: &Arrangement) -> Option<BeyondLimit> {
        let minimum = self.minimum(offer.agreed.to_pay.currency())?;
        let (_, regular) = offer.schedule.split_last()?;
        let small = regular.iter().find(|due| due.amount < minimum)?;
        Some(BeyondLimit::Installment { amount: small.amount, minimum })
    }

    fn small_down_payment(&self, offer: &Arrangement) -> Result<Option<BeyondLimit>, MoneyError> {
        let Some(percent) = self.min_down_payment_pct else { return Ok(None) };
        let Some(first) = offer.schedule.first() else { return Ok(None) };
        let to_pay = offer.agreed.to_pay;
        let least = Decimal::from_money(to_pay).mul(percent)?.div(Decimal::from(100))?;
        let least = least.to_money(to_pay.currency(), Rounding::Down)?;
        let small = first.amount < least;
        Ok(small.then_some(BeyondLimit::DownPayment { first: first.amount, percent, to_pay }))
    }
}

#[cfg(test)]
mod tests;
