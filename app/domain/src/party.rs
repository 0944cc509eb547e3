//! People and companies, and how to reach them.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::ids::{ContactPointId, PartyId};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyKind {
    Person,
    Company,
}

/// A debtor, guarantor or other party to a debt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    pub id: PartyId,
    pub kind: PartyKind,
    pub name: String,
    /// For example `RFC`, `CURP`, `CC`, `RUT`, `DNI`.
    pub document_type: Option<String>,
    pub document: Option<String>,
    /// BCP 47, for example `es`.
    pub language: String,
    pub country: String,
    /// Where the party lives; contact hours are counted in it.
    pub time_zone: Option<Tz>,
}

/// A party's part in a debt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyRole {
    Debtor,
    CoDebtor,
    Guarantor,
    Reference,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactKind {
    Email,
    Phone,
    Address,
}

/// One way to reach a party.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContactPoint {
    pub id: ContactPointId,
    pub party_id: PartyId,
    pub kind: ContactKind,
    /// The e-mail, the phone in E.164 where known, or the address in one line.
    pub value: String,
    pub city: Option<String>,
    pub region: Option<String>,
    pub postal_code: Option<String>,
    /// Degrees, WGS 84.
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
    /// Its owner said that they are not this party: nobody is reached there.
    #[serde(default)]
    pub is_suppressed: bool,
}

macro_rules! text_enum {
    ($name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable text kept in the database and in files.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::party::UnknownText;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    other => Err($crate::party::UnknownText { of: stringify!($name), text: other.chars().take(40).collect() }),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use text_enum;

/// What somebody signs in with, as far as the browser tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    Phone,
    Tablet,
    Computer,
}

text_enum!(DeviceKind { Phone = "phone", Tablet = "tablet", Computer = "computer" });

impl DeviceKind {
    /// From the `User-Agent` of a request; nothing more of it is kept.
    pub fn of_user_agent(agent: &str) -> Self {
        let has = |word: &str| agent.contains(word);
        if has("iPad") || has("Tablet") || (has("Android") && !has("Mobile")) {
            Self::Tablet
        } else if has("Mobile") || has("iPhone") || has("Android") {
            Self::Phone
        } else {
            Self::Computer
        }
    }
}

/// A stored or submitted text that names no value of its kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a {of}")]
pub struct UnknownText {
    pub of: &'static str,
    pub text: String,
}

text_enum!(PartyKind { Person = "person", Company = "company" });
text_enum!(PartyRole { Debtor = "debtor", CoDebtor = "co_debtor", Guarantor = "guarantor", Reference = "reference" });
text_enum!(ContactKind { Email = "email", Phone = "phone", Address = "address" });
