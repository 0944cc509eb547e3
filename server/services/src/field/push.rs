//! Push: takes a device's events in, each exactly once.

use std::collections::BTreeSet;

use domain::field::{
    DeviceStatus, EventAck, ForkReason, Head, Judgement, MAX_PUSH_EVENTS, Outcome, PushRequest, PushResponse,
    QuarantineReason, WireEvent, judge,
};
use domain::ids::{AccountId, OrganizationId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};
use serde_json::json;
use store::entities::{field_devices, field_events, field_quarantine};
use store::{StoreError, Tx, field, ledger};

use super::apply::Applied;
use super::enrol::{ACTIVE, SUSPENDED};
use super::tokens::collector_actor;
use super::{FieldFault, FieldSession, to_i64, to_u64};
use crate::{ServiceError, ServiceResult, Services};

/// Locks the balances that the events may touch, in one order, before anything is appended to
/// the audit trail: a payment elsewhere locks its balance and then the trail's head, and each
/// must not hold what the other waits for.
async fn lock_accounts(tx: &Tx, org: OrganizationId, events: &[WireEvent]) -> ServiceResult<()> {
    let accounts: BTreeSet<_> = events.iter().filter_map(|event| event.envelope()?.account_id).collect();
    for account in accounts {
        ledger::lock_balance(tx, org, AccountId(account)).await?;
    }
    Ok(())
}

/// What one event did to the push as a whole.
enum Step {
    Acked(EventAck),
    Stop { need_from: Option<u64>, ack: Option<EventAck> },
}

impl Services {
    /// Takes events in, in one transaction. Sending the same events again gives the stored outcomes.
    ///
    /// # Errors
    /// `OtherDevice`, `TooMany`, or the database fails: then nothing was taken in.
    pub async fn push_events(
        &self,
        session: &FieldSession,
        request: &PushRequest,
    ) -> Result<PushResponse, FieldFault> {
        if request.device_id != session.device_id.0 {
            return Err(FieldFault::OtherDevice);
        }
        if request.events.len() > MAX_PUSH_EVENTS {
            return Err(FieldFault::TooMany);
        }
        let org = session.organization_id;
        let tx = self.begin().await?;
        let mut device =
            field::lock_device(&tx, org, session.device_id.0).await?.ok_or(FieldFault::Unauthorized)?;
        let mut acks = Vec::new();
        let mut need_from = None;
        if device.status == ACTIVE {
            lock_accounts(&tx, org, &request.events).await?;
            for event in &request.events {
                match self.take_event(&tx, &mut device, event).await? {
                    Step::Acked(ack) => acks.push(ack),
                    Step::Stop { need_from: from, ack } => {
                        need_from = from;
                        acks.extend(ack);
                        break;
                    }
                }
            }
            save_device(&tx, device.clone(), self.now()).await?;
        }
        tx.commit().await.map_err(ServiceError::from)?;
        for ack in acks.iter().filter(|ack| !ack.duplicate) {
            metrics::counter!("saldar_field_events_total", "outcome" => ack.outcome.code()).increment(1);
        }
        Ok(PushResponse {
            device_id: device.id,
            acked_seq: to_u64(device.head_seq),
            acks,
            need_from,
            status: if device.status == ACTIVE { DeviceStatus::Active } else { DeviceStatus::Suspended },
            server_ms: self.now().timestamp_millis(),
        })
    }

    async fn take_event(
        &self,
        tx: &Tx,
        device: &mut field_devices::Model,
        event: &WireEvent,
    ) -> ServiceResult<Step> {
        let actor = collector_actor(device);
        let org = actor.organization_id;
        let known = field::event_at(tx, org, device.id, to_i64(event.seq)).await?;
        let head = Head { seq: to_u64(device.head_seq), hash: device.head_hash.clone() };
        let known_hash = known.as_ref().map(|row| row.hash.as_str());
        let applied = match judge(device.id, device.user_id, &head, known_hash, event) {
            Judgement::Duplicate => {
                let stored = known.map(|row| stored_ack(&row)).transpose()?;
                return Ok(stored.map_or(Step::Stop { need_from: None, ack: None }, Step::Acked));
            }
            Judgement::Gap { need_from } => return Ok(Step::Stop { need_from: Some(need_from), ack: None }),
            Judgement::Fork(reason) => {
                let ack = self.suspend(tx, device, event, reason).await?;
                return Ok(Step::Stop { need_from: None, ack: Some(ack) });
            }
            Judgement::Accept(envelope, body) => {
                if field::event_id_known(tx, org, envelope.event_id).await? {
                    Applied::set_aside(QuarantineReason::EventIdTaken, Some(*envelope))
                } else {
                    self.apply_event(tx, device, *envelope, body).await?
                }
            }
            Judgement::Quarantine(reason) => Applied::set_aside(reason, event.envelope()),
        };
        device.head_seq = to_i64(event.seq);
        device.head_hash.clone_from(&event.hash);
        device.last_receipt = device.last_receipt.max(applied.receipt_number);
        let ack = EventAck {
            seq: event.seq,
            event_id: applied.event_id,
            outcome: applied.outcome,
            duplicate: false,
        };
        let row = self.event_row(device, event, applied)?;
        field_events::Entity::insert(row).exec_without_returning(tx).await?;
        Ok(Step::Acked(ack))
    }

