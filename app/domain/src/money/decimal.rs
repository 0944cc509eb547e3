//! Exact decimals between the amounts: rates, fractions of a year, unrounded interest.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use fastnum::D256;
use fastnum::decimal::{Context, RoundingMode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Currency, Money, MoneyError, Rounding};

/// A decimal number of 76 significant digits. Sums and products of what people write are exact;
/// quotients and powers are right to the last digits, far beyond any currency's minor unit.
/// A result that cannot be represented is an error, never an infinity.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Decimal(D256);

/// The text is not a decimal number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a decimal number; write digits with a point, such as 36.5")]
pub struct ParseDecimalError(pub String);

/// Numbers whose text is longer were not written by a person or a system in good faith.
const LONGEST_TEXT: usize = 60;

/// Nothing is trapped, so nothing panics; results are checked instead.
const CONTEXT: Context = Context::default().without_traps();

impl Default for Decimal {
    fn default() -> Self {
        Self::ZERO
    }
}

impl Decimal {
    pub const ZERO: Self = Self(D256::ZERO.with_ctx(CONTEXT));
    pub const ONE: Self = Self(D256::ONE.with_ctx(CONTEXT));

    /// The amount in major units: MXN 10.50 is 10.5.
    pub fn from_money(amount: Money) -> Self {
        let exponent = -i16::from(amount.currency().exponent());
        Self(D256::from(amount.minor()).with_ctx(CONTEXT) * D256::TEN.with_ctx(CONTEXT).powi(exponent.into()))
    }

    /// Rounds to the minor unit of `currency`: the one place where a computed figure becomes money.
    ///
    /// # Errors
    /// The amount is beyond `i64` minor units.
    pub fn to_money(self, currency: Currency, rounding: Rounding) -> Result<Money, MoneyError> {
        let minor = self.round(currency.exponent(), rounding).mul(Self::from(currency.minor_per_major()))?;
        let minor = i64::try_from(minor.round(0, Rounding::Down).0).map_err(|_| MoneyError::Overflow)?;
        Ok(Money::from_minor(minor, currency))
    }

    /// This number with `places` digits after the point.
    #[must_use]
    pub fn round(self, places: u8, rounding: Rounding) -> Self {
        let kept =
            Self(self.0.with_rounding_mode(RoundingMode::Down).rescale(places.into()).with_ctx(CONTEXT));
        let rest = (self.0 - kept.0).abs();
        if rest.is_zero() {
            return kept;
        }
        // The whole rest decides, not only its first digit.
        let unit = D256::TEN.with_ctx(CONTEXT).powi(-i32::from(places));
        let away = match rounding {
            Rounding::Down => false,
            Rounding::Up => true,
            Rounding::HalfUp => rest + rest >= unit,
            Rounding::HalfEven => rest + rest > unit || (rest + rest == unit && kept.is_odd()),
        };
        match (away, self.is_negative()) {
            // What is rounded away has no sign left.
            (false, _) if kept.is_zero() => Self(kept.0.abs()),
            (false, _) => kept,
            (true, false) => Self(kept.0 + unit),
            (true, true) => Self(kept.0 - unit),
        }
    }

    /// Whether the last digit kept is odd.
    fn is_odd(self) -> bool {
        let digits = self.0.digits().to_string();
        digits.bytes().last().is_some_and(|digit| digit % 2 == 1)
    }

    /// # Errors
    /// Overflow.
    #[expect(clippy::should_implement_trait, reason = "an operator could not say that it failed")]
    pub fn add(self, other: Self) -> Result<Self, MoneyError> {
        checked(self.0 + other.0)
    }

    /// # Errors
    /// Overflow.
    #[expect(clippy::should_implement_trait, reason = "an operator could not say that it failed")]
    pub fn sub(self, other: Self) -> Result<Self, MoneyError> {
        checked(self.0 - other.0)
    }

    /// # Errors
    /// Overflow.
    #[expect(clippy::should_implement_trait, reason = "an operator could not say that it failed")]
    pub fn mul(self, other: Self) -> Result<Self, MoneyError> {
        checked(self.0 * other.0)
    }

    /// # Errors
    /// Overflow, or division by zero.
    #[expect(clippy::should_implement_trait, reason = "an operator could not say that it failed")]
    pub fn div(self, other: Self) -> Result<Self, MoneyError> {
        if other.is_zero() { Err(MoneyError::Overflow) } else { checked(self.0 / other.0) }
    }

