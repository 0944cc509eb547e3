//! `Money`: checked arithmetic on minor units.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Currency;

/// An amount: signed whole minor units (cents, centavos, pesos) of one currency.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    #[serde(rename = "amount_minor")]
    minor: i64,
    currency: Currency,
}

/// Arithmetic that has no right answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("cannot combine {0} with {1}: amounts of different currencies never mix")]
    CurrencyMismatch(Currency, Currency),
    #[error("the amount is too large to represent")]
    Overflow,
}

impl Money {
    /// `minor` units of `currency`: `from_minor(1050, MXN)` is MXN 10.50.
    pub const fn from_minor(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    pub const fn minor(&self) -> i64 {
        self.minor
    }

    pub const fn currency(&self) -> Currency {
        self.currency
    }

    pub const fn is_zero(&self) -> bool {
        self.minor == 0
    }

    pub const fn is_positive(&self) -> bool {
        self.minor > 0
    }

    pub const fn is_negative(&self) -> bool {
        self.minor < 0
    }

    /// # Errors
    /// Different currencies, or a sum beyond `i64`.
    #[expect(clippy::should_implement_trait, reason = "an operator could not say that it failed")]
    pub fn add(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// # Errors
    /// Different currencies, or a difference beyond `i64`.
    #[expect(clippy::should_implement_trait, reason = "an operator could not say that it failed")]
    pub fn sub(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_sub(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// # Errors
    /// `i64::MIN` has no opposite.
    pub fn negate(self) -> Result<Self, MoneyError> {
        let minor = self.minor.checked_neg().ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// The smaller of two amounts of one currency.
    ///
    /// # Errors
    /// Different currencies.
    pub fn min(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        Ok(if self.minor <= other.minor { self } else { other })
    }

    /// Adds up amounts of `currency`; none gives zero.
    ///
    /// # Errors
    /// A foreign currency among them, or overflow.
    pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::add)
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::CurrencyMismatch(self.currency, other.currency))
        }
    }
}

impl PartialOrd for Money {
    /// Amounts of different currencies have no order.
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (self.currency == other.currency).then(|| self.minor.cmp(&other.minor))
    }
}

impl fmt::Display for Money {
    /// Plain and lossless: `1234.50 MXN`. For people, use the formatter of the interface.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.to_decimal(), self.currency)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_never_mix() {
        let pesos = Money::from_minor(100, Currency::MXN);
        let dollars = Money::from_minor(100, Currency::USD);
        assert_eq!(pesos.add(dollars), Err(MoneyError::CurrencyMismatch(Currency::MXN, Currency::USD)));
        assert_eq!(pesos.partial_cmp(&dollars), None);
    }

    #[test]
    fn overflow_is_an_error_never_a_wrap() {
        let most = Money::from_minor(i64::MAX, Currency::MXN);
        assert_eq!(most.add(Money::from_minor(1, Currency::MXN)), Err(MoneyError::Overflow));
        assert_eq!(Money::from_minor(i64::MIN, Currency::MXN).negate(), Err(MoneyError::Overflow));
    }
}
