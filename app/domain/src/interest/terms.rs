//! The terms by which arrears earn interest.

use serde::{Deserialize, Serialize};

use super::{InterestError, PreparedTerms, RateTable};
use crate::money::{DayCount, Decimal};

/// What a contract or a law says of interest on arrears.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterestTerms {
    /// The agreed yearly rates by date.
    pub rate: RateTable,
    pub method: Method,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace: Option<Grace>,
    /// The highest yearly rates that the law allows, by date: usury ceilings, certified by month
    /// or quarter. Before its first row nothing is capped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<RateTable>,
    /// Value-added tax on the interest, in per cent: 16 in Mexico (LIVA art. 18-A).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_pct: Option<Decimal>,
}

/// How a yearly rate becomes the interest of some days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Principal × rate × fraction of a year.
    Simple(DayCount),
    /// The rate is the effective one of a whole year, as Colombia quotes it; days are actual.
    EffectiveAnnual { basis_days: u16, style: EffectiveStyle },
}

/// Two readings of an effective annual rate for some days. They agree after one day, and the law
/// does not say which one holds for more: so the contract must.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EffectiveStyle {
    /// Principal × ((1 + EA)^(days / basis) − 1), anew for each segment.
    Compound,
    /// Principal × ((1 + EA)^(1 / basis) − 1) × days.
    SimpleOnDailyEquivalent,
}

/// Days after the due date in which paying costs nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grace {
    pub days: u16,
    pub mode: GraceMode,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GraceMode {
    /// What is still overdue after grace earns interest from the due date.
    Retroactive,
    /// Interest starts only after grace.
    Excluded,
}

impl InterestTerms {
    /// A constant rate without grace, cap or tax.
    ///
    /// # Errors
    /// A rate out of range.
    pub fn constant(pct: Decimal, method: Method) -> Result<Self, InterestError> {
        Ok(Self { rate: RateTable::constant(pct)?, method, grace: None, cap: None, vat_pct: None })
    }

    /// Checks the terms and lays the tables together, once for many accounts and dates.
    ///
    /// # Errors
    /// A day count that arrears cannot have, a year without days, a tax out of range.
    pub fn prepare(self) -> Result<PreparedTerms, InterestError> {
        PreparedTerms::new(self)
    }
}
