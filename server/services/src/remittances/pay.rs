//! Paying out.

use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::ids::{CreditorId, EntryId, RemittanceId};
use domain::money::{Currency, Money};
use serde_json::json;
use store::{StoreError, remittances};

use super::view::RemittanceStatus;
use crate::{ServiceError, ServiceResult, Services};

impl Services {
    /// Records that a statement was paid to its creditor on `on`. Statements in the creditor's
    /// disfavour, where more went back than came in, are set off with it. Gives the amount paid.
    /// Paying twice is paying once.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or `Invalid` when there is nothing to pay or the day is to come.
    pub async fn pay_remittance(
        &self,
        actor: &Actor,
        id: RemittanceId,
        on: NaiveDate,
    ) -> ServiceResult<Money> {
        actor.require(Permission::RemittanceMake)?;
        let org = actor.organization_id;
        if on > self.today(org).await? {
            return Err(ServiceError::invalid(
                "paid_on",
                "La fecha del pago no puede ser futura",
                "The payment cannot be dated in the future",
            ));
        }
        let tx = self.begin().await?;
        let found = remittances::find(&tx, org, id).await?.ok_or(ServiceError::NotFound)?;
        let creditor = CreditorId(found.creditor_id);
        remittances::lock_creditor(&tx, org, creditor).await?;
        let row = remittances::find(&tx, org, id).await?.ok_or(ServiceError::NotFound)?;
        let currency: Currency = row.currency.parse().map_err(StoreError::bad_row("remittances", row.id))?;
        if let Some(entry) = row.paid_entry_id {
            return self.paid_by(&tx, actor, EntryId(entry), currency).await;
        }
        let open = remittances::unpaid(&tx, org, creditor, &row.currency).await?;
        let paid: Vec<_> = open.iter().filter(|other| other.id == row.id || other.net_minor < 0).collect();
        let parts = paid.iter().map(|part| Money::from_minor(part.net_minor, currency));
        let amount = Money::sum(currency, parts)?;
        if !amount.is_positive() {
            return Err(ServiceError::invalid(
                "amount",
                format!("No hay nada que pagar: el saldo es {amount} y se compensa con la próxima rendición"),
                format!(
                    "There is nothing to pay: it comes to {amount} and is set off with the next statement"
                ),
            ));
        }
        let entry = self.payout_entry(creditor, id, on, amount)?;
        remittances::insert_entry(&tx, org, &entry, self.livemode()).await?;
        let ids: Vec<_> = paid.iter().map(|part| part.id).collect();
        remittances::mark_paid(&tx, org, &ids, RemittanceStatus::Paid.as_str(), entry.id).await?;
        let details = json!({ "minor": amount.minor(), "currency": currency, "with": ids });
        self.audit(&tx, actor, "remittance.paid", format!("remittance:{id}"), details).await?;
        tx.commit().await?;
        Ok(amount)
    }

    async fn paid_by(
        &self,
        tx: &store::Tx,
        actor: &Actor,
        entry: EntryId,
        currency: Currency,
    ) -> ServiceResult<Money> {
        let entry = store::ledger::find_entry(tx, actor.organization_id, entry).await?;
        let entry = entry.ok_or(ServiceError::NotFound)?;
        let paid = entry.postings().iter().map(|posting| posting.amount).filter(Money::is_positive);
        Ok(Money::sum(currency, paid)?)
    }
}
