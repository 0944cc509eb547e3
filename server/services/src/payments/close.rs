//! Payments that were started and left: closed by their debtor, or because the debt has changed.

use chrono::Duration;
use domain::access::Actor;
use domain::ids::{AccountId, OrganizationId, PaymentAttemptId};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use serde_json::json;
use store::StoreError;
use store::entities::{autopay_charges, entries, payment_attempts};

use super::gateway::{AttemptStatus, GatewayError, GatewayRef, Next};
use super::online::{AttemptView, outside};
use super::post::stored_money;
use super::settle::WORKER;
use crate::accounts::debtor_of;
use crate::{ServiceError, ServiceResult, Services};

/// No gateway keeps a page open for longer.
const LONGEST_PAGE: Duration = Duration::hours(25);

/// Attempts that a worker takes at a time.
const BATCH: u64 = 50;

impl Services {
    /// The payments that the debtor started on a debt and that can still be closed or finished, the
    /// newest first. Automatic charges are none of them.
    ///
    /// # Errors
    /// `NotSignedIn` for anybody else, or the database.
    pub async fn my_open_attempts(
        &self,
        actor: &Actor,
        account: AccountId,
    ) -> ServiceResult<Vec<AttemptView>> {
        let party = debtor_of(actor)?;
        let rows = payment_attempts::Entity::find()
            .filter(payment_attempts::Column::OrganizationId.eq(actor.organization_id.0))
            .filter(payment_attempts::Column::AccountId.eq(account.0))
            .filter(payment_attempts::Column::DebtorId.eq(party.0))
            .filter(payment_attempts::Column::Status.is_in(AttemptStatus::OPEN.map(AttemptStatus::as_str)))
            .filter(by_hand())
            .order_by_desc(payment_attempts::Column::CreatedAt)
            .all(self.db.read())
            .await?;
        rows.into_iter().map(AttemptView::read).collect()
    }

    /// Closes a payment that the debtor started: its page cannot be paid on any more. One that was
    /// paid meanwhile stays paid, and one that a bank already works on goes on.
    ///
    /// # Errors
    /// `NotFound` for attempts of others, `Outside` when the gateway does not answer.
    pub async fn close_my_attempt(&self, actor: &Actor, id: PaymentAttemptId) -> ServiceResult<AttemptView> {
        let party = debtor_of(actor)?;
        let key = (actor.organization_id.0, id.0);
        let row = payment_attempts::Entity::find_by_id(key).one(self.db.read()).await?;
        let row = row.filter(|row| row.debtor_id == party.0).ok_or(ServiceError::NotFound)?;
        self.close_attempt(actor, row).await?;
        let row = payment_attempts::Entity::find_by_id(key).one(self.db.read()).await?;
        AttemptView::read(row.ok_or(ServiceError::NotFound)?)
    }

