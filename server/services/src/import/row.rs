//! A row of a portfolio file, understood.

use chrono::NaiveDate;
use chrono_tz::Tz;
use domain::account::Balance;
use domain::party::PartyKind;

/// One account as its creditor describes it. Every text is trimmed and free of control
/// characters.
#[derive(Debug, Clone, PartialEq)]
pub struct PortfolioRow {
    /// Line of the file where the row begins.
    pub line: u64,
    /// The creditor's own number, unique in the file.
    pub external_id: String,
    pub debtor: Debtor,
    /// What is owed at import, by component; in one currency, never negative.
    pub opening: Balance,
    pub due_on: NaiveDate,
    pub opened_on: Option<NaiveDate>,
    pub charged_off_on: Option<NaiveDate>,
    pub annual_rate: Option<RatePct>,
    pub default_rate: Option<RatePct>,
    pub day_count: Option<DayCount>,
    pub product: Option<String>,
    pub credit_type: Option<String>,
    pub installments_total: Option<i32>,
    pub installments_unpaid: Option<i32>,
    pub emails: Vec<String>,
    /// In E.164.
    pub phones: Vec<String>,
    pub address: Option<Address>,
    pub guarantor: Option<Guarantor>,
    pub consent_channels: Vec<Channel>,
    pub preferred_channel: Option<Channel>,
}

/// Who owes; has a document, a name or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Debtor {
    pub document: Option<Document>,
    pub name: Option<String>,
    pub kind: PartyKind,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    pub time_zone: Option<Tz>,
    /// BCP 47 primary subtag, for example `es`.
    pub language: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// As the file says it, in capitals: `RFC`, `CC`, `RUT`, …
    pub kind: Option<String>,
    pub number: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Address {
    /// Street, number and neighbourhood; may be empty when only the place is known.
    pub street: Option<String>,
    pub city: Option<String>,
    pub region: Option<String>,
    pub postal_code: Option<String>,
    /// Latitude and longitude in degrees, WGS 84.
    pub position: Option<(f64, f64)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guarantor {
    pub document: Option<String>,
    pub name: Option<String>,
    pub phone: Option<String>,
}

/// A yearly rate in millionths of one per cent: 36.5 % is 36 500 000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RatePct(pub i64);

impl RatePct {
    /// Plain decimal text without trailing zeros: `36.5`.
    pub fn to_decimal(self) -> String {
        let text = format!("{}.{:06}", self.0 / 1_000_000, self.0 % 1_000_000);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

macro_rules! choices {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($variant),* }

        impl $name {
            /// What a file may say, as shown in errors.
            pub const CHOICES: &'static str = choices!(@join $($text),*);

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            /// Reads a choice in either case.
            pub fn from_text(text: &str) -> Option<Self> {
                $(if text.eq_ignore_ascii_case($text) { return Some(Self::$variant); })*
                None
            }
        }
    };
    (@join $first:literal $(, $rest:literal)*) => { concat!($first $(, ", ", $rest)*) };
}

choices! {
    /// A way to contact the debtor.
    Channel {
        Email = "email", Sms = "sms", Whatsapp = "whatsapp", Call = "call", Visit = "visit", Letter = "letter",
    }
}

choices! {
    /// How days become a fraction of a year.
    DayCount {
        Act365F = "ACT/365F", Act360 = "ACT/360", ActActIsda = "ACT/ACT", Thirty360 = "30/360",
        Thirty360E = "30E/360", Thirty360EIsda = "30E/360 ISDA", Thirty360Us = "30/360 US",
    }
}
