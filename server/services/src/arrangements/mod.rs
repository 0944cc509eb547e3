//! Payment plans and settlements as living agreements: offered within a policy, accepted with
//! evidence, re-planned when the balance moves, ended by rule.
//!
//! Locks are taken in one order: the balances of the debts, by id, then the arrangement, then the
//! audit trail.

mod accept;
mod books;
mod effects;
mod negotiate;
pub(crate) mod nightly;
mod offer;
mod policy;
mod refresh;
mod refusal;
mod view;

pub use accept::AcceptArrangement;
pub(crate) use books::Roots;
pub use negotiate::{Ask, Negotiation, NewNegotiation, Offers};
pub use nightly::ArrangementCounts;
pub use offer::{ArrangementPreview, NewArrangement};
pub use policy::PolicyVersion;
pub use refusal::say as say_limit;
pub use view::{ArrangementDebt, ArrangementLine, ArrangementRevision, ArrangementView};
