//! Rule packs: the contact law of one country as dated, cited data.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{Channel, Citation, DayKind, DayRule, Limit, Recipient, StopKind};

/// The contact law of a country from one date to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulePack {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Which state of research this is; kept with every decision.
    pub version: String,
    /// First day in force; none: since before anything Saldar keeps.
    #[serde(default)]
    pub valid_from: Option<NaiveDate>,
    /// Last day in force.
    #[serde(default)]
    pub valid_to: Option<NaiveDate>,
    /// The clock of a debtor about whom nothing closer is known; none where the country has too many.
    #[serde(default)]
    pub zone: Option<Tz>,
    /// What the pack was read from.
    pub norms: Vec<String>,
    pub windows: Vec<DayRule>,
    /// Channels that the norm's hours name; others keep them as policy. None: all.
    #[serde(default)]
    pub window_channels: Option<BTreeSet<Channel>>,
    #[serde(default)]
    pub subdivisions: Vec<Subdivision>,
    /// Days to which an operator does well to keep where the norm is silent.
    #[serde(default)]
    pub suggested_days: Option<BTreeSet<DayKind>>,
    /// The debtor may ask for other hours in a document apart from the contract and later.
    #[serde(default)]
    pub own_hours: Option<Citation>,
    pub limits: Vec<Limit>,
    pub channels: ChannelRule,
    pub recipients: RecipientRule,
    pub visits: VisitRule,
    pub stops: Vec<StopRule>,
    pub duties: Vec<Duty>,
}

/// Hours of a region that has its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subdivision {
    /// The second part of ISO 3166-2, such as `SP`.
    pub code: String,
    pub windows: Vec<DayRule>,
    #[serde(default)]
    pub window_channels: Option<BTreeSet<Channel>>,
}

/// What a channel needs of the debtor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelRule {
    /// Only channels that the debtor authorised beforehand.
    #[serde(default)]
    pub authorised: Option<Citation>,
    /// A channel that the debtor refused is closed; without a norm it is by policy.
    #[serde(default)]
    pub refused: Option<Citation>,
}

/// Whom one may contact apart from the debtor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecipientRule {
    pub allowed: BTreeMap<Recipient, Citation>,
    /// Why nobody else.
    pub others: Citation,
    /// Others may be asked once where the debtor is, saying nothing of a debt.
    #[serde(default)]
    pub location_only: Option<Citation>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitRule {
    pub home: SiteRule,
    pub work: SiteRule,
    pub cite: Citation,
    /// What opens a barred place.
    pub exceptions: Vec<VisitException>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteRule {
    Allowed,
    Barred,
    /// Only at the address that the debtor or the creditor gave.
    GivenAddress,
    /// Not if the debtor's employer forbids it; holds for every channel.
    UnlessEmployerForbids,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitException {
    pub grounds: Grounds,
    pub cite: Citation,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grounds {
    /// Debts of these products, with the debtor's express authorisation.
    Products(BTreeSet<String>),
    /// No current contact data, and the operators' failure to reach the debtor is documented.
    Unreachable,
}

/// A fact after which contact ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StopRule {
    pub kind: StopKind,
    pub cite: Citation,
}

/// What a contact must say or must not do. It goes out with the permit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duty {
    /// Stable; for translation.
    pub code: String,
    pub on: DutyMoment,
    pub text: String,
    pub cite: Citation,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DutyMoment {
    Every,
    /// The first contact about the debt.
    First,
    Written,
    Call,
    Visit,
}

impl RulePack {
    pub fn is_in_force(&self, date: NaiveDate) -> bool {
        self.valid_from.is_none_or(|from| from <= date) && self.valid_to.is_none_or(|to| date <= to)
    }

    /// The hours that hold in a region: its own, or else the nation's.
    pub fn windows_in(&self, subdivision: Option<&str>) -> &[DayRule] {
        self.subdivision(subdivision).map_or(&self.windows, |own| &own.windows)
    }

    /// The rule of a kind of day there.
    pub fn day_rule(&self, subdivision: Option<&str>, day: DayKind) -> Option<&DayRule> {
        self.windows_in(subdivision).iter().find(|rule| rule.days.contains(&day))
    }

    /// Whether the norm's hours name this channel; if not, they are kept as policy.
    pub fn hours_name(&self, subdivision: Option<&str>, channel: Channel) -> bool {
        let own = self.subdivision(subdivision).map_or(&self.window_channels, |own| &own.window_channels);
        own.as_ref().is_none_or(|named| named.contains(&channel))
    }

    /// The duties of a contact by this channel.
    pub fn duties_of(&self, channel: Channel, is_first: bool) -> Vec<Duty> {
        let applies = |duty: &&Duty| match duty.on {
            DutyMoment::Every => true,
            DutyMoment::First => is_first,
            DutyMoment::Written => channel.is_written(),
            DutyMoment::Call => channel == Channel::Call,
            DutyMoment::Visit => channel == Channel::Visit,
        };
        self.duties.iter().filter(applies).cloned().collect()
    }

    /// Every day of the week and the holiday has exactly one rule, everywhere.
    pub fn is_complete(&self) -> bool {
        let whole = |rules: &[DayRule]| {
            let named = |day: &DayKind| rules.iter().filter(|rule| rule.days.contains(day)).count();
            DayKind::ALL.iter().all(|day| named(day) == 1)
        };
        whole(&self.windows) && self.subdivisions.iter().all(|own| whole(&own.windows))
    }

    fn subdivision(&self, code: Option<&str>) -> Option<&Subdivision> {
        self.subdivisions.iter().find(|own| Some(own.code.as_str()) == code)
    }
}
