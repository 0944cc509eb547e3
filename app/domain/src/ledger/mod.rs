//! The double-entry journal: append-only, each entry sums to zero, each source posts once.

mod allocation;
mod book;
mod entry;
mod payment;

pub use allocation::{Allocation, AllocationOrder, allocate};
pub use book::{Book, CashBook};
pub use entry::{Entry, EntryHead, EntryKind, LedgerError, Posting};
pub use payment::{PaymentMethod, PaymentStatus, opening_entry, payment_entry};
