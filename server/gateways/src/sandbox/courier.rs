//! Reports outcomes to the product until it answers 2xx.
//!
//! Waiting is measured on the process's own steady clock, set once from the time of day when an outcome is
//! first seen: a rehearsal with a fixed clock still gets its delayed payments, and so does a restart.

use std::collections::HashMap;
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use tokio::time::{Instant, sleep};

use super::{Payment, Sandbox, SandboxError};
use crate::signature;

/// How often the books are looked through when nothing happens.
const ROUND: Duration = Duration::from_secs(1);
/// How long the product may take to answer one webhook.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the hosted page waits for the first delivery before it sends the payer back.
const COURTESY: Duration = Duration::from_secs(3);
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LONGEST_RETRY: Duration = Duration::from_mins(1);

/// When this process next tries to report each undelivered outcome.
pub type Rounds = HashMap<String, Instant>;

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

    /// One look through all undelivered outcomes.
    pub(super) async fn deliver_due(&self) -> Result<(), SandboxError> {
        let mut rounds = self.inner.rounds.lock().await;
        for payment in self.inner.store.undelivered().await? {
            let Some(due_at) = payment.due_at else { continue };
            let knock_at = *rounds.entry(payment.reference.clone()).or_insert_with(|| {
                let wait = (due_at - self.inner.clock.now()).to_std().unwrap_or_default();
                Instant::now() + wait
            });
            if knock_at > Instant::now() {
                continue;
            }
            let after = self.deliver(payment).await?;
            if after.delivered_at.is_some() {
                rounds.remove(&after.reference);
            } else {
                rounds.insert(after.reference, Instant::now() + back_off(after.failures));
            }
        }
        Ok(())
    }

    /// Reports one outcome and writes down how that went.
    async fn deliver(&self, payment: Payment) -> Result<Payment, SandboxError> {
        let payment = self.settle(payment).await?;
        let mut after = payment.clone();
        match self.post(&payment).await {
            Ok(()) => after.delivered_at = Some(self.inner.clock.now()),
            Err(cause) => {
                after.failures = after.failures.saturating_add(1);
                let reference = &after.reference;
                tracing::warn!(reference, failures = after.failures, cause, "sandbox webhook not taken");
            }
        }
        self.inner.store.replace(&after, payment.status).await?;
        Ok(after)
    }

    /// The money of a delayed payment arrives before anybody hears of it.
    async fn settle(&self, payment: Payment) -> Result<Payment, SandboxError> {
        let before = payment.status;
        let settled = payment.settle();
        if settled.status != before {
            self.inner.store.replace(&settled, before).await?;
        }
        Ok(settled)
    }

    /// Sends one signed webhook; the error says why the product did not take it.
    async fn post(&self, payment: &Payment) -> Result<(), String> {
        let body = serde_json::to_vec(&payment.event()).map_err(|error| error.to_string())?;
        let config = &self.inner.config;
        let secret = config.secrets.first().map_or("", String::as_str);
        let signature = signature::sign(secret.as_bytes(), self.inner.clock.now(), &body)
            .map_err(|error| error.to_string())?;
        let request = self.inner.client.post(&config.webhook_url).body(body);
        let request = request.header(CONTENT_TYPE, "application/json").header(signature::HEADER, signature);
        let answer = request.send().await.map_err(|error| error.to_string())?;
        if answer.status().is_success() { Ok(()) } else { Err(format!("answered {}", answer.status())) }
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
