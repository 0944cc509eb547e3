//! Payments that a person has to look at: each kept once, worked off in the console.

use chrono::{DateTime, Utc};
use domain::access::{Actor, Permission};
use domain::ids::{AccountId, PaymentId};
use domain::money::Money;
use domain::party::UnknownText;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Set,
};
use serde_json::json;
use store::entities::payment_exceptions as rows;
use store::{StoreError, Tx};
use uuid::Uuid;

use super::post::stored_money;
use crate::settlements::DifferenceKind;
use crate::{ServiceError, ServiceResult, Services};

/// Why a person has to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExceptionKind {
    /// More came than was owed; the rest is kept in the debtor's favour.
    Excess,
    /// Money in a currency that the debt is not in; it is in no debt's books.
    Currency,
    /// The payer's bank took a payment back.
    Chargeback,
    /// Money that we gave back did not arrive; it is on the debt again.
    RefundFailed,
    /// A gateway's payout and our books differ.
    Settlement,
}

impl ExceptionKind {
    pub const ALL: [Self; 5] =
        [Self::Excess, Self::Currency, Self::Chargeback, Self::RefundFailed, Self::Settlement];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Excess => "excess",
            Self::Currency => "currency",
            Self::Chargeback => "chargeback",
            Self::RefundFailed => "refund_failed",
            Self::Settlement => "settlement",
        }
    }
}

impl std::str::FromStr for ExceptionKind {
    type Err = UnknownText;
    fn from_str(text: &str) -> Result<Self, UnknownText> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| UnknownText { of: "ExceptionKind", text: text.to_owned() })
    }
}

/// Something for a person, by the ledger's name of what caused it.
pub(crate) struct NewException {
    kind: ExceptionKind,
    source: String,
    amount: Money,
    account: Option<AccountId>,
    payment: Option<PaymentId>,
    payout: Option<Uuid>,
    cause: Option<DifferenceKind>,
}

impl NewException {
    pub(crate) const fn on_account(
        kind: ExceptionKind,
        source: String,
        amount: Money,
        account: AccountId,
    ) -> Self {
        Self { kind, source, amount, account: Some(account), payment: None, payout: None, cause: None }
    }

    /// A difference with a payout, or with what should be in one.
    pub(crate) const fn of_payout(
        cause: DifferenceKind,
        source: String,
        amount: Money,
        payout: Option<Uuid>,
        account: Option<AccountId>,
    ) -> Self {
        let (kind, cause) = (ExceptionKind::Settlement, Some(cause));
        Self { kind, source, amount, account, payment: None, payout, cause }
    }

    #[must_use]
    pub(crate) fn of(self, payment: PaymentId) -> Self {
        Self { payment: Some(payment), ..self }
    }
}

/// One line of the queue.
#[derive(Clone, Debug)]
pub struct PaymentException {
    pub id: Uuid,
    pub kind: ExceptionKind,
    pub account_id: Option<AccountId>,
    pub payment_id: Option<PaymentId>,
    /// The payout that it is about, and what differs.
    pub payout_id: Option<Uuid>,
    pub cause: Option<DifferenceKind>,
    pub amount: Money,
    pub opened_at: DateTime<Utc>,
    /// When and by whom it was closed, and what was done.
    pub resolved: Option<(DateTime<Utc>, String, String)>,
}

/// The most lines one page shows.
const MOST: u64 = 200;

impl Services {
    /// Keeps an exception; whether it is new.
    pub(crate) async fn open_exception_in(
        &self,
        tx: &Tx,
        actor: &Actor,
        new: NewException,
    ) -> ServiceResult<bool> {
        let org = actor.organization_id;
        let known = rows::Entity::find()
            .filter(rows::Column::OrganizationId.eq(org.0))
            .filter(rows::Column::Source.eq(&new.source))
            .one(tx)
            .await?;
        if known.is_some() {
            return Ok(false);
        }
        let row = rows::ActiveModel {
            organization_id: Set(org.0),
            id: Set(self.new_id()),
            source: Set(new.source),
            kind: Set(new.kind.as_str().to_owned()),
            account_id: Set(new.account.map(|id| id.0)),
            payment_id: Set(new.payment.map(|id| id.0)),
            amount_minor: Set(new.amount.minor()),
            currency: Set(new.amount.currency().to_string()),
            opened_at: Set(self.now()),
            resolved_at: Set(None),
            resolved_by: Set(None),
            resolution: Set(None),
            payout_id: Set(new.payout),
            cause: Set(new.cause.map(|cause| cause.as_str().to_owned())),
        };
        rows::Entity::insert(row).exec_without_returning(tx).await?;
        metrics::counter!("saldar_payment_exceptions_total", "kind" => new.kind.as_str()).increment(1);
        Ok(true)
    }

