//! Spreading an amount over instalments that keep their proportions.

use crate::arrangement::lifecycle::Due;
use crate::money::{Currency, Money, MoneyError};

/// `total` over `dates`, each in proportion to what it was, to the unit: the running sum is
/// rounded down, so no part is negative and the last one absorbs. While a part is below
/// `minimum`, the last date is dropped. Nothing for no dates.
pub(super) fn spread(
    total: Money,
    dates: &[Due],
    minimum: Option<Money>,
    currency: Currency,
) -> Result<Vec<Due>, MoneyError> {
    if !total.is_positive() {
        return Ok(Vec::new());
    }
    let mut count = dates.len();
    loop {
        let parts = proportional(total, dates.get(..count).unwrap_or(dates), currency)?;
        let below = minimum.is_some_and(|minimum| parts.iter().any(|part| part.amount < minimum));
        if !below || count <= 1 {
            return Ok(parts.into_iter().filter(|part| part.amount.is_positive()).collect());
        }
        count -= 1;
    }
}

fn proportional(total: Money, dates: &[Due], currency: Currency) -> Result<Vec<Due>, MoneyError> {
    let whole: i128 = dates.iter().map(|due| i128::from(due.amount.minor().max(0))).sum();
    let (mut weight, mut given) = (0_i128, 0_i64);
    let mut parts = Vec::with_capacity(dates.len());
    for (number, due) in (1_i128..).zip(dates) {
        weight += i128::from(due.amount.minor().max(0));
        let until = if whole > 0 {
            multiply(total.minor(), weight, whole)?
        } else {
            multiply(total.minor(), number, i128::try_from(dates.len()).map_err(|_| MoneyError::Overflow)?)?
        };
        parts.push(Due { due_on: due.due_on, amount: Money::from_minor(until - given, currency) });
        given = until;
    }
    Ok(parts)
}

fn multiply(total: i64, part: i128, whole: i128) -> Result<i64, MoneyError> {
    let product = i128::from(total).checked_mul(part).ok_or(MoneyError::Overflow)?;
    i64::try_from(product / whole).map_err(|_| MoneyError::Overflow)
}
