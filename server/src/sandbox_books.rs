//! Lends the sandbox gateway its table.

use async_trait::async_trait;
use domain::ids::{AutopayId, OrganizationId, PaymentAttemptId};
use domain::money::{Currency, Money};
use gateways::sandbox::{Card, CardStatus, Decline, Payment, SandboxStore, Status, StoreFailure};
use store::entities::sandbox_cards;
use store::entities::sandbox_payments::Model;
use store::{Db, StoreError, sandbox};

/// The sandbox's books in the product's own database.
pub struct SandboxBooks(pub Db);

#[async_trait]
impl SandboxStore for SandboxBooks {
    async fn find(&self, reference: &str) -> Result<Option<Payment>, StoreFailure> {
        sandbox::find(&self.0, reference).await.map_err(failure)?.map(payment).transpose()
    }

    async fn open(&self, payment: &Payment) -> Result<(), StoreFailure> {
        sandbox::open(&self.0, row(payment)).await.map_err(failure)
    }

    async fn replace(&self, payment: &Payment, expected: Status) -> Result<bool, StoreFailure> {
        sandbox::replace(&self.0, row(payment), expected.code()).await.map_err(failure)
    }

    async fn card(&self, reference: &str) -> Result<Option<Card>, StoreFailure> {
        let row = sandbox::card(&self.0, reference).await.map_err(failure)?;
        row.map(|row| {
            let unknown =
                || StoreFailure(format!("the row sandbox_cards/{} has no valid status", row.reference));
            Ok(Card {
                status: CardStatus::from_code(&row.status).ok_or_else(unknown)?,
                organization_id: OrganizationId(row.organization_id),
                setup_id: AutopayId(row.setup_id),
                return_url: row.return_url,
                created_at: row.created_at,
                reference: row.reference,
            })
        })
        .transpose()
    }

    async fn open_card(&self, card: &Card) -> Result<(), StoreFailure> {
        let row = sandbox_cards::Model {
            reference: card.reference.clone(),
            organization_id: card.organization_id.0,
            setup_id: card.setup_id.0,
            return_url: card.return_url.clone(),
            status: card.status.code().to_owned(),
            created_at: card.created_at,
        };
        sandbox::open_card(&self.0, row).await.map_err(failure)
    }

    async fn move_card(&self, reference: &str, status: CardStatus) -> Result<(), StoreFailure> {
        sandbox::move_card(&self.0, reference, status.code()).await.map_err(failure)
    }

    async fn undelivered(&self) -> Result<Vec<Payment>, StoreFailure> {
        sandbox::undelivered(&self.0).await.map_err(failure)?.into_iter().map(payment).collect()
    }
}

fn failure(error: StoreError) -> StoreFailure {
    StoreFailure(error.to_string())
}

fn row(payment: &Payment) -> Model {
    Model {
        reference: payment.reference.clone(),
        organization_id: payment.organization_id.0,
        attempt_id: payment.attempt_id.0,
        amount_minor: payment.amount.minor(),
        currency: payment.amount.currency().code().to_owned(),
        description: payment.description.clone(),
        return_url: payment.return_url.clone(),
        status: payment.status.code().to_owned(),
        reason: payment.decline.map(|reason| reason.code().to_owned()),
        created_at: payment.created_at,
        deliver_at: payment.due_at,
        delivered_at: payment.delivered_at,
        tries: i32::try_from(payment.failures).unwrap_or(i32::MAX),
        later: serde_json::to_string(&payment.later).unwrap_or_else(|_| "[]".to_owned()),
    }
}

fn payment(row: Model) -> Result<Payment, StoreFailure> {
    let bad = |what: &str, value: &str| {
        StoreFailure(format!("the row sandbox_payments/{} has no valid {what}: {value}", row.reference))
    };
    let currency: Currency = row.currency.parse().map_err(|_| bad("currency", &row.currency))?;
    let status = Status::from_code(&row.status).ok_or_else(|| bad("status", &row.status))?;
    let decline =
        row.reason.as_deref().map(|code| Decline::from_code(code).ok_or_else(|| bad("reason", code)));
    let failures = u32::try_from(row.tries).map_err(|_| bad("tries", &row.tries.to_string()))?;
    let later = serde_json::from_str(&row.later).map_err(|_| bad("list of movements", &row.later))?;
    Ok(Payment {
        later,
        organization_id: OrganizationId(row.organization_id),
        attempt_id: PaymentAttemptId(row.attempt_id),
        amount: Money::from_minor(row.amount_minor, currency),
        status,
        decline: decline.transpose()?,
        created_at: row.created_at,
        due_at: row.deliver_at,
        delivered_at: row.delivered_at,
        failures,
        description: row.description,
        return_url: row.return_url,
        reference: row.reference,
    })
}
