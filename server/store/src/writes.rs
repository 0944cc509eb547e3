//! Writes that nothing reads before they are flushed, sent to the database together.
//!
//! On SQLite every statement is handed to another thread and waited for, which costs many times what
//! the statement itself does; on PostgreSQL each is a trip to the server. So all that wait go as one.

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
        for mut part in parts(std::mem::take(&mut self.waiting)) {
            let one = match (part.len(), self.backend) {
                (1, _) => part.remove(0),
                (_, DbBackend::Postgres) => with(part),
                _ => listed(part),
            };
            tx.execute_raw(one).await?;
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
fn listed(statements: Vec<Statement>) -> Statement {
    let (sql, values) = taken(statements, |sql, _| sql);
    Statement::from_sql_and_values(DbBackend::Sqlite, sql.join("; "), values)
}

/// Several statements that do not see each other as one of PostgreSQL's, their `$n` counted on.
fn with(statements: Vec<Statement>) -> Statement {
    let (sql, values) = taken(statements, |sql, before| counted_on(&sql, before));
    let parts: Vec<_> = sql.iter().enumerate().map(|(n, sql)| format!("w{n} AS ({sql})")).collect();
    let sql = format!("WITH {} SELECT 1", parts.join(", "));
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}

fn taken(statements: Vec<Statement>, text: impl Fn(String, usize) -> String) -> (Vec<String>, Vec<Value>) {
    let (mut sql, mut values) = (Vec::with_capacity(statements.len()), Vec::new());
    for statement in statements {
        sql.push(text(statement.sql, values.len()));
        values.extend(statement.values.into_iter().flat_map(|values| values.0));
    }
    (sql, values)
}

/// The statements are built by sea-query: whatever has a `$` outside of quotes is a placeholder.
fn counted_on(sql: &str, before: usize) -> String {
    let mut out = String::with_capacity(sql.len() + 8);
    for (n, part) in sql.split('$').enumerate() {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        match part.split_at(digits) {
            (number, rest) if n > 0 => {
                let number = number.parse::<usize>().unwrap_or_default() + before;
                out.push_str(&format!("${number}{rest}"));
            }
            _ => out.push_str(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_counted_on() {
        let one =
            |sql: &str, values: Vec<Value>| Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        let both = with(vec![
            one("INSERT INTO a (x, y) VALUES ($1, $2)", vec![1.into(), 2.into()]),
            one("UPDATE b SET z = $1 WHERE k = $2", vec![3.into(), 4.into()]),
        ]);
        let sql = "WITH w0 AS (INSERT INTO a (x, y) VALUES ($1, $2)), \
                   w1 AS (UPDATE b SET z = $3 WHERE k = $4) SELECT 1";
        assert_eq!((both.sql.as_str(), both.values.unwrap().0.len()), (sql, 4));
    }
}
