//! The ledger's use cases: facts in, balances out, and why they are what they are.

mod explain;
mod facts;
mod manual;
mod owed;
mod restructure;
mod series;
mod terms;

pub use explain::{AccruedLine, AccruedPart, AppliedOrder, Explained, Step};
pub use facts::{FactPosted, NewFact};
pub use manual::{FactPreview, ManualFact, can_be_taken_back};
pub use owed::{Owed, OwedSegment};
pub use restructure::{Replacements, Restructure, RestructurePreview};
pub use series::{NewSeries, SeriesKept, SeriesSummary, SeriesValue};
pub use store::parties::Creditor;
pub use terms::{NewTerms, TermsChange, TermsLine, TermsPreview};
