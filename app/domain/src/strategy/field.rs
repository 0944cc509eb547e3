//! What a rule may ask of an account.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What kind of value a field has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Number,
    Money,
    Text,
    Date,
}

/// A fact about an account. Written as its name; `contacts_30_days` counts activities of so many
/// days, `attribute:region_code` is one of the creditor's own.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Field {
    /// Days since the oldest unpaid due date; 0 where nothing is owed or due.
    DaysPastDue,
    /// All that is owed, as the journal says.
    Owed,
    OwedPrincipal,
    /// The contract's currency.
    Currency,
    Product,
    CreditType,
    /// The creditor's code.
    Creditor,
    /// See [`crate::account::Stage`].
    Stage,
    /// Number of the delinquency bucket, 0 to 7.
    Bucket,
    /// Of the debtor, ISO 3166-1.
    Country,
    /// Of the debtor's first address.
    Region,
    City,
    Language,
    InstallmentsTotal,
    InstallmentsUnpaid,
    DueOn,
    OpenedOn,
    ChargedOffOn,
    /// The last day on which a payment was received that still counts.
    LastPaidOn,
    PromisesOpen,
    PromisesKept,
    PromisesBroken,
    /// Contacts, answered or not, of the last so many times 24 hours: 1, 7, 30 or 90.
    Contacts(u16),
    /// A text that came with the portfolio, by name.
    Attribute(String),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no field {0:?}")]
pub struct UnknownField(pub String);

/// Longest name of an attribute.
const NAME_CHARS: usize = 40;

impl Field {
    /// Every field but attributes, in the order in which people think of them.
    pub const LISTED: [Self; 26] = [
        Self::DaysPastDue,
        Self::Stage,
        Self::Bucket,
        Self::Owed,
        Self::OwedPrincipal,
        Self::Currency,
        Self::Creditor,
        Self::Product,
        Self::CreditType,
        Self::Country,
        Self::Region,
        Self::City,
        Self::Language,
        Self::InstallmentsTotal,
        Self::InstallmentsUnpaid,
        Self::DueOn,
        Self::OpenedOn,
        Self::ChargedOffOn,
        Self::LastPaidOn,
        Self::PromisesOpen,
        Self::PromisesKept,
        Self::PromisesBroken,
        Self::Contacts(1),
        Self::Contacts(7),
        Self::Contacts(30),
        Self::Contacts(90),
    ];

    pub const fn kind(&self) -> Kind {
        match self {
            Self::DaysPastDue
            | Self::Bucket
            | Self::InstallmentsTotal
            | Self::InstallmentsUnpaid
            | Self::PromisesOpen
            | Self::PromisesKept
            | Self::PromisesBroken
            | Self::Contacts(_) => Kind::Number,
            Self::Owed | Self::OwedPrincipal => Kind::Money,
            Self::DueOn | Self::OpenedOn | Self::ChargedOffOn | Self::LastPaidOn => Kind::Date,
            Self::Currency
            | Self::Product
            | Self::CreditType
            | Self::Creditor
            | Self::Stage
            | Self::Country
            | Self::Region
            | Self::City
            | Self::Language
            | Self::Attribute(_) => Kind::Text,
        }
    }

    const fn plain_name(&self) -> Option<&'static str> {
        Some(match self {
            Self::DaysPastDue => "days_past_due",
            Self::Owed => "owed",
            Self::OwedPrincipal => "owed_principal",
            Self::Currency => "currency",
            Self::Product => "product",
            Self::CreditType => "credit_type",
            Self::Creditor => "creditor",
            Self::Stage => "stage",
            Self::Bucket => "bucket",
            Self::Country => "country",
            Self::Region => "region",
            Self::City => "city",
            Self::Language => "language",
            Self::InstallmentsTotal => "installments_total",
            Self::InstallmentsUnpaid => "installments_unpaid",
            Self::DueOn => "due_on",
            Self::OpenedOn => "opened_on",
            Self::ChargedOffOn => "charged_off_on",
            Self::LastPaidOn => "last_paid_on",
            Self::PromisesOpen => "promises_open",
            Self::PromisesKept => "promises_kept",
            Self::PromisesBroken => "promises_broken",
            Self::Contacts(_) | Self::Attribute(_) => return None,
        })
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contacts(days) => write!(f, "contacts_{days}_days"),
            Self::Attribute(name) => write!(f, "attribute:{name}"),
            plain => f.write_str(plain.plain_name().unwrap_or_default()),
        }
    }
}

impl FromStr for Field {
    type Err = UnknownField;

    fn from_str(text: &str) -> Result<Self, UnknownField> {
        let unknown = || UnknownField(text.chars().take(60).collect());
        if let Some(name) = text.strip_prefix("attribute:") {
            let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            let fits = (1..=NAME_CHARS).contains(&name.len()) && name.chars().all(is_word);
            return if fits { Ok(Self::Attribute(name.to_owned())) } else { Err(unknown()) };
        }
        let days = text.strip_prefix("contacts_").and_then(|rest| rest.strip_suffix("_days"));
        if let Some(days) = days {
            // Only spans that rows are read with.
            let field = Self::Contacts(days.parse().map_err(|_| unknown())?);
            return if Self::LISTED.contains(&field) { Ok(field) } else { Err(unknown()) };
        }
        let found = Self::LISTED.into_iter().find(|field| field.plain_name() == Some(text));
        found.ok_or_else(unknown)
    }
}

impl TryFrom<String> for Field {
    type Error = UnknownField;
    fn try_from(text: String) -> Result<Self, UnknownField> {
        text.parse()
    }
}

impl From<Field> for String {
    fn from(field: Field) -> Self {
        field.to_string()
    }
}
