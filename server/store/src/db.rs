//! The connection: one writer and many readers on SQLite, one pool on PostgreSQL.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;

use crate::group::Group;
use crate::migrations::Migrator;
use crate::near::Place;
use crate::{StoreError, StoreResult};

/// An open write transaction; dropping it without `commit` undoes everything.
pub type Tx = DatabaseTransaction;

const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
const READERS: u32 = 8;
const IDLE: Duration = Duration::from_secs(10);
const POSTGRES_CONNECTIONS: u32 = 16;

/// Where the database is: `sqlite://path` or `postgres://…`.
#[derive(Clone, Debug)]
pub enum DbUrl {
    Sqlite(String),
    Postgres(String),
}

impl FromStr for DbUrl {
    type Err = StoreError;
    fn from_str(text: &str) -> StoreResult<Self> {
        match text.split_once("://") {
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(path.to_owned())),
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(text.to_owned())),
            _ => Err(StoreError::BadUrl),
        }
    }
}

/// The database, cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    read: DatabaseConnection,
    write: DatabaseConnection,
    pub(crate) group: Arc<Group>,
}

impl Db {
    /// Opens (on SQLite creates) the database; does not migrate.
    ///
    /// # Errors
    /// The server cannot be reached, or the file cannot be created.
    pub async fn connect(url: &DbUrl) -> StoreResult<Self> {
        match url {
            DbUrl::Sqlite(path) => Self::sqlite(path).await,
            DbUrl::Postgres(url) => {
                let mut options = ConnectOptions::new(url.clone());
                options.max_connections(POSTGRES_CONNECTIONS).sqlx_logging(false);
                // A connection that was busy a moment ago need not be asked whether it lives.
                options.test_before_acquire_if_idle_for(IDLE);
                let pool = Database::connect(options).await?;
                Ok(Self { read: pool.clone(), write: pool, group: Arc::default() })
            }
        }
    }

    async fn sqlite(path: &str) -> StoreResult<Self> {
        if let Some(folder) = Path::new(path).parent().filter(|p| !p.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)?;
        }
        let url = format!("sqlite://{path}");
        let runtime = tokio::runtime::Handle::current();
        let mut options = sqlite_options(&url, 1, false);
        // Opened once and for good: its thread stays where it is started.
        options.idle_timeout(None).max_lifetime(None);
        let opened = tokio::task::spawn_blocking(move || {
            let place = Place::here();
            (place, place.run(|| runtime.block_on(Database::connect(options))))
        });
        let (place, write) = opened.await.map_err(|_| StoreError::Interrupted)?;
        let read = Database::connect(sqlite_options(&url, READERS, true)).await?;
        Ok(Self { read, write: write?, group: Arc::new(Group::beside(place)) })
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    /// A step fails; it is then undone.
    pub async fn migrate(&self) -> StoreResult<()> {
        Ok(Migrator::up(&self.write, None).await?)
    }

    /// For queries. On SQLite these connections cannot write.
    pub const fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// Begins a write transaction. SQLite takes the write lock at once, so that a transaction
    /// never fails half-way because another process wrote first.
    ///
    /// # Errors
    /// No connection, or the lock was held too long.
    pub async fn begin(&self) -> StoreResult<Tx> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(self.write.begin_with_options(options).await?)
    }

    pub fn backend(&self) -> DbBackend {
        self.write.get_database_backend()
    }

    /// Answers when the database does.
    ///
    /// # Errors
    /// It does not.
    pub async fn ping(&self) -> StoreResult<()> {
        Ok(self.read.ping().await?)
    }
}

fn sqlite_options(url: &str, connections: u32, read_only: bool) -> ConnectOptions {
    let mut options = ConnectOptions::new(url.to_owned());
    // A file does not go away as a server does: nobody asks before each use.
    options.max_connections(connections).min_connections(1).sqlx_logging(false).test_before_acquire(false);
    options.map_sqlx_sqlite_opts(move |sqlite| {
        use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
        let sqlite = sqlite
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            // A savepoint's own journal would be a file, made and removed for each write.
            .pragma("temp_store", "memory")
            .pragma("cache_size", "-65536");
        if read_only { sqlite.pragma("query_only", "1") } else { sqlite }
    });
    options
}
