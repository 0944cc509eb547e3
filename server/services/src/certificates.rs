//! Certificates of settlement (paz y salvo, carta finiquito, libre deuda): made when a debt reaches
//! zero, checked by anybody with the code, void from the instant at which the debt was open again.

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, ActorKind, Permission};
use domain::account::{Account, Balance};
use domain::ids::{AccountId, OrganizationId};
use domain::ledger::Entry;
use domain::party::Party;
use domain::text::Say;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use serde_json::json;
use store::entities::certificates;
use store::parties::Creditor;
use store::{Tx, accounts, ledger, links, parties};

use crate::{ServiceError, ServiceResult, Services};

/// All that a certificate says.
#[derive(Clone, Debug)]
pub struct Certificate {
    pub check_code: String,
    pub agency: String,
    pub creditor: Creditor,
    pub debtor: Party,
    pub account: Account,
    pub settled_on: NaiveDate,
    pub issued_at: DateTime<Utc>,
    /// When the debt was open again: a payment bounced, say.
    pub void_since: Option<DateTime<Utc>>,
    /// False for demo certificates, which are marked as not valid.
    pub livemode: bool,
}

/// What anybody with the code may learn. No debt, no name.
#[derive(Clone, Debug)]
pub struct CertificateCheck {
    pub agency: String,
    pub settled_on: NaiveDate,
    pub void_since: Option<DateTime<Utc>>,
    pub livemode: bool,
}

impl Services {
    /// Makes a certificate if the debt is settled and none stands; for the caller's transaction,
    /// after whatever moved the balance, which is locked.
    ///
    /// # Errors
    /// The database, or figures that are too large.
    pub(crate) async fn certify_in(
        &self,
        tx: &Tx,
        actor: &Actor,
        account_id: AccountId,
        on: NaiveDate,
    ) -> ServiceResult<bool> {
        let org = actor.organization_id;
        let account = accounts::find(tx, org, account_id).await?.ok_or(ServiceError::NotFound)?;
        let today = self.today(org).await?;
        let (owed, _) = self.balance_on(tx, org, &account, today).await?;
        if owed.total_minor() > 0 || links::replacement(tx, org, account_id).await?.is_some() {
            return Ok(false);
        }
        let journal = ledger::journal(tx, org, account_id).await?;
        if standing(tx, org, &account, &journal).await?.is_some() {
            return Ok(true);
        }
        let id = self.new_id();
        let row = certificates::ActiveModel {
            organization_id: Set(org.0),
            id: Set(id),
            account_id: Set(account_id.0),
            check_code: Set(self.check_code()),
            settled_on: Set(on),
            // Never before the entry that settled the debt, whose instant may be this one.
            issued_at: Set(journal.iter().map(|entry| entry.recorded_at).fold(self.now(), DateTime::max)),
            livemode: Set(self.livemode()),
        };
        certificates::Entity::insert(row).exec_without_returning(tx).await?;
        let details = json!({ "certificate": id });
        self.audit(tx, actor, "certificate.issued", format!("account:{account_id}"), details).await?;
        Ok(true)
    }

    /// A debtor asks for the certificate of a debt that was settled before certificates were made by
    /// themselves. Asking twice gives the same.
    ///
    /// # Errors
    /// `NotFound` for debts of others; `Invalid` while something is owed.
    pub async fn request_certificate(&self, actor: &Actor, account_id: AccountId) -> ServiceResult<()> {
        let org = actor.organization_id;
        let tx = self.begin().await?;
        ledger::lock_balance(&tx, org, account_id).await?.ok_or(ServiceError::NotFound)?;
        let account = accounts::find(&tx, org, account_id).await?.ok_or(ServiceError::NotFound)?;
        may_read(actor, &account)?;
        let last = ledger::last_effective(&tx, org, account_id).await?.unwrap_or(account.due_on);
        if !self.certify_in(&tx, actor, account_id, last).await? {
            let says = Say::new(
                "Todavía debes algo en esta deuda; la constancia sale cuando queda en cero.",
                "Something is still owed on this debt; the certificate comes when it reaches zero.",
            );
            let pt = "Você ainda deve algo nesta dívida; a declaração sai quando ela chega a zero.";
            return Err(ServiceError::told("", says.pt(pt)));
        }
        tx.commit().await?;
        Ok(())
    }

