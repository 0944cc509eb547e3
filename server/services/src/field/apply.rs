//! What one accepted event does: a visit joins the account's history, cash goes to the ledger.

use chrono::{DateTime, Duration, Utc};
use domain::access::Actor;
use domain::account::{ActivityChannel, Disposition};
use domain::calendar::business_date;
use domain::field::{
    Body, CashReceived, Envelope, Outcome, QuarantineReason, SuspenseReason, UnappliedReason,
    VisitDisposition, VisitRecorded, parse_receipt_no,
};
use domain::ids::{AccountId, ActivityId, UserId};
use domain::ledger::PaymentMethod;
use domain::money::{Currency, Money};
use sea_orm::{EntityTrait, Set};
use serde_json::json;
use store::entities::{activities, field_devices};
use store::{Tx, accounts, field, ledger};
use uuid::Uuid;

use super::to_i64;
use super::tokens::collector_actor;
use crate::payments::{PostPayment, ReceiptSeries};
use crate::{ServiceError, ServiceResult, Services};

/// A device's clock is believed this far back; older events are dated by their arrival.
const BELIEVED_DAYS: i64 = 14;

/// What an event did, and what is kept of it in columns.
#[derive(Debug)]
pub(super) struct Applied {
    pub outcome: Outcome,
    pub event_id: Option<Uuid>,
    pub kind: Option<String>,
    pub account_id: Option<Uuid>,
    pub assignment_id: Option<Uuid>,
    pub receipt_no: Option<String>,
    /// Zero unless it is a receipt of the device's own series.
    pub receipt_number: i64,
    /// Currency and minor units of cash that is in the collector's bag because of it.
    pub cash: Option<(String, i64)>,
    pub wall_ms: Option<i64>,
    pub payment_id: Option<Uuid>,
}

impl Applied {
    fn of(envelope: &Envelope, outcome: Outcome) -> Self {
        Self {
            outcome,
            event_id: Some(envelope.event_id),
            kind: Some(envelope.kind.clone()),
            account_id: envelope.account_id,
            assignment_id: envelope.assignment_id,
            receipt_no: None,
            receipt_number: 0,
            cash: None,
            wall_ms: Some(envelope.wall_ms),
            payment_id: None,
        }
    }

    /// Not usable: kept for a person. Its id and receipt number stay out of the unique columns, which belong to
    /// usable events; cash that it names still counts as being in the bag.
    pub(super) fn set_aside(reason: QuarantineReason, envelope: Option<Envelope>) -> Self {
        let cash = envelope.as_ref().and_then(|envelope| match envelope.parsed_body() {
            Ok(Body::Cash(cash)) => Some((cash.currency, cash.amount_minor)),
            _ => None,
        });
        Self {
            outcome: Outcome::Quarantined { reason },
            event_id: None,
            kind: None,
            account_id: None,
            assignment_id: None,
            receipt_no: None,
            receipt_number: 0,
            cash,
            wall_ms: envelope.map(|envelope| envelope.wall_ms),
            payment_id: None,
        }
    }
}

impl Services {
    pub(super) async fn apply_event(
        &self,
        tx: &Tx,
        device: &field_devices::Model,
        envelope: Envelope,
        body: Body,
    ) -> ServiceResult<Applied> {
        match body {
            Body::Visit(visit) => self.apply_visit(tx, device, &envelope, visit).await,
            Body::Cash(cash) => self.apply_cash(tx, device, &envelope, cash).await,
        }
    }

    async fn apply_visit(
        &self,
        tx: &Tx,
        device: &field_devices::Model,
        envelope: &Envelope,
        visit: VisitRecorded,
    ) -> ServiceResult<Applied> {
        let actor = collector_actor(device);
        let org = actor.organization_id;
        let account = match envelope.account_id {
            Some(id) => accounts::find(tx, org, AccountId(id)).await?,
            None => None,
        };
        let Some(account) = account else {
            return Ok(Applied {
                kind: Some(envelope.kind.clone()),
                event_id: Some(envelope.event_id),
                ..Applied::set_aside(QuarantineReason::UnknownAccount, Some(envelope.clone()))
            });
        };
        let id = ActivityId(self.new_id());
        let row = activities::ActiveModel {
            organization_id: Set(org.0),
            id: Set(id.0),
            account_id: Set(account.id.0),
            at: Set(believed_time(envelope.wall_ms, self.now())),
            actor: Set(actor.audit_name()),
            channel: Set(ActivityChannel::Visit.as_str().to_owned()),
            disposition: Set(disposition(visit.disposition).as_str().to_owned()),
            note: Set(Some(visit.note.trim().to_owned()).filter(|note| !note.is_empty())),
            source: Set(format!("field:{}", envelope.event_id)),
        };
        activities::Entity::insert(row).exec_without_returning(tx).await?;
        let details = json!({ "activity": id, "disposition": visit.disposition });
        self.audit(tx, &actor, "visit.recorded", format!("account:{}", account.id), details).await?;
        let assigned = self.is_own_stop(tx, &actor, device, envelope, account.id).await?;
        let outcome = if assigned { Outcome::Recorded } else { Outcome::AcceptedLate };
        Ok(Applied::of(envelope, outcome))
    }

