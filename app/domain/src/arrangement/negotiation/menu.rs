//! The menu: what everybody may be told.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::account::Component;
use crate::arrangement::OfferLimits;
use crate::arrangement::schedule::Frequency;
use crate::money::{Currency, Decimal, Money};

/// The most lines of a menu: people choose from few.
const MOST_OFFERS: usize = 20;
/// The most payments of one offer: ten years of weeks.
const MOST_PAYMENTS: u32 = 520;
const MOST_DAYS: u16 = 366;
/// Of every month, these days are certain.
const SURE_DAYS: u64 = 28;

/// One line: a plan, a settlement, or both together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedOffer {
    /// Unique within its menu.
    pub name: String,
    /// Per cent given up of a component, 0 to 100; one that is not named is paid in full.
    #[serde(default)]
    pub discount_pct: BTreeMap<Component, Decimal>,
    /// With the first one; 1 is a single payment.
    pub most_payments: u32,
    /// How far payments may be apart; not needed for a single one.
    #[serde(default)]
    pub every: Vec<Frequency>,
    /// The least share of the first payment, in per cent of what is to be paid, 0 to 100.
    #[serde(default)]
    pub first_pct: Decimal,
    /// The first payment comes at most this many days after the day of the agreement.
    pub first_within_days: u16,
    /// The least payment, one amount a currency; the last one may be smaller.
    #[serde(default)]
    pub least_payment: Vec<Money>,
    /// How many days a payment may be late.
    #[serde(default)]
    pub grace_days: u16,
    /// For how many days the offer can be taken, today being day 0.
    #[serde(default)]
    pub valid_days: u16,
}

/// What is published for the debts of one rule; with no offers, people decide.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Menu {
    pub offers: Vec<PublishedOffer>,
}

/// A menu that cannot be published; says which offer, and what to change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MenuError {
    #[error("a menu has at most {MOST_OFFERS} offers; leave some out")]
    TooMany,
    #[error("every offer needs a name of its own; {0:?} is empty or stands twice")]
    Name(String),
    #[error("{offer}: {value} is no percentage; write 0 to 100")]
    Percent { offer: String, value: Decimal },
    #[error("{offer}: {value} payments; write 1 to {MOST_PAYMENTS}")]
    Payments { offer: String, value: u32 },
    #[error("{offer}: say how far its payments may be apart, by at least one day, week or month")]
    Frequency { offer: String },
    #[error("{offer}: {value} days are too many; write at most {MOST_DAYS}")]
    Days { offer: String, value: u16 },
    #[error("{offer}: the least payment of {value} must be more than zero, one amount a currency")]
    LeastPayment { offer: String, value: Money },
    #[error("{offer}: a discount of {given} % on {component} is more than a manager may give, {most} %")]
    Discount { offer: String, component: Component, given: Decimal, most: Decimal },
    #[error("{offer}: its last payment may come later than a manager may agree, {months} month(s)")]
    Long { offer: String, months: u32 },
    #[error("{offer}: a manager may agree payments of {minimum} or more; publish at least that")]
    SmallPayment { offer: String, minimum: Money },
    #[error("{offer}: a manager must ask for {most} % at first; publish at least that")]
    SmallFirst { offer: String, most: Decimal },
    #[error("{offer}: a grace of {given} days is longer than a manager may give, {most}")]
    Grace { offer: String, given: u16, most: u16 },
}

impl Menu {
    /// Can this be published, where a manager may go as far as `limits`? Published offers are
    /// within what people may agree, so that a machine never gives more than a person.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self, limits: Option<&OfferLimits>) -> Result<(), MenuError> {
        if self.offers.len() > MOST_OFFERS {
            return Err(MenuError::TooMany);
        }
        for (at, offer) in self.offers.iter().enumerate() {
            let twice = self.offers.iter().take(at).any(|other| other.name == offer.name);
            if offer.name.trim().is_empty() || twice {
                return Err(MenuError::Name(offer.name.clone()));
            }
            offer.check()?;
            limits.map_or(Ok(()), |limits| offer.check_within(limits))?;
        }
        Ok(())
    }
}

impl PublishedOffer {
    fn check(&self) -> Result<(), MenuError> {
        let offer = || self.name.clone();
        let hundred = Decimal::from(100);
        for value in self.discount_pct.values().chain([&self.first_pct]).copied() {
            if value.is_negative() || value > hundred {
                return Err(MenuError::Percent { offer: offer(), value });
            }
        }
        if self.most_payments == 0 || self.most_payments > MOST_PAYMENTS {
            return Err(MenuError::Payments { offer: offer(), value: self.most_payments });
        }
        let empty = |every: &Frequency| {
            let (Frequency::Days(n) | Frequency::Weeks(n) | Frequency::Months(n)) = *every;
            n == 0 || n > u32::from(MOST_DAYS)
        };
        if self.every.iter().any(empty) || (self.most_payments > 1 && self.every.is_empty()) {
            return Err(MenuError::Frequency { offer: offer() });
        }
        for value in [self.first_within_days, self.grace_days, self.valid_days] {
            if value > MOST_DAYS {
                return Err(MenuError::Days { offer: offer(), value });
            }
        }
        for (at, value) in self.least_payment.iter().enumerate() {
            let twice = self.least_payment.iter().take(at).any(|other| other.currency() == value.currency());
            if !value.is_positive() || twice {
                return Err(MenuError::LeastPayment { offer: offer(), value: *value });
            }
        }
        Ok(())
    }

    fn check_within(&self, limits: &OfferLimits) -> Result<(), MenuError> {
        let offer = || self.name.clone();
        for (component, given) in &self.discount_pct {
            let most = limits.discount_pct.get(component).copied().unwrap_or(Decimal::ZERO);
            if *given > most {
                return Err(MenuError::Discount {
                    offer: offer(),
                    component: *component,
                    given: *given,
                    most,
                });
            }
        }
        let single = [Frequency::Days(1)];
        let every = if self.most_payments == 1 { &single[..] } else { &self.every[..] };
        if every.iter().any(|every| !self.ends_within(*every, limits.max_months)) {
            return Err(MenuError::Long { offer: offer(), months: limits.max_months });
        }
        for minimum in &limits.min_installment {
            let least = self.least(minimum.currency());
            if self.most_payments > 1 && least.is_none_or(|least| least < *minimum) {
                return Err(MenuError::SmallPayment { offer: offer(), minimum: *minimum });
            }
        }
        if let Some(most) = limits.min_down_payment_pct
            && self.most_payments > 1
            && self.first_pct < most
        {
            return Err(MenuError::SmallFirst { offer: offer(), most });
        }
        let (given, most) = (self.grace_days, limits.max_grace_days);
        if given > most {
            return Err(MenuError::Grace { offer: offer(), given, most });
        }
        Ok(())
    }

    /// Whatever the day: months are taken at their shortest where days are counted.
    fn ends_within(&self, every: Frequency, max_months: u32) -> bool {
        let (within, later) = (u64::from(self.first_within_days), u64::from(self.most_payments - 1));
        let most = u64::from(max_months);
        match every {
            Frequency::Months(n) => u64::from(n) * later + within.div_ceil(SURE_DAYS) <= most,
            Frequency::Weeks(n) => u64::from(n) * 7 * later + within <= most * SURE_DAYS,
            Frequency::Days(n) => u64::from(n) * later + within <= most * SURE_DAYS,
        }
    }

    /// The least payment in a currency.
    pub fn least(&self, currency: Currency) -> Option<Money> {
        self.least_payment.iter().find(|least| least.currency() == currency).copied()
    }
}
