//! Reading and writing amounts as decimal text, without losing a digit.

use super::{Currency, Money};

/// Which sign parts units from fractions in a text; the other one may group thousands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecimalMark {
    /// `1,234.50`
    Point,
    /// `1.234,50`
    Comma,
}

impl DecimalMark {
    const fn signs(self) -> (char, char) {
        match self {
            Self::Point => ('.', ','),
            Self::Comma => (',', '.'),
        }
    }
}

/// Why a text is not an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseMoneyError {
    #[error("the amount is empty")]
    Empty,
    #[error("the amount has a character that does not belong in a number")]
    NotANumber,
    #[error("thousands separators must stand between groups of three digits")]
    Grouping,
    #[error("the amount has {found} decimals but {currency} has {allowed}")]
    TooManyDecimals { found: usize, allowed: u8, currency: Currency },
    #[error("the amount is too large")]
    Overflow,
}

impl Money {
    /// Reads a decimal text such as `-1,234.50`. A decimal beyond the currency's minor unit is
    /// an error even when it is zero, because dropping digits silently is how money is lost.
    ///
    /// # Errors
    /// See [`ParseMoneyError`].
    pub fn parse(text: &str, currency: Currency, mark: DecimalMark) -> Result<Self, ParseMoneyError> {
        let text = text.trim();
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        if digits.is_empty() {
            return Err(ParseMoneyError::Empty);
        }
        let (decimal, group) = mark.signs();
        let (whole, fraction) = match digits.split_once(decimal) {
            Some((_, "")) => return Err(ParseMoneyError::NotANumber),
            Some((whole, fraction)) => (whole, fraction),
            None => (digits, ""),
        };
        let whole = ungroup(whole, group)?;
        if whole.is_empty() || !all_digits(&whole) || !all_digits(fraction) {
            return Err(ParseMoneyError::NotANumber);
        }
        let allowed = currency.exponent();
        if fraction.len() > usize::from(allowed) {
            return Err(ParseMoneyError::TooManyDecimals { found: fraction.len(), allowed, currency });
        }
        let padded = format!(
            "{}{whole}{fraction:0<width$}",
            if negative { "-" } else { "" },
            width = usize::from(allowed)
        );
        let minor = padded.parse().map_err(|_| ParseMoneyError::Overflow)?;
        Ok(Self::from_minor(minor, currency))
    }

    /// The amount as plain decimal text with all its digits and a point: `-1234.50`.
    /// [`Money::parse`] reads it back to the same amount.
    pub fn to_decimal(&self) -> String {
        let places = usize::from(self.currency().exponent());
        let sign = if self.is_negative() { "-" } else { "" };
        let digits = format!("{:0>width$}", self.minor().unsigned_abs(), width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

fn ungroup(whole: &str, group: char) -> Result<String, ParseMoneyError> {
    if !whole.contains(group) {
        return Ok(whole.to_owned());
    }
    let mut groups = whole.split(group);
    let head_ok = groups.next().is_some_and(|head| (1..=3).contains(&head.len()));
    if head_ok && groups.all(|g| g.len() == 3) {
        Ok(whole.replace(group, ""))
    } else {
        Err(ParseMoneyError::Grouping)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn mxn(text: &str) -> Result<i64, ParseMoneyError> {
        Money::parse(text, Currency::MXN, DecimalMark::Point).map(|m| m.minor())
    }

    #[test]
    fn reads_what_people_write() {
        assert_eq!(mxn("1,234.5"), Ok(123_450));
        assert_eq!(mxn(" -0.01 "), Ok(-1));
        assert_eq!(mxn("1234567"), Ok(123_456_700));
        assert_eq!(
            Money::parse("1.234,50", Currency::COP, DecimalMark::Comma).map(|m| m.minor()),
            Ok(123_450)
        );
        assert_eq!(Money::parse("1.234", Currency::CLP, DecimalMark::Comma).map(|m| m.minor()), Ok(1_234));
    }

    #[test]
    fn refuses_what_is_unclear() {
        assert_eq!(mxn(""), Err(ParseMoneyError::Empty));
        assert_eq!(mxn("1,23.00"), Err(ParseMoneyError::Grouping));
        assert_eq!(mxn("12a"), Err(ParseMoneyError::NotANumber));
        assert_eq!(mxn("1."), Err(ParseMoneyError::NotANumber));
        assert_eq!(mxn(".5"), Err(ParseMoneyError::NotANumber));
        assert_eq!(mxn("--1"), Err(ParseMoneyError::NotANumber));
        assert!(matches!(mxn("1.005"), Err(ParseMoneyError::TooManyDecimals { found: 3, allowed: 2, .. })));
        assert_eq!(mxn("99999999999999999999"), Err(ParseMoneyError::Overflow));
    }

    proptest! {
        #[test]
        fn format_then_parse_is_identity(minor in any::<i64>(), index in 0..Currency::all().count()) {
            let currency = Currency::all().nth(index).unwrap();
            let money = Money::from_minor(minor, currency);
            let text = money.to_decimal();
            prop_assert_eq!(Money::parse(&text, currency, DecimalMark::Point), Ok(money));
        }

        #[test]
        fn parse_never_panics(text in "\\PC{0,24}") {
            let _ = Money::parse(&text, Currency::MXN, DecimalMark::Comma);
        }
    }
}
