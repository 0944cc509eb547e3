//! Negotiation: what a debtor may be told, and what becomes of what the debtor proposes.
//!
//! Everything here follows from the published menu of a policy's rule, the debt and the day. How far
//! an agent, a supervisor or a manager may go is not among the inputs, so no answer can betray it; nor
//! is the surface or the person who asks, so portal, phone and doorstep are told the same.

mod afford;
mod asked;
mod decide;
mod menu;
mod proposal;
mod reason;
mod shape;
#[cfg(test)]
mod tests;

pub use afford::{Affordability, affordable};
pub use asked::as_asked;
pub use decide::{Decision, negotiate, offers};
pub use menu::{Menu, MenuError, PublishedOffer};
pub use proposal::{Proposal, ProposalError};
pub use reason::Reason;
pub use shape::Deal;
