//! How a plan spreads its balance, and how its regular payment is rounded.

use serde::{Deserialize, Serialize};

use super::PlanError;
use crate::money::{Decimal, Money, MoneyError, Rounding};

/// How the balance is spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Equal payments (French, annuity): `P·i / (1 − (1+i)^−n)`.
    French,
    /// Equal parts of the principal, and the interest on top (German).
    EqualPrincipal,
    /// Equal payments that leave this much, paid with the last one.
    Balloon(Money),
    /// Equal payments as if there were so many, and the rest with the last one.
    AmortizedOver(u32),
}

/// How the regular payment, or the regular part of the principal, is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentRounding {
    pub mode: Rounding,
    /// To multiples of this much instead of the minor unit: whole pesos, say.
    pub multiple: Option<Money>,
}

impl PaymentRounding {
    /// To the minor unit.
    pub const fn minor_unit(mode: Rounding) -> Self {
        Self { mode, multiple: None }
    }

    /// Rounds `exact`, in major units, to money like `like`.
    pub(super) fn round(&self, exact: Decimal, like: Money) -> Result<Money, PlanError> {
        let Some(multiple) = self.multiple else { return Ok(exact.to_money(like.currency(), self.mode)?) };
        if !multiple.is_positive() {
            return Err(PlanError::Multiple(multiple));
        }
        if multiple.currency() != like.currency() {
            return Err(MoneyError::CurrencyMismatch(multiple.currency(), like.currency()).into());
        }
        let unit = Decimal::from_money(multiple);
        let times = exact.div(unit)?.round(0, self.mode);
        Ok(times.mul(unit)?.to_money(like.currency(), self.mode)?)
    }
}

/// The payment that brings `balance` to `left` in `count` periods at `rate` a period, unrounded.
pub(super) fn level_payment(
    balance: Decimal,
    left: Decimal,
    rate: Decimal,
    count: u32,
) -> Result<Decimal, PlanError> {
    if rate.is_zero() {
        return Ok(balance.sub(left)?.div(Decimal::from(i64::from(count)))?);
    }
    // (P·gⁿ − L)·i / (gⁿ − 1): the same as the textbook's form, and its error is the same however
    // long the plan is.
    let exponent = i32::try_from(count).map_err(|_| PlanError::TooManyInstallments(count))?;
    let growth = Decimal::ONE.add(rate)?.powi(exponent)?;
    let owed = balance.mul(growth)?.sub(left)?;
    Ok(owed.mul(rate)?.div(growth.sub(Decimal::ONE)?)?)
}
