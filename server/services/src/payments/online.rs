//! Paying online: a try is kept, the gateway opens its page, the debtor comes back. What the gateway
//! reports is in [`super::events`], what it does to the ledger in [`super::settle`].

use domain::access::Actor;
use domain::account::Component;
use domain::ids::{AccountId, OrganizationId, PartyId, PaymentAttemptId, PaymentId};
use domain::money::Money;
use domain::text::Say;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};
use serde_json::json;
use store::entities::payment_attempts;
use store::{StoreError, Tx, accounts};

use super::designation;
use super::gateway::{Attempt, AttemptStatus, GatewayError, GatewayRef, Next};
use super::post::stored_money;
use crate::accounts::debtor_of;
use crate::{ServiceError, ServiceResult, Services};

/// What the debtor chose to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayChoice {
    All,
    Overdue,
    Other(Money),
}

/// A payment attempt as its debtor sees it.
#[derive(Clone, Debug)]
pub struct AttemptView {
    pub id: PaymentAttemptId,
    pub account_id: AccountId,
    pub amount: Money,
    pub status: AttemptStatus,
    pub failure: Option<String>,
    pub payment_id: Option<PaymentId>,
}

impl Services {
    /// Starts an online payment for one of the debtor's own debts, of which `designated` are paid first;
    /// gives the address of the gateway's page.
    ///
    /// # Errors
    /// `NotFound` for a debt of somebody else, `Invalid` for the amount or what goes first, `Outside` when the
    /// gateway does not answer.
    pub async fn start_payment(
        &self,
        actor: &Actor,
        account_id: AccountId,
        choice: PayChoice,
        designated: &[Component],
    ) -> ServiceResult<String> {
        let party = debtor_of(actor)?;
        let (gateway_name, gateway) = self.must_pay_by(actor.organization_id).await?;
        let account = accounts::find(self.db.read(), actor.organization_id, account_id).await?;
        let account = account.filter(|account| account.debtor_id == party).ok_or(ServiceError::NotFound)?;
        let today = self.today(actor.organization_id).await?;
        let summary = self.summary(actor, account, today).await?;
        let amount = chosen_amount(choice, summary.balance.total()?, summary.overdue)?;
        designation::check(&summary.creditor.country, designated)?;
        let mut row = self.new_attempt(actor, account_id, party, &gateway_name, amount);
        row.designated = designation::to_column(designated);
        let tx = self.begin().await?;
        // A plan that its debtor is changing waits for this, or this for it.
        store::arrangements::lock_debts(&tx, actor.organization_id, &[account_id]).await?;
        self.insert_attempt(&tx, actor, row.clone()).await?;
        tx.commit().await?;
        let attempt = self.attempt_of(&row).await?;
        let Next::Redirect { url, reference } = gateway.start(&attempt).await.map_err(outside)?;
        self.note_reference(actor.organization_id, attempt.id, &reference).await?;
        Ok(url)
    }

    pub(crate) fn new_attempt(
        &self,
        actor: &Actor,
        account_id: AccountId,
        party: PartyId,
        gateway: &str,
        amount: Money,
    ) -> payment_attempts::Model {
        let now = self.now();
        payment_attempts::Model {
            organization_id: actor.organization_id.0,
            id: self.new_id(),
            account_id: account_id.0,
            debtor_id: party.0,
            gateway: gateway.to_owned(),
            amount_minor: amount.minor(),
            currency: amount.currency().to_string(),
            status: AttemptStatus::Created.as_str().to_owned(),
            gateway_ref: None,
            failure: None,
            created_at: now,
            updated_at: now,
            payment_id: None,
            livemode: self.livemode(),
            designated: None,
        }
    }

    /// Keeps an attempt before its gateway hears of it; the caller holds the debt's balance.
    pub(crate) async fn insert_attempt(
        &self,
        tx: &Tx,
        actor: &Actor,
        row: payment_attempts::Model,
    ) -> ServiceResult<()> {
        let details = json!({ "attempt": row.id, "minor": row.amount_minor, "currency": row.currency });
        let subject = format!("account:{}", AccountId(row.account_id));
        payment_attempts::Entity::insert(row.into_active_model().reset_all())
            .exec_without_returning(tx)
            .await?;
        self.audit(tx, actor, "payment.started", subject, details).await
    }

