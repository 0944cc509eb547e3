//! What can go wrong with the database.

/// A store failure. None of them carries a row's content, so all may be logged.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("database: {0}")]
    Db(#[from] sea_orm::DbErr),
    /// A stored row does not parse: it was written by something else, or by a newer version.
    #[error("the row {table}/{key} is not valid: {cause}")]
    BadRow { table: &'static str, key: String, cause: String },
    /// The transaction that a write shared with others was not committed; nothing of it was kept.
    #[error("the shared transaction failed: {0}")]
    Group(String),
    #[error("the write was interrupted before it was committed")]
    Interrupted,
    #[error("the database address must begin with sqlite:// or postgres://")]
    BadUrl,
    #[error("cannot create the database folder: {0}")]
    Folder(#[from] std::io::Error),
    /// The books refuse what was asked.
    #[error(transparent)]
    Ledger(#[from] domain::ledger::LedgerError),
    #[error(transparent)]
    Money(#[from] domain::money::MoneyError),
}

pub type StoreResult<T> = Result<T, StoreError>;

impl StoreError {
    /// For `map_err` while parsing the row `key` of `table`.
    pub fn bad_row<E: std::fmt::Display>(
        table: &'static str,
        key: impl std::fmt::Display,
    ) -> impl FnOnce(E) -> Self {
        let key = key.to_string();
        move |cause| Self::BadRow { table, key, cause: cause.to_string() }
    }

    /// Did a unique key refuse the row?
    pub fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Db(error) if matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_))))
    }
}
