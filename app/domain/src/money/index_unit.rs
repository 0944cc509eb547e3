//! Index units (UF, UVR, UDI and their like): debts in units whose price the central bank
//! publishes. Published values are loaded; the formulas only check what was loaded.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Currency, Decimal, Money, MoneyError, Rounding};

/// The published values of one unit, by day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexSeries {
    /// For example `UF`, `UVR`, `UDI`.
    pub code: String,
    /// The price of one unit in major units of `currency`.
    pub values: BTreeMap<NaiveDate, Decimal>,
    pub currency: Currency,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    #[error("no value of {code} is loaded for {on}; load the published series")]
    Missing { code: String, on: NaiveDate },
    #[error("the value {0} cannot be a price; load a number above zero")]
    NotAPrice(Decimal),
    #[error(
        "step {step} of {steps} is none; give a step from 0 to the number of days, and days from 1 to {LONGEST_PATH_DAYS}"
    )]
    Step { step: i64, steps: i64 },
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// Units are published for a month or a fortnight ahead.
const LONGEST_PATH_DAYS: i64 = 31;

impl IndexSeries {
    /// # Errors
    /// No value of that day was loaded: never guessed from the days beside it.
    pub fn value_on(&self, on: NaiveDate) -> Result<Decimal, IndexError> {
        self.values.get(&on).copied().ok_or_else(|| IndexError::Missing { code: self.code.clone(), on })
    }

    /// What so many units are worth on a day.
    ///
    /// # Errors
    /// No value for the day, or overflow.
    pub fn to_money(&self, units: Decimal, on: NaiveDate, rounding: Rounding) -> Result<Money, IndexError> {
        Ok(worth(units, self.value_on(on)?)?.to_money(self.currency, rounding)?)
    }
}

/// `units × value`, unrounded, in major units.
///
/// # Errors
/// A value that is not above zero, or overflow.
pub fn worth(units: Decimal, value: Decimal) -> Result<Decimal, IndexError> {
    if value <= Decimal::ZERO {
        return Err(IndexError::NotAPrice(value));
    }
    Ok(units.mul(value)?)
}

/// Units whose daily path is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexUnit {
    /// Unidad de Fomento, Chile: from the 10th to the 9th by the month's CPI, two decimals.
    Uf,
    /// Unidad de Valor Real, Colombia: from the 16th to the 15th by the month's CPI, four decimals.
    Uvr,
    /// Unidad de Inversión, Mexico: from the 11th to the 25th and on to the 10th by the
    /// fortnight's price index, six decimals.
    Udi,
}

impl IndexUnit {
    pub const fn places(self) -> u8 {
        match self {
            Self::Uf => 2,
            Self::Uvr => 4,
            Self::Udi => 6,
        }
    }

    /// The value `step` days into a period of `steps` days through which prices move by `ratio`
    /// (1.004 for 0.4 %): `base × ratio^(step / steps)`, rounded half up to the unit's decimals.
    ///
    /// # Errors
    /// A base or ratio that is not above zero, a step outside the period, overflow.
    pub fn path_value(
        self,
        base: Decimal,
        ratio: Decimal,
        step: i64,
        steps: i64,
    ) -> Result<Decimal, IndexError> {
        if !(1..=LONGEST_PATH_DAYS).contains(&steps) || !(0..=steps).contains(&step) {
            return Err(IndexError::Step { step, steps });
        }
        if let Some(wrong) = [base, ratio].into_iter().find(|number| *number <= Decimal::ZERO) {
            return Err(IndexError::NotAPrice(wrong));
        }
        let factor = if step == 0 {
            Decimal::ONE
        } else if step == steps {
            ratio
        } else {
            ratio.pow(Decimal::from(step).div(steps.into())?)?
        };
        Ok(base.mul(factor)?.round(self.places(), Rounding::HalfUp))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn paths_are_geometric() {
        let uf =
            |step| IndexUnit::Uf.path_value(dec("39000.00"), dec("1.004"), step, 30).unwrap().to_string();
        assert_eq!([uf(0), uf(1), uf(15), uf(30)], ["39000.00", "39005.19", "39077.92", "39156.00"]);
        let udi = IndexUnit::Udi.path_value(dec("8.500000"), dec("1.0025"), 1, 15).unwrap();
        assert_eq!(udi.to_string(), "8.501415");
    }

    #[test]
    fn what_is_no_path_is_an_error() {
        let path = |base, ratio, step, steps| IndexUnit::Uvr.path_value(dec(base), dec(ratio), step, steps);
        assert!(matches!(path("390", "1.005", 32, 31), Err(IndexError::Step { .. })));
        assert!(matches!(path("390", "1.005", 0, 0), Err(IndexError::Step { .. })));
        assert!(matches!(path("0", "1.005", 1, 31), Err(IndexError::NotAPrice(_))));
        assert!(matches!(path("390", "-1", 1, 31), Err(IndexError::NotAPrice(_))));
    }

    #[test]
    fn a_day_without_a_value_is_an_error() {
        let on = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let values = BTreeMap::from([(on, dec("39123.45"))]);
        let series = IndexSeries { code: "UF".to_owned(), values, currency: Currency::CLP };
        let worth = series.to_money(dec("12.3456"), on, Rounding::HalfUp);
        assert_eq!(worth, Ok(Money::from_minor(483_002, Currency::CLP)));
        let next = on.succ_opt().unwrap();
        assert_eq!(series.value_on(next), Err(IndexError::Missing { code: "UF".to_owned(), on: next }));
    }
}
