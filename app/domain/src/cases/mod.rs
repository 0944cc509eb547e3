//! What a person says about a debt or about themselves, and what has to come of it: a case with a
//! life cycle, a day by which it is answered, and a hold that keeps collection or contact back.
//!
//! The days and the time to reopen are policy defaults: no norm was read that sets them for every
//! country here, so each is marked as one (`Citation::policy`) and never shown as law.

mod deadline;
mod hold;
mod kind;
mod progress;
#[cfg(test)]
mod tests;

pub use deadline::{REOPEN_DAYS, answer_by, answer_days, calendar, deadline_cite};
pub use hold::{Hold, HoldRule, HoldScope, hold_of, is_held, legal_stops, still_holds};
pub use kind::{CaseKind, CaseOutcome, CaseStatus};
pub use progress::{Progress, Step, StepRefused};
