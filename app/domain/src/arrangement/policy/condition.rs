//! For which debts a rule holds.

use serde::{Deserialize, Serialize};

use crate::account::Stage;
use crate::ids::CreditorId;
use crate::money::Money;

/// For which debts a rule holds; what is left out does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferCondition {
    #[serde(default)]
    pub creditor: Option<CreditorId>,
    /// As the creditor's file names them; upper and lower case are one.
    #[serde(default)]
    pub products: Vec<String>,
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

/// What a rule looks at.
#[derive(Clone, Debug)]
pub struct OfferSubject {
    pub creditors: Vec<CreditorId>,
    /// Of each debt; one without a product is named by none.
    pub products: Vec<Option<String>>,
    pub stage: Stage,
    pub days_past_due: i64,
    pub total: Money,
}

/// In what a debt does not fit a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Miss {
    Creditor,
    Product,
    Stage(Stage),
    /// Fewer days past due than the rule asks for.
    TooEarly {
        days: i64,
        from: i64,
    },
    TooLate {
        days: i64,
        to: i64,
    },
    TooSmall {
        total: Money,
        from: Money,
    },
    TooLarge {
        total: Money,
        to: Money,
    },
    /// The rule names amounts of another currency.
    Currency,
}

impl OfferCondition {
    /// In what the debt does not fit; nothing when the condition holds.
    pub fn misses(&self, subject: &OfferSubject) -> Vec<Miss> {
        let (days, total) = (subject.days_past_due, subject.total);
        let mut misses = Vec::new();
        if self.creditor.is_some_and(|creditor| subject.creditors.iter().any(|own| *own != creditor)) {
            misses.push(Miss::Creditor);
        }
        if !self.products.is_empty() && !subject.products.iter().all(|own| self.names(own.as_deref())) {
            misses.push(Miss::Product);
        }
        if !self.stages.is_empty() && !self.stages.contains(&subject.stage) {
            misses.push(Miss::Stage(subject.stage));
        }
        if let Some(from) = self.days_from.filter(|from| days < *from) {
            misses.push(Miss::TooEarly { days, from });
        }
        if let Some(to) = self.days_to.filter(|to| days > *to) {
            misses.push(Miss::TooLate { days, to });
        }
        let currency = total.currency();
        if self.total_from.iter().chain(&self.total_to).any(|limit| limit.currency() != currency) {
            misses.push(Miss::Currency);
            return misses;
        }
        if let Some(from) = self.total_from.filter(|from| total < *from) {
            misses.push(Miss::TooSmall { total, from });
        }
        if let Some(to) = self.total_to.filter(|to| total > *to) {
            misses.push(Miss::TooLarge { total, to });
        }
        misses
    }

    fn names(&self, product: Option<&str>) -> bool {
        let fold = |text: &str| text.trim().to_lowercase();
        product.is_some_and(|product| self.products.iter().any(|named| fold(named) == fold(product)))
    }
}