    /// What the gateway is asked for, the same however often it is asked.
    pub(crate) async fn attempt_of(&self, row: &payment_attempts::Model) -> ServiceResult<Attempt> {
        let (db, org) = (self.db.read(), OrganizationId(row.organization_id));
        let account =
            accounts::find(db, org, AccountId(row.account_id)).await?.ok_or(ServiceError::NotFound)?;
        let creditor = store::parties::find_creditor(db, org, account.creditor_id).await?;
        let party = store::parties::find_party(db, org, PartyId(row.debtor_id)).await?;
        let id = PaymentAttemptId(row.id);
        Ok(Attempt {
            id,
            organization_id: org,
            amount: stored_money("payment_attempts", row.id, row.amount_minor, &row.currency)?,
            description: format!(
                "{} · {}",
                creditor.map(|one| one.name).unwrap_or_default(),
                account.external_id
            ),
            return_url: format!("{}/pagos/{id}", self.public_url),
            language: party.map_or_else(|| "es".to_owned(), |party| party.language),
        })
    }

    pub(super) async fn note_reference(
        &self,
        org: OrganizationId,
        id: PaymentAttemptId,
        reference: &GatewayRef,
    ) -> ServiceResult<()> {
        let tx = self.begin().await?;
        let row = payment_attempts::Entity::find_by_id((org.0, id.0))
            .one(&tx)
            .await?
            .ok_or(ServiceError::NotFound)?;
        let mut row = row.into_active_model();
        row.gateway_ref = Set(Some(reference.0.clone()));
        row.status = Set(AttemptStatus::ActionRequired.as_str().to_owned());
        row.update(&tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// One of the debtor's own attempts, brought up to date with the gateway first. Being sent
    /// back here proves nothing; only what the gateway itself says counts.
    ///
    /// # Errors
    /// `NotFound` for attempts of others.
    pub async fn my_attempt(&self, actor: &Actor, id: PaymentAttemptId) -> ServiceResult<AttemptView> {
        let party = debtor_of(actor)?;
        let row = self.own_attempt(actor, id, party).await?;
        let status: AttemptStatus =
            row.status.parse().map_err(StoreError::bad_row("payment_attempts", row.id))?;
        let waiting = AttemptStatus::OPEN.contains(&status);
        if let (true, Some(gateway), Some(reference)) =
            (waiting, self.gateway(&row.gateway).await?, &row.gateway_ref)
        {
            match gateway.fetch(&GatewayRef(reference.clone())).await {
                Ok(snapshot) => self.settle(&row.gateway, &snapshot).await?,
                Err(error) => tracing::warn!(%error, "attempt not refreshed"),
            }
        }
        let row = self.own_attempt(actor, id, party).await?;
        Ok(AttemptView {
            id,
            account_id: AccountId(row.account_id),
            amount: stored_money("payment_attempts", row.id, row.amount_minor, &row.currency)?,
            status: row.status.parse().map_err(StoreError::bad_row("payment_attempts", row.id))?,
            failure: row.failure,
            payment_id: row.payment_id.map(PaymentId),
        })
    }

    async fn own_attempt(
        &self,
        actor: &Actor,
        id: PaymentAttemptId,
        party: PartyId,
    ) -> ServiceResult<payment_attempts::Model> {
        let key = (actor.organization_id.0, id.0);
        let row = payment_attempts::Entity::find_by_id(key).one(self.db.read()).await?;
        row.filter(|row| row.debtor_id == party.0).ok_or(ServiceError::NotFound)
    }
}

fn chosen_amount(choice: PayChoice, total: Money, overdue: Money) -> ServiceResult<Money> {
    let amount = match choice {
        PayChoice::All => total,
        PayChoice::Overdue => overdue,
        PayChoice::Other(amount) => amount,
    };
    if !total.is_positive() {
        let says = Say::new("Esta deuda ya está pagada", "This debt has been paid");
        return Err(ServiceError::told("amount", says.pt("Esta dívida já está paga")));
    }
    if amount.currency() != total.currency() || !amount.is_positive() {
        let says = Say::new("Escribe un importe mayor que cero", "Write an amount of more than zero");
        return Err(ServiceError::told("amount", says.pt("Escreva um valor maior que zero")));
    }
    if amount > total {
        let says = Say::new(
            format!("El importe supera lo que debes ({total}). Escribe esa cantidad o menos."),
            format!("The amount is more than you owe ({total}). Write that or less."),
        );
        let pt = format!("O valor é maior do que você deve ({total}). Escreva esse valor ou menos.");
        return Err(ServiceError::told("amount", says.pt(pt)));
    }
    Ok(amount)
}

pub(crate) fn no_gateway() -> ServiceError {
    let says = Say::new(
        "El pago en línea no está disponible por ahora. Llámanos para pagar por otro medio.",
        "Paying online is not available now. Call us to pay another way.",
    );
    let pt = "O pagamento online não está disponível agora. Ligue para nós para pagar de outra forma.";
    ServiceError::told("", says.pt(pt))
}

pub(crate) fn outside(error: GatewayError) -> ServiceError {
    match error {
        GatewayError::Unknown => ServiceError::NotFound,
        other => ServiceError::Outside { part: "gateway", cause: other.to_string() },
    }
}
