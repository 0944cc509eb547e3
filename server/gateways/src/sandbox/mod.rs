//! A gateway that moves no money: its own hosted page, its own books, and signed webhooks sent over HTTP
//! like any other gateway's. Mount [`Sandbox::router`] and run [`Sandbox::run`] in demo mode only.
//!
//! Outcomes are written down before they are reported, and reported until the product answers 2xx: a
//! delayed or undelivered one survives a restart.

mod card;
mod courier;
mod page;
mod payment;
mod port;
mod routes;
mod store;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use services::clock::Clock;
use services::payments::{Attempt, RefundRequest};
use tokio::sync::{Mutex, Notify};

pub use card::{Card, CardStatus};
pub use payment::{AlreadyDecided, Decision, Decline, LONGEST_DELAY, Later, LaterKind, Payment, Status};
pub use store::{SandboxStore, StoreFailure};

use courier::Rounds;

/// The gateway's name, as in `/webhooks/sandbox`.
pub const NAME: &str = "sandbox";

/// Where and how the sandbox answers.
#[derive(Clone)]
pub struct Config {
    /// The product's webhook address, such as `http://127.0.0.1:3000/webhooks/sandbox`.
    pub webhook_url: String,
    /// The active webhook secrets. The first signs; all are believed, so that one can be replaced.
    pub secrets: Vec<String>,
}

/// What can go wrong in the sandbox.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    #[error(transparent)]
    Store(#[from] StoreFailure),
    #[error("there is no sandbox payment {0}")]
    Unknown(String),
    #[error("payment {0} was started before with another amount")]
    Changed(String),
    #[error(transparent)]
    Decided(#[from] AlreadyDecided),
    #[error("payment {0} does not hold the money to be moved")]
    Nothing(String),
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
    clock: Arc<dyn Clock>,
    client: reqwest::Client,
    /// When to knock at the product's door next, by reference. Held during a round: one at a time.
    rounds: Mutex<Rounds>,
    decided: Notify,
}

impl Sandbox {
    /// # Errors
    /// The HTTP client cannot be set up.
    pub fn new(
        config: Config,
        store: Arc<dyn SandboxStore>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SandboxError> {
        let client = courier::client()?;
        let inner = Inner { config, store, clock, client, rounds: Mutex::default(), decided: Notify::new() };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Opens the payment that `attempt` asks for, or finds the one it opened before.
    ///
    /// # Errors
    /// The same attempt with another amount, or the books fail.
    pub async fn open(&self, attempt: &Attempt) -> Result<Payment, SandboxError> {
        let payment = Payment::open(attempt, self.inner.clock.now());
        self.inner.store.open(&payment).await?;
        let kept = self.find(&payment.reference).await?;
        if kept.answers(attempt) { Ok(kept) } else { Err(SandboxError::Changed(kept.reference)) }
    }

    /// The payment as the bank sees it now.
    ///
    /// # Errors
    /// No such payment, or the books fail.
    pub async fn find(&self, reference: &str) -> Result<Payment, SandboxError> {
        let found = self.inner.store.find(reference).await?;
        found.ok_or_else(|| SandboxError::Unknown(reference.to_owned()))
    }

    /// Takes the payer's decision and has its outcome reported.
    ///
    /// # Errors
    /// No such payment, it was decided before, or the books fail.
    pub async fn decide(&self, reference: &str, decision: Decision) -> Result<Payment, SandboxError> {
        let payment = self.find(reference).await?.decide(decision, self.inner.clock.now())?;
        if !self.inner.store.replace(&payment, Status::Open).await? {
            return Err(AlreadyDecided.into());
        }
        self.inner.decided.notify_one();
        Ok(payment)
    }

    /// Gives money of a payment back.
    ///
    /// # Errors
    /// No such payment, it does not hold as much, or the books fail.
    pub async fn give_back(&self, request: &RefundRequest) -> Result<(), SandboxError> {
        let now = self.inner.clock.now();
        self.move_later(&request.payment.0, |payment| payment.refunded(request, now)).await
    }

    /// The payer disputes a payment at the bank, or the bank decides for us.
    ///
    /// # Errors
    /// No such payment, nothing to dispute or to give back, or the books fail.
    pub async fn dispute(&self, reference: &str, what: LaterKind) -> Result<(), SandboxError> {
        let now = self.inner.clock.now();
        self.move_later(reference, |payment| payment.disputed(what, now)).await
    }

    async fn move_later(
        &self,
        reference: &str,
        change: impl FnOnce(Payment) -> Option<Payment> + Send,
    ) -> Result<(), SandboxError> {
        // Not while a delivery writes down how it went.
        let mut rounds = self.inner.rounds.lock().await;
        let payment = self.find(reference).await?;
        let status = payment.status;
        let changed = change(payment).ok_or_else(|| SandboxError::Nothing(reference.to_owned()))?;
        self.inner.store.replace(&changed, status).await?;
        rounds.remove(reference);
        self.inner.decided.notify_one();
        Ok(())
    }
}
