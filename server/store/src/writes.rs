//! Writes that nothing reads before they are flushed, sent to the database together.
//!
//! On SQLite every statement is handed to another thread and waited for, which costs many times what
//! the statement itself does; there all that wait go as one. PostgreSQL takes one a message.

use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, QueryTrait, Statement, Value};

use crate::{StoreResult, Tx};

/// Statements that wait for [`Writes::flush`]. Nobody sees them before, not even the transaction that
/// they belong to.
#[derive(Debug)]
#[must_use = "what is not flushed is not written"]
pub struct Writes {
    backend: DbBackend,
    waiting: Vec<Statement>,
}

impl Writes {
    pub fn new(tx: &Tx) -> Self {
        Self { backend: tx.get_database_backend(), waiting: Vec::new() }
    }

    /// Inserts a row.
    pub fn insert<A>(&mut self, row: A)
    where
        A: sea_orm::ActiveModelTrait,
        <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
    {
        self.waiting.push(A::Entity::insert(row).build(self.backend));
    }

    /// Inserts rows in one statement; nothing for none.
    pub fn insert_many<A>(&mut self, rows: Vec<A>)
    where
        A: sea_orm::ActiveModelTrait,
        <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
    {
        if !rows.is_empty() {
            self.waiting.push(A::Entity::insert_many(rows).build(self.backend));
        }
    }

    /// Updates the row with the primary key of `row`. That it is there is not checked.
    ///
    /// # Errors
    /// The key is not set.
    pub fn update<A>(&mut self, row: A) -> StoreResult<()>
    where
        A: sea_orm::ActiveModelTrait,
    {
        self.waiting.push(A::Entity::update(row).validate()?.build(self.backend));
        Ok(())
    }

    /// Sends what waits.
    ///
    /// # Errors
    /// The first statement that fails; the caller gives the transaction up.
    pub async fn flush(&mut self, tx: &Tx) -> StoreResult<()> {
        let waiting = std::mem::take(&mut self.waiting);
        if self.backend != DbBackend::Sqlite {
            for statement in waiting {
                tx.execute_raw(statement).await?;
            }
            return Ok(());
        }
        for some in parts(waiting) {
            tx.execute_raw(joined(some)).await?;
        }
        Ok(())
    }
}

/// The most values that are bound at a time: a statement of many rows goes by itself.
const MOST: usize = 2_000;

fn parts(waiting: Vec<Statement>) -> Vec<Vec<Statement>> {
    let mut parts: Vec<Vec<Statement>> = Vec::new();
    let mut bound = 0;
    for statement in waiting {
        let values = statement.values.as_ref().map_or(0, |values| values.0.len());
        bound += values;
        match parts.last_mut() {
            Some(last) if bound <= MOST => last.push(statement),
            _ => {
                bound = values;
                parts.push(vec![statement]);
            }
        }
    }
    parts
}

/// Several statements as one text: SQLite's driver binds their `?` in order.
fn joined(statements: Vec<Statement>) -> Statement {
    let mut sql = Vec::with_capacity(statements.len());
    let mut values: Vec<Value> = Vec::new();
    for statement in statements {
        values.extend(statement.values.into_iter().flat_map(|values| values.0));
        sql.push(statement.sql);
    }
    Statement::from_sql_and_values(DbBackend::Sqlite, sql.join("; "), values)
}

impl Drop for Writes {
    fn drop(&mut self) {
        // A transaction that fails drops what it gathered; one that goes on must not.
        if !self.waiting.is_empty() && !std::thread::panicking() {
            tracing::debug!(waiting = self.waiting.len(), "writes were given up");
        }
    }
}
