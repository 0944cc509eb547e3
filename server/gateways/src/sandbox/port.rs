//! The sandbox as the product's payment port sees it.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use services::payments::{
    Attempt, Delivery, GatewayError, GatewayRef, Headers, ListedEvent, Next, Notice, PaymentGateway,
    RefundRequest, SavedCard, SavedCharge, Setup, SetupSnapshot, Snapshot, Subject,
};
use services::settlements::{Payout, Settlement};

use super::page::Lang;
use super::{CardStatus, Decision, NAME, Payment, Sandbox, SandboxError};
use crate::signature;

/// The part of a webhook that counts; the rest is fetched again.
#[derive(Deserialize)]
struct Envelope {
    id: String,
    payment: About,
}

#[derive(Deserialize)]
struct About {
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

    async fn start_setup(&self, setup: &Setup) -> Result<Next, GatewayError> {
        let card = self.open_card(setup).await?;
        let lang = Lang::choose(Some(&setup.language)).tag();
        let url = format!("/sandbox/card/{}?lang={lang}", card.reference);
        Ok(Next::Redirect { url, reference: GatewayRef(card.reference) })
    }

    async fn fetch_setup(&self, reference: &GatewayRef) -> Result<SetupSnapshot, GatewayError> {
        Ok(Self::setup_snapshot(self.card(&reference.0).await?))
    }

    async fn charge_saved(&self, charge: &SavedCharge) -> Result<Snapshot, GatewayError> {
        self.charge(charge).await
    }

    async fn withdraw_charge(&self, charge: &SavedCharge) -> Result<Snapshot, GatewayError> {
        let reference = Payment::open(&charge.attempt, self.inner.clock.now()).reference;
        let reference = GatewayRef(reference);
        self.fetch(&reference).await?;
        self.cancel(&reference).await?;
        self.fetch(&reference).await
    }

    async fn forget(&self, card: &SavedCard) -> Result<(), GatewayError> {
        match self.move_card(&card.method, CardStatus::Canceled).await {
            Ok(_) | Err(SandboxError::Unknown(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Pretend money goes to no bank.
    async fn payouts(&self, _since: DateTime<Utc>) -> Result<Vec<Payout>, GatewayError> {
        Ok(Vec::new())
    }

    async fn settlement(&self, _payout: &GatewayRef) -> Result<Settlement, GatewayError> {
        Err(GatewayError::Unknown)
    }

    /// It keeps no events: a webhook of its that does not arrive is sent again by its courier.
    async fn events(&self, _since: DateTime<Utc>) -> Result<Vec<ListedEvent>, GatewayError> {
        Ok(Vec::new())
    }

    fn verify_webhook(
        &self,
        headers: Headers<'_>,
        raw: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Delivery, GatewayError> {
        let by_old_secret =
            signature::check(NAME, headers(signature::HEADER), raw, &self.inner.config.secrets, now)?;
        let envelope: Envelope =
            serde_json::from_slice(raw).map_err(|error| GatewayError::Refused(error.to_string()))?;
        let notices = vec![Notice {
            event_id: envelope.id,
            subject: Subject::Payment,
            reference: GatewayRef(envelope.payment.reference),
        }];
        Ok(Delivery { notices, by_old_secret })
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