    /// This number to a whole power; a negative power of zero has no value.
    ///
    /// # Errors
    /// Overflow.
    pub fn powi(self, exponent: i32) -> Result<Self, MoneyError> {
        if self.is_zero() && exponent <= 0 {
            return if exponent == 0 { Ok(Self::ONE) } else { Err(MoneyError::Overflow) };
        }
        checked(self.0.powi(exponent))
    }

    /// This number, which must be positive, to any power.
    ///
    /// # Errors
    /// Overflow, or a base that is not positive.
    pub fn pow(self, exponent: Self) -> Result<Self, MoneyError> {
        if self.0 <= D256::ZERO { Err(MoneyError::Overflow) } else { checked(self.0.pow(exponent.0)) }
    }

    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    pub fn is_negative(self) -> bool {
        self.0 < D256::ZERO
    }

    #[must_use]
    pub fn negate(self) -> Self {
        Self(-self.0)
    }

    #[must_use]
    pub fn min(self, other: Self) -> Self {
        if other < self { other } else { self }
    }

    /// Text with exactly `places` digits after the point, rounded half up.
    pub fn to_fixed(self, places: u8) -> String {
        self.round(places, Rounding::HalfUp).to_string()
    }
}

fn checked(value: D256) -> Result<Decimal, MoneyError> {
    if value.is_finite() { Ok(Decimal(value)) } else { Err(MoneyError::Overflow) }
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        Self(D256::from(value).with_ctx(CONTEXT))
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        // Only finite numbers exist, and those are ordered.
        self.0.partial_cmp(&other.0).unwrap_or(Ordering::Equal)
    }
}

impl FromStr for Decimal {
    type Err = ParseDecimalError;

    /// Reads plain decimal text: an optional sign, digits, optionally a point and digits.
    fn from_str(text: &str) -> Result<Self, ParseDecimalError> {
        let wrong = || ParseDecimalError(text.chars().take(LONGEST_TEXT).collect());
        let text = text.trim();
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if text.len() > LONGEST_TEXT || !plain(whole) || !plain(fraction) {
            return Err(wrong());
        }
        D256::from_str(text, CONTEXT).map(Self).map_err(|_| wrong())
    }
}

