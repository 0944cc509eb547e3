//! The double-entry journal: append-only, each entry sums to zero, each source posts once.
//!
//! Facts (a debt is placed, money comes in, a charge, a discount, a charge-off) make the journal;
//! [`replay`] makes the whole of it from them, [`reconcile`] posts what is missing.

mod allocation;
mod book;
mod designation;
mod entry;
mod fact;
mod growth;
mod movements;
mod payment;
mod reconcile;
mod replay;
mod terms;
pub mod waterfall;

pub use allocation::{Allocation, AllocationOrder, allocate};
pub use book::{Book, CashBook};
pub use designation::ImputationLaw;
pub use entry::{Entry, EntryHead, EntryKind, LedgerError, Posting};
pub use fact::{Beneficiary, Fact, FactKind, History, MoneyBack};
pub use movements::{Movement, movements};
pub use payment::{PaymentMethod, PaymentStatus, opening_entry, payment_entry};
pub use reconcile::reconcile;
pub use replay::{Effect, Replay, replay};
pub use terms::{AccountTerms, AccrualLine, TermsVersion};

#[cfg(test)]
mod tests;
