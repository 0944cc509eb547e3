//! The steps of a computation, so that a figure can be explained.

use chrono::NaiveDate;
use serde::Serialize;

use crate::money::Decimal;

/// Days through which neither principal nor rate changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Segment {
    /// The first day that counts.
    pub from: NaiveDate,
    /// The first day that does not.
    pub to: NaiveDate,
    /// By the day count of the terms.
    pub days: i64,
    /// In major units.
    pub principal: Decimal,
    /// The yearly rate that was applied, in per cent.
    pub rate_pct: Decimal,
    /// The agreed one.
    pub agreed_pct: Decimal,
    /// Whether the law's cap took the place of the agreed rate.
    pub capped: bool,
    /// Unrounded, in major units.
    pub interest: Decimal,
}

/// The interest of an interval, unrounded, in major units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Accrued {
    pub segments: Vec<Segment>,
    pub exact: Decimal,
    /// The tax on it.
    pub vat: Decimal,
}
