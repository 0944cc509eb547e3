//! Amounts of a case: which currency carries them, and how they are written.

use domain::money::{Currency, Decimal, Money, MoneyError, Rounding};
use serde_json::Value;

use crate::case::{decimal_of, malformed};
use crate::{CalcError, Case};

/// Currencies by how many digits they have. A case that gives `decimals` but no currency with so
/// many is computed in one of these; its amounts are the same.
const CARRIERS: &[(i64, &str)] = &[(0, "CLP"), (2, "USD"), (3, "KWD"), (4, "CLF")];
const DEFAULT_DECIMALS: i64 = 2;

/// The precision of a case's amounts.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    pub currency: Currency,
}

impl Scale {
    /// From `currency` and `decimals`; `decimals` decides where both are given.
    ///
    /// # Errors
    /// An unknown currency, or so many decimals as no currency has.
    pub fn of(case: Case) -> Result<Self, CalcError> {
        Self::named(case, "decimals")
    }

    /// The same, where the field for decimals has another name.
    ///
    /// # Errors
    /// An unknown currency, or so many decimals as no currency has.
    pub fn named(case: Case, field: &str) -> Result<Self, CalcError> {
        let currency = case.currency_or_none("currency")?;
        let implied = currency.map_or(DEFAULT_DECIMALS, |currency| i64::from(currency.exponent()));
        let decimals = case.whole_or(field, implied)?;
        match currency {
            Some(currency) if decimals == implied => Ok(Self { currency }),
            _ => Self::with_decimals(decimals).ok_or_else(|| {
                CalcError::Refused(format!(
                    "{field} is {decimals}, but currencies have 0, 2, 3 or 4; use one of these"
                ))
            }),
        }
    }

    /// A scale for so many digits, if a currency has them.
    pub fn with_decimals(decimals: i64) -> Option<Self> {
        let (_, code) = CARRIERS.iter().find(|(digits, _)| *digits == decimals)?;
        Some(Self { currency: code.parse().ok()? })
    }

    /// An amount that has no more digits than the currency.
    ///
    /// # Errors
    /// No decimal number, more digits than the currency has, or too large.
    pub fn money(self, field: &str, value: &Value) -> Result<Money, CalcError> {
        let amount = decimal_of(field, value)?;
        let money = amount.to_money(self.currency, Rounding::Down).map_err(|e| refused(field, e))?;
        if Decimal::from_money(money) != amount {
            return Err(malformed(field, value, "an amount with the decimals of its currency"));
        }
        Ok(money)
    }

    /// The amount in a field.
    ///
    /// # Errors
    /// The field is missing or no amount.
    pub fn field(self, case: Case, field: &str) -> Result<Money, CalcError> {
        let missing = || CalcError::Missing { field: field.to_owned(), form: "an amount" };
        self.money(field, case.get(field).ok_or_else(missing)?)
    }

    /// The amount in a field, if it is there.
    ///
    /// # Errors
    /// The field is there but no amount.
    pub fn field_or_none(self, case: Case, field: &str) -> Result<Option<Money>, CalcError> {
        case.get(field).map(|value| self.money(field, value)).transpose()
    }

    pub fn zero(self) -> Money {
        Money::zero(self.currency)
    }
}

fn refused(field: &str, error: MoneyError) -> CalcError {
    CalcError::Refused(format!("{field}: {error}"))
}

/// An amount as text with all its digits: `945.60`.
pub fn text(amount: Money) -> String {
    amount.to_decimal()
}

/// An amount as a JSON number: `945.6`.
pub fn number(amount: Money) -> Value {
    decimal_number(Decimal::from_money(amount))
}

/// A decimal as a JSON number.
pub fn decimal_number(value: Decimal) -> Value {
    serde_json::from_str(&value.to_string()).unwrap_or(Value::Null)
}

/// A rule that refuses: its own words.
pub fn rule<E: std::fmt::Display>(error: E) -> CalcError {
    CalcError::Refused(error.to_string())
}
