//! Lines that nobody's reference explains: a person says whose they are.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::ids::{AccountId, PaymentId};
use domain::money::Money;
use domain::party::UnknownText;
use domain::reference::{TransferReference, find, near};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Set,
};
use serde_json::json;
use store::entities::{accounts, bank_lines as rows, payments, transfer_references};
use store::{StoreError, Tx};
use uuid::Uuid;

use super::parse::Incoming;
use crate::payments::stored_money;
use crate::settlements::same_payout;
use crate::{ServiceError, ServiceResult, Services};

/// The most lines one page shows.
const MOST: u64 = 100;

/// How a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineStatus {
    /// Posted as a payment of its own.
    Posted,
    Waiting,
    /// Somebody else's money: nothing of ours.
    NotOurs,
    /// The money of a payment that was posted before the statement came.
    SeenBefore,
    /// What a gateway paid out: posted with the payout.
    Payout,
}

impl LineStatus {
    const ALL: [Self; 5] = [Self::Posted, Self::Waiting, Self::NotOurs, Self::SeenBefore, Self::Payout];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Posted => "posted",
            Self::Waiting => "waiting",
            Self::NotOurs => "not_ours",
            Self::SeenBefore => "seen_before",
            Self::Payout => "payout",
        }
    }
}

impl std::str::FromStr for LineStatus {
    type Err = UnknownText;

    fn from_str(text: &str) -> Result<Self, UnknownText> {
        let found = Self::ALL.into_iter().find(|status| status.as_str() == text);
        found.ok_or_else(|| UnknownText { of: "LineStatus", text: text.to_owned() })
    }
}

/// A debt that a line may be meant for, or a payment that it may be already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub account_id: AccountId,
    pub account: String,
    /// The reference stands in the line as it is; otherwise one character differs.
    pub exact: bool,
    /// Payments of this debt that may be the same money: id and receipt.
    pub payments: Vec<(PaymentId, String)>,
}

/// One line of a statement, for people.
#[derive(Clone, Debug)]
pub struct BankLine {
    pub id: Uuid,
    pub booked_on: NaiveDate,
    pub amount: Money,
    pub description: String,
    pub reference: String,
    pub status: LineStatus,
    pub account_id: Option<AccountId>,
    pub payment_id: Option<PaymentId>,
    pub note: Option<String>,
    /// What it may be, for lines that wait.
    pub suggestions: Vec<Seen>,
    /// Payouts of gateways that it may be: id, the gateway's name of it, and its day.
    pub payouts: Vec<(Uuid, String, NaiveDate)>,
}

fn status_of(row: &rows::Model) -> ServiceResult<LineStatus> {
    Ok(row.status.parse().map_err(StoreError::bad_row("bank_lines", row.id))?)
}

