//! Which accounts, and what is done about them: a rule language, and journeys of steps.
//!
//! A [`Rule`] is a versioned, typed tree that is kept as JSON. It has two evaluators: [`Rule::holds`]
//! here, for one [`Row`], and one in `store` that compiles it to SQL, for a million; a property test
//! holds them together. There is no third truth value: a condition on what is missing is false, and
//! its negation true, in both.

mod event;
mod explain;
mod field;
mod journey;
mod row;
mod rule;
mod template;
#[cfg(test)]
mod tests;
mod value;

pub use event::{Event, Since};
pub use explain::Explained;
pub use field::{Field, Kind, UnknownField};
pub use journey::{Act, Anchor, Journey, JourneyProblem, Letter, Step, WRITTEN};
pub use row::Row;
pub use rule::{Comparison, Expr, Rule, RuleProblem};
pub use template::{ProviderName, Texts, Wording};
pub use value::Value;
