//! Saved cards of the sandbox: what each does when it is charged is chosen on the page that saves it.

use chrono::{DateTime, Utc};
use domain::ids::{AutopayId, OrganizationId};
use services::payments::{GatewayError, SavedCard, SavedCharge, Setup, SetupSnapshot, SetupState, Snapshot};

use super::{Decision, Decline, Sandbox, SandboxError};

/// How a card stands, and what it does when it is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardStatus {
    /// Its page is open.
    Open,
    Works,
    Empty,
    /// Every charge needs its holder.
    Asks,
    Canceled,
}

impl CardStatus {
    pub const ALL: [Self; 5] = [Self::Open, Self::Works, Self::Empty, Self::Asks, Self::Canceled];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Works => "works",
            Self::Empty => "empty",
            Self::Asks => "asks",
            Self::Canceled => "canceled",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// The last figures, as of Stripe's published test cards that do the same.
    const fn last4(self) -> &'static str {
        match self {
            Self::Empty => "9995",
            Self::Asks => "3184",
            _ => "4242",
        }
    }

    const fn decision(self) -> Decision {
        match self {
            Self::Works => Decision::Approve,
            Self::Empty => Decision::Decline(Decline::InsufficientFunds),
            Self::Asks => Decision::Decline(Decline::AuthenticationRequired),
            Self::Open | Self::Canceled => Decision::Decline(Decline::Generic),
        }
    }
}

/// One card of the sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    pub reference: String,
    pub organization_id: OrganizationId,
    pub setup_id: AutopayId,
    pub return_url: String,
    pub status: CardStatus,
    pub created_at: DateTime<Utc>,
}

impl Sandbox {
    /// Opens the page that saves a card, or finds the one it opened before.
    ///
    /// # Errors
    /// The books fail.
    pub async fn open_card(&self, setup: &Setup) -> Result<Card, SandboxError> {
        let card = Card {
            reference: format!("sbxcard_{}", setup.id.0.simple()),
            organization_id: setup.organization_id,
            setup_id: setup.id,
            return_url: setup.return_url.clone(),
            status: CardStatus::Open,
            created_at: self.inner.clock.now(),
        };
        self.inner.store.open_card(&card).await?;
        self.card(&card.reference).await
    }

    /// # Errors
    /// No such card, or the books fail.
    pub async fn card(&self, reference: &str) -> Result<Card, SandboxError> {
        let found = self.inner.store.card(reference).await?;
        found.ok_or_else(|| SandboxError::Unknown(reference.to_owned()))
    }

    /// What the payer chose on the page, or that the card is forgotten. A page that was left stays so.
    ///
    /// # Errors
    /// No such card, or the books fail.
    pub async fn move_card(&self, reference: &str, status: CardStatus) -> Result<Card, SandboxError> {
        let card = self.card(reference).await?;
        if card.status == CardStatus::Open || status == CardStatus::Canceled {
            self.inner.store.move_card(reference, status).await?;
        }
        self.card(reference).await
    }

    pub(super) fn setup_snapshot(card: Card) -> SetupSnapshot {
        let year = chrono::Datelike::year(&card.created_at) + 3;
        let state = match card.status {
            CardStatus::Open => SetupState::Open,
            CardStatus::Canceled => SetupState::Gone,
            status => SetupState::Saved(SavedCard {
                customer: card.reference.clone(),
                method: card.reference,
                brand: "visa".to_owned(),
                last4: status.last4().to_owned(),
                exp_month: 12,
                exp_year: year,
            }),
        };
        SetupSnapshot { state, livemode: false }
    }

    /// The charge is decided at once, as the card was made to.
    pub(super) async fn charge(&self, charge: &SavedCharge) -> Result<Snapshot, GatewayError> {
        let card = self.card(&charge.method).await?;
        let payment = self.open(&charge.attempt).await?;
        match self.decide(&payment.reference, card.status.decision()).await {
            Ok(payment) => Ok(payment.snapshot()),
            Err(SandboxError::Decided(_)) => Ok(self.find(&payment.reference).await?.snapshot()),
            Err(error) => Err(error.into()),
        }
    }
}
