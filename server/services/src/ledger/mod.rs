//! The ledger's use cases: facts in, balances out, and why they are what they are.

mod facts;
mod owed;
mod terms;

pub use facts::{FactPosted, NewFact};
pub use owed::{Owed, OwedSegment};
pub use terms::{NewTerms, TermsChange, TermsLine, TermsPreview};
