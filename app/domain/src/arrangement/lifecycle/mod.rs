//! An arrangement from its offer to its end.

mod progress;
mod state;
mod terms;
#[cfg(test)]
mod tests;

pub use progress::{InstallmentState, InstallmentStatus, Progress};
pub use state::{Acceptance, Arrangement, ArrangementStatus, Ending, IncludedDebt, Offer, TransitionError};
pub use terms::{
    Activation, Agreed, Approval, ArrangementError, ArrangementKind, ArrangementTerms, BreachCharge, Cap,
    Consequence, DownPaymentTerms, Due, Prepayment, ScheduleSpec, WhenForgiven,
};

pub(crate) use terms::positive;
