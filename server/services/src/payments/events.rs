//! What gateways report: webhooks are verified, stored and answered; workers do the rest. A gateway
//! that is silent is asked.

use std::collections::BTreeMap;

use chrono::Duration;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use serde_json::json;
use store::entities::{gateway_events, payment_attempts};
use store::{StoreError, Tx};

use super::gateway::{AttemptStatus, Delivery, GatewayRef, Headers, Notice, Subject};
use super::online::outside;
use crate::{ServiceError, ServiceResult, Services};

/// Events a worker takes at a time.
const BATCH: u64 = 100;

/// A gateway is asked about a payment that has been waiting for as long as this.
const SILENCE: Duration = Duration::minutes(10);

/// The longest wait between two tries of an event.
const LONGEST_WAIT: Duration = Duration::hours(1);

impl Services {
    /// Takes a webhook: verify on the raw bytes, store each notice once. Workers do the rest.
    ///
    /// # Errors
    /// `NotFound` for an unknown gateway, `Outside` for a bad signature.
    pub async fn receive_webhook(
        &self,
        gateway: &str,
        headers: Headers<'_>,
        raw: &[u8],
    ) -> ServiceResult<usize> {
        let adapter = self.gateway(gateway).await?.ok_or(ServiceError::NotFound)?;
        let now = self.now();
        let Delivery { notices, by_old_secret } =
            adapter.verify_webhook(headers, raw, now).map_err(outside)?;
        let text = String::from_utf8_lossy(raw).into_owned();
        let tx = self.begin().await?;
        for notice in &notices {
            self.keep_event(&tx, gateway, notice, &text).await?;
        }
        tx.commit().await?;
        if by_old_secret {
            self.note_old_secret(gateway).await?;
        }
        Ok(notices.len())
    }

    /// Keeps an event; whether it is new.
    pub(super) async fn keep_event(
        &self,
        tx: &Tx,
        gateway: &str,
        notice: &Notice,
        raw: &str,
    ) -> ServiceResult<bool> {
        let Notice { event_id, subject, reference } = notice;
        let raw = json!({ "subject": subject.as_str(), "reference": reference.0, "body": raw });
        let row = gateway_events::ActiveModel {
            gateway: Set(gateway.to_owned()),
            event_id: Set(event_id.clone()),
            raw: Set(raw.to_string()),
            received_at: Set(self.now()),
            processed_at: Set(None),
            outcome: Set(None),
            tries: Set(0),
            next_try_at: Set(None),
        };
        let made =
            gateway_events::Entity::insert(row).on_conflict_do_nothing().exec_without_returning(tx).await?;
        Ok(matches!(made, sea_orm::TryInsertResult::Inserted(1..)))
    }

    /// Works off stored webhooks: re-fetches each payment and posts what moved. Returns how many
    /// were done. Safe to run in several processes: posting is idempotent by source.
    ///
    /// # Errors
    /// The database fails; a failing gateway only leaves its events for later.
    pub async fn process_gateway_events(&self) -> ServiceResult<usize> {
        let due = Condition::any()
            .add(gateway_events::Column::NextTryAt.is_null())
            .add(gateway_events::Column::NextTryAt.lte(self.now()));
        let events = gateway_events::Entity::find()
            .filter(gateway_events::Column::ProcessedAt.is_null())
            .filter(due)
            .order_by_asc(gateway_events::Column::ReceivedAt)
            .limit(BATCH)
            .all(self.db.read())
            .await?;
        // Several events of one payment need one look at it.
        let mut payments: BTreeMap<(String, bool, String), Vec<gateway_events::Model>> = BTreeMap::new();
        for event in events {
            let (is_payout, reference) = about(&event)?;
            payments.entry((event.gateway.clone(), is_payout, reference)).or_default().push(event);
        }
        let mut done = 0;
        for ((gateway, is_payout, reference), events) in payments {
            let synced = if is_payout {
                self.sync_payout(&gateway, &GatewayRef(reference)).await
            } else {
                match self.setup_by_reference(&gateway, &reference).await? {
                    Some(setup) => self.sync_setup(setup).await,
                    None => self.sync(&gateway, &GatewayRef(reference)).await,
                }
            };
            let outcome = match synced {
                Ok(()) => Ok("done"),
                Err(ServiceError::NotFound) => Ok("not one of our payments"),
                Err(error) => Err(error),
            };
            if let Err(error) = &outcome {
                tracing::warn!(%error, gateway, events = events.len(), "webhook events failed");
            } else {
                done += events.len();
            }
            self.close_events(events, &outcome).await?;
        }
        Ok(done)
    }

