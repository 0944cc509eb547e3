//! The sandbox as the product's payment port sees it.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use services::payments::{
    Attempt, GatewayError, GatewayRef, Headers, Next, Notice, PaymentGateway, RefundRequest, Snapshot,
};

use super::page::Lang;
use super::{Decision, NAME, Sandbox, SandboxError};
use crate::signature;

/// The part of a webhook that counts; the rest is fetched again.
#[derive(Deserialize)]
struct Envelope {
    id: String,
    payment: Subject,
}

#[derive(Deserialize)]
struct Subject {
    reference: String,
}

#[async_trait]
impl PaymentGateway for Sandbox {
    fn name(&self) -> &'static str {
        NAME
    }

    fn pages(&self) -> Vec<String> {
        Vec::new()
    }

    async fn start(&self, attempt: &Attempt) -> Result<Next, GatewayError> {
        let payment = self.open(attempt).await?;
        let lang = Lang::choose(Some(&attempt.language)).tag();
        let url = format!("/sandbox/pay/{}?lang={lang}", payment.reference);
        Ok(Next::Redirect { url, reference: GatewayRef(payment.reference) })
    }

    async fn fetch(&self, reference: &GatewayRef) -> Result<Snapshot, GatewayError> {
        Ok(self.find(&reference.0).await?.snapshot())
    }

    async fn cancel(&self, reference: &GatewayRef) -> Result<(), GatewayError> {
        match self.decide(&reference.0, Decision::Cancel).await {
            Ok(_) | Err(SandboxError::Decided(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn refund(&self, request: &RefundRequest) -> Result<GatewayRef, GatewayError> {
        self.give_back(request).await?;
        Ok(GatewayRef(request.id.to_string()))
    }

    fn verify_webhook(
        &self,
        headers: Headers<'_>,
        raw: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Vec<Notice>, GatewayError> {
        signature::check(NAME, headers(signature::HEADER), raw, &self.inner.config.secrets, now)?;
        let envelope: Envelope =
            serde_json::from_slice(raw).map_err(|error| GatewayError::Refused(error.to_string()))?;
        Ok(vec![Notice { event_id: envelope.id, reference: GatewayRef(envelope.payment.reference) }])
    }
}

impl From<SandboxError> for GatewayError {
    fn from(error: SandboxError) -> Self {
        match error {
            SandboxError::Unknown(_) => Self::Unknown,
            SandboxError::Changed(_) | SandboxError::Decided(_) | SandboxError::Nothing(_) => {
                Self::Refused(error.to_string())
            }
            SandboxError::Store(_) | SandboxError::Http(_) => Self::Unreachable(error.to_string()),
        }
    }
}
