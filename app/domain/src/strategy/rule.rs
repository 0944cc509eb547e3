//! Rules: typed trees of conditions.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::{Field, Kind, Row, Value};
use crate::party::text_enum;

/// A rule as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Of the language: see [`Rule::VERSION`].
    pub version: u16,
    pub when: Expr,
}

/// A condition, or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expr {
    /// Each of these; true if there is none.
    All(Vec<Expr>),
    /// At least one of these; false if there is none.
    Any(Vec<Expr>),
    Not(Box<Expr>),
    Compare {
        field: Field,
        is: Comparison,
        value: Value,
    },
    In {
        field: Field,
        values: Vec<Value>,
    },
    /// Both ends included.
    Between {
        field: Field,
        from: Value,
        to: Value,
    },
    Exists {
        field: Field,
    },
    /// Calendar days from a date to today; negative before it.
    DaysSince {
        field: Field,
        is: Comparison,
        days: i64,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

text_enum!(Comparison { Eq = "eq", Ne = "ne", Lt = "lt", Le = "le", Gt = "gt", Ge = "ge" });

impl Comparison {
    pub const fn accepts(self, order: Ordering) -> bool {
        match self {
            Self::Eq => order.is_eq(),
            Self::Ne => order.is_ne(),
            Self::Lt => order.is_lt(),
            Self::Le => order.is_le(),
            Self::Gt => order.is_gt(),
            Self::Ge => order.is_ge(),
        }
    }
}

/// What is wrong with a rule, and where: `all[1].not` is the negation in the second of several.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleProblem {
    #[error("the rule is of version {found} of the language; this program knows {known}")]
    Version { found: u16, known: u16 },
    #[error("{place}: {field} is a {wanted:?}, and is compared with a {found:?}")]
    Kind { place: String, field: Field, wanted: Kind, found: Kind },
    #[error("{place}: texts such as {field} are equal or not, neither greater nor less")]
    Unordered { place: String, field: Field },
    #[error("{place}: {field} is no date")]
    NoDate { place: String, field: Field },
    #[error("{place}: the two ends are of different currencies")]
    Currencies { place: String },
    #[error("{place}: {field} in a list of nothing never holds; name a value")]
    EmptyList { place: String, field: Field },
    #[error("{place}: {days} days are more than {most}")]
    TooManyDays { place: String, days: i64, most: i64 },
    #[error("{place}: a text may have {most} characters")]
    TooLong { place: String, most: usize },
    #[error("{place}: the rule is nested deeper than {most} levels")]
    TooDeep { place: String, most: usize },
    #[error("the rule has more than {most} conditions")]
    TooLarge { most: usize },
}

const DEEPEST: usize = 12;
const LARGEST: usize = 200;
const MOST_DAYS: i64 = 36_500;
const TEXT_CHARS: usize = 200;

impl Rule {
    /// The version of the language that this program speaks.
    pub const VERSION: u16 = 1;

    /// A rule of the present version.
    pub const fn new(when: Expr) -> Self {
        Self { version: Self::VERSION, when }
    }

    /// Whether every part makes sense.
    ///
    /// # Errors
    /// All that do not, each with its place.
    pub fn check(&self) -> Result<(), Vec<RuleProblem>> {
        if self.version != Self::VERSION {
            return Err(vec![RuleProblem::Version { found: self.version, known: Self::VERSION }]);
        }
        let mut found = Vec::new();
        let mut size = 0;
        self.when.check(&mut String::new(), 0, &mut size, &mut found);
        if size > LARGEST {
            found.push(RuleProblem::TooLarge { most: LARGEST });
        }
        if found.is_empty() { Ok(()) } else { Err(found) }
    }

    pub fn holds(&self, row: &Row) -> bool {
        self.when.holds(row)
    }
}

