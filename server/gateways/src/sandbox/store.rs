//! Where the sandbox's bank keeps its books. It must survive a restart, so the server lends it a table.

use async_trait::async_trait;

/// The books could not be read or written; the text says why.
#[derive(Debug, thiserror::Error)]
#[error("the sandbox's books cannot be used: {0}")]
pub struct StoreFailure(pub String);

/// A durable map from text to text. A write that returned has been kept.
#[async_trait]
pub trait SandboxStore: Send + Sync {
    async fn get(&self, key: &str) -> Result<Option<String>, StoreFailure>;
    async fn put(&self, key: &str, value: String) -> Result<(), StoreFailure>;
    async fn remove(&self, key: &str) -> Result<(), StoreFailure>;
    /// The keys that begin with `prefix`, in any order.
    async fn keys(&self, prefix: &str) -> Result<Vec<String>, StoreFailure>;
}