    /// What waits for a person, oldest first; with `resolved`, what was closed, newest first.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn payment_exceptions(
        &self,
        actor: &Actor,
        resolved: bool,
    ) -> ServiceResult<Vec<PaymentException>> {
        actor.require(Permission::PaymentResolve)?;
        let find =
            rows::Entity::find().filter(rows::Column::OrganizationId.eq(actor.organization_id.0)).limit(MOST);
        let find = if resolved {
            find.filter(rows::Column::ResolvedAt.is_not_null()).order_by_desc(rows::Column::ResolvedAt)
        } else {
            find.filter(rows::Column::ResolvedAt.is_null()).order_by_asc(rows::Column::OpenedAt)
        };
        find.order_by_asc(rows::Column::Id).all(self.db.read()).await?.into_iter().map(line).collect()
    }

    /// Chargebacks of a debt that nobody has closed, for whoever looks at the debt.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn open_chargebacks(
        &self,
        actor: &Actor,
        account: AccountId,
    ) -> ServiceResult<Vec<PaymentException>> {
        actor.require(Permission::AccountRead)?;
        let open = rows::Entity::find()
            .filter(rows::Column::OrganizationId.eq(actor.organization_id.0))
            .filter(rows::Column::AccountId.eq(account.0))
            .filter(rows::Column::Kind.eq(ExceptionKind::Chargeback.as_str()))
            .filter(rows::Column::ResolvedAt.is_null())
            .order_by_asc(rows::Column::OpenedAt);
        open.all(self.db.read()).await?.into_iter().map(line).collect()
    }

    /// One line of the queue.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or the database.
    pub async fn payment_exception(&self, actor: &Actor, id: Uuid) -> ServiceResult<PaymentException> {
        actor.require(Permission::PaymentResolve)?;
        let row = rows::Entity::find_by_id((actor.organization_id.0, id)).one(self.db.read()).await?;
        line(row.ok_or(ServiceError::NotFound)?)
    }

    /// Closes an exception with what was done about it. Closing twice keeps the first.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or `Invalid` when nothing is said.
    pub async fn resolve_exception(&self, actor: &Actor, id: Uuid, resolution: &str) -> ServiceResult<()> {
        actor.require(Permission::PaymentResolve)?;
        let resolution = resolution.trim();
        if resolution.is_empty() {
            return Err(ServiceError::invalid("resolution", "Escriba qué se hizo", "Say what was done"));
        }
        let tx = self.begin().await?;
        let row = rows::Entity::find_by_id((actor.organization_id.0, id)).lock_exclusive().one(&tx).await?;
        let row = row.ok_or(ServiceError::NotFound)?;
        if row.resolved_at.is_some() {
            return Ok(());
        }
        if let (Some(payment), true) = (row.payment_id, row.kind == ExceptionKind::Chargeback.as_str()) {
            self.lift_chargeback(&tx, actor, PaymentId(payment)).await?;
        }
        let mut row = row.into_active_model();
        row.resolved_at = Set(Some(self.now()));
        row.resolved_by = Set(Some(actor.audit_name()));
        row.resolution = Set(Some(resolution.chars().take(1_000).collect()));
        row.update(&tx).await?;
        let details = json!({ "exception": id });
        self.audit(&tx, actor, "payment_exception.resolved", format!("exception:{id}"), details).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn line(row: rows::Model) -> ServiceResult<PaymentException> {
    Ok(PaymentException {
        id: row.id,
        kind: row.kind.parse().map_err(StoreError::bad_row("payment_exceptions", row.id))?,
        account_id: row.account_id.map(AccountId),
        payment_id: row.payment_id.map(PaymentId),
        payout_id: row.payout_id,
        cause: row
            .cause
            .as_deref()
            .map(str::parse)
            .transpose()
            .map_err(StoreError::bad_row("payment_exceptions", row.id))?,
        amount: stored_money("payment_exceptions", row.id, row.amount_minor, &row.currency)?,
        opened_at: row.opened_at,
        resolved: row
            .resolved_at
            .map(|at| (at, row.resolved_by.unwrap_or_default(), row.resolution.unwrap_or_default())),
    })
}
