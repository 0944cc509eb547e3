//! What a decision says: a permit, or a refusal that explains itself.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Channel, Citation, Duty, HolidayError};
use crate::party::text_enum;

/// May this contact be made?
#[derive(Debug, PartialEq, Eq)]
pub enum Decision {
    Allowed(ContactPermit),
    Refused(Refusal),
}

impl Decision {
    pub const fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed(_))
    }
}

/// Leave for one contact. Only `decide` makes one, and it cannot be copied: whoever sends, dials
/// or plans a route takes a permit, and so cannot pass the law by. Decide again when the time comes.
///
/// Nobody else can write one down:
/// ```compile_fail,E0451
/// # use domain::contact::*;
/// fn forged(of: ContactPermit) -> ContactPermit {
///     ContactPermit { channel: Channel::Call, ..of }
/// }
/// ```
/// call its maker:
/// ```compile_fail,E0624
/// # use domain::contact::*;
/// let maker = ContactPermit::new;
/// ```
/// use one twice:
/// ```compile_fail,E0599
/// # use domain::contact::*;
/// fn twice(of: &ContactPermit) -> ContactPermit {
///     ContactPermit::clone(of)
/// }
/// ```
/// or read one from outside:
/// ```compile_fail,E0277
/// # use domain::contact::*;
/// let read: ContactPermit = serde_json::from_str("{}").unwrap();
/// ```
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct ContactPermit {
    channel: Channel,
    at: DateTime<Utc>,
    valid_until: DateTime<Utc>,
    pack: PackRef,
    hours: Option<Citation>,
    duties: Vec<Duty>,
}

impl ContactPermit {
    pub(super) fn new(
        channel: Channel,
        (at, valid_until): (DateTime<Utc>, DateTime<Utc>),
        pack: PackRef,
        (hours, duties): (Option<Citation>, Vec<Duty>),
    ) -> Self {
        Self { channel, at, valid_until, pack, hours, duties }
    }

    pub const fn channel(&self) -> Channel {
        self.channel
    }

    /// The instant it was asked for.
    pub const fn at(&self) -> DateTime<Utc> {
        self.at
    }

    /// First instant at which the hours are over.
    pub const fn valid_until(&self) -> DateTime<Utc> {
        self.valid_until
    }

    pub const fn pack(&self) -> &PackRef {
        &self.pack
    }

    /// The norm or policy whose hours are open.
    pub const fn hours(&self) -> Option<&Citation> {
        self.hours.as_ref()
    }

    /// What the contact must say, and must not do.
    pub fn duties(&self) -> &[Duty] {
        &self.duties
    }

    /// Whether it is still good for a contact by this channel.
    pub fn covers(&self, channel: Channel, at: DateTime<Utc>) -> bool {
        self.channel == channel && self.at <= at && at < self.valid_until
    }
}

/// Which rules decided: kept with the decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackRef {
    pub country: String,
    pub subdivision: Option<String>,
    pub version: String,
}

/// Why not, by which rule, and when instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    pub reason: Reason,
    /// The norm or policy.
    pub cite: Citation,
    /// What in the case met the rule, in words.
    pub evidence: String,
    pub next: NextSlot,
    pub pack: PackRef,
}

/// The next instant at which the same contact is lawful.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NextSlot {
    At(DateTime<Utc>),
    /// Waiting does not help: a fact must change first.
    Never,
    /// Not within the span that was searched.
    NotWithin {
        days: u32,
    },
    /// The search met a time for which the rules or holidays are not known.
    Unknown {
        cause: String,
    },
}

/// Reasons for a refusal, in the order in which they are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    LegalStop,
    RecipientNotAllowed,
    ChannelNotAuthorised,
    ChannelRefused,
    OutsideOwnHours,
    BeforeWindow,
    AfterWindow,
    DayNotAllowed,
    Holiday,
    Frequency,
    VisitNotAllowed,
}

text_enum!(Reason {
    LegalStop = "legal_stop",
    RecipientNotAllowed = "recipient_not_allowed",
    ChannelNotAuthorised = "channel_not_authorised",
    ChannelRefused = "channel_refused",
    OutsideOwnHours = "outside_own_hours",
    BeforeWindow = "before_window",
    AfterWindow = "after_window",
    DayNotAllowed = "day_not_allowed",
    Holiday = "holiday",
    Frequency = "frequency",
    VisitNotAllowed = "visit_not_allowed",
});

/// Why nothing can be decided. Never to be read as leave.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContactError {
    #[error("no contact rules of {country} are known for {date}; add a rule pack before contacting anybody")]
    NoRules { country: String, date: chrono::NaiveDate },
    #[error("{country} has several clocks; say in which zone the debtor is")]
    NoZone { country: String },
    #[error("the rule pack {pack} cannot be read: {cause}")]
    MalformedPack { pack: String, cause: String },
    #[error(transparent)]
    Holidays(#[from] HolidayError),
}
