//! What may be offered, by whom: limits by the debt and by the level of whoever offers.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::lifecycle::Arrangement;
use super::negotiation::{Menu, MenuError, PublishedOffer};
use super::schedule::Frequency;
use crate::account::{Component, Stage};
use crate::calendar::add_months;
use crate::ids::CreditorId;
use crate::money::{Currency, Decimal, Money, MoneyError, Rounding};
use crate::party::text_enum;

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

/// For which debts a rule holds; what is left out does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferCondition {
    #[serde(default)]
    pub creditor: Option<CreditorId>,
    #[serde(default)]
    pub stages: Vec<Stage>,
    /// Days past due of the oldest debt, inclusive.
    #[serde(default)]
    pub days_from: Option<i64>,
    #[serde(default)]
    pub days_to: Option<i64>,
    /// What is owed in all, inclusive; amounts of another currency do not fit.
    #[serde(default)]
    pub total_from: Option<Money>,
    #[serde(default)]
    pub total_to: Option<Money>,
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
}

/// The rules in order; the first that fits a debt holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferPolicy {
    pub rules: Vec<OfferRule>,
}

/// What a rule looks at.
#[derive(Clone, Debug)]
pub struct OfferSubject {
    pub creditors: Vec<CreditorId>,
    pub stage: Stage,
    pub days_past_due: i64,
    pub total: Money,
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
    /// What holds until an operator says otherwise. The outer limits, 80 % and 24 months, are
    /// those that the market's products ship with; principal is a supervisor's to give.
    pub fn standard() -> Self {
        use Component as C;
        let percents = |list: &[(C, i64)]| list.iter().map(|(c, pct)| (*c, Decimal::from(*pct))).collect();
        let limits = |list: &[(C, i64)], max_months, max_grace_days| OfferLimits {
            discount_pct: percents(list),
            max_months,
            min_installment: Vec::new(),
            min_down_payment_pct: None,
            max_grace_days,
        };
        let agent = [(C::DefaultInterest, 50), (C::LateCharge, 100), (C::CollectionCost, 50)];
        let supervisor = [
            (C::DefaultInterest, 80),
            (C::LateCharge, 100),
            (C::CollectionCost, 100),
            (C::Interest, 50),
            (C::Principal, 20),
        ];
        let manager = [
            (C::DefaultInterest, 100),
            (C::LateCharge, 100),
            (C::CollectionCost, 100),
            (C::Interest, 80),
            (C::Tax, 80),
            (C::Principal, 80),
        ];
        let rule = OfferRule {
            name: "standard".to_owned(),
            when: OfferCondition::default(),
            agent: limits(&agent, 12, 5),
            supervisor: limits(&supervisor, 24, 15),
            manager: Some(limits(&manager, 60, 30)),
            published: standard_menu(),
        };
        Self { rules: vec![rule] }
    }

    /// The rule for a debt.
    pub fn rule(&self, subject: &OfferSubject) -> Option<&OfferRule> {
        self.rules.iter().find(|rule| rule.when.fits(subject))
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

/// A menu that cannot be published, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{rule}: {error}")]
pub struct PolicyError {
    pub rule: String,
    pub error: Box<MenuError>,
}

/// Published until an operator says otherwise: in full at once for less, or in parts without.
fn standard_menu() -> Menu {
    use Component as C;
    let percents = |list: &[(C, i64)]| list.iter().map(|(c, pct)| (*c, Decimal::from(*pct))).collect();
    let single = PublishedOffer {
        name: "single".to_owned(),
        discount_pct: percents(&[(C::DefaultInterest, 50), (C::LateCharge, 100), (C::CollectionCost, 50)]),
        most_payments: 1,
        every: Vec::new(),
        first_pct: Decimal::ZERO,
        first_within_days: 30,
        least_payment: Vec::new(),
        grace_days: 5,
        valid_days: 15,
    };
    let quarter = PublishedOffer {
        name: "quarter".to_owned(),
        discount_pct: percents(&[(C::DefaultInterest, 30), (C::LateCharge, 100)]),
        most_payments: 3,
        every: vec![Frequency::MONTHLY, Frequency::BIWEEKLY],
        ..single.clone()
    };
    let year = PublishedOffer {
        name: "year".to_owned(),
        discount_pct: BTreeMap::new(),
        most_payments: 12,
        every: vec![Frequency::MONTHLY, Frequency::BIWEEKLY, Frequency::Weeks(1)],
        ..single.clone()
    };
    Menu { offers: vec![single, quarter, year] }
}

impl OfferPolicy {
    /// Can every rule's menu be published?
    ///
    /// # Errors
    /// The first that cannot.
    pub fn check(&self) -> Result<(), PolicyError> {
        let wrong = |rule: &OfferRule, error| PolicyError { rule: rule.name.clone(), error: Box::new(error) };
        let check = |rule: &OfferRule| rule.published.check(rule.manager.as_ref());
        self.rules.iter().try_for_each(|rule| check(rule).map_err(|error| wrong(rule, error)))
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

impl OfferCondition {
    fn fits(&self, subject: &OfferSubject) -> bool {
        let days = subject.days_past_due;
        let total = |limit: Option<Money>, holds: fn(&Money, &Money) -> bool| {
            limit.is_none_or(|limit| holds(&subject.total, &limit))
        };
        self.creditor.is_none_or(|creditor| subject.creditors.iter().all(|own| *own == creditor))
            && (self.stages.is_empty() || self.stages.contains(&subject.stage))
            && self.days_from.is_none_or(|from| days >= from)
            && self.days_to.is_none_or(|to| days <= to)
            && total(self.total_from, |owed, limit| owed >= limit)
            && total(self.total_to, |owed, limit| owed <= limit)
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
