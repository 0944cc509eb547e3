//! The port of payment gateways: each is an adapter that implements [`PaymentGateway`].

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::ids::{AutopayId, OrganizationId, PaymentAttemptId, RefundId};
use domain::money::{Currency, Money};
use domain::party::UnknownText;

use crate::settlements::{Payout, Settlement};

/// A try to pay, kept before the gateway hears of it; its id is the idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub id: PaymentAttemptId,
    pub organization_id: OrganizationId,
    pub amount: Money,
    /// What the debtor reads on the gateway's page: the creditor and the account number.
    pub description: String,
    /// Where the gateway sends the debtor back to.
    pub return_url: String,
    /// BCP 47 language of the debtor.
    pub language: String,
}

/// The gateway's own name for a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayRef(pub String);

/// What happens after an attempt was started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Send the debtor's browser there (GET).
    Redirect { url: String, reference: GatewayRef },
}

/// How a payment stands at the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotStatus {
    ActionRequired,
    Processing,
    Succeeded,
    Failed,
    Canceled,
    Expired,
}

/// What one movement of money was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MovementKind {
    /// The payer's money arrived.
    Received,
    /// It went back because we said so.
    Refunded,
    /// A refund did not reach the payer: the money is here again.
    RefundFailed,
    /// The payer's bank took it back (contracargo).
    Withdrawn,
    /// The bank gave it back: the dispute was won.
    Reinstated,
}

impl MovementKind {
    pub const ALL: [Self; 5] =
        [Self::Received, Self::Refunded, Self::RefundFailed, Self::Withdrawn, Self::Reinstated];

    /// The first word of its source in the ledger.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "payment",
            Self::Refunded => "refund",
            Self::RefundFailed => "refund_failed",
            Self::Withdrawn => "dispute",
            Self::Reinstated => "dispute_won",
        }
    }

    /// The ledger's name of a movement.
    pub fn source(self, gateway: &str, id: &str) -> String {
        format!("{}:{gateway}:{id}", self.as_str())
    }
}

/// One movement of a payment's money at the gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    pub kind: MovementKind,
    /// The gateway's name of it, or ours where the gateway kept it. With the kind it is unique, so
    /// that each movement is posted once.
    pub id: String,
    /// What moved, whatever was asked for; more than zero.
    pub amount: Money,
    /// What the gateway kept for it.
    pub fee: Option<Money>,
    pub at: DateTime<Utc>,
}

/// A payment as the gateway knows it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    pub reference: GatewayRef,
    pub attempt_id: PaymentAttemptId,
    pub status: SnapshotStatus,
    /// Every movement of its money until now, in any order.
    pub movements: Vec<Movement>,
    /// Stable code of a failure, for example `insufficient_funds`.
    pub failure: Option<String>,
    pub livemode: bool,
}

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A payment, or the saving of a card.
    Payment,
    /// Money that goes to our bank.
    Payout,
}

impl Subject {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Payout => "payout",
        }
    }
}

/// What a verified webhook announces. Only the reference counts: the worker re-fetches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Unique per gateway; a second delivery carries the same.
    pub event_id: String,
    pub subject: Subject,
    pub reference: GatewayRef,
}

/// A webhook that is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub notices: Vec<Notice>,
    /// The newest secret did not sign it, an older one that is still active did.
    pub by_old_secret: bool,
}

/// An event as the gateway's own list has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedEvent {
    pub notice: Notice,
    /// The event as JSON.
    pub raw: String,
}

/// Money to give back through the gateway it came by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundRequest {
    /// Idempotency key, and the id of the movement that the gateway will report.
    pub id: RefundId,
    /// The payment, as the gateway's movement of its money names it.
    pub payment: GatewayRef,
    pub amount: Money,
}

/// A card to be saved on the gateway's own page, for charges without its holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// Idempotency key.
    pub id: AutopayId,
    pub organization_id: OrganizationId,
    /// What the card will be charged in.
    pub currency: Currency,
    pub return_url: String,
    /// BCP 47 language of the debtor.
    pub language: String,
}

/// Of a saved card, all that is kept: no number ever reaches us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedCard {
    /// The gateway's names of its holder and of the card.
    pub customer: String,
    pub method: String,
    pub brand: String,
    pub last4: String,
    pub exp_month: i32,
    pub exp_year: i32,
}

/// How the saving of a card stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetupState {
    /// The page is open.
    Open,
    Saved(SavedCard),
    /// The page was left or has lapsed.
    Gone,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetupSnapshot {
    pub state: SetupState,
    pub livemode: bool,
}

/// A charge of a saved card while its holder is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedCharge {
    /// Its id is the idempotency key.
    pub attempt: Attempt,
    pub customer: String,
    pub method: String,
}

