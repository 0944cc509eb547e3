//! The phone's database: IndexedDB, always with strict durability.

use std::cell::RefCell;
use std::collections::HashMap;

use indexed_db_futures::database::Database;
use indexed_db_futures::prelude::*;
use indexed_db_futures::transaction::{TransactionDurability, TransactionMode, TransactionOptions};
use replica::{Disk, NotCommitted, Record, Store, WriteSet};

const NAME: &str = "saldar-field";
const VERSION: u8 = 1;
const STORES: [&str; 3] = ["meta", "events", "stops"];

/// The open database. A connection that fails is thrown away and opened again once: phones close it in the
/// background.
#[derive(Default)]
pub struct Db {
    open: RefCell<Option<Database>>,
}

enum Fault {
    HeadMoved,
    Broken,
}

impl<E: std::error::Error> From<E> for Fault {
    fn from(_: E) -> Self {
        Self::Broken
    }
}

impl Db {
    async fn connect(&self) -> Result<Database, Fault> {
        if let Some(open) = self.open.borrow().as_ref() {
            return Ok(open.clone());
        }
        let database = Database::open(NAME)
            .with_version(VERSION)
            .with_on_upgrade_needed(|_, database| {
                for store in STORES {
                    database.create_object_store(store).build()?;
                }
                Ok(())
            })
            .await?;
        *self.open.borrow_mut() = Some(database.clone());
        Ok(database)
    }

    fn forget_connection(&self) {
        if let Some(database) = self.open.borrow_mut().take() {
            database.close();
        }
    }

    /// Reads everything; none if the database cannot be read.
    pub async fn load(&self) -> Option<Disk> {
        if let Ok(disk) = self.try_load().await {
            return Some(disk);
        }
        self.forget_connection();
        self.try_load().await.ok()
    }

    async fn try_load(&self) -> Result<Disk, Fault> {
        let database = self.connect().await?;
        let transaction = database.transaction(STORES).build()?;
        let meta = transaction.object_store(Store::Meta.name())?;
        let mut values = HashMap::new();
        for key in Disk::META_KEYS {
            let value: Option<String> = meta.get(key).primitive()?.await?;
            if let Some(value) = value {
                values.insert(key, value);
            }
        }
        let events = all_values(&transaction, Store::Events).await?;
        let stops = all_values(&transaction, Store::Stops).await?;
        Ok(Disk::from_records(|key| values.get(key).cloned(), &events, &stops)?)
    }

    /// Writes all of a set or nothing. Returns only after the browser says that it is on disk.
    pub async fn commit(&self, set: &WriteSet) -> Result<(), NotCommitted> {
        match self.try_commit(set).await {
            Err(Fault::Broken) => {
                self.forget_connection();
                // If the first try was written after all, a recording finds its head moved and looks again.
                self.try_commit(set).await.map_err(|fault| match fault {
                    Fault::HeadMoved => NotCommitted::HeadMoved,
                    Fault::Broken => NotCommitted::Failed,
                })
            }
            Err(Fault::HeadMoved) => Err(NotCommitted::HeadMoved),
            Ok(()) => Ok(()),
        }
    }

    async fn try_commit(&self, set: &WriteSet) -> Result<(), Fault> {
        let records = set.records()?;
        let database = self.connect().await?;
        let options = TransactionOptions::new().with_durability(TransactionDurability::Strict);
        let transaction = database
            .transaction(STORES)
            .with_mode(TransactionMode::Readwrite)
            .with_options(options)
            .build()?;
        // Within a transaction only its own requests are awaited: anything else would end it.
        let chain: Option<String> =
            transaction.object_store(Store::Meta.name())?.get(WriteSet::CHAIN_KEY).primitive()?.await?;
        if !set.head_matches(chain.as_deref())? {
            return Err(Fault::HeadMoved);
        }
        for record in records {
            match record {
                Record::Put { store, key, value } => {
                    transaction
                        .object_store(store.name())?
                        .put(value)
                        .with_key(key)
                        .without_key_type()
                        .primitive()?;
                }
                Record::Delete { store, key } => {
                    transaction.object_store(store.name())?.delete(key).primitive()?;
                }
                Record::Clear(store) => {
                    transaction.object_store(store.name())?.clear()?;
                }
            }
        }
        transaction.commit().await?;
        Ok(())
    }
}

async fn all_values(
    transaction: &indexed_db_futures::transaction::Transaction<'_>,
    store: Store,
) -> Result<Vec<String>, Fault> {
    let store = transaction.object_store(store.name())?;
    let mut values = Vec::new();
    for value in store.get_all::<String>().primitive()?.await? {
        values.push(value?);
    }
    Ok(values)
}
