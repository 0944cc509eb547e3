//! Values that fields are compared with.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Kind;
use crate::money::Money;

/// A value of a field, or one that it is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    Number(i64),
    /// Compares only with amounts of its own currency.
    Money(Money),
    Text(String),
    Date(NaiveDate),
}

impl Value {
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Number(_) => Kind::Number,
            Self::Money(_) => Kind::Money,
            Self::Text(_) => Kind::Text,
            Self::Date(_) => Kind::Date,
        }
    }

    /// Which is greater; none where the two cannot be compared.
    pub(super) fn order(&self, other: &Self) -> Option<std::cmp::Ordering> {
        match (self, other) {
            (Self::Number(one), Self::Number(two)) => Some(one.cmp(two)),
            (Self::Money(one), Self::Money(two)) if one.currency() == two.currency() => {
                Some(one.minor().cmp(&two.minor()))
            }
            (Self::Text(one), Self::Text(two)) => Some(one.cmp(two)),
            (Self::Date(one), Self::Date(two)) => Some(one.cmp(two)),
            _ => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Money(money) => write!(f, "{money}"),
            Self::Text(text) => f.write_str(text),
            Self::Date(date) => write!(f, "{date}"),
        }
    }
}