    /// The same for whoever has authorised it.
    pub(crate) async fn close_attempt(
        &self,
        actor: &Actor,
        row: payment_attempts::Model,
    ) -> ServiceResult<()> {
        let status: AttemptStatus =
            row.status.parse().map_err(StoreError::bad_row("payment_attempts", row.id))?;
        if !AttemptStatus::OPEN.contains(&status) {
            return Ok(());
        }
        let org = OrganizationId(row.organization_id);
        let charge = autopay_charges::Entity::find_by_id((org.0, row.id)).one(self.db.read()).await?;
        if charge.is_some() {
            // It ends by itself within moments.
            return Ok(());
        }
        let Some(gateway) = self.gateway(&row.gateway).await? else { return Err(gone(&row.gateway)) };
        let reference = match &row.gateway_ref {
            Some(reference) => GatewayRef(reference.clone()),
            None if row.created_at < self.now() - LONGEST_PAGE => {
                return self.end_attempt(actor, &row, AttemptStatus::Expired).await;
            }
            // The gateway's answer was lost: asked again, it gives the same page, to be closed.
            None => match gateway.start(&self.attempt_of(&row).await?).await {
                Ok(Next::Redirect { reference, .. }) => {
                    self.note_reference(org, PaymentAttemptId(row.id), &reference).await?;
                    reference
                }
                Err(GatewayError::Refused(_)) => {
                    return self.end_attempt(actor, &row, AttemptStatus::Canceled).await;
                }
                Err(error) => return Err(outside(error)),
            },
        };
        gateway.cancel(&reference).await.map_err(outside)?;
        self.sync(&row.gateway, &reference).await?;
        let tx = self.begin().await?;
        let details = json!({ "attempt": row.id });
        let subject = format!("account:{}", AccountId(row.account_id));
        self.audit(&tx, actor, "payment.closed", subject, details).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Closes the pages of payments whose debt has changed since they were opened, and those that were
    /// never opened. Returns how many. Safe to run in several processes.
    ///
    /// # Errors
    /// The database fails; a gateway that does not answer is asked again.
    pub async fn close_stale_attempts(&self) -> ServiceResult<usize> {
        use payment_attempts::Column as A;
        let changed = Query::select()
            .expr(Expr::val(1))
            .from(entries::Entity)
            .and_where(
                Expr::col((entries::Entity, entries::Column::OrganizationId))
                    .equals((payment_attempts::Entity, A::OrganizationId)),
            )
            .and_where(
                Expr::col((entries::Entity, entries::Column::AccountId))
                    .equals((payment_attempts::Entity, A::AccountId)),
            )
            .and_where(
                Expr::col((entries::Entity, entries::Column::RecordedAt))
                    .gt(Expr::col((payment_attempts::Entity, A::CreatedAt))),
            )
            .to_owned();
        let opened = A::Status.eq(AttemptStatus::ActionRequired.as_str()).and(Expr::exists(changed));
        let never = A::Status
            .eq(AttemptStatus::Created.as_str())
            .and(A::GatewayRef.is_null())
            .and(A::CreatedAt.lt(self.now() - LONGEST_PAGE));
        let stale = payment_attempts::Entity::find()
            .filter(opened.or(never))
            .filter(by_hand())
            .order_by_asc(A::UpdatedAt)
            .limit(BATCH)
            .all(self.db.read())
            .await?;
        let mut closed = 0;
        for row in stale {
            let actor = self.system(OrganizationId(row.organization_id), WORKER);
            match self.close_attempt(&actor, row).await {
                Ok(()) => closed += 1,
                Err(error) => tracing::warn!(%error, "a payment on a debt that changed was not called off"),
            }
        }
        Ok(closed)
    }

    /// Ends an attempt that its gateway knows nothing of.
    pub(crate) async fn end_attempt(
        &self,
        actor: &Actor,
        row: &payment_attempts::Model,
        status: AttemptStatus,
    ) -> ServiceResult<()> {
        let tx = self.begin().await?;
        let found = payment_attempts::Entity::find_by_id((row.organization_id, row.id))
            .lock_exclusive()
            .one(&tx)
            .await?
            .ok_or(ServiceError::NotFound)?;
        if found.status != AttemptStatus::Created.as_str() || found.gateway_ref.is_some() {
            return Ok(());
        }
        let mut change = found.into_active_model();
        change.status = Set(status.as_str().to_owned());
        change.updated_at = Set(self.now());
        if status == AttemptStatus::Failed {
            change.failure = Set(Some("refused".to_owned()));
        }
        change.update(&tx).await?;
        let details = json!({ "attempt": row.id });
        let subject = format!("account:{}", AccountId(row.account_id));
        self.audit(&tx, actor, "payment.closed", subject, details).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Not an automatic charge, which has its own way.
fn by_hand() -> Expr {
    use payment_attempts::Column as A;
    let charge = Query::select()
        .expr(Expr::val(1))
        .from(autopay_charges::Entity)
        .and_where(
            Expr::col((autopay_charges::Entity, autopay_charges::Column::OrganizationId))
                .equals((payment_attempts::Entity, A::OrganizationId)),
        )
        .and_where(
            Expr::col((autopay_charges::Entity, autopay_charges::Column::AttemptId))
                .equals((payment_attempts::Entity, A::Id)),
        )
        .to_owned();
    Expr::exists(charge).not()
}

fn gone(gateway: &str) -> ServiceError {
    ServiceError::Outside { part: "gateway", cause: format!("{gateway} is not set up in this deployment") }
}

impl AttemptView {
    pub(super) fn read(row: payment_attempts::Model) -> ServiceResult<Self> {
        Ok(Self {
            id: PaymentAttemptId(row.id),
            account_id: AccountId(row.account_id),
            amount: stored_money("payment_attempts", row.id, row.amount_minor, &row.currency)?,
            status: row.status.parse().map_err(StoreError::bad_row("payment_attempts", row.id))?,
            failure: row.failure,
            payment_id: row.payment_id.map(domain::ids::PaymentId),
        })
    }
}