/// Header names (lower case) and values.
pub type Headers<'a> = &'a (dyn Fn(&str) -> Option<String> + Sync);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// Worth trying again.
    #[error("the gateway cannot be reached: {0}")]
    Unreachable(String),
    #[error("the gateway refused: {0}")]
    Refused(String),
    #[error("the gateway knows no such payment")]
    Unknown,
    #[error("the webhook's signature is not valid: {0}")]
    BadSignature(&'static str),
}

/// A payment gateway.
#[async_trait]
pub trait PaymentGateway: Send + Sync {
    /// Its stable name, part of addresses and sources.
    fn name(&self) -> &'static str;

    /// Origins of the pages that payers are sent to, such as `https://checkout.example`; none for
    /// pages of our own.
    fn pages(&self) -> Vec<String>;

    /// Starts a payment. The same attempt twice gives the same payment.
    async fn start(&self, attempt: &Attempt) -> Result<Next, GatewayError>;

    /// The payment as it stands.
    async fn fetch(&self, reference: &GatewayRef) -> Result<Snapshot, GatewayError>;

    /// Makes sure that a payment that was started and not yet made cannot be made any more. One
    /// that is made or gone already is no error.
    async fn cancel(&self, reference: &GatewayRef) -> Result<(), GatewayError>;

    /// Gives money back; how it went is seen by fetching the payment. The same request twice
    /// gives money back once.
    ///
    /// # Errors
    /// `Refused` when the gateway will never do it.
    async fn refund(&self, request: &RefundRequest) -> Result<GatewayRef, GatewayError>;

    /// Opens a page that saves a card. The same setup twice gives the same page.
    async fn start_setup(&self, setup: &Setup) -> Result<Next, GatewayError>;

    /// How the saving of a card stands.
    async fn fetch_setup(&self, reference: &GatewayRef) -> Result<SetupSnapshot, GatewayError>;

    /// Charges a saved card, and says how that went: a decline is an answer, no error. The same charge
    /// again, however much later, charges once.
    async fn charge_saved(&self, charge: &SavedCharge) -> Result<Snapshot, GatewayError>;

    /// Makes sure that a charge whose answer was lost cannot happen any more, and says how it stands.
    ///
    /// # Errors
    /// `Unknown` when it was never begun.
    async fn withdraw_charge(&self, charge: &SavedCharge) -> Result<Snapshot, GatewayError>;

    /// Forgets a saved card for good. One that is gone already is no error.
    async fn forget(&self, card: &SavedCard) -> Result<(), GatewayError>;

    /// Payouts that were made since an instant, the oldest first.
    async fn payouts(&self, since: DateTime<Utc>) -> Result<Vec<Payout>, GatewayError>;

    /// A payout as it stands, with every line of it where the gateway knows them.
    async fn settlement(&self, payout: &GatewayRef) -> Result<Settlement, GatewayError>;

    /// Events since an instant, the oldest first, whether or not they were delivered.
    async fn events(&self, since: DateTime<Utc>) -> Result<Vec<ListedEvent>, GatewayError>;

    /// Checks a webhook on its raw bytes.
    ///
    /// # Errors
    /// `BadSignature` when it does not come from the gateway or is too old.
    fn verify_webhook(
        &self,
        headers: Headers<'_>,
        raw: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Delivery, GatewayError>;
}

/// How an attempt stands with us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptStatus {
    Created,
    ActionRequired,
    Processing,
    Succeeded,
    Failed,
    Canceled,
    /// The payer let it lapse.
    Expired,
}

impl AttemptStatus {
    /// The payer or the gateway still has something to do.
    pub const OPEN: [Self; 3] = [Self::Created, Self::ActionRequired, Self::Processing];

    const ALL: [Self; 7] = [
        Self::Created,
        Self::ActionRequired,
        Self::Processing,
        Self::Succeeded,
        Self::Failed,
        Self::Canceled,
        Self::Expired,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::ActionRequired => "action_required",
            Self::Processing => "processing",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Expired => "expired",
        }
    }
}

impl std::str::FromStr for AttemptStatus {
    type Err = UnknownText;
    fn from_str(text: &str) -> Result<Self, UnknownText> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| UnknownText { of: "AttemptStatus", text: text.to_owned() })
    }
}

impl From<SnapshotStatus> for AttemptStatus {
    fn from(status: SnapshotStatus) -> Self {
        match status {
            SnapshotStatus::ActionRequired => Self::ActionRequired,
            SnapshotStatus::Processing => Self::Processing,
            SnapshotStatus::Succeeded => Self::Succeeded,
            SnapshotStatus::Failed => Self::Failed,
            SnapshotStatus::Canceled => Self::Canceled,
            SnapshotStatus::Expired => Self::Expired,
        }
    }
}
