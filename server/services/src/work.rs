//! Daily work on an account: activities and promises.

use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::account::{ActivityChannel, Balance, Disposition, PromiseError, PromiseStatus, PromiseTerms};
use domain::ids::{AccountId, ActivityId, PromiseId};
use domain::ledger::PaymentStatus;
use domain::money::Money;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use serde_json::json;
use store::entities::{activities, payments, promises};
use store::{Tx, accounts, calls, ledger};

use crate::{ServiceError, ServiceResult, Services};

/// Longest note, in characters.
const NOTE_CHARS: usize = 2_000;

/// An activity to record.
#[derive(Clone, Debug)]
pub struct RecordActivity {
    pub account_id: AccountId,
    pub channel: ActivityChannel,
    pub disposition: Disposition,
    pub note: String,
    /// Idempotency: a form carries it, so that sending it twice records once.
    pub source: String,
}

impl Services {
    /// Records what was done about a debt and how it went.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or `Invalid` for a note that is too long.
    pub async fn record_activity(&self, actor: &Actor, new: RecordActivity) -> ServiceResult<ActivityId> {
        actor.require(Permission::ActivityRecord)?;
        if new.note.chars().count() > NOTE_CHARS {
            return Err(ServiceError::invalid(
                "note",
                format!("La nota admite hasta {NOTE_CHARS} caracteres; acórtela"),
                format!("The note holds up to {NOTE_CHARS} characters; shorten it"),
            ));
        }
        let tx = self.begin().await?;
        let id = self.record_activity_in(&tx, actor, new).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Records within the caller's transaction; the caller has authorised it.
    pub(crate) async fn record_activity_in(
        &self,
        tx: &Tx,
        actor: &Actor,
        new: RecordActivity,
    ) -> ServiceResult<ActivityId> {
        let org = actor.organization_id;
        let account = accounts::find(tx, org, new.account_id).await?.ok_or(ServiceError::NotFound)?;
        let same = activities::Entity::find()
            .filter(activities::Column::OrganizationId.eq(org.0))
            .filter(activities::Column::Source.eq(&new.source))
            .one(tx)
            .await?;
        if let Some(row) = same {
            return Ok(ActivityId(row.id));
        }
        let id = ActivityId(self.new_id());
        let note = new.note.trim().to_owned();
        let row = activities::ActiveModel {
            organization_id: Set(org.0),
            id: Set(id.0),
            account_id: Set(account.id.0),
            at: Set(self.now()),
            actor: Set(actor.audit_name()),
            channel: Set(new.channel.as_str().to_owned()),
            disposition: Set(new.disposition.as_str().to_owned()),
            note: Set((!note.is_empty()).then_some(note)),
            source: Set(new.source),
        };
        activities::Entity::insert(row).exec_without_returning(tx).await?;
        if new.channel == ActivityChannel::Call {
            let (outcome, by) = (new.disposition.as_str(), actor.audit_name());
            calls::close(tx, (org, account.id), outcome, (&by, self.now())).await?;
        }
        let details = json!({ "activity": id, "channel": new.channel, "disposition": new.disposition });
        self.audit(tx, actor, "activity.recorded", format!("account:{}", account.id), details).await?;
        Ok(id)
    }

    /// Takes a promise to pay. An earlier open promise of the account is cancelled: the
    /// debtor's last word counts.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or `Invalid` for terms that make no sense.
    pub async fn take_promise(
        &self,
        actor: &Actor,
        account_id: AccountId,
        terms: PromiseTerms,
    ) -> ServiceResult<PromiseId> {
        actor.require(Permission::PromiseTake)?;
        let org = actor.organization_id;
        let today = self.today(org).await?;
        let tx = self.begin().await?;
        ledger::lock_balance(&tx, org, account_id).await?.ok_or(ServiceError::NotFound)?;
        let account = accounts::find(&tx, org, account_id).await?.ok_or(ServiceError::NotFound)?;
        let (owed, _) = self.balance_on(&tx, org, &account, today).await?;
        let terms = terms.check(owed.total()?, today).map_err(bad_promise)?;
        // The same form sent twice is one promise.
        let same =
            |open: &promises::Model| open.amount_minor == terms.amount.minor() && open.due_on == terms.due_on;
        if let Some(open) = open_promises(&tx, actor, account_id).await?.iter().find(|open| same(open)) {
            return Ok(PromiseId(open.id));
        }
        self.close_open_promises(&tx, actor, account_id).await?;
        let id = PromiseId(self.new_id());
        let row = promises::ActiveModel {
            organization_id: Set(org.0),
            id: Set(id.0),
            account_id: Set(account_id.0),
            amount_minor: Set(terms.amount.minor()),
            currency: Set(terms.amount.currency().to_string()),
            due_on: Set(terms.due_on),
            status: Set(PromiseStatus::Open.as_str().to_owned()),
            taken_at: Set(self.now()),
            taken_by: Set(actor.audit_name()),
        };
        promises::Entity::insert(row).exec_without_returning(&tx).await?;
        let details = json!({ "promise": id, "minor": terms.amount.minor(), "due_on": terms.due_on });
        self.audit(&tx, actor, "promise.taken", format!("account:{account_id}"), details).await?;
        tx.commit().await?;
        Ok(id)
    }

    pub(crate) async fn close_open_promises(
        &self,
        tx: &Tx,
        actor: &Actor,
        account_id: AccountId,
    ) -> ServiceResult<()> {
        for promise in open_promises(tx, actor, account_id).await? {
            let mut row = promise.into_active_model();
            row.status = Set(PromiseStatus::Cancelled.as_str().to_owned());
            row.update(tx).await?;
        }
        Ok(())
    }

    /// Marks promises kept that the payments since they were taken cover, and all of them when
    /// nothing is owed any more.
    pub(crate) async fn keep_promises(
        &self,
        tx: &Tx,
        actor: &Actor,
        account_id: AccountId,
        owed: &Balance,
    ) -> ServiceResult<()> {
        for promise in open_promises(tx, actor, account_id).await? {
            let since = payments::Entity::find()
                .filter(payments::Column::OrganizationId.eq(actor.organization_id.0))
                .filter(payments::Column::AccountId.eq(account_id.0))
                .filter(payments::Column::Status.eq(PaymentStatus::Posted.as_str()))
                .filter(payments::Column::RecordedAt.gte(promise.taken_at))
                .all(tx)
                .await?;
            let paid = Money::sum(
                owed.currency(),
                since.iter().map(|payment| {
                    let kept = payment.amount_minor.saturating_sub(payment.returned_minor);
                    Money::from_minor(kept, owed.currency())
                }),
            )?;
            if paid.minor() >= promise.amount_minor || owed.total_minor() <= 0 {
                let mut row = promise.into_active_model();
                row.status = Set(PromiseStatus::Kept.as_str().to_owned());
                row.update(tx).await?;
            }
        }
        Ok(())
    }
}

async fn open_promises(tx: &Tx, actor: &Actor, account_id: AccountId) -> ServiceResult<Vec<promises::Model>> {
    Ok(promises::Entity::find()
        .filter(promises::Column::OrganizationId.eq(actor.organization_id.0))
        .filter(promises::Column::AccountId.eq(account_id.0))
        .filter(promises::Column::Status.eq(PromiseStatus::Open.as_str()))
        .all(tx)
        .await?)
}

fn bad_promise(error: PromiseError) -> ServiceError {
    match error {
        PromiseError::NotPositive => ServiceError::invalid(
            "amount",
            "El importe prometido debe ser mayor que cero",
            "The amount promised must be more than zero",
        ),
        PromiseError::MoreThanOwed(owed) => ServiceError::invalid(
            "amount",
            format!("La promesa supera la deuda de {owed}; baje el importe"),
            format!("The promise exceeds the debt of {owed}; lower the amount"),
        ),
        PromiseError::InThePast => ServiceError::invalid(
            "due_on",
            "La fecha ya pasó; elija hoy o un día próximo",
            "The date has passed; choose today or a later day",
        ),
        PromiseError::TooFar(days) => ServiceError::invalid(
            "due_on",
            format!("Una promesa llega hasta {days} días; para más tiempo acuerde un plan"),
            format!("A promise reaches {days} days ahead; for longer agree a plan"),
        ),
    }
}

/// A promise as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromiseView {
    pub id: PromiseId,
    pub amount: Money,
    pub due_on: NaiveDate,
    pub status: PromiseStatus,
}
