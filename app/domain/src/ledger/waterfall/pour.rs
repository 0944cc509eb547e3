//! The one step that everything else is made of: fill claims in order.

use crate::money::{Money, MoneyError};

/// What claims received, in their order, and what was left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pour {
    pub parts: Vec<Money>,
    pub rest: Money,
}

/// Fills `claims` one after the other. Claims of zero or in credit receive nothing.
///
/// # Errors
/// Another currency.
pub fn pour(amount: Money, claims: impl IntoIterator<Item = Money>) -> Result<Pour, MoneyError> {
    let mut rest = amount;
    let mut parts = Vec::new();
    for claim in claims {
        let share = rest.min(claim)?;
        let share = if share.is_positive() { share } else { Money::zero(amount.currency()) };
        rest = rest.sub(share)?;
        parts.push(share);
    }
    Ok(Pour { parts, rest })
}
