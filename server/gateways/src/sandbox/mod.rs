//! A gateway that moves no money: its own hosted page, its own books, and signed webhooks sent over HTTP
//! like any other gateway's. Mount [`Sandbox::router`] and run [`Sandbox::run`] in demo mode only.
//!
//! Outcomes are written down before they are reported, and reported until the product answers 2xx: a
//! delayed or undelivered one survives a restart.

mod courier;
mod page;
mod payment;
mod routes;
mod store;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::{Mutex, Notify};

pub use payment::{AlreadyDecided, Decision, Decline, LONGEST_DELAY, Order, Payment, Status};
pub use store::{SandboxStore, StoreFailure};

use courier::Rounds;

/// The gateway's name, as in `/webhooks/sandbox`.
pub const NAME: &str = "sandbox";

/// Tells the time; the only way the sandbox learns it.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// Where and how the sandbox answers.
#[derive(Clone)]
pub struct Config {
    /// The product's webhook address, such as `http://127.0.0.1:3000/webhooks/sandbox`.
    pub webhook_url: String,
    /// Signs the webhooks; never empty.
    pub secret: String,
}

/// What can go wrong in the sandbox.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    #[error(transparent)]
    Store(#[from] StoreFailure),
    #[error("the sandbox's books hold a record that cannot be read: {0}")]
    Record(#[from] serde_json::Error),
    #[error("there is no sandbox payment {0}")]
    Unknown(String),
    #[error("attempt {0} was started before with another amount, payee or address")]
    Changed(String),
    #[error(transparent)]
    Decided(#[from] AlreadyDecided),
    #[error("the sandbox cannot send webhooks: {0}")]
    Http(#[from] reqwest::Error),
}

/// The sandbox gateway. Cheap to clone; clones share one bank.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
}

struct Inner {
    config: Config,
    store: Arc<dyn SandboxStore>,
    clock: Clock,
    client: reqwest::Client,
    /// Held while a payment is read, changed and written.
    books: Mutex<()>,
    /// When to knock at the product's door next, by reference.
    rounds: Mutex<Rounds>,
    decided: Notify,
}

impl Sandbox {
    /// # Errors
    /// The HTTP client cannot be set up.
    pub fn new(config: Config, store: Arc<dyn SandboxStore>, clock: Clock) -> Result<Self, SandboxError> {
        let client = courier::client()?;
        let inner = Inner {
            config,
            store,
            clock,
            client,
            books: Mutex::default(),
            rounds: Mutex::default(),
            decided: Notify::new(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Opens the payment that `order` asks for, or finds the one it opened before.
    ///
    /// # Errors
    /// The same attempt with other contents, or the books fail.
    pub async fn start(&self, order: Order) -> Result<Payment, SandboxError> {
        let reference = format!("sbx_{}", order.attempt);
        let _books = self.inner.books.lock().await;
        match self.find(&reference).await? {
            Some(found) if found.order == order => Ok(found),
            Some(_) => Err(SandboxError::Changed(order.attempt)),
            None => {
                let payment = Payment::open(reference, order, (self.inner.clock)());
                self.keep(&payment).await?;
                Ok(payment)
            }
        }
    }

    /// The payment as the bank sees it now.
    ///
    /// # Errors
    /// No such payment, or the books fail.
    pub async fn fetch(&self, reference: &str) -> Result<Payment, SandboxError> {
        self.find(reference).await?.ok_or_else(|| SandboxError::Unknown(reference.to_owned()))
    }

    /// Takes the payer's decision and has its outcome reported.
    ///
    /// # Errors
    /// No such payment, it was decided before, or the books fail.
    pub async fn decide(&self, reference: &str, decision: Decision) -> Result<Payment, SandboxError> {
        let books = self.inner.books.lock().await;
        let payment = self.fetch(reference).await?.decide(decision, (self.inner.clock)())?;
        // The reminder goes first: a reminder of an open payment does no harm, a decided payment
        // without one would never be reported.
        self.inner.store.put(&due_key(reference), String::new()).await?;
        self.keep(&payment).await?;
        drop(books);
        self.inner.decided.notify_one();
        Ok(payment)
    }

    /// The address of the hosted page, on the product's own host.
    pub fn page_url(reference: &str) -> String {
        format!("/sandbox/pay/{reference}")
    }

    async fn find(&self, reference: &str) -> Result<Option<Payment>, SandboxError> {
        let text = self.inner.store.get(&payment_key(reference)).await?;
        Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
    }

    async fn keep(&self, payment: &Payment) -> Result<(), SandboxError> {
        let text = serde_json::to_string(payment)?;
        Ok(self.inner.store.put(&payment_key(&payment.reference), text).await?)
    }
}

const DUE: &str = "due/";

fn payment_key(reference: &str) -> String {
    format!("payment/{reference}")
}

fn due_key(reference: &str) -> String {
    format!("{DUE}{reference}")
}
