//! Events whose webhooks never came: gateways list what happened, and what is not known goes the way of
//! a webhook. One process at a time looks, under a lease.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Set};
use store::entities::gateway_polls as rows;

use super::online::outside;
use super::ways::Way;
use crate::{ServiceError, ServiceResult, Services};

/// Between two looks, and after one that failed.
const EVERY: TimeDelta = TimeDelta::hours(1);
const AGAIN: TimeDelta = TimeDelta::minutes(5);
/// A process that does not end its look within this time is taken for dead.
const LEASE: TimeDelta = TimeDelta::minutes(10);
/// Looks overlap: an event may be listed a little after its time.
const OVERLAP: TimeDelta = TimeDelta::hours(1);
/// How far the first look goes back: for as long Stripe delivers again
/// (docs.stripe.com/webhooks/process-undelivered-events).
const FIRST: TimeDelta = TimeDelta::days(3);

impl Services {
    /// Looks into the lists of events of the gateways whose time has come; how many events were found
    /// that no webhook had brought.
    ///
    /// # Errors
    /// The database fails. A gateway that does not answer is asked again later.
    pub async fn poll_gateways(&self) -> ServiceResult<usize> {
        let mut found = 0;
        for way in self.all_ways().await? {
            if self.take_poll(&way.0, false).await? {
                match self.poll(&way, None).await {
                    Ok(new) => found += new,
                    Err(error @ ServiceError::Outside { .. }) => {
                        tracing::warn!(%error, gateway = way.0, "the list of events was not read");
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(found)
    }

    /// The same at once, whatever the time, and from an instant on if one is given.
    ///
    /// # Errors
    /// `Outside` when a gateway does not answer; `Invalid` while another process looks.
    pub async fn poll_gateways_now(&self, since: Option<DateTime<Utc>>) -> ServiceResult<usize> {
        let mut found = 0;
        for way in self.all_ways().await? {
            if !self.take_poll(&way.0, true).await? {
                return Err(ServiceError::invalid(
                    "",
                    "Otro proceso está leyendo los avisos; intente dentro de unos minutos",
                    "Another process is reading the events; try again in a few minutes",
                ));
            }
            found += self.poll(&way, since).await?;
        }
        Ok(found)
    }

    async fn take_poll(&self, key: &str, now_or_never: bool) -> ServiceResult<bool> {
        let now = self.now();
        let tx = self.begin().await?;
        let row = rows::ActiveModel {
            account: Set(key.to_owned()),
            polled_until: Set(now - FIRST),
            next_at: Set(now),
            leased_until: Set(None),
            found: Set(0),
            failure: Set(None),
        };
        rows::Entity::insert(row).on_conflict_do_nothing().exec_without_returning(&tx).await?;
        let free =
            Condition::any().add(rows::Column::LeasedUntil.is_null()).add(rows::Column::LeasedUntil.lte(now));
        let due = rows::Column::NextAt.lte(now);
        let taken = rows::Entity::update_many()
            .col_expr(rows::Column::LeasedUntil, Expr::value(Some(now + LEASE)))
            .filter(rows::Column::Account.eq(key))
            .filter(free)
            .filter(if now_or_never { Condition::all() } else { Condition::all().add(due) })
            .exec(&tx)
            .await?;
        tx.commit().await?;
        Ok(taken.rows_affected == 1)
    }

    async fn poll(&self, way: &Way, since: Option<DateTime<Utc>>) -> ServiceResult<usize> {
        let (key, gateway) = way;
        let began = self.now();
        let row = rows::Entity::find_by_id(key.clone()).one(self.db.read()).await?;
        let until = row.map_or(began - FIRST, |row| row.polled_until);
        let events = gateway.events(since.unwrap_or(until - OVERLAP)).await;
        let tx = self.begin().await?;
        let (mut found, mut polled, mut next, mut failure) = (0, began, began + EVERY, None);
        if let Ok(events) = &events {
            for event in events {
                found += usize::from(self.keep_event(&tx, key, &event.notice, &event.raw).await?);
            }
        } else {
            (polled, next, failure) = (until, began + AGAIN, Some("outside"));
        }
        rows::Entity::update_many()
            .col_expr(rows::Column::LeasedUntil, Expr::value(None::<DateTime<Utc>>))
            .col_expr(rows::Column::PolledUntil, Expr::value(polled))
            .col_expr(rows::Column::NextAt, Expr::value(next))
            .col_expr(rows::Column::Found, Expr::value(i32::try_from(found).unwrap_or(i32::MAX)))
            .col_expr(rows::Column::Failure, Expr::value(failure))
            .filter(rows::Column::Account.eq(key))
            .exec(&tx)
            .await?;
        tx.commit().await?;
        events.map_err(outside)?;
        if found > 0 {
            tracing::warn!(gateway = key, found, "events that no webhook had brought");
            metrics::counter!("saldar_missed_events_total").increment(found as u64);
        }
        Ok(found)
    }
}