    /// Asks the gateways about payments that nobody has reported for a while: a lost webhook must
    /// not lose money. Returns how many were asked about.
    ///
    /// # Errors
    /// The database fails; a failing gateway is asked again later.
    pub async fn ask_silent_gateways(&self) -> ServiceResult<usize> {
        let now = self.now();
        let open = payment_attempts::Entity::find()
            .filter(payment_attempts::Column::Status.is_in(AttemptStatus::OPEN.map(AttemptStatus::as_str)))
            .filter(payment_attempts::Column::GatewayRef.is_not_null())
            .filter(payment_attempts::Column::UpdatedAt.lt(now - SILENCE))
            .order_by_asc(payment_attempts::Column::UpdatedAt)
            .limit(BATCH)
            .all(self.db.read())
            .await?;
        let asked = open.len();
        for attempt in open {
            let reference = GatewayRef(attempt.gateway_ref.clone().unwrap_or_default());
            if let Err(error) = self.sync(&attempt.gateway, &reference).await {
                tracing::warn!(%error, gateway = attempt.gateway, "a waiting payment was not refreshed");
            }
            // Asked: the next to wait comes first.
            let tx = self.begin().await?;
            payment_attempts::Entity::update_many()
                .col_expr(payment_attempts::Column::UpdatedAt, now.into())
                .filter(payment_attempts::Column::OrganizationId.eq(attempt.organization_id))
                .filter(payment_attempts::Column::Id.eq(attempt.id))
                .exec(&tx)
                .await?;
            tx.commit().await?;
        }
        Ok(asked)
    }

    /// Fetches a payment and brings the books to where it is.
    pub(crate) async fn sync(&self, gateway: &str, reference: &GatewayRef) -> ServiceResult<()> {
        let adapter = self.gateway(gateway).await?.ok_or_else(|| ServiceError::Outside {
            part: "gateway",
            cause: format!("{gateway} is not set up in this deployment"),
        })?;
        let snapshot = adapter.fetch(reference).await.map_err(outside)?;
        self.settle(gateway, &snapshot).await
    }

    async fn close_events(
        &self,
        events: Vec<gateway_events::Model>,
        outcome: &ServiceResult<&'static str>,
    ) -> ServiceResult<()> {
        let now = self.now();
        let tx = self.begin().await?;
        for event in events {
            let tries = event.tries.saturating_add(1);
            let mut row = event.into_active_model();
            row.tries = Set(tries);
            match outcome {
                Ok(outcome) => {
                    row.outcome = Set(Some((*outcome).to_owned()));
                    row.processed_at = Set(Some(now));
                }
                Err(error) => {
                    row.outcome = Set(Some(error.to_string()));
                    row.next_try_at = Set(Some(now + wait_after(tries)));
                }
            }
            row.update(&tx).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// Longer after each failure, an hour at most: a gateway's bad day loses nothing.
fn wait_after(tries: i32) -> Duration {
    let seconds = 1_i64.checked_shl(tries.clamp(0, 12).unsigned_abs()).unwrap_or(i64::MAX);
    Duration::try_seconds(seconds).unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT)
}

/// Whether it is about a payout, and which.
fn about(event: &gateway_events::Model) -> ServiceResult<(bool, String)> {
    let stored: serde_json::Value =
        serde_json::from_str(&event.raw).map_err(StoreError::bad_row("gateway_events", &event.event_id))?;
    let text =
        |field: &str| stored.get(field).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
    Ok((text("subject") == Subject::Payout.as_str(), text("reference")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_an_hour() {
        let waits: Vec<_> = [1, 2, 3, 11, 12, 900].map(|tries| wait_after(tries).num_seconds()).to_vec();
        assert_eq!(waits, [2, 4, 8, 2_048, 3_600, 3_600]);
    }
}
