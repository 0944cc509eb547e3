//! The waterfall: how a payment runs over components, instalments and debts.
//!
//! Labels are the caller's: components of the books, names in a creditor's file, instalment
//! numbers. Whatever the rule, parts and rest always come to the amount, and no part exceeds
//! what is owed.

mod debts;
mod grid;
mod order;
mod pour;
mod replay;
mod share;
#[cfg(test)]
mod tests;

pub use debts::{DebtClaim, DebtRule, spread_over_debts};
pub use grid::{DatedClaims, Direction, GridAllocation, Overpayment, allocate_grid};
pub use order::{Waterfall, WaterfallError};
pub use pour::{Pour, pour};
pub use replay::{DatedPayment, Replay, replay};
pub use share::pro_rata;
