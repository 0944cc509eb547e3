//! What falls due besides principal and interest: late charges by contract, collection costs and
//! compensations by law.

mod collection_cost;
mod commercial;
mod error;
mod late;
mod recurrence;

pub use collection_cost::{Bracket, CollectionCost, CollectionCostRule, CostStep, collection_cost_rule};
pub use commercial::CommercialLateRule;
pub use error::ChargeError;
pub use late::{ChargeAmount, DueCharge, LateChargeRule, Tier, TierBasis, Value, charges_due};
pub use recurrence::{Occurrence, Recurrence};

#[cfg(test)]
mod tests;
