//! Arrears interest: what overdue principal earns under dated rates, legal caps and a grace
//! period. Never interest on interest; never rounded here: the caller rounds once, where the
//! figure becomes money.

mod accruer;
mod error;
mod prepared;
mod rates;
mod segment;
mod terms;

pub use accruer::Accruer;
pub use error::InterestError;
pub use prepared::PreparedTerms;
pub use rates::{HIGHEST_RATE_PCT, RateRow, RateTable};
pub use segment::{Accrued, Segment};
pub use terms::{EffectiveStyle, Grace, GraceMode, InterestTerms, Method};

use chrono::NaiveDate;

use crate::money::Decimal;

/// The interest from `due` to `as_of` on a principal that changes over time.
///
/// `principal_path` gives, by date, the overdue principal from that date on, in major units; the
/// last entry up to `due` is what was overdue then. A date that is not yet past due earns nothing.
///
/// # Errors
/// See [`InterestError`].
pub fn accrue(
    terms: &PreparedTerms,
    due: NaiveDate,
    principal_path: &[(NaiveDate, Decimal)],
    as_of: NaiveDate,
) -> Result<Accrued, InterestError> {
    let mut accruer = Accruer::new(terms, due, Decimal::ZERO)?;
    for (on, principal) in principal_path.iter().filter(|(on, _)| *on <= as_of) {
        accruer.advance(*on, *principal)?;
    }
    let principal = accruer.principal();
    accruer.advance(as_of, principal)?;
    Ok(Accrued { segments: accruer.segments()?, exact: accruer.exact()?, vat: accruer.vat()? })
}

/// The daily rate, as a fraction, that compounds to an effective annual one over a year of
/// `basis_days`: (1 + EA)^(1 / basis) − 1.
///
/// # Errors
/// A rate out of range, a year without days.
pub fn daily_equivalent(ea_pct: Decimal, basis_days: u16) -> Result<Decimal, InterestError> {
    let method = Method::EffectiveAnnual { basis_days, style: EffectiveStyle::Compound };
    InterestTerms::constant(ea_pct, method)?.prepare()?.for_days(Decimal::ONE, 1)
}

#[cfg(test)]
mod tests;