    async fn is_own_stop(
        &self,
        tx: &Tx,
        actor: &Actor,
        device: &field_devices::Model,
        envelope: &Envelope,
        account: AccountId,
    ) -> ServiceResult<bool> {
        let user = UserId(device.user_id);
        Ok(field::is_assigned(tx, actor.organization_id, user, envelope.assignment_id, account.0).await?)
    }

    /// Cash is never refused: what cannot be posted waits in suspense, and is in the box all the same.
    async fn apply_cash(
        &self,
        tx: &Tx,
        device: &field_devices::Model,
        envelope: &Envelope,
        cash: CashReceived,
    ) -> ServiceResult<Applied> {
        let own_number = parse_receipt_no(&cash.receipt_no).ok().filter(|(code, _)| *code == device.code);
        let number = own_number.map_or(0, |(_, number)| to_i64(number));
        let mut applied = Applied {
            cash: Some((cash.currency.clone(), cash.amount_minor)),
            receipt_number: number,
            ..Applied::of(envelope, Outcome::Posted)
        };
        let actor = collector_actor(device);
        let org = actor.organization_id;
        let mut suspense = None;
        if number == 0 || field::receipt_known(tx, org, &cash.receipt_no).await? {
            suspense = Some(SuspenseReason::ReceiptNumberTaken);
        } else {
            applied.receipt_no = Some(cash.receipt_no.clone());
        }
        let place = self.place_cash(tx, &actor, envelope, &cash).await?;
        let (account, amount) = match (suspense, place) {
            (Some(reason), _) | (None, Err(reason)) => {
                return self.keep_in_suspense(tx, &actor, envelope, applied, reason).await;
            }
            (None, Ok(found)) => found,
        };
        let zone = store::parties::find_organization(tx, org).await?.ok_or(ServiceError::NotFound)?.zone;
        let received_on = business_date(believed_time(envelope.wall_ms, self.now()), zone);
        let found = store::accounts::find(tx, org, account).await?.ok_or(ServiceError::NotFound)?;
        let owed_before = self.balance_on(tx, org, &found, received_on).await?.0.total_minor();
        let posted = self
            .post_payment_in(
                tx,
                &actor,
                PostPayment {
                    account_id: account,
                    amount,
                    method: PaymentMethod::FieldCash,
                    received_on,
                    source: format!("field:{}", envelope.event_id),
                    reference: None,
                    receipt: ReceiptSeries::Given(cash.receipt_no),
                    designated: Vec::new(),
                },
            )
            .await?;
        applied.payment_id = Some(posted.payment_id.0);
        let assigned = self.is_own_stop(tx, &actor, device, envelope, account).await?;
        applied.outcome = if posted.unapplied.is_positive() {
            let reason = if owed_before > 0 { UnappliedReason::Over } else { UnappliedReason::Settled };
            Outcome::PostedUnapplied { reason }
        } else if assigned {
            Outcome::Posted
        } else {
            Outcome::AcceptedLate
        };
        Ok(applied)
    }

    async fn place_cash(
        &self,
        tx: &Tx,
        actor: &Actor,
        envelope: &Envelope,
        cash: &CashReceived,
    ) -> ServiceResult<Result<(AccountId, Money), SuspenseReason>> {
        let org = actor.organization_id;
        let Some(id) = envelope.account_id.map(AccountId) else {
            return Ok(Err(SuspenseReason::UnknownAccount));
        };
        let Some(account) = accounts::find(tx, org, id).await? else {
            return Ok(Err(SuspenseReason::UnknownAccount));
        };
        if ledger::find_balance(tx, org, id).await?.is_none() {
            return Ok(Err(SuspenseReason::UnknownAccount));
        }
        match cash.currency.parse::<Currency>() {
            Ok(currency) if currency == account.currency => {
                Ok(Ok((id, Money::from_minor(cash.amount_minor, currency))))
            }
            _ => Ok(Err(SuspenseReason::OtherCurrency)),
        }
    }

    async fn keep_in_suspense(
        &self,
        tx: &Tx,
        actor: &Actor,
        envelope: &Envelope,
        mut applied: Applied,
        reason: SuspenseReason,
    ) -> ServiceResult<Applied> {
        applied.outcome = Outcome::Suspense { reason };
        let subject = format!("field_event:{}", envelope.event_id);
        self.audit(tx, actor, "cash.suspense", subject, json!({ "reason": reason })).await?;
        Ok(applied)
    }
}

/// The device's time where it can be believed, else the time of arrival. A wrong clock changes a date at most,
/// never an amount.
fn believed_time(wall_ms: i64, now: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(wall_ms)
        .filter(|at| *at <= now && *at >= now - Duration::days(BELIEVED_DAYS))
        .unwrap_or(now)
}

/// The field's results in the terms of the account's history.
fn disposition(visit: VisitDisposition) -> Disposition {
    match visit {
        VisitDisposition::PaidCash => Disposition::Paid,
        VisitDisposition::PromiseToPay => Disposition::PromiseTaken,
        VisitDisposition::RefusedToPay => Disposition::RefusesToPay,
        VisitDisposition::NotHome => Disposition::NotAtHome,
        VisitDisposition::ThirdParty => Disposition::ThirdParty,
        VisitDisposition::GoneAway | VisitDisposition::WrongAddress => Disposition::GoneAway,
        VisitDisposition::DebtDenial => Disposition::Disputes,
        VisitDisposition::Hardship => Disposition::CannotPay,
        VisitDisposition::NoticeLeft => Disposition::Note,
    }
}
