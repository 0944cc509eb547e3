//! Why a rule holds of an account, condition by condition.

use super::{Expr, Field, Row, Rule, Value};

/// A part of a rule with its verdict, and the value that it was held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    pub holds: bool,
    /// The part itself; of several or a negation, what it is made of is in `parts`.
    pub says: Expr,
    /// What the account has in the field that the part asks for; none: missing, or no single field.
    pub value: Option<Value>,
    pub parts: Vec<Explained>,
}

impl Rule {
    /// Every condition with its value and verdict. The verdict of the whole is [`Rule::holds`].
    pub fn explain(&self, row: &Row) -> Explained {
        self.when.explain(row)
    }
}

impl Expr {
    fn explain(&self, row: &Row) -> Explained {
        let parts = match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().map(|part| part.explain(row)).collect(),
            Self::Not(part) => vec![part.explain(row)],
            _ => Vec::new(),
        };
        let value = self.field().and_then(|field| row.get(field)).cloned();
        Explained { holds: self.holds(row), says: self.clone(), value, parts }
    }

    /// The field that a single condition asks for.
    pub const fn field(&self) -> Option<&Field> {
        match self {
            Self::All(_) | Self::Any(_) | Self::Not(_) => None,
            Self::Compare { field, .. }
            | Self::In { field, .. }
            | Self::Between { field, .. }
            | Self::Exists { field }
            | Self::DaysSince { field, .. } => Some(field),
        }
    }
}
