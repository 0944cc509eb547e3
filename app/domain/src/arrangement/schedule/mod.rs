//! Instalment plans: how much falls due when, to the minor unit.
//!
//! A plan always sums to its balance. The regular payment is rounded once, at a named place, and
//! the last instalment absorbs what that leaves.

mod custom;
mod dates;
mod error;
mod levels;
mod plan;
mod rate;
#[cfg(test)]
mod tests;

pub use custom::{CustomInstallment, custom_plan};
pub use dates::{Frequency, Period, due_dates, periods};
pub use error::PlanError;
pub use plan::{DownPayment, Installment, Plan, Terms, interest_free_plan, plan};
pub use rate::{Accrual, Grace, InterestBasis, MAX_ANNUAL_RATE};

pub use levels::{Method, PaymentRounding};