impl fmt::Display for Decimal {
    /// Plain digits, never an exponent; trailing zeros as computed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.digits().to_string();
        let scale = self.0.fractional_digits_count();
        let sign = if self.is_negative() { "-" } else { "" };
        match usize::try_from(scale) {
            Ok(0) => write!(f, "{sign}{digits}"),
            Ok(scale) => {
                let digits = format!("{digits:0>width$}", width = scale + 1);
                let (whole, fraction) = digits.split_at(digits.len() - scale);
                write!(f, "{sign}{whole}.{fraction}")
            }
            Err(_) => write!(f, "{sign}{digits}{}", "0".repeat(scale.unsigned_abs().into())),
        }
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn text_goes_in_and_out_unchanged() {
        for text in ["0", "36.5", "-0.005", "100.00", "12345678901234567890.123456789"] {
            assert_eq!(dec(text).to_string(), text);
        }
        for text in ["", ".", "1.", ".5", "1e3", "NaN", "inf", "1,5", "--1", &"9".repeat(61)] {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
        let thousand = dec("10").powi(3).unwrap();
        assert_eq!(thousand.to_string(), "1000");
        assert_eq!(dec("10").powi(30).unwrap().to_string(), format!("1{}", "0".repeat(30)));
    }

    #[test]
    fn halves_follow_the_mode() {
        assert_eq!(dec("2.345").round(2, Rounding::HalfUp).to_string(), "2.35");
        assert_eq!(dec("-2.345").round(2, Rounding::HalfUp).to_string(), "-2.35");
        assert_eq!(dec("-2.345").round(2, Rounding::HalfEven).to_string(), "-2.34");
        assert_eq!(dec("2.359").round(2, Rounding::Down).to_string(), "2.35");
        assert_eq!(dec("2.351").round(2, Rounding::Up).to_string(), "2.36");
        // Every digit beyond counts, not only the first.
        assert_eq!(dec("2.3451").round(2, Rounding::HalfEven).to_string(), "2.35");
        assert_eq!(dec("2.3501").round(2, Rounding::Up).to_string(), "2.36");
        assert_eq!(dec("-0.001").round(2, Rounding::Up).to_string(), "-0.01");
        assert_eq!(dec("-0.001").round(2, Rounding::HalfUp).to_string(), "0.00");
        assert_eq!(dec("0.999").round(0, Rounding::HalfEven).to_string(), "1");
    }

    #[test]
    fn money_comes_back_and_too_much_is_an_error() {
        let amount = Money::from_minor(-123_456, Currency::MXN);
        assert_eq!(Decimal::from_money(amount), dec("-1234.56"));
        assert_eq!(Decimal::from_money(amount).to_money(Currency::MXN, Rounding::HalfUp), Ok(amount));
        let most = Money::from_minor(i64::MAX, Currency::CLP);
        assert_eq!(Decimal::from_money(most).to_money(Currency::CLP, Rounding::HalfUp), Ok(most));
        let more = Decimal::from_money(most).add(Decimal::ONE).unwrap();
        assert_eq!(more.to_money(Currency::CLP, Rounding::HalfUp), Err(MoneyError::Overflow));
    }

    #[test]
    fn what_has_no_value_is_an_error() {
        assert!(Decimal::ONE.div(Decimal::ZERO).is_err());
        assert!(dec("1000000000").powi(100_000).is_err());
        assert!(dec("-2").pow(dec("0.5")).is_err());
        assert!(Decimal::ZERO.powi(-1).is_err());
    }

    #[test]
    fn powers_are_right_far_beyond_a_cent() {
        // (1.2436)^(47/365) with 34 digits by an independent decimal library.
        let power = dec("1.2436").pow(Decimal::from(47).div(Decimal::from(365)).unwrap()).unwrap();
        assert_eq!(power.to_fixed(16), "1.0284703198119577");
    }

    /// The same rounding on whole numbers: `value` of so many digits after the point.
    fn rounded_whole(value: i128, drop: u32, rounding: Rounding) -> i128 {
        let unit = 10_i128.pow(drop);
        let (kept, rest) = (value / unit, (value % unit).abs());
        let away = match rounding {
            Rounding::Down => false,
            Rounding::Up => rest > 0,
            Rounding::HalfUp => 2 * rest >= unit,
            Rounding::HalfEven => 2 * rest > unit || (2 * rest == unit && kept % 2 != 0),
        };
        if away { kept + value.signum() } else { kept }
    }

    fn scaled(value: i128, places: u32) -> Decimal {
        let digits = format!("{:0>width$}", value.unsigned_abs(), width = places as usize + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places as usize);
        dec(&format!("{}{whole}.{fraction}0", if value < 0 { "-" } else { "" }))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn rounding_agrees_with_whole_numbers(
            value in prop_oneof![any::<i64>().prop_map(i128::from), -100_000_i128..100_000, (-2_000_i128..2_000).prop_map(|n| n * 5)],
            places in 0_u8..4, drop in 0_u32..6,
        ) {
            for rounding in Rounding::ALL {
                let rounded = scaled(value, u32::from(places) + drop).round(places, *rounding);
                prop_assert_eq!(rounded, scaled(rounded_whole(value, drop, *rounding), places.into()), "{} {}", value, rounding);
            }
        }

        #[test]
        fn rounding_moves_by_less_than_a_unit(text in "-?[0-9]{1,30}\\.[0-9]{1,25}", places in 0_u8..10) {
            let value = dec(&text);
            let unit = Decimal::from(10).powi(-i32::from(places)).unwrap();
            for rounding in Rounding::ALL {
                let off = value.round(places, *rounding).sub(value).unwrap();
                prop_assert!(off < unit && off > unit.negate());
            }
            let half = value.round(places, Rounding::HalfUp).sub(value).unwrap();
            prop_assert!(half.add(half).unwrap() <= unit && half.add(half).unwrap() >= unit.negate());
        }

        #[test]
        fn text_is_a_number_or_an_error(text in "\\PC{0,70}") {
            if let Ok(number) = text.parse::<Decimal>() {
                prop_assert_eq!(number.to_string().parse::<Decimal>().unwrap(), number);
            }
        }

        #[test]
        fn sums_come_back_and_products_commute(a in "-?[0-9]{1,30}(\\.[0-9]{1,8})?", b in "-?[0-9]{1,30}(\\.[0-9]{1,8})?") {
            let (a, b) = (dec(&a), dec(&b));
            prop_assert_eq!(a.add(b).unwrap().sub(b).unwrap(), a);
            prop_assert_eq!(a.mul(b).unwrap(), b.mul(a).unwrap());
        }
    }
}
