//! Where the sandbox's bank keeps its books. They must survive a restart, so the server lends it a table.

use async_trait::async_trait;

use super::{Card, CardStatus, Payment, Status};

/// The books could not be read or written; the text says why.
#[derive(Debug, thiserror::Error)]
#[error("the sandbox's books cannot be used: {0}")]
pub struct StoreFailure(pub String);

/// The bank's payments. A write that returned has been kept.
#[async_trait]
pub trait SandboxStore: Send + Sync {
    async fn find(&self, reference: &str) -> Result<Option<Payment>, StoreFailure>;

    /// Keeps a new payment; if there is one of this reference already, that one stays as it is.
    async fn open(&self, payment: &Payment) -> Result<(), StoreFailure>;

    /// Writes `payment` over the one of its reference if that one still stands at `expected`, in one step.
    /// Tells whether it did.
    async fn replace(&self, payment: &Payment, expected: Status) -> Result<bool, StoreFailure>;

    async fn card(&self, reference: &str) -> Result<Option<Card>, StoreFailure>;

    /// Keeps a card whose page is open; if there is one of this reference already, that one stays.
    async fn open_card(&self, card: &Card) -> Result<(), StoreFailure>;

    /// Says how a card stands from now on.
    async fn move_card(&self, reference: &str, status: CardStatus) -> Result<(), StoreFailure>;

    /// The payments that are decided (`due_at`) but not reported yet (`delivered_at`), the oldest first.
    async fn undelivered(&self) -> Result<Vec<Payment>, StoreFailure>;
}
