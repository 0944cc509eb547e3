//! The payout on the bank's statement: it is linked, never posted again.

use chrono::{Days, NaiveDate};
use domain::access::{Actor, Permission};
use domain::money::Money;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    Set,
};
use serde_json::json;
use store::Tx;
use store::entities::{bank_lines, payouts};
use uuid::Uuid;

use super::port::PayoutStatus;
use crate::bank::LineStatus;
use crate::{ServiceError, ServiceResult, Services};

/// A bank may book it a little before the gateway's day, or after holidays.
const EARLY: Days = Days::new(2);
const LATE: Days = Days::new(7);

/// Payouts that a bank line's money may be: the same amount within a few days, on no other line.
pub(crate) async fn same_payout(
    db: &impl ConnectionTrait,
    actor: &Actor,
    on: NaiveDate,
    amount: Money,
) -> ServiceResult<Vec<payouts::Model>> {
    Ok(payouts::Entity::find()
        .filter(payouts::Column::OrganizationId.eq(actor.organization_id.0))
        .filter(payouts::Column::AmountMinor.eq(amount.minor()))
        .filter(payouts::Column::Currency.eq(amount.currency().code()))
        .filter(payouts::Column::Status.eq(PayoutStatus::Paid.as_str()))
        .filter(payouts::Column::BankLineId.is_null())
        .filter(payouts::Column::ArrivesOn.gte(on.checked_sub_days(LATE).unwrap_or(on)))
        .filter(payouts::Column::ArrivesOn.lte(on.checked_add_days(EARLY).unwrap_or(on)))
        .all(db)
        .await?)
}

/// Whether a line's texts name the payout: by what the bank shows of it, or by the gateway's name.
fn names(row: &payouts::Model, texts: [&str; 2], alone: bool) -> bool {
    let texts = texts.map(str::to_ascii_uppercase);
    let says = |word: &str| texts.iter().any(|text| text.contains(&word.to_ascii_uppercase()));
    let gateway = row.gateway.split('-').next().unwrap_or_default();
    row.bank_reference.as_deref().is_some_and(says) || says(&row.reference) || (alone && says(gateway))
}

impl Services {
    /// A line that has just been read: whether it is a payout, and was linked.
    pub(crate) async fn line_of_payout_in(
        &self,
        tx: &Tx,
        actor: &Actor,
        identity: &str,
    ) -> ServiceResult<bool> {
        let line = bank_lines::Entity::find()
            .filter(bank_lines::Column::OrganizationId.eq(actor.organization_id.0))
            .filter(bank_lines::Column::Identity.eq(identity))
            .one(tx)
            .await?
            .ok_or(ServiceError::NotFound)?;
        let amount = crate::payments::stored_money("bank_lines", line.id, line.amount_minor, &line.currency)?;
        let found = same_payout(tx, actor, line.booked_on, amount).await?;
        let alone = found.len() == 1;
        let texts = [line.description.as_str(), line.reference.as_str()];
        let named: Vec<_> = found.into_iter().filter(|row| names(row, texts, alone)).collect();
        let [payout] = named.as_slice() else { return Ok(false) };
        self.link(tx, actor, payout.clone(), line).await?;
        Ok(true)
    }

    /// The line of a payout that has arrived, where a statement was read before.
    pub(super) async fn find_bank_line(
        &self,
        tx: &Tx,
        actor: &Actor,
        payout: payouts::Model,
    ) -> ServiceResult<()> {
        let on = payout.arrives_on;
        let lines = bank_lines::Entity::find()
            .filter(bank_lines::Column::OrganizationId.eq(actor.organization_id.0))
            .filter(bank_lines::Column::Status.eq(LineStatus::Waiting.as_str()))
            .filter(bank_lines::Column::AmountMinor.eq(payout.amount_minor))
            .filter(bank_lines::Column::Currency.eq(&payout.currency))
            .filter(bank_lines::Column::BookedOn.gte(on.checked_sub_days(EARLY).unwrap_or(on)))
            .filter(bank_lines::Column::BookedOn.lte(on.checked_add_days(LATE).unwrap_or(on)))
            .all(tx)
            .await?;
        let alone = lines.len() == 1;
        let mut named =
            lines.into_iter().filter(|line| names(&payout, [&line.description, &line.reference], alone));
        if let (Some(line), None) = (named.next(), named.next()) {
            self.link(tx, actor, payout, line).await?;
        }
        Ok(())
    }

    /// Somebody says that a line is this payout: nothing is posted.
    ///
    /// # Errors
    /// `Denied`, `NotFound`; `Invalid` when it is not the same money, or settled otherwise.
    pub async fn line_is_payout(&self, actor: &Actor, line: Uuid, payout: Uuid) -> ServiceResult<()> {
        actor.require(Permission::PaymentResolve)?;
        let key = (actor.organization_id.0, line);
        let tx = self.begin().await?;
        let line = bank_lines::Entity::find_by_id(key).lock_exclusive().one(&tx).await?;
        let line = line.ok_or(ServiceError::NotFound)?;
        let amount = crate::payments::stored_money("bank_lines", line.id, line.amount_minor, &line.currency)?;
        let found = same_payout(&tx, actor, line.booked_on, amount).await?;
        let found = found.into_iter().find(|row| row.id == payout);
        let (Some(payout), true) = (found, line.status == LineStatus::Waiting.as_str()) else {
            return Err(ServiceError::invalid(
                "",
                "Ese depósito no es este dinero, o la línea ya se resolvió; mire cómo quedó",
                "That payout is not this money, or the line was settled meanwhile; look at how it stands",
            ));
        };
        self.link(&tx, actor, payout, line).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn link(
        &self,
        tx: &Tx,
        actor: &Actor,
        payout: payouts::Model,
        line: bank_lines::Model,
    ) -> ServiceResult<()> {
        let (line_id, payout_id) = (line.id, payout.id);
        let mut line = line.into_active_model();
        line.status = Set(LineStatus::Payout.as_str().to_owned());
        line.decided_by = Set(Some(actor.audit_name()));
        line.decided_at = Set(Some(self.now()));
        line.update(tx).await?;
        let mut payout = payout.into_active_model();
        payout.bank_line_id = Set(Some(line_id));
        payout.update(tx).await?;
        let details = json!({ "payout": payout_id });
        self.audit(tx, actor, "bank_line.payout", format!("bank_line:{line_id}"), details).await
    }
}
