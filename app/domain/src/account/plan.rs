//! Instalments against what is still owed.

use crate::money::Money;

/// What is left to pay of each instalment of a running plan, in order. What is owed fills them
/// from the last one backwards, so every payment shortens the first ones, whichever way it came
/// in, and nothing has to be marked when money arrives.
pub fn left_of_installments(amounts: &[Money], owed: Money) -> Vec<Money> {
    let mut rest = owed.minor().max(0);
    let mut left: Vec<_> = amounts
        .iter()
        .rev()
        .map(|amount| {
            let open = amount.minor().min(rest).max(0);
            rest -= open;
            Money::from_minor(open, amount.currency())
        })
        .collect();
    left.reverse();
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use proptest::prelude::*;

    fn mxn(minor: i64) -> Money {
        Money::from_minor(minor, Currency::MXN)
    }

    #[test]
    fn payments_shorten_the_first_ones() {
        let amounts = [mxn(100), mxn(100), mxn(120)];
        assert_eq!(left_of_installments(&amounts, mxn(320)), amounts);
        assert_eq!(left_of_installments(&amounts, mxn(170)), [mxn(0), mxn(50), mxn(120)]);
        assert_eq!(left_of_installments(&amounts, mxn(0)), [mxn(0); 3]);
    }

    proptest! {
        #[test]
        fn what_is_left_is_what_is_owed(amounts in prop::collection::vec(1..10_000_i64, 1..24), owed in 0..200_000_i64) {
            let amounts: Vec<_> = amounts.into_iter().map(mxn).collect();
            let whole: i64 = amounts.iter().map(Money::minor).sum();
            let left = left_of_installments(&amounts, mxn(owed));
            prop_assert_eq!(left.iter().map(Money::minor).sum::<i64>(), owed.min(whole));
            prop_assert!(left.iter().zip(&amounts).all(|(left, amount)| left <= amount));
        }
    }
}
