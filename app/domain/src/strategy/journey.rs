//! Journeys: what is done about the accounts of a segment, step by step.

use serde::{Deserialize, Serialize};

use crate::contact::Channel;

/// The steps, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Journey(pub Vec<Step>);

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Days since the account came into the journey; the first day is 0.
    pub day: u16,
    pub act: Act,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Subject and text are templates.
    Email { subject: String, body: String },
    /// Ask staff for a call.
    Call,
    /// Plan a visit for the collector of this id.
    Visit { collector: crate::ids::UserId },
}

impl Act {
    pub const fn channel(&self) -> Channel {
        match self {
            Self::Email { .. } => Channel::Email,
            Self::Call => Channel::Call,
            Self::Visit { .. } => Channel::Visit,
        }
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
    #[error("step {0} is later than day {1}")]
    TooLate(usize, u16),
    #[error("step {0} needs a subject and a text")]
    NoText(usize),
}

const MOST_STEPS: usize = 20;
const LAST_DAY: u16 = 365;

impl Journey {
    /// # Errors
    /// What makes no sense, by the number of the step, from 1.
    pub fn check(&self) -> Result<(), JourneyProblem> {
        if self.0.is_empty() {
            return Err(JourneyProblem::Empty);
        }
        if self.0.len() > MOST_STEPS {
            return Err(JourneyProblem::TooMany(MOST_STEPS));
        }
        let mut before = 0;
        for (number, step) in (1..).zip(&self.0) {
            if step.day < before {
                return Err(JourneyProblem::OutOfOrder(number));
            }
            if step.day > LAST_DAY {
                return Err(JourneyProblem::TooLate(number, LAST_DAY));
            }
            if let Act::Email { subject, body } = &step.act
                && (subject.trim().is_empty() || body.trim().is_empty())
            {
                return Err(JourneyProblem::NoText(number));
            }
            before = step.day;
        }
        Ok(())
    }
}
