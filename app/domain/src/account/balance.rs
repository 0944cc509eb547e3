//! What is owed, component by component.

use serde::{Deserialize, Serialize};

use crate::money::{Currency, Money, MoneyError};
use crate::party::text_enum;

/// A part of a debt, in the order in which the books list them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Component {
    Principal,
    /// Contractual interest (interés compensatorio, corriente).
    Interest,
    /// Interest for being late (interés moratorio).
    DefaultInterest,
    LateCharge,
    /// Collection costs, often capped by law (gastos de cobranza).
    CollectionCost,
    Tax,
}

text_enum!(Component {
    Principal = "principal",
    Interest = "interest",
    DefaultInterest = "default_interest",
    LateCharge = "late_charge",
    CollectionCost = "collection_cost",
    Tax = "tax",
});

impl Component {
    const fn index(self) -> usize {
        self as usize
    }
}

/// The balance of one account: minor units per component, one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    currency: Currency,
    minor: [i64; 6],
}

impl Balance {
    pub const fn zero(currency: Currency) -> Self {
        Self { currency, minor: [0; 6] }
    }

    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// What is owed of one component.
    pub fn of(&self, component: Component) -> Money {
        let minor = self.minor.get(component.index()).copied().unwrap_or(0);
        Money::from_minor(minor, self.currency)
    }

    /// This balance with `amount` put in place of one component.
    ///
    /// # Errors
    /// An amount of another currency.
    pub fn with(mut self, component: Component, amount: Money) -> Result<Self, MoneyError> {
        if amount.currency() != self.currency {
            return Err(MoneyError::CurrencyMismatch(self.currency, amount.currency()));
        }
        if let Some(slot) = self.minor.get_mut(component.index()) {
            *slot = amount.minor();
        }
        Ok(self)
    }

    /// Adds a signed amount to one component.
    ///
    /// # Errors
    /// Another currency, or overflow.
    pub fn add(self, component: Component, amount: Money) -> Result<Self, MoneyError> {
        let sum = self.of(component).add(amount)?;
        self.with(component, sum)
    }

    /// The whole debt.
    ///
    /// # Errors
    /// Overflow of the sum.
    pub fn total(&self) -> Result<Money, MoneyError> {
        Money::sum(self.currency, self.components().map(|(_, amount)| amount))
    }

    /// The whole debt in minor units, saturating: for sorting and stages, not for the books.
    pub fn total_minor(&self) -> i64 {
        self.minor.iter().fold(0_i64, |sum, part| sum.saturating_add(*part))
    }

    /// Every component with its amount, in book order.
    pub fn components(&self) -> impl Iterator<Item = (Component, Money)> + '_ {
        Component::ALL.iter().map(|component| (*component, self.of(*component)))
    }
}
