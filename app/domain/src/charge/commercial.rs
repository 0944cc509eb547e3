//! Late payment between businesses: interest above the central bank's rate, and a fixed sum.

use serde::{Deserialize, Serialize};

use super::ChargeError;
use crate::money::{Currency, Decimal, Money};

/// Directive 2011/7/EU, in the form that a country gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommercialLateRule {
    /// Percentage points above the reference rate.
    pub margin_pp: Decimal,
    /// Owed once for each late invoice, without proof of costs.
    pub compensation: Money,
}

impl CommercialLateRule {
    /// Spain, Ley 3/2004: the rate of the European Central Bank's last main refinancing operation
    /// before the half-year, plus eight points (art. 7.2), and 40 EUR (art. 8.1).
    pub fn spain() -> Result<Self, ChargeError> {
        let euro: Currency = "EUR".parse().map_err(|_| crate::money::MoneyError::Overflow)?;
        Ok(Self { margin_pp: Decimal::from(8), compensation: Money::from_minor(4_000, euro) })
    }

    /// The yearly rate in per cent for a half-year with this reference rate; never below zero.
    ///
    /// # Errors
    /// Overflow.
    pub fn rate_pct(&self, reference_pct: Decimal) -> Result<Decimal, ChargeError> {
        let rate = reference_pct.add(self.margin_pp)?;
        Ok(if rate.is_negative() { Decimal::ZERO } else { rate })
    }
}
