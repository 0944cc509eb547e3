//! Why a case cannot be computed.

/// Names the place in the case, the cause and the remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalcError {
    #[error("a case must be a JSON object, or an array of objects")]
    NotAnObject,
    #[error("{field} is missing; give it as {form}")]
    Missing { field: String, form: &'static str },
    #[error("{field} is {found}, which is not {form}")]
    Malformed { field: String, found: String, form: &'static str },
    /// The rule refuses the figures: the message comes from the rule.
    #[error("{0}")]
    Refused(String),
    #[error("{0}")]
    Unsupported(String),
}

impl CalcError {
    /// Stable; for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAnObject => "not_an_object",
            Self::Missing { .. } => "missing",
            Self::Malformed { .. } => "malformed",
            Self::Refused(_) => "refused",
            Self::Unsupported(_) => "unsupported",
        }
    }
}

/// What the rules refuse is said in their own words.
macro_rules! refused {
    ($($error:ty),* $(,)?) => {
        $(impl From<$error> for CalcError {
            fn from(error: $error) -> Self {
                Self::Refused(error.to_string())
            }
        })*
    };
}

refused!(
    domain::money::MoneyError,
    domain::money::DayCountError,
    domain::money::IndexError,
    domain::interest::InterestError,
    domain::charge::ChargeError,
);
