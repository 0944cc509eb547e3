//! Reports outcomes to the product until it answers 2xx.
//!
//! Waiting is measured on the process's own steady clock, set once from the time of day when an outcome is
//! first seen: a rehearsal with a fixed clock still gets its delayed payments, and so does a restart.

use std::collections::HashMap;
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use tokio::time::{Instant, sleep};

use super::{DUE, Payment, Sandbox, SandboxError, due_key};
use crate::signature;

/// How often the books are looked through when nothing happens.
const ROUND: Duration = Duration::from_secs(1);
/// How long the product may take to answer one webhook.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the hosted page waits for the first delivery before it sends the payer back.
const COURTESY: Duration = Duration::from_secs(3);
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LONGEST_RETRY: Duration = Duration::from_mins(1);

/// What this process remembers of each undelivered outcome.
pub type Rounds = HashMap<String, Knock>;

/// When to try next, and how often it was tried in vain.
pub struct Knock {
    at: Instant,
    failures: u32,
}

/// Straight to the product: no proxy, and a redirect is not an answer.
pub fn client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .timeout(PATIENCE)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
}

/// One second, then twice as long after each failure, up to a minute.
pub fn back_off(failures: u32) -> Duration {
    FIRST_RETRY.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1))).min(LONGEST_RETRY)
}

impl Sandbox {
    /// Delivers outcomes for ever; drop the future to stop.
    pub async fn run(&self) {
        loop {
            if let Err(error) = self.deliver_due().await {
                tracing::error!(%error, "the sandbox cannot look through its outcomes");
            }
            tokio::select! {
                () = sleep(ROUND) => {}
                () = self.inner.decided.notified() => {}
            }
        }
    }

    /// Delivers what is due, within a moment if the product is quick; what is left comes later.
    pub(super) async fn deliver_soon(&self) {
        let sandbox = self.clone();
        // A task of its own: a payer who leaves must not cut a delivery short.
        let round = tokio::spawn(async move { sandbox.deliver_due().await });
        match tokio::time::timeout(COURTESY, round).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(error))) => tracing::error!(%error, "the sandbox cannot deliver an outcome"),
            Ok(Err(error)) => tracing::error!(%error, "the sandbox's delivery ended early"),
            Err(_) => tracing::debug!("the product is slow to take an outcome; it will be sent again"),
        }
    }

    /// One look through all undelivered outcomes. One that cannot be read does not hold up the others.
    pub(super) async fn deliver_due(&self) -> Result<(), SandboxError> {
        let mut rounds = self.inner.rounds.lock().await;
        for key in self.inner.store.keys(DUE).await? {
            let reference = key.strip_prefix(DUE).unwrap_or(&key);
            if let Err(error) = self.knock(reference, &mut rounds).await {
                tracing::error!(reference, %error, "the sandbox cannot report a payment");
            }
        }
        Ok(())
    }

    async fn knock(&self, reference: &str, rounds: &mut Rounds) -> Result<(), SandboxError> {
        let payment = self.fetch(reference).await?;
        let Some(due_at) = payment.due_at else { return Ok(()) };
        let knock = rounds.entry(reference.to_owned()).or_insert_with(|| {
            let wait = (due_at - (self.inner.clock)()).to_std().unwrap_or_default();
            Knock { at: Instant::now() + wait, failures: 0 }
        });
        if knock.at > Instant::now() {
            return Ok(());
        }
        match self.deliver(payment).await? {
            Ok(()) => {
                self.inner.store.remove(&due_key(reference)).await?;
                rounds.remove(reference);
            }
            Err(cause) => {
                knock.failures = knock.failures.saturating_add(1);
                knock.at = Instant::now() + back_off(knock.failures);
                tracing::warn!(reference, failures = knock.failures, cause, "sandbox webhook not taken");
            }
        }
        Ok(())
    }

    /// Sends one outcome; the inner error is the product's, and worth another try.
    async fn deliver(&self, payment: Payment) -> Result<Result<(), String>, SandboxError> {
        let payment = self.settle(payment).await?;
        let body = serde_json::to_vec(&payment.event())?;
        let config = &self.inner.config;
        let signature = match signature::sign(config.secret.as_bytes(), (self.inner.clock)(), &body) {
            Ok(signature) => signature,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let answer = self
            .inner
            .client
            .post(&config.webhook_url)
            .header(CONTENT_TYPE, "application/json")
            .header(signature::HEADER, signature)
            .body(body)
            .send()
            .await;
        Ok(match answer {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => Err(format!("answered {}", answer.status())),
            Err(error) => Err(error.to_string()),
        })
    }

    async fn settle(&self, payment: Payment) -> Result<Payment, SandboxError> {
        let _books = self.inner.books.lock().await;
        let settled = payment.clone().settle();
        if settled != payment {
            self.keep(&settled).await?;
        }
        Ok(settled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_longer_each_time_and_never_over_a_minute() {
        let waits: Vec<u64> =
            [1, 2, 3, 6, 7, 40, u32::MAX].into_iter().map(|n| back_off(n).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 32, 60, 60, 60]);
    }
}
