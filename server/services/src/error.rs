//! How a use case says no.

use domain::access::Denied;
use domain::text::Say;
use store::StoreError;

/// Something wrong with one input, for people: what, why, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldIssue {
    /// Name of the form field; empty for the form as a whole.
    pub field: &'static str,
    pub says: Say,
}

/// A refusal or failure. `Display` is for logs and holds no personal data.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error("not signed in")]
    NotSignedIn,
    /// Also for what belongs to somebody else: whether it exists is not told.
    #[error("not found")]
    NotFound,
    #[error("invalid input: {}", .0.iter().map(|i| i.field).collect::<Vec<_>>().join(", "))]
    Invalid(Vec<FieldIssue>),
    #[error("too many tries")]
    Throttled { retry_after_s: i64 },
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A part outside this process failed, for example a gateway.
    #[error("{part} failed: {cause}")]
    Outside { part: &'static str, cause: String },
}

pub type ServiceResult<T> = Result<T, ServiceError>;

impl ServiceError {
    /// One thing wrong with one field.
    pub fn invalid(field: &'static str, es: impl Into<String>, en: impl Into<String>) -> Self {
        Self::told(field, Say::new(es, en))
    }

    /// The same with a sentence that has every language: for what debtors read.
    pub fn told(field: &'static str, says: Say) -> Self {
        Self::Invalid(vec![FieldIssue { field, says }])
    }
}

impl From<sea_orm::DbErr> for ServiceError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Store(error.into())
    }
}

impl From<domain::ledger::LedgerError> for ServiceError {
    fn from(error: domain::ledger::LedgerError) -> Self {
        Self::Store(error.into())
    }
}

impl From<domain::money::MoneyError> for ServiceError {
    fn from(error: domain::money::MoneyError) -> Self {
        Self::Store(error.into())
    }
}
