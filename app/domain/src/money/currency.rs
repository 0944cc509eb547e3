//! ISO 4217 currencies and their minor units.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A currency by its ISO 4217 alphabetic code.
///
/// `Copy` and small, so that it can ride along with every amount.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

/// The text is not a currency code that Saldar knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown currency {0:?}; use an ISO 4217 code such as MXN, COP or USD")]
pub struct UnknownCurrency(pub String);

/// Codes with their exponent (digits after the decimal mark), ISO 4217 list one.
/// COP has two by the norm, although custom shows none.
const KNOWN: &[(&[u8; 3], u8)] = &[
    (b"AED", 2),
    (b"ARS", 2),
    (b"AUD", 2),
    (b"BBD", 2),
    (b"BHD", 3),
    (b"BOB", 2),
    (b"BRL", 2),
    (b"BSD", 2),
    (b"BZD", 2),
    (b"CAD", 2),
    (b"CHF", 2),
    (b"CLF", 4),
    (b"CLP", 0),
    (b"CNY", 2),
    (b"COP", 2),
    (b"CRC", 2),
    (b"CUP", 2),
    (b"CZK", 2),
    (b"DKK", 2),
    (b"DOP", 2),
    (b"EUR", 2),
    (b"GBP", 2),
    (b"GTQ", 2),
    (b"GYD", 2),
    (b"HKD", 2),
    (b"HNL", 2),
    (b"HTG", 2),
    (b"HUF", 2),
    (b"ILS", 2),
    (b"INR", 2),
    (b"ISK", 0),
    (b"JMD", 2),
    (b"JOD", 3),
    (b"JPY", 0),
    (b"KRW", 0),
    (b"KWD", 3),
    (b"MAD", 2),
    (b"MXN", 2),
    (b"NIO", 2),
    (b"NOK", 2),
    (b"NZD", 2),
    (b"OMR", 3),
    (b"PAB", 2),
    (b"PEN", 2),
    (b"PLN", 2),
    (b"PYG", 0),
    (b"QAR", 2),
    (b"RON", 2),
    (b"SAR", 2),
    (b"SEK", 2),
    (b"SGD", 2),
    (b"SRD", 2),
    (b"TND", 3),
    (b"TRY", 2),
    (b"TTD", 2),
    (b"UGX", 0),
    (b"USD", 2),
    (b"UYU", 2),
    (b"UYW", 4),
    (b"VES", 2),
    (b"VND", 0),
    (b"XAF", 0),
    (b"XCD", 2),
    (b"XOF", 0),
    (b"ZAR", 2),
];

impl Currency {
    pub const MXN: Self = Self(*b"MXN");
    pub const COP: Self = Self(*b"COP");
    pub const CLP: Self = Self(*b"CLP");
    pub const USD: Self = Self(*b"USD");

    /// The ISO code, three capital letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// How many digits the minor unit takes: 2 for MXN, 0 for CLP, 3 for KWD.
    pub fn exponent(self) -> u8 {
        KNOWN.iter().find(|(code, _)| **code == self.0).map_or(2, |(_, exponent)| *exponent)
    }

    /// Minor units in one major unit: `10^exponent`.
    pub fn minor_per_major(self) -> i64 {
        10_i64.pow(u32::from(self.exponent()))
    }

    /// Every currency Saldar knows, by code.
    pub fn all() -> impl Iterator<Item = Self> {
        KNOWN.iter().map(|(code, _)| Self(**code))
    }
}

impl FromStr for Currency {
    type Err = UnknownCurrency;

    /// Reads a code in either case, with blanks around it.
    fn from_str(text: &str) -> Result<Self, UnknownCurrency> {
        let wanted = text.trim().to_ascii_uppercase();
        KNOWN
            .iter()
            .find(|(code, _)| code.as_slice() == wanted.as_bytes())
            .map(|(code, _)| Self(**code))
            .ok_or_else(|| UnknownCurrency(text.trim().chars().take(12).collect()))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_follow_iso_4217() {
        for (code, exponent) in [("MXN", 2), ("COP", 2), ("CLP", 0), ("PYG", 0), ("KWD", 3), ("CLF", 4)] {
            assert_eq!(code.parse::<Currency>().unwrap().exponent(), exponent, "{code}");
        }
    }

    #[test]
    fn unknown_codes_are_refused() {
        assert!("XXZ".parse::<Currency>().is_err());
        assert!("".parse::<Currency>().is_err());
        assert_eq!(" mxn ".parse::<Currency>().unwrap(), Currency::MXN);
    }
}
