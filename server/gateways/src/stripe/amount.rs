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

/// The same amount with `to` instead of `from` decimals; none when it cannot be expressed.
fn rescaled(amount: i64, from: u32, to: u32) -> Option<i64> {
    if to >= from {
        return amount.checked_mul(10_i64.checked_pow(to - from)?);
    }
    let factor = 10_i64.checked_pow(from - to)?;
    (amount.checked_rem(factor)? == 0).then(|| amount / factor)
}

/// `money` in Stripe's units.
///
/// # Errors
/// `Refused` when the amount has a part that Stripe cannot express.
pub fn to_stripe(money: Money) -> Result<i64, GatewayError> {
    let currency = money.currency();
    rescaled(money.minor(), currency.exponent().into(), decimals(currency))
        .ok_or_else(|| GatewayError::Refused(format!("Stripe cannot express {money}")))
}

/// An amount of Stripe's in our units.
///
/// # Errors
/// `Refused` for a currency that we do not keep, or an amount that its own units cannot express.
pub fn from_stripe(amount: i64, currency: &str) -> Result<Money, GatewayError> {
    let code = currency.to_ascii_uppercase();
    let refused = || GatewayError::Refused(format!("Stripe's {amount} {code} cannot be kept"));
    let currency: Currency = code.parse().map_err(|_| refused())?;
    let minor = rescaled(amount, decimals(currency), currency.exponent().into()).ok_or_else(refused)?;
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
