//! Journeys: what is done about the accounts of a segment, step by step.

use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};

use super::{Event, Rule};
use crate::contact::Channel;
use crate::ids::{TemplateId, UserId};
use crate::party::text_enum;

/// The steps, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Journey {
    pub counts_from: Anchor,
    pub steps: Vec<Step>,
}

/// From where the days of steps are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// The day on which the account came into the journey.
    Entry,
    /// The due date; days before it are negative. A step whose day was over when the account came
    /// in is left out.
    Due,
}

text_enum!(Anchor { Entry = "entry", Due = "due" });

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Days since what the journey counts from; that day is 0.
    pub day: i16,
    /// Only for accounts for which this holds when the step is due; for the others it is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_if: Option<Rule>,
    /// Only for accounts to which this happened since the journey's last message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Event>,
    pub act: Act,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    Message(Letter),
    /// A message to those for whom the policy publishes an offer.
    Offer(Letter),
    /// Ask staff for a call.
    Call,
    /// Plan a visit for the collector of this id.
    Visit {
        collector: UserId,
    },
    /// No journey does anything about the account for so many days, this one included.
    Hold {
        days: u16,
    },
}

/// A message from a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    pub template: TemplateId,
    /// In order: the first that is lawful and possible takes it. The debtor's own choice goes first.
    pub channels: Vec<Channel>,
}

/// Channels that messages can take.
pub const WRITTEN: [Channel; 4] = [Channel::Email, Channel::Whatsapp, Channel::Sms, Channel::Letter];

impl Act {
    /// What is sent, if anything is.
    pub const fn letter(&self) -> Option<&Letter> {
        match self {
            Self::Message(letter) | Self::Offer(letter) => Some(letter),
            Self::Call | Self::Visit { .. } | Self::Hold { .. } => None,
        }
    }

    /// By which channels it reaches the person, best first.
    pub fn channels(&self) -> &[Channel] {
        match self {
            Self::Message(letter) | Self::Offer(letter) => &letter.channels,
            Self::Call => &[Channel::Call],
            Self::Visit { .. } => &[Channel::Visit],
            Self::Hold { .. } => &[],
        }
    }
}

impl Step {
    /// The day on which the step is due, if it is: `today` or before, and not over when the account
    /// came in.
    pub fn due_on(
        &self,
        from: Anchor,
        entered_on: NaiveDate,
        debt_due_on: NaiveDate,
        today: NaiveDate,
    ) -> Option<NaiveDate> {
        let day = |from: NaiveDate| from.checked_add_signed(TimeDelta::days(i64::from(self.day)));
        let on = match from {
            Anchor::Entry => day(entered_on)?,
            Anchor::Due => day(debt_due_on).filter(|on| *on >= entered_on)?,
        };
        (on <= today).then_some(on)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JourneyProblem {
    #[error("a journey needs at least one step")]
    Empty,
    #[error("a journey has at most {0} steps")]
    TooMany(usize),
    #[error("step {0} comes before the one above it; order the steps by day")]
    OutOfOrder(usize),
    #[error("step {0}: the day lies from {1} to {2}")]
    FarDay(usize, i16, i16),
    #[error("step {0} needs a channel: e-mail, WhatsApp, SMS or letter, each once")]
    Channels(usize),
    #[error("step {0}: a pause lasts from 1 to {1} days")]
    Pause(usize, u16),
    #[error("step {0}: {1}")]
    Condition(usize, String),
}

const MOST_STEPS: usize = 20;
const LAST_DAY: i16 = 365;
const LONGEST_PAUSE: u16 = 90;
/// Before the due date.
const FIRST_DAY: i16 = -60;

impl Journey {
    /// # Errors
    /// What makes no sense, by the number of the step, from 1.
    pub fn check(&self) -> Result<(), JourneyProblem> {
        if self.steps.is_empty() {
            return Err(JourneyProblem::Empty);
        }
        if self.steps.len() > MOST_STEPS {
            return Err(JourneyProblem::TooMany(MOST_STEPS));
        }
        let first = if self.counts_from == Anchor::Due { FIRST_DAY } else { 0 };
        let mut before = i16::MIN;
        for (number, step) in (1..).zip(&self.steps) {
            if step.day < before {
                return Err(JourneyProblem::OutOfOrder(number));
            }
            if !(first..=LAST_DAY).contains(&step.day) {
                return Err(JourneyProblem::FarDay(number, first, LAST_DAY));
            }
            if let Some(letter) = step.act.letter()
                && !letter.is_sendable()
            {
                return Err(JourneyProblem::Channels(number));
            }
            if let Act::Hold { days } = step.act
                && !(1..=LONGEST_PAUSE).contains(&days)
            {
                return Err(JourneyProblem::Pause(number, LONGEST_PAUSE));
            }
            if let Some(Err(problems)) = step.only_if.as_ref().map(Rule::check) {
                let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
                return Err(JourneyProblem::Condition(number, told.join("; ")));
            }
            before = step.day;
        }
        Ok(())
    }
}

impl Letter {
    fn is_sendable(&self) -> bool {
        let once = |channel: &Channel| self.channels.iter().filter(|other| *other == channel).count() == 1;
        !self.channels.is_empty()
            && self.channels.iter().all(|channel| WRITTEN.contains(channel) && once(channel))
    }
}