    fn event_row(
        &self,
        device: &field_devices::Model,
        event: &WireEvent,
        applied: Applied,
    ) -> ServiceResult<field_events::ActiveModel> {
        let outcome = serde_json::to_string(&applied.outcome)
            .map_err(StoreError::bad_row("field_events", device.id))?;
        Ok(field_events::ActiveModel {
            organization_id: Set(device.organization_id),
            device_id: Set(device.id),
            seq: Set(to_i64(event.seq)),
            event_id: Set(applied.event_id),
            user_id: Set(device.user_id),
            hash: Set(event.hash.clone()),
            payload: Set(event.payload.clone()),
            kind: Set(applied.kind),
            account_id: Set(applied.account_id),
            assignment_id: Set(applied.assignment_id),
            receipt_no: Set(applied.receipt_no),
            currency: Set(applied.cash.as_ref().map(|(currency, _)| currency.clone())),
            amount_minor: Set(applied.cash.map(|(_, minor)| minor)),
            wall_ms: Set(applied.wall_ms),
            outcome: Set(outcome),
            payment_id: Set(applied.payment_id),
            received_at: Set(self.now()),
        })
    }

    /// The chain has come apart: the bytes are kept, the device waits for the office.
    async fn suspend(
        &self,
        tx: &Tx,
        device: &mut field_devices::Model,
        event: &WireEvent,
        reason: ForkReason,
    ) -> ServiceResult<EventAck> {
        let why = match reason {
            ForkReason::OtherEventAtSeq => "other_event_at_seq",
            ForkReason::OtherPredecessor => "other_predecessor",
        };
        let row = field_quarantine::ActiveModel {
            organization_id: Set(device.organization_id),
            device_id: Set(device.id),
            seq: Set(to_i64(event.seq)),
            hash: Set(event.hash.clone()),
            payload: Set(event.payload.clone()),
            reason: Set(why.to_owned()),
            received_at: Set(self.now()),
        };
        let once = OnConflict::columns([
            field_quarantine::Column::OrganizationId,
            field_quarantine::Column::DeviceId,
            field_quarantine::Column::Seq,
            field_quarantine::Column::Hash,
        ])
        .do_nothing()
        .to_owned();
        field_quarantine::Entity::insert(row).on_conflict(once).exec_without_returning(tx).await?;
        SUSPENDED.clone_into(&mut device.status);
        let actor = collector_actor(device);
        let details = json!({ "seq": event.seq, "why": why });
        self.audit(tx, &actor, "device.suspended", format!("device:{}", device.id), details).await?;
        let event_id = event.envelope().map(|envelope| envelope.event_id);
        Ok(EventAck { seq: event.seq, event_id, outcome: Outcome::Fork, duplicate: false })
    }
}

async fn save_device(
    tx: &Tx,
    device: field_devices::Model,
    now: chrono::DateTime<chrono::Utc>,
) -> ServiceResult<()> {
    let changed = device.clone();
    let mut row = device.into_active_model();
    row.head_seq = Set(changed.head_seq);
    row.head_hash = Set(changed.head_hash);
    row.last_receipt = Set(changed.last_receipt);
    row.status = Set(changed.status);
    row.last_seen_at = Set(Some(now));
    row.update(tx).await?;
    Ok(())
}

fn stored_ack(row: &field_events::Model) -> ServiceResult<EventAck> {
    let outcome: Outcome =
        serde_json::from_str(&row.outcome).map_err(StoreError::bad_row("field_events", row.seq))?;
    Ok(EventAck { seq: to_u64(row.seq), event_id: row.event_id, outcome, duplicate: true })
}
