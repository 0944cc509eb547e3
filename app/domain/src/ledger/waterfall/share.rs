//! Sharing in proportion.

use std::cmp::Reverse;

use super::WaterfallError;
use super::order::{check_amount, check_claim};
use crate::money::{Money, MoneyError};

/// Shares `amount` in proportion to `claims`, for debts of the same kind and equally onerous (AR
/// CCyC art. 902 b; PE CC art. 1259). Each share is rounded down, and the units that are left go
/// one each to the largest remainders, ties in order. Returns the shares, none above its claim,
/// and what exceeds all claims.
///
/// # Errors
/// Negative amounts, mixed currencies, or claims beyond `i64` together.
pub fn pro_rata(amount: Money, claims: &[Money]) -> Result<(Vec<Money>, Money), WaterfallError> {
    check_amount(amount)?;
    for (place, claim) in claims.iter().enumerate() {
        check_claim(&place, *claim)?;
    }
    let currency = amount.currency();
    let whole = Money::sum(currency, claims.iter().copied())?;
    let shared = amount.min(whole)?;
    let rest = amount.sub(shared)?;
    if whole.is_zero() {
        return Ok((claims.to_vec(), rest));
    }
    let (pot, all) = (i128::from(shared.minor()), i128::from(whole.minor()));
    let products: Vec<i128> = claims.iter().map(|claim| i128::from(claim.minor()) * pot).collect();
    let mut units: Vec<i128> = products.iter().map(|product| product / all).collect();
    let mut places: Vec<usize> = (0..claims.len()).collect();
    // The sort is stable, so ties keep their order.
    places.sort_by_key(|place| Reverse(products.get(*place).map_or(0, |product| product % all)));
    let left = usize::try_from(pot - units.iter().sum::<i128>()).unwrap_or(0);
    for place in places.into_iter().take(left) {
        if let Some(share) = units.get_mut(place) {
            *share += 1;
        }
    }
    let money = |minor: i128| i64::try_from(minor).map_err(|_| MoneyError::Overflow);
    let shares: Result<Vec<_>, MoneyError> =
        units.into_iter().map(|minor| Ok(Money::from_minor(money(minor)?, currency))).collect();
    Ok((shares?, rest))
}
