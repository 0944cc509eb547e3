//! `saldar calc`: the rules of `domain` on JSON cases, without a database.
//!
//! A case is one JSON object; a result has the figures that were asked for and `explain`, an
//! array of sentences that say how they came about. A case that cannot be computed gives
//! `{"error": {"code", "message"}}` in its place.

mod allocate;
mod arrears;
mod case;
mod collection_cost;
mod contact;
mod day_count;
mod error;
mod figure;
mod fineract;
mod index_unit;
mod offer;
mod plan;
mod rounding;
mod scale;
mod settle;

pub use case::Case;
pub use error::CalcError;

use serde_json::{Map, Value, json};

/// What can be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    DayCount,
    Arrears,
    Rounding,
    CollectionCost,
    IndexUnit,
    Plan,
    Allocate,
    Settle,
    Offer,
    Contact,
    Holiday,
    ValidationPeriod,
}

impl Kind {
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("day-count", Self::DayCount),
        ("arrears", Self::Arrears),
        ("rounding", Self::Rounding),
        ("collection-cost", Self::CollectionCost),
        ("index-unit", Self::IndexUnit),
        ("plan", Self::Plan),
        ("allocate", Self::Allocate),
        ("settle", Self::Settle),
        ("offer", Self::Offer),
        ("contact", Self::Contact),
        ("holiday", Self::Holiday),
        ("validation-period", Self::ValidationPeriod),
    ];

    /// The kind of this name, as the command line writes it.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    }
}

/// What a kind gives: the figures by name, and how they came about.
#[derive(Debug, Default)]
pub struct Answer {
    pub figures: Map<String, Value>,
    pub explain: Vec<String>,
}

impl Answer {
    /// Adds a figure.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.figures.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a sentence of explanation.
    #[must_use]
    pub fn because(mut self, sentence: impl Into<String>) -> Self {
        self.explain.push(sentence.into());
        self
    }
}

/// Computes one case, or an array of cases in order.
pub fn run(kind: Kind, input: &Value) -> Value {
    match input {
        Value::Array(cases) => cases.iter().map(|case| run_one(kind, case)).collect(),
        case => run_one(kind, case),
    }
}

fn run_one(kind: Kind, input: &Value) -> Value {
    match Case::new(input).and_then(|case| compute(kind, case)) {
        Ok(Answer { mut figures, explain }) => {
            figures.insert("explain".to_owned(), json!(explain));
            Value::Object(figures)
        }
        Err(error) => json!({ "error": { "code": error.code(), "message": error.to_string() } }),
    }
}

fn compute(kind: Kind, case: Case) -> Result<Answer, CalcError> {
    match kind {
        Kind::DayCount => day_count::compute(case),
        Kind::Arrears => arrears::compute(case),
        Kind::Rounding => rounding::compute(case),
        Kind::CollectionCost => collection_cost::compute(case),
        Kind::IndexUnit => index_unit::compute(case),
        Kind::Plan => plan::compute(case),
        Kind::Allocate => allocate::compute(case),
        Kind::Settle => settle::compute(case),
        Kind::Offer => offer::compute(case),
        Kind::Contact => contact::compute(case),
        Kind::Holiday => contact::holiday(case),
        Kind::ValidationPeriod => contact::validation(case),
    }
}
