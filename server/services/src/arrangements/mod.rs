//! Payment plans and settlements as living agreements: offered within a policy, accepted with
//! evidence, re-planned when the balance moves, ended by rule.
//!
//! Locks are taken in one order: the balances of the debts, by id, then the arrangement, then the
//! audit trail.

mod accept;
mod answer;
mod books;
mod changes;
mod effects;
mod negotiate;
pub(crate) mod nightly;
mod offer;
mod policy;
mod refresh;
mod refusal;
mod trial;
mod view;

pub use accept::AcceptArrangement;
pub use answer::ProposalAnswer;
pub(crate) use books::Roots;
pub use changes::{ChangePlan, PlanChangeLine, PlanOptions};
pub use negotiate::{Answered, Ask, Negotiation, NewNegotiation, Offers, PROPOSALS_A_DAY};
pub use nightly::ArrangementCounts;
pub use offer::{ArrangementPreview, NewArrangement};
pub use policy::PolicyVersion;
pub use refusal::say as say_limit;
pub use refusal::say_fault;
pub use trial::{PolicyTrial, Trial};
pub use view::{ArrangementDebt, ArrangementLine, ArrangementRevision, ArrangementView};
