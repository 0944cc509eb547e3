//! The names of day counts: one to write, many to read.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::DayCount;

/// The text names no day count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown day count {0:?}; use ACT/365F, ACT/360, ACT/ACT, ACT/ACT ICMA, ACT/ACT AFB, 30/360, 30E/360, 30E/360 ISDA, 30/360 US or 30/365"
)]
pub struct UnknownDayCount(pub String);

/// Other names in use, in capitals and without what stands in parentheses.
const ALSO: &[(&str, DayCount)] = &[
    ("ACT/365", DayCount::Act365F),
    ("ACT/365 FIXED", DayCount::Act365F),
    ("ENGLISH", DayCount::Act365F),
    ("FRENCH", DayCount::Act360),
    ("ACT/ACT ISDA", DayCount::ActActIsda),
    ("ACT/ACT HISTORICAL", DayCount::ActActIsda),
    ("ACT/365 ISDA", DayCount::ActActIsda),
    ("ACT/ACT ISMA", DayCount::ActActIcma),
    ("ACT/ACT BOND", DayCount::ActActIcma),
    ("ACT/ACT EURO", DayCount::ActActAfb),
    ("30/360 BOND BASIS", DayCount::Thirty360),
    ("30/360 ISMA", DayCount::Thirty360),
    ("BOND BASIS", DayCount::Thirty360),
    ("30A/360", DayCount::Thirty360),
    ("30E/360 EUROBOND", DayCount::Thirty360E),
    ("30E/360 EUROBOND BASIS", DayCount::Thirty360E),
    ("30/360 EUROBOND", DayCount::Thirty360E),
    ("30/360 EUROBOND BASIS", DayCount::Thirty360E),
    ("30/360 EUROPEAN", DayCount::Thirty360E),
    ("EUROBOND BASIS", DayCount::Thirty360E),
    ("30/360 ISDA", DayCount::Thirty360EIsda),
    ("30/360 GERMAN", DayCount::Thirty360EIsda),
    ("GERMAN", DayCount::Thirty360EIsda),
    ("30/360 USA", DayCount::Thirty360Us),
    ("30U/360", DayCount::Thirty360Us),
    ("30US/360", DayCount::Thirty360Us),
    ("30/360 NASD", DayCount::Thirty360Us),
    ("30/360 SIA", DayCount::Thirty360Us),
];

const LONGEST_NAME: usize = 80;

impl DayCount {
    pub const ALL: &'static [Self] = &[
        Self::Act365F,
        Self::Act360,
        Self::ActActIsda,
        Self::ActActIcma,
        Self::ActActAfb,
        Self::Thirty360,
        Self::Thirty360E,
        Self::Thirty360EIsda,
        Self::Thirty360Us,
        Self::Thirty365,
    ];

    /// The stable text kept in the database and in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Act365F => "ACT/365F",
            Self::Act360 => "ACT/360",
            Self::ActActIsda => "ACT/ACT",
            Self::ActActIcma => "ACT/ACT ICMA",
            Self::ActActAfb => "ACT/ACT AFB",
            Self::Thirty360 => "30/360",
            Self::Thirty360E => "30E/360",
            Self::Thirty360EIsda => "30E/360 ISDA",
            Self::Thirty360Us => "30/360 US",
            Self::Thirty365 => "30/365",
        }
    }
}

impl FromStr for DayCount {
    type Err = UnknownDayCount;

    /// Reads any of the usual names in either case; what stands in parentheses is a remark.
    fn from_str(text: &str) -> Result<Self, UnknownDayCount> {
        let unknown = || UnknownDayCount(text.trim().chars().take(LONGEST_NAME).collect());
        if text.len() > LONGEST_NAME {
            return Err(unknown());
        }
        let name = text.split('(').next().unwrap_or(text).to_ascii_uppercase().replace("ACTUAL", "ACT");
        let name = name.replace(['_', '-'], " ").split_whitespace().collect::<Vec<_>>().join(" ");
        let name = name.replace(" /", "/").replace("/ ", "/");
        let written = Self::ALL.iter().find(|count| count.as_str() == name).copied();
        let also = || ALSO.iter().find(|(known, _)| *known == name).map(|(_, count)| *count);
        written.or_else(also).ok_or_else(unknown)
    }
}

impl fmt::Display for DayCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for DayCount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for DayCount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
