//! Figures as text: rounded once, at the end.

use domain::money::{Decimal, Rounding};

use crate::CalcError;

/// How results are rounded, and how that is said.
#[derive(Clone, Copy)]
pub struct Precision {
    pub places: u8,
    pub rounding: Rounding,
}

/// Digits that show that a figure is not yet rounded.
const UNROUNDED_PLACES: u8 = 6;

impl Precision {
    /// The figure as the ledger would keep it.
    ///
    /// # Errors
    /// More than the ledger can keep.
    pub fn round(self, exact: Decimal) -> Result<Decimal, CalcError> {
        let rounded = exact.round(self.places, self.rounding);
        let most = Decimal::from(i64::MAX).div(Decimal::from(10).powi(self.places.into())?)?;
        if rounded > most || rounded < most.negate() {
            return Err(CalcError::Refused(format!(
                "the result is too large: more than {} cannot be kept",
                most.to_fixed(0)
            )));
        }
        Ok(rounded)
    }

    /// # Errors
    /// More than the ledger can keep.
    pub fn text(self, exact: Decimal) -> Result<String, CalcError> {
        self.round(exact).map(|rounded| rounded.to_string())
    }

    /// "rounded half up to 2 decimals"
    pub fn said(self) -> String {
        let mode = self.rounding.as_str().replace('_', " ");
        format!("rounded {mode} to {} decimals", self.places)
    }
}

/// A figure that is still exact, with some digits more than it will keep.
pub fn unrounded(exact: Decimal) -> String {
    exact.to_fixed(UNROUNDED_PLACES)
}

/// Without the zeros at the end of a fraction: 1000.00 is 1000.
pub fn plain(number: Decimal) -> String {
    let text = number.to_string();
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}