impl Services {
    /// Lines that wait, oldest first; with `closed`, what was decided, newest first.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn bank_lines(&self, actor: &Actor, closed: bool) -> ServiceResult<Vec<BankLine>> {
        actor.require(Permission::PaymentResolve)?;
        let waiting = LineStatus::Waiting.as_str();
        let find = rows::Entity::find()
            .filter(rows::Column::OrganizationId.eq(actor.organization_id.0))
            .filter(if closed { rows::Column::Status.ne(waiting) } else { rows::Column::Status.eq(waiting) })
            .limit(MOST);
        let find = if closed {
            find.order_by_desc(rows::Column::DecidedAt)
        } else {
            find.order_by_asc(rows::Column::BookedOn)
        };
        let found = find.order_by_asc(rows::Column::Id).all(self.db.read()).await?;
        let mut lines = Vec::with_capacity(found.len());
        for row in found {
            lines.push(line_of(row)?);
        }
        Ok(lines)
    }

    /// One line, with what it may be.
    ///
    /// # Errors
    /// `Denied`; `NotFound` also for lines of other organizations.
    pub async fn bank_line(&self, actor: &Actor, id: Uuid) -> ServiceResult<BankLine> {
        actor.require(Permission::PaymentResolve)?;
        let row = rows::Entity::find_by_id((actor.organization_id.0, id)).one(self.db.read()).await?;
        let mut line = line_of(row.ok_or(ServiceError::NotFound)?)?;
        if line.status == LineStatus::Waiting {
            line.suggestions = self.suggestions(actor, &line).await?;
            let found = same_payout(self.db.read(), actor, line.booked_on, line.amount).await?;
            line.payouts = found.into_iter().map(|row| (row.id, row.reference, row.arrives_on)).collect();
        }
        Ok(line)
    }

    async fn suggestions(&self, actor: &Actor, line: &BankLine) -> ServiceResult<Vec<Seen>> {
        let org = actor.organization_id.0;
        let texts = [&line.description, &line.reference];
        let exact: BTreeSet<TransferReference> = texts.iter().flat_map(|text| find(text)).collect();
        let close = texts.iter().flat_map(|text| near(text)).map(|one| (one, false));
        let all: BTreeMap<TransferReference, bool> =
            close.chain(exact.into_iter().map(|one| (one, true))).collect();
        let known = transfer_references::Entity::find()
            .filter(transfer_references::Column::OrganizationId.eq(org))
            .filter(transfer_references::Column::Reference.is_in(all.keys().map(ToString::to_string)))
            .all(self.db.read())
            .await?;
        let ids: BTreeSet<Uuid> = known.iter().map(|row| row.account_id).collect();
        let debts = accounts::Entity::find()
            .filter(accounts::Column::OrganizationId.eq(org))
            .filter(accounts::Column::Id.is_in(ids))
            .filter(accounts::Column::Currency.eq(line.amount.currency().code()))
            .all(self.db.read())
            .await?;
        let debts: HashMap<_, _> = debts.into_iter().map(|row| (row.id, row.external_id)).collect();
        let mut found = Vec::new();
        for row in known {
            let (Some(account), Ok(reference)) = (debts.get(&row.account_id), row.reference.parse()) else {
                continue;
            };
            let account_id = AccountId(row.account_id);
            let payments =
                self.same_money(self.db.read(), actor, account_id, line.booked_on, line.amount).await?;
            let exact = all.get(&reference).copied().unwrap_or(false);
            found.push(Seen { account_id, account: account.clone(), exact, payments });
        }
        found.sort_by_key(|seen| (!seen.exact, seen.account.clone()));
        Ok(found)
    }

    /// Posts a line on the debt with this number of its creditor, or this reference. However often,
    /// it is posted once.
    ///
    /// # Errors
    /// `Denied`, `NotFound`; `Invalid` when no debt, or more than one, is called so.
    pub async fn assign_line(&self, actor: &Actor, id: Uuid, number: &str) -> ServiceResult<PaymentId> {
        actor.require(Permission::PaymentResolve)?;
        actor.require(Permission::PaymentPost)?;
        let account = self.debt_called(actor, number).await?;
        let tx = self.begin().await?;
        let row = locked(&tx, actor, id).await?;
        if let Some(payment) = row.payment_id {
            return Ok(PaymentId(payment));
        }
        if status_of(&row)? == LineStatus::Payout {
            return Err(decided_already());
        }
        let line = Incoming {
            line: u64::try_from(row.line).unwrap_or_default(),
            booked_on: row.booked_on,
            amount: stored_money("bank_lines", row.id, row.amount_minor, &row.currency)?,
            description: row.description.clone(),
            reference: row.reference.clone(),
            identity: row.identity.clone(),
        };
        let posted = self.post_line(&tx, actor, account, &line).await.map_err(|error| match error {
            ServiceError::Invalid(_) => other_currency(&row.currency),
            other => other,
        })?;
        let mut row = row.into_active_model();
        row.account_id = Set(Some(account.0));
        row.payment_id = Set(Some(posted.payment_id.0));
        self.decide_line(&tx, actor, row, LineStatus::Posted).await?;
        let details = json!({ "account": account, "payment": posted.payment_id });
        self.audit(&tx, actor, "bank_line.assigned", format!("bank_line:{id}"), details).await?;
        tx.commit().await?;
        Ok(posted.payment_id)
    }

    /// The line is the money of a payment that was posted before: nothing is posted.
    ///
    /// # Errors
    /// `Denied`, `NotFound`; `Invalid` when the payment is not the same money or another line's.
    pub async fn line_seen_before(&self, actor: &Actor, id: Uuid, payment: PaymentId) -> ServiceResult<()> {
        actor.require(Permission::PaymentResolve)?;
        let org = actor.organization_id.0;
        let tx = self.begin().await?;
        let row = locked(&tx, actor, id).await?;
        if row.payment_id == Some(payment.0) {
            return Ok(());
        }
        if row.payment_id.is_some() || status_of(&row)? == LineStatus::Payout {
            return Err(decided_already());
        }
        let known = payments::Entity::find_by_id((org, payment.0)).one(&tx).await?;
        let known = known.ok_or(ServiceError::NotFound)?;
        let account = AccountId(known.account_id);
        let amount = stored_money("bank_lines", row.id, row.amount_minor, &row.currency)?;
        let same = self.same_money(&tx, actor, account, row.booked_on, amount).await?;
        if !same.iter().any(|(id, _)| *id == payment) {
            return Err(ServiceError::invalid(
                "",
                "Ese pago no es este dinero: cambió el importe o la fecha, o ya es de otra línea",
                "That payment is not this money: its amount or date differs, or it is another line's",
            ));
        }
        let mut row = row.into_active_model();
        row.account_id = Set(Some(account.0));
        row.payment_id = Set(Some(payment.0));
        self.decide_line(&tx, actor, row, LineStatus::SeenBefore).await?;
        let details = json!({ "payment": payment });
        self.audit(&tx, actor, "bank_line.seen_before", format!("bank_line:{id}"), details).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The line is somebody else's money. It can still be assigned, should that turn out wrong.
    ///
    /// # Errors
    /// `Denied`, `NotFound`; `Invalid` without a reason, or once it is posted.
    pub async fn line_not_ours(&self, actor: &Actor, id: Uuid, note: &str) -> ServiceResult<()> {
        actor.require(Permission::PaymentResolve)?;
        let note = crate::cases::text("note", note)?;
        if note.is_empty() {
            return Err(ServiceError::invalid(
                "note",
                "Escriba de quién es o por qué no es de una deuda",
                "Write whose it is or why it belongs to no debt",
            ));
        }
        let tx = self.begin().await?;
        let row = locked(&tx, actor, id).await?;
        match status_of(&row)? {
            LineStatus::NotOurs => return Ok(()),
            LineStatus::Waiting => {}
            LineStatus::Posted | LineStatus::SeenBefore | LineStatus::Payout => return Err(decided_already()),
        }
        let mut row = row.into_active_model();
        row.note = Set(Some(note));
        self.decide_line(&tx, actor, row, LineStatus::NotOurs).await?;
        self.audit(&tx, actor, "bank_line.not_ours", format!("bank_line:{id}"), json!({})).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn decide_line(
        &self,
        tx: &Tx,
        actor: &Actor,
        row: rows::ActiveModel,
        status: LineStatus,
    ) -> ServiceResult<()> {
        let mut row = row;
        row.status = Set(status.as_str().to_owned());
        row.decided_by = Set(Some(actor.audit_name()));
        row.decided_at = Set(Some(self.now()));
        row.update(tx).await?;
        Ok(())
    }

    /// The debt that staff name by its creditor's number or by its reference.
    async fn debt_called(&self, actor: &Actor, typed: &str) -> ServiceResult<AccountId> {
        let org = actor.organization_id.0;
        let typed = typed.trim();
        if let Ok(reference) = typed.parse::<TransferReference>() {
            let key = (org, reference.to_string());
            if let Some(row) = transfer_references::Entity::find_by_id(key).one(self.db.read()).await? {
                return Ok(AccountId(row.account_id));
            }
        }
        let found = accounts::Entity::find()
            .filter(accounts::Column::OrganizationId.eq(org))
            .filter(accounts::Column::ExternalId.eq(typed))
            .limit(2)
            .all(self.db.read())
            .await?;
        match found.as_slice() {
            [one] => Ok(AccountId(one.id)),
            [] => Err(ServiceError::invalid(
                "account",
                "Ninguna cuenta tiene ese número ni esa referencia; cópielo de la página de la cuenta",
                "No account has that number or reference; copy it from the account's page",
            )),
            _ => Err(ServiceError::invalid(
                "account",
                "Varios acreedores tienen una cuenta con ese número; use la referencia de transferencia",
                "Several creditors have an account with that number; use the transfer reference",
            )),
        }
    }
}

async fn locked(tx: &Tx, actor: &Actor, id: Uuid) -> ServiceResult<rows::Model> {
    let row = rows::Entity::find_by_id((actor.organization_id.0, id)).lock_exclusive().one(tx).await?;
    row.ok_or(ServiceError::NotFound)
}

fn decided_already() -> ServiceError {
    ServiceError::invalid(
        "",
        "Otra persona ya resolvió esta línea; mire cómo quedó",
        "Somebody else has settled this line; look at how it stands",
    )
}

fn other_currency(currency: &str) -> ServiceError {
    ServiceError::invalid(
        "account",
        format!("La cuenta está en otra moneda; esta línea es en {currency}"),
        format!("The account is in another currency; this line is in {currency}"),
    )
}

fn line_of(row: rows::Model) -> ServiceResult<BankLine> {
    Ok(BankLine {
        id: row.id,
        booked_on: row.booked_on,
        amount: stored_money("bank_lines", row.id, row.amount_minor, &row.currency)?,
        status: status_of(&row)?,
        account_id: row.account_id.map(AccountId),
        payment_id: row.payment_id.map(PaymentId),
        description: row.description,
        reference: row.reference,
        note: row.note,
        suggestions: Vec::new(),
        payouts: Vec::new(),
    })
}
