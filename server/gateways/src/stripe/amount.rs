//! Money in Stripe's units and back.
//!
//! Stripe counts most currencies in hundredths, some in whole units and some in thousandths, and this
//! is not always what ISO 4217 says (docs.stripe.com/currencies, "Zero-decimal currencies", "Special
//! cases" and "Three-decimal currencies").

use domain::money::{Currency, Money};
use services::payments::GatewayError;

const WHOLE: [&str; 15] =
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"];
const THOUSANDTHS: [&str; 5] = ["BHD", "JOD", "KWD", "OMR", "TND"];

fn decimals(currency: Currency) -> u32 {
    match currency.code() {
        code if WHOLE.contains(&code) => 0,
        code if THOUSANDTHS.contains(&code) => 3,
        _ => 2,
    }
}

/// `money` in Stripe's units.
///
/// # Errors
/// `Refused` when the amount has a part that Stripe cannot express.
pub fn to_stripe(money: Money) -> Result<i64, GatewayError> {
    let refused = || GatewayError::Refused(format!("Stripe cannot express {money}"));
    let (ours, theirs) = (u32::from(money.currency().exponent()), decimals(money.currency()));
    if theirs >= ours {
        let factor = 10_i64.checked_pow(theirs - ours).ok_or_else(refused)?;
        return money.minor().checked_mul(factor).ok_or_else(refused);
    }
    let factor = 10_i64.checked_pow(ours - theirs).ok_or_else(refused)?;
    if money.minor().checked_rem(factor) == Some(0) {
        money.minor().checked_div(factor).ok_or_else(refused)
    } else {
        Err(refused())
    }
}

/// An amount of Stripe's in our units.
///
/// # Errors
/// `Refused` for a currency that we do not keep, or an amount that its own units cannot express.
pub fn from_stripe(amount: i64, currency: &str) -> Result<Money, GatewayError> {
    let code = currency.to_ascii_uppercase();
    let refused = || GatewayError::Refused(format!("Stripe's {amount} {code} cannot be kept"));
    let currency: Currency = code.parse().map_err(|_| refused())?;
    let (ours, theirs) = (u32::from(currency.exponent()), decimals(currency));
    let minor = if ours >= theirs {
        let factor = 10_i64.checked_pow(ours - theirs).ok_or_else(refused)?;
        amount.checked_mul(factor).ok_or_else(refused)?
    } else {
        let factor = 10_i64.checked_pow(theirs - ours).ok_or_else(refused)?;
        if amount.checked_rem(factor) != Some(0) {
            return Err(refused());
        }
        amount.checked_div(factor).ok_or_else(refused)?
    };
    Ok(Money::from_minor(minor, currency))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_go_to_stripe_and_come_back() {
        for (minor, currency, theirs) in [
            (125_050, Currency::MXN, 125_050),
            (125_050, Currency::COP, 125_050),
            (99_990, Currency::CLP, 99_990),
            (1, Currency::USD, 1),
        ] {
            let money = Money::from_minor(minor, currency);
            assert_eq!(to_stripe(money), Ok(theirs));
            assert_eq!(from_stripe(theirs, &currency.code().to_ascii_lowercase()), Ok(money));
        }
    }

    #[test]
    fn what_cannot_be_expressed_is_refused() {
        let unit: Currency = "CLF".parse().unwrap();
        assert!(to_stripe(Money::from_minor(12_345, unit)).is_err());
        assert!(to_stripe(Money::from_minor(i64::MAX, "ISK".parse().unwrap())).is_err());
        assert!(from_stripe(1, "zzz").is_err());
    }
}