    /// The newest certificate of an account, for its debtor and for staff; none before it is settled.
    ///
    /// # Errors
    /// `NotFound` for accounts of others, `Denied` for staff without permission.
    pub async fn certificate(&self, actor: &Actor, id: AccountId) -> ServiceResult<Option<Certificate>> {
        let (db, org) = (self.db.read(), actor.organization_id);
        let account = accounts::find(db, org, id).await?.ok_or(ServiceError::NotFound)?;
        may_read(actor, &account)?;
        let Some(row) = newest(db, org, id).await? else { return Ok(None) };
        let journal = ledger::journal(db, org, id).await?;
        Ok(Some(Certificate {
            agency: self.organization(org).await?.name,
            creditor: parties::find_creditor(db, org, account.creditor_id)
                .await?
                .ok_or(ServiceError::NotFound)?,
            debtor: parties::find_party(db, org, account.debtor_id).await?.ok_or(ServiceError::NotFound)?,
            settled_on: row.settled_on,
            void_since: void_since(&account, &journal, row.issued_at)?,
            issued_at: row.issued_at,
            check_code: row.check_code,
            livemode: row.livemode,
            account,
        }))
    }

    /// Looks a certificate up by its public code, in any spelling.
    ///
    /// # Errors
    /// `NotFound` for an unknown code.
    pub async fn check_certificate(&self, code: &str) -> ServiceResult<CertificateCheck> {
        let code: String =
            code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
        let db = self.db.read();
        let row =
            certificates::Entity::find().filter(certificates::Column::CheckCode.eq(code)).one(db).await?;
        let row = row.ok_or(ServiceError::NotFound)?;
        let (org, id) = (OrganizationId(row.organization_id), AccountId(row.account_id));
        let account = accounts::find(db, org, id).await?.ok_or(ServiceError::NotFound)?;
        let journal = ledger::journal(db, org, id).await?;
        Ok(CertificateCheck {
            agency: self.organization(org).await?.name,
            settled_on: row.settled_on,
            void_since: void_since(&account, &journal, row.issued_at)?,
            livemode: row.livemode,
        })
    }
}

fn may_read(actor: &Actor, account: &Account) -> ServiceResult<()> {
    match actor.kind {
        ActorKind::Debtor { party_id } if party_id == account.debtor_id => Ok(()),
        ActorKind::Debtor { .. } => Err(ServiceError::NotFound),
        _ => Ok(actor.require(Permission::AccountRead)?),
    }
}

async fn newest(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    account: AccountId,
) -> ServiceResult<Option<certificates::Model>> {
    Ok(certificates::Entity::find()
        .filter(certificates::Column::OrganizationId.eq(org.0))
        .filter(certificates::Column::AccountId.eq(account.0))
        .order_by_desc(certificates::Column::IssuedAt)
        .order_by_desc(certificates::Column::Id)
        .one(db)
        .await?)
}

/// The certificate that holds, if one does.
async fn standing(
    tx: &Tx,
    org: OrganizationId,
    account: &Account,
    journal: &[Entry],
) -> ServiceResult<Option<certificates::Model>> {
    let Some(row) = newest(tx, org, account.id).await? else { return Ok(None) };
    let void = void_since(account, journal, row.issued_at)?;
    Ok(void.is_none().then_some(row))
}

/// When something was owed again after `issued_at`, as the journal was recorded.
fn void_since(
    account: &Account,
    journal: &[Entry],
    issued_at: DateTime<Utc>,
) -> ServiceResult<Option<DateTime<Utc>>> {
    let mut recorded: Vec<&Entry> = journal.iter().collect();
    recorded.sort_by_key(|entry| (entry.recorded_at, entry.id));
    let mut owed = Balance::zero(account.currency);
    let mut entries = recorded.into_iter().peekable();
    while let Some(entry) = entries.next() {
        owed = entry.apply(owed)?;
        // What was recorded together counts together.
        let complete = entries.peek().is_none_or(|next| next.recorded_at > entry.recorded_at);
        if complete && entry.recorded_at > issued_at && owed.total_minor() > 0 {
            return Ok(Some(entry.recorded_at));
        }
    }
    Ok(None)
}
