//! What keeps a policy from being saved.

use super::{OfferLevel, OfferLimits, OfferPolicy, OfferRule};
use crate::account::Component;
use crate::arrangement::negotiation::MenuError;
use crate::money::{Decimal, Money};

/// The most rules of a policy: people have to see through it.
const MOST_RULES: usize = 12;
/// The longest plan that anybody may agree: twenty years.
const MOST_MONTHS: u32 = 240;
/// The longest grace, and the farthest that a payment moves.
const MOST_DAYS: u16 = 366;
const MOST_TIMES: u32 = 24;

/// A rule that cannot hold, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("rule {rule:?}: {fault}")]
pub struct PolicyError {
    /// Its place among the rules, from 0.
    pub at: usize,
    pub rule: String,
    pub fault: Box<PolicyFault>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    #[error("a policy has 1 to {MOST_RULES} rules")]
    Rules,
    #[error("every rule needs a name of its own")]
    Name,
    #[error("it begins at {from} days past due and ends at {to}; turn them round")]
    Days { from: i64, to: i64 },
    #[error("its amounts must be more than zero, of one currency, the first one not above the second")]
    Totals,
    #[error("{level}, {component}: {value} is no percentage; write 0 to 100")]
    Percent { level: OfferLevel, component: Component, value: Decimal },
    #[error("{level}: a first payment of {value} % is no percentage; write 0 to 100")]
    First { level: OfferLevel, value: Decimal },
    #[error("{level}: {value} months are too many; write at most {MOST_MONTHS}")]
    Months { level: OfferLevel, value: u32 },
    #[error("{level}: {value} days of grace are too many; write at most {MOST_DAYS}")]
    Grace { level: OfferLevel, value: u16 },
    #[error("{level}: the least instalment of {value} must be more than zero, one amount a currency")]
    Installment { level: OfferLevel, value: Money },
    #[error("changes by the debtor: at most {MOST_DAYS} days, and {MOST_TIMES} times each")]
    Changes,
    #[error(transparent)]
    Menu(#[from] MenuError),
}

impl OfferPolicy {
    /// Can this hold, and every rule's menu be published?
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), PolicyError> {
        self.faults().into_iter().next().map_or(Ok(()), Err)
    }

    /// All that is wrong, at most one thing a rule.
    pub fn faults(&self) -> Vec<PolicyError> {
        let error =
            |at: usize, rule: &str, fault| PolicyError { at, rule: rule.to_owned(), fault: Box::new(fault) };
        if self.rules.is_empty() || self.rules.len() > MOST_RULES {
            return vec![error(0, "", PolicyFault::Rules)];
        }
        let named = |at: usize, rule: &OfferRule| {
            let twice = self.rules.iter().take(at).any(|other| other.name == rule.name);
            if rule.name.trim().is_empty() || twice { Err(PolicyFault::Name) } else { Ok(()) }
        };
        let check = |(at, rule): (usize, &OfferRule)| {
            let fault = named(at, rule).and_then(|()| rule.check()).err()?;
            Some(error(at, &rule.name, fault))
        };
        self.rules.iter().enumerate().filter_map(check).collect()
    }
}

impl OfferRule {
    fn check(&self) -> Result<(), PolicyFault> {
        let when = &self.when;
        if let (Some(from), Some(to)) = (when.days_from, when.days_to)
            && from > to
        {
            return Err(PolicyFault::Days { from, to });
        }
        let totals: Vec<_> = when.total_from.iter().chain(&when.total_to).collect();
        let alike = totals.windows(2).all(|pair| {
            matches!(pair, [from, to] if from.currency() == to.currency() && from.minor() <= to.minor())
        });
        if !alike || totals.iter().any(|total| !total.is_positive()) {
            return Err(PolicyFault::Totals);
        }
        for level in OfferLevel::ALL {
            self.limits(*level).map_or(Ok(()), |limits| limits.check(*level))?;
        }
        let changes = &self.changes;
        let times = [changes.moves, changes.skips, changes.splits];
        if changes.move_days > MOST_DAYS || times.iter().any(|times| *times > MOST_TIMES) {
            return Err(PolicyFault::Changes);
        }
        Ok(self.published.check(self.manager.as_ref())?)
    }
}

impl OfferLimits {
    fn check(&self, level: OfferLevel) -> Result<(), PolicyFault> {
        let wrong = |value: Decimal| value.is_negative() || value > Decimal::from(100);
        if let Some((component, value)) = self.discount_pct.iter().find(|(_, value)| wrong(**value)) {
            return Err(PolicyFault::Percent { level, component: *component, value: *value });
        }
        if let Some(value) = self.min_down_payment_pct.filter(|value| wrong(*value)) {
            return Err(PolicyFault::First { level, value });
        }
        if self.max_months > MOST_MONTHS {
            return Err(PolicyFault::Months { level, value: self.max_months });
        }
        if self.max_grace_days > MOST_DAYS {
            return Err(PolicyFault::Grace { level, value: self.max_grace_days });
        }
        for (at, value) in self.min_installment.iter().enumerate() {
            let twice =
                self.min_installment.iter().take(at).any(|other| other.currency() == value.currency());
            if !value.is_positive() || twice {
                return Err(PolicyFault::Installment { level, value: *value });
            }
        }
        Ok(())
    }
}
