//! Cases of Apache Fineract: its names for what `domain` calls otherwise.

mod dates;
mod emi;
mod product;
mod rows;
mod schedule;
mod strategy;
mod waterfall;

pub use emi::compute as emi;
pub use schedule::compute as schedule;
pub use waterfall::compute as waterfall;
