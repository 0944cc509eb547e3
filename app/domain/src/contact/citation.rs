//! Where a rule comes from, and how sure that is.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::party::text_enum;

/// How sure a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// The text of the norm was read.
    Read,
    /// Two or more secondary sources agree.
    Corroborated,
    /// One source, or inferred: counsel should check it.
    Single,
}

text_enum!(Confidence { Read = "read", Corroborated = "corroborated", Single = "single" });

/// Law and article of a rule, or the policy that stands in for one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Citation {
    pub law: String,
    pub article: String,
    pub confidence: Confidence,
    /// No norm demands it: a prudent choice that an operator may change.
    #[serde(default)]
    pub policy: bool,
}

impl Citation {
    /// A rule of the operator or of Saldar, not of a norm.
    pub fn policy(rule: &str) -> Self {
        let confidence = Confidence::Single;
        Self { law: "policy".to_owned(), article: rule.to_owned(), confidence, policy: true }
    }

    /// The same norm where its text does not reach, followed there by choice.
    pub fn by_analogy(&self) -> Self {
        Self { policy: true, ..self.clone() }
    }
}

impl fmt::Display for Citation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.law, self.article)?;
        if self.policy && !self.law.starts_with("policy") { f.write_str(" (as policy)") } else { Ok(()) }
    }
}
