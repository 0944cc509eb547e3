//! Receipts: for the payer, and for whoever checks one.

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, ActorKind, Permission};
use domain::account::{Balance, Component};
use domain::ids::{EntryId, PaymentId};
use domain::ledger::{Book, PaymentMethod, PaymentStatus};
use domain::money::Money;
use domain::party::Party;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::entities::payments;
use store::parties::Creditor;
use store::{StoreError, accounts, ledger, parties};

use super::post::stored_money;
use crate::{ServiceError, ServiceResult, Services};

/// All that a receipt says.
#[derive(Clone, Debug)]
pub struct Receipt {
    pub payment_id: PaymentId,
    pub receipt_no: String,
    /// For the public check at `/verify/{code}`.
    pub check_code: String,
    pub agency: String,
    pub creditor: Creditor,
    pub debtor: Party,
    pub account: domain::account::Account,
    pub amount: Money,
    pub method: PaymentMethod,
    pub received_on: NaiveDate,
    pub recorded_at: DateTime<Utc>,
    pub status: PaymentStatus,
    /// Where the money went; then what stayed in the debtor's favour.
    pub parts: Vec<(Component, Money)>,
    pub unapplied: Money,
    /// Parts that the debtor wanted paid first.
    pub designated: Vec<Component>,
    /// What was owed right after this payment was recorded.
    pub balance_after: Balance,
    /// False for demo receipts, which are marked as not valid.
    pub livemode: bool,
}

/// What anybody with the code may learn: that it is ours, and how it stands. No debt, no name.
#[derive(Clone, Debug)]
pub struct ReceiptCheck {
    pub receipt_no: String,
    pub agency: String,
    pub amount: Money,
    pub received_on: NaiveDate,
    pub status: PaymentStatus,
    pub livemode: bool,
}

impl Services {
    /// The receipt of a payment, for its debtor and for staff.
    ///
    /// # Errors
    /// `NotFound` for payments of others, `Denied` for staff without permission.
    pub async fn receipt(&self, actor: &Actor, id: PaymentId) -> ServiceResult<Receipt> {
        let org = actor.organization_id;
        let db = self.db.read();
        let payment =
            payments::Entity::find_by_id((org.0, id.0)).one(db).await?.ok_or(ServiceError::NotFound)?;
        match actor.kind {
            ActorKind::Debtor { party_id } if party_id.0 != payment.debtor_id => {
                return Err(ServiceError::NotFound);
            }
            ActorKind::Debtor { .. } => {}
            _ => {
                actor.require(Permission::AccountRead)?;
                self.note_view(actor, domain::ids::AccountId(payment.account_id)).await?;
            }
        }
        let account = accounts::find(db, org, domain::ids::AccountId(payment.account_id)).await?;
        let account = account.ok_or(ServiceError::NotFound)?;
        let journal = ledger::journal(db, org, account.id).await?;
        let entry =
            journal.iter().find(|e| e.id == EntryId(payment.entry_id)).ok_or(ServiceError::NotFound)?;
        let mut parts = Vec::new();
        let mut unapplied = Money::zero(account.currency);
        for posting in entry.postings() {
            match (posting.book, posting.book.component()) {
                (_, Some(component)) => parts.push((component, posting.amount.negate()?)),
                (Book::Unapplied, None) => unapplied = posting.amount.negate()?,
                _ => {}
            }
        }
        let until: Vec<_> = journal
            .iter()
            .filter(|e| (e.recorded_at, e.id) <= (entry.recorded_at, entry.id))
            .cloned()
            .collect();
        Ok(Receipt {
            payment_id: id,
            agency: self.organization(org).await?.name,
            creditor: parties::find_creditor(db, org, account.creditor_id)
                .await?
                .ok_or(ServiceError::NotFound)?,
            debtor: parties::find_party(db, org, account.debtor_id).await?.ok_or(ServiceError::NotFound)?,
            amount: stored_money("payments", payment.id, payment.amount_minor, &payment.currency)?,
            method: payment.method.parse().map_err(StoreError::bad_row("payments", payment.id))?,
            status: payment.status.parse().map_err(StoreError::bad_row("payments", payment.id))?,
            balance_after: ledger::replay(account.currency, &until, None)?,
            receipt_no: payment.receipt_no,
            check_code: payment.check_code,
            received_on: payment.received_on,
            recorded_at: payment.recorded_at,
            livemode: payment.livemode,
            account,
            parts,
            unapplied,
            designated: entry.designated(),
        })
    }

    /// Looks a receipt up by its public code, in any spelling.
    ///
    /// # Errors
    /// `NotFound` for an unknown code.
    pub async fn check_receipt(&self, code: &str) -> ServiceResult<ReceiptCheck> {
        let code: String =
            code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
        let row =
            payments::Entity::find().filter(payments::Column::CheckCode.eq(code)).one(self.db.read()).await?;
        let row = row.ok_or(ServiceError::NotFound)?;
        Ok(ReceiptCheck {
            agency: self.organization(domain::ids::OrganizationId(row.organization_id)).await?.name,
            amount: stored_money("payments", row.id, row.amount_minor, &row.currency)?,
            status: row.status.parse().map_err(StoreError::bad_row("payments", row.id))?,
            received_on: row.received_on,
            receipt_no: row.receipt_no,
            livemode: row.livemode,
        })
    }
}