impl Expr {
    /// Whether the condition holds. What is missing makes a condition false; so does an amount of
    /// another currency.
    pub fn holds(&self, row: &Row) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(row)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(row)),
            Self::Not(part) => !part.holds(row),
            Self::Compare { field, is, value } => {
                let order = row.get(field).and_then(|own| own.order(value));
                order.is_some_and(|order| is.accepts(order))
            }
            Self::In { field, values } => {
                let own = row.get(field);
                own.is_some_and(|own| values.iter().any(|value| own.order(value) == Some(Ordering::Equal)))
            }
            Self::Between { field, from, to } => row.get(field).is_some_and(|own| {
                own.order(from).is_some_and(Ordering::is_ge) && own.order(to).is_some_and(Ordering::is_le)
            }),
            Self::Exists { field } => row.get(field).is_some(),
            Self::DaysSince { field, is, days } => match row.get(field) {
                Some(Value::Date(date)) => is.accepts((row.today() - *date).num_days().cmp(days)),
                _ => false,
            },
        }
    }

    fn check(&self, place: &mut String, depth: usize, size: &mut usize, found: &mut Vec<RuleProblem>) {
        *size += 1;
        let here = || if place.is_empty() { "rule".to_owned() } else { place.clone() };
        if depth > DEEPEST {
            found.push(RuleProblem::TooDeep { place: here(), most: DEEPEST });
            return;
        }
        match self {
            Self::All(parts) | Self::Any(parts) => {
                let name = if matches!(self, Self::All(_)) { "all" } else { "any" };
                for (index, part) in parts.iter().enumerate() {
                    below(place, &format!("{name}[{index}]"), |place| {
                        part.check(place, depth + 1, size, found);
                    });
                }
            }
            Self::Not(part) => below(place, "not", |place| part.check(place, depth + 1, size, found)),
            Self::Compare { field, is, value } => {
                check_value(&here(), field, value, found);
                if field.kind() == Kind::Text && !matches!(is, Comparison::Eq | Comparison::Ne) {
                    found.push(RuleProblem::Unordered { place: here(), field: field.clone() });
                }
            }
            Self::In { field, values } => {
                if values.is_empty() {
                    found.push(RuleProblem::EmptyList { place: here(), field: field.clone() });
                }
                *size += values.len();
                for value in values {
                    check_value(&here(), field, value, found);
                }
            }
            Self::Between { field, from, to } => {
                check_value(&here(), field, from, found);
                check_value(&here(), field, to, found);
                if field.kind() == Kind::Text {
                    found.push(RuleProblem::Unordered { place: here(), field: field.clone() });
                }
                if let (Value::Money(from), Value::Money(to)) = (from, to)
                    && from.currency() != to.currency()
                {
                    found.push(RuleProblem::Currencies { place: here() });
                }
            }
            Self::Exists { .. } => {}
            Self::DaysSince { field, days, .. } => {
                if field.kind() != Kind::Date {
                    found.push(RuleProblem::NoDate { place: here(), field: field.clone() });
                }
                if days.abs() > MOST_DAYS {
                    found.push(RuleProblem::TooManyDays { place: here(), days: *days, most: MOST_DAYS });
                }
            }
        }
    }
}

fn check_value(place: &str, field: &Field, value: &Value, found: &mut Vec<RuleProblem>) {
    let (wanted, has) = (field.kind(), value.kind());
    if wanted != has {
        let (place, field) = (place.to_owned(), field.clone());
        found.push(RuleProblem::Kind { place, field, wanted, found: has });
    }
    if matches!(value, Value::Text(text) if text.chars().count() > TEXT_CHARS) {
        found.push(RuleProblem::TooLong { place: place.to_owned(), most: TEXT_CHARS });
    }
}

/// Does something one step deeper.
fn below(place: &mut String, step: &str, then: impl FnOnce(&mut String)) {
    let length = place.len();
    if length > 0 {
        place.push('.');
    }
    place.push_str(step);
    then(place);
    place.truncate(length);
}
