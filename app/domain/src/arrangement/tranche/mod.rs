//! Loans paid out in tranches: their schedule, and the payments on it replayed.
//!
//! A tranche, a charge or a payment that is heard of late changes what came after it, so nothing
//! here is kept and corrected: schedule and allocation follow from the events every time.

mod amortize;
mod instalment;
mod payment_order;
mod rate_factor;
mod replay;
mod schedule;
#[cfg(test)]
mod tests;

pub use amortize::{Amortization, LevelInstallment, Tranche, amortize};
pub use instalment::{Entry, Open, Part};
pub use payment_order::{PaymentOrder, Timing};
pub use rate_factor::{MonthDays, RateFactor, YearDays};
pub use replay::{Applied, Charge, LoanEvent, Payment, ReplayedLoan, replay_loan};
pub use schedule::{Line, Revision, TrancheTerms, tranche_schedule};
