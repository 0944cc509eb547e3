//! How often: limits as data, and their counting.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::case::{ContactCase, PastContact};
use super::{Channel, Citation, Outcome, Reading, Zone};

/// A limit on how often a debtor may be contacted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    pub channels: ChannelScope,
    pub scope: Scope,
    pub rule: LimitRule,
    /// Holds only under this reading of an unclear norm; none: always.
    #[serde(default)]
    pub reading: Option<Reading>,
    /// Contacts that neither count nor are limited.
    #[serde(default)]
    pub exempt: BTreeSet<Exemption>,
    pub cite: Citation,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelScope {
    /// All together.
    All,
    /// Each by itself.
    Each,
    /// These together; others are free of this limit.
    Only(BTreeSet<Channel>),
}

/// Whose contacts count together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    Debtor,
    /// Contacts for the same creditor; one that names none counts.
    Creditor,
    /// Contacts about the same debt; one that names none counts.
    Debt,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitRule {
    AtMost {
        count: usize,
        counted: Counted,
        period: Period,
    },
    /// So many calendar days between one contact and the next.
    DaysApart(i64),
    /// None for so many days, the day of the conversation being the first.
    QuietAfterConversation(i64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Every contact, answered or not.
    Attempts,
    Unanswered,
    /// Different channels, this contact's own included.
    Channels,
    /// Contacts after the first answered one.
    AfterAnswer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// The debtor's calendar day.
    Day,
    /// Monday to Sunday (ISO 8601).
    Week,
    /// So many days in a row that end with the contact's own.
    RollingDays(i64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exemption {
    NotConnected,
    /// With the debtor's direct prior consent, good for seven days, its own day the first.
    PriorConsent,
}

/// Days for which a direct prior consent holds (12 CFR 1006.14(b)(3)(i)).
const CONSENT_DAYS: i64 = 7;

impl Limit {
    /// What breaks the limit if this case's contact is made on `date`, in words; none if nothing.
    pub fn broken_by(&self, case: &ContactCase, date: NaiveDate, zone: Zone) -> Option<String> {
        if !self.covers(case.channel) || self.frees(case, date, zone) {
            return None;
        }
        let past: Vec<Dated> = case
            .history
            .iter()
            .filter(|contact| self.counts(contact, case))
            .map(|contact| Dated { contact, on: zone.date(contact.at) })
            .collect();
        match self.rule {
            LimitRule::AtMost { count, counted, period } => {
                let in_period: Vec<Dated> =
                    past.into_iter().filter(|dated| period.has(date, dated.on)).collect();
                let found = counted.count(&in_period, case.channel);
                (found > count).then(|| at_most(count, found, counted, period))
            }
            LimitRule::DaysApart(days) => {
                let near = past.iter().find(|dated| (date - dated.on).num_days().abs() < days)?;
                Some(format!("contacts must be {days} days apart; one was on {}", near.on))
            }
            LimitRule::QuietAfterConversation(days) => {
                let spoken = |dated: &&Dated| dated.contact.outcome == Outcome::Conversation;
                let since = |dated: &Dated| (date - dated.on).num_days();
                let near = past.iter().filter(spoken).find(|dated| (0..days).contains(&since(dated)))?;
                Some(format!("no call for {days} days after a conversation; one was on {}", near.on))
            }
        }
    }

    /// Whether the limit holds under a reading.
    pub fn holds(&self, reading: Reading) -> bool {
        self.reading.is_none_or(|own| own == reading)
    }

    fn covers(&self, channel: Channel) -> bool {
        match &self.channels {
            ChannelScope::All | ChannelScope::Each => true,
            ChannelScope::Only(channels) => channels.contains(&channel),
        }
    }

    /// Whether this contact stands outside the limit by the debtor's own consent.
    fn frees(&self, case: &ContactCase, date: NaiveDate, zone: Zone) -> bool {
        let fresh = |at| (0..CONSENT_DAYS).contains(&(date - zone.date(at)).num_days());
        self.exempt.contains(&Exemption::PriorConsent) && case.consents.direct_prior.is_some_and(fresh)
    }

    fn counts(&self, contact: &PastContact, case: &ContactCase) -> bool {
        let exempt = |exemption: &Exemption| match exemption {
            Exemption::NotConnected => contact.outcome == Outcome::NotConnected,
            Exemption::PriorConsent => contact.prior_consent,
        };
        let channel = match self.channels {
            ChannelScope::Each => contact.channel == case.channel,
            _ => self.covers(contact.channel),
        };
        let scope = match self.scope {
            Scope::Debtor => true,
            Scope::Creditor => may_be_same(contact.creditor.as_ref(), case.creditor.as_ref()),
            Scope::Debt => may_be_same(contact.debt.as_ref(), case.debt.as_ref()),
        };
        channel && scope && !self.exempt.iter().any(exempt)
    }
}

/// A past contact and its day on the debtor's calendar.
struct Dated<'a> {
    contact: &'a PastContact,
    on: NaiveDate,
}

/// Two that are not both named may be the same, and so count.
fn may_be_same(one: Option<&String>, other: Option<&String>) -> bool {
    one.zip(other).is_none_or(|(one, other)| one == other)
}

impl Period {
    fn has(self, date: NaiveDate, other: NaiveDate) -> bool {
        match self {
            Self::Day => other == date,
            Self::Week => other.iso_week() == date.iso_week(),
            Self::RollingDays(days) => (0..days).contains(&(date - other).num_days()),
        }
    }

    fn words(self) -> String {
        match self {
            Self::Day => "a day".to_owned(),
            Self::Week => "a week".to_owned(),
            Self::RollingDays(days) => format!("in {days} days"),
        }
    }
}

impl Counted {
    /// What would be counted if this contact were made too. Unanswered: it may stay so.
    fn count(self, past: &[Dated], channel: Channel) -> usize {
        let answered = |dated: &&Dated| is_answer(dated.contact.outcome);
        match self {
            Self::Attempts => past.len() + 1,
            Self::Unanswered => past.len() - past.iter().filter(answered).count() + 1,
            Self::Channels => {
                let mut used: BTreeSet<Channel> = past.iter().map(|dated| dated.contact.channel).collect();
                used.insert(channel);
                used.len()
            }
            Self::AfterAnswer => {
                let first = past.iter().filter(answered).map(|dated| dated.contact.at).min();
                first.map_or(0, |first| past.iter().filter(|dated| dated.contact.at > first).count() + 1)
            }
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Attempts => "contacts",
            Self::Unanswered => "unanswered contacts",
            Self::Channels => "channels",
            Self::AfterAnswer => "contacts after an answer",
        }
    }
}

const fn is_answer(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Answered | Outcome::Conversation)
}

fn at_most(count: usize, found: usize, counted: Counted, period: Period) -> String {
    format!("at most {count} {} {}; this would be {found}", counted.words(), period.words())
}
