//! Production's database takes no pretend money, whoever writes to it.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::{Db, StoreResult};

/// Tables whose rows say whether their money is real.
const TABLES: [&str; 8] = [
    "entries",
    "payments",
    "payment_attempts",
    "certificates",
    "refunds",
    "autopays",
    "payouts",
    "gateway_accounts",
];

impl Db {
    /// From now on the database itself refuses rows with `livemode = false`; for production, at
    /// every start. PostgreSQL gets a constraint. SQLite cannot add one to a table that exists, so
    /// it gets triggers.
    ///
    /// # Errors
    /// The database fails, or holds pretend money already.
    pub async fn refuse_pretend_money(&self) -> StoreResult<()> {
        let tx = self.begin().await?;
        for table in TABLES {
            match self.backend() {
                DbBackend::Postgres => constrain(&tx, table).await?,
                _ => watch(&tx, table).await?,
            }
        }
        tx.commit().await?;
        Ok(())
    }
}

async fn constrain(db: &impl ConnectionTrait, table: &str) -> StoreResult<()> {
    let name = format!("{table}_real_money");
    let known = Statement::from_sql_and_values(
        DbBackend::Postgres,
        "SELECT 1 FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid \
         WHERE c.conname = $1 AND t.oid = to_regclass($2)",
        [name.clone().into(), table.into()],
    );
    if db.query_one_raw(known).await?.is_none() {
        db.execute_unprepared(&format!("ALTER TABLE {table} ADD CONSTRAINT {name} CHECK (livemode)")).await?;
    }
    Ok(())
}

async fn watch(db: &impl ConnectionTrait, table: &str) -> StoreResult<()> {
    for event in ["INSERT", "UPDATE"] {
        db.execute_unprepared(&format!(
            "CREATE TRIGGER IF NOT EXISTS {table}_real_money_{event} BEFORE {event} ON {table} \
             WHEN NOT NEW.livemode BEGIN SELECT RAISE(ABORT, 'production takes no pretend money'); END"
        ))
        .await?;
    }
    Ok(())
}
