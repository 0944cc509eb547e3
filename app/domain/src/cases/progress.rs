//! The life cycle of a case.

use chrono::{DateTime, TimeDelta, Utc};

use super::{CaseOutcome, CaseStatus, REOPEN_DAYS};

/// How far a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub status: CaseStatus,
    /// Set with the answer.
    pub outcome: Option<CaseOutcome>,
    pub answered_at: Option<DateTime<Utc>>,
}

/// What happens to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Somebody of staff looks into it.
    Take,
    /// We need something from the person.
    Ask,
    /// The person wrote.
    Write,
    Answer(CaseOutcome),
    Close,
    /// The person does not accept the answer.
    Reopen,
}

/// The step does not follow from where the case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StepRefused {
    #[error("a case that is {0} does not take this step")]
    NotNow(CaseStatus),
    #[error("a case can be reopened for {REOPEN_DAYS} days after its answer")]
    TooLate,
}

impl Progress {
    pub const OPENED: Self = Self { status: CaseStatus::Open, outcome: None, answered_at: None };

    /// The last instant at which the person can reopen; none before there is an answer.
    pub fn reopen_until(&self) -> Option<DateTime<Utc>> {
        self.answered_at.and_then(|at| at.checked_add_signed(TimeDelta::days(REOPEN_DAYS)))
    }

    /// The case after a step.
    ///
    /// # Errors
    /// The step is not possible now.
    pub fn after(self, step: Step, at: DateTime<Utc>) -> Result<Self, StepRefused> {
        use CaseStatus::{Answered, Closed, InReview, Open, WaitingForPerson};
        let to = |status| Ok(Self { status, ..self });
        match (self.status, step) {
            (Open, Step::Take) | (WaitingForPerson, Step::Write) => to(InReview),
            (InReview | WaitingForPerson, Step::Ask) => to(WaitingForPerson),
            (Open | InReview | Answered, Step::Write) => Ok(self),
            (InReview | WaitingForPerson, Step::Answer(outcome)) => {
                Ok(Self { status: Answered, outcome: Some(outcome), answered_at: Some(at) })
            }
            (Answered, Step::Close) => to(Closed),
            (Answered | Closed, Step::Reopen) => {
                if self.reopen_until().is_some_and(|until| at <= until) {
                    Ok(Self::OPENED)
                } else {
                    Err(StepRefused::TooLate)
                }
            }
            (status, _) => Err(StepRefused::NotNow(status)),
        }
    }
}
