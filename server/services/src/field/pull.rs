//! Pull: the collector's stops of today, and nothing else.
//!
//! A day has some dozens of stops, so the feed is the day itself: a cursor names the day's digest and how far the
//! phone has read. If anything changed, the phone reads the day again; if nothing did, the answer is empty. There
//! is no change log whose order of commits could hide a row.

use domain::access::{Actor, ActorKind};
use domain::account::{Balance, Component};
use domain::arrangement::negotiation::Deal;
use domain::field::{ActivityLine, OfferLine, OwedLine, PullResponse, Stop};
use domain::ids::AccountId;
use domain::party::ContactKind;
use sea_orm::{AccessMode, DbBackend, IsolationLevel, TransactionOptions, TransactionTrait};
use sha2::{Digest, Sha256};
use store::field::StopRows;
use store::{StoreError, field};

use super::{FieldFault, FieldSession, to_u64};
use crate::{ServiceError, ServiceResult, Services};

/// Stops on a page.
const PAGE_STOPS: usize = 50;
/// Settings key of the database's life; a restore gives it a new value.
const EPOCH_KEY: &str = "field.epoch";

impl Services {
    /// One page of the collector's day. All of it is read at one moment, so that `acked_seq` and what is owed
    /// belong together.
    ///
    /// # Errors
    /// The database fails.
    pub async fn pull_route(&self, session: &FieldSession, cursor: &str) -> Result<PullResponse, FieldFault> {
        self.ensure_epoch().await?;
        let org = session.organization_id;
        let organization = self.organization(org).await?;
        let day = domain::calendar::business_date(self.now(), organization.zone);
        let snapshot = TransactionOptions {
            // SQLite's readers see one moment anyway.
            isolation_level: (self.db.backend() == DbBackend::Postgres)
                .then_some(IsolationLevel::RepeatableRead),
            access_mode: (self.db.backend() == DbBackend::Postgres).then_some(AccessMode::ReadOnly),
            ..TransactionOptions::default()
        };
        let tx = self.db.read().begin_with_options(snapshot).await?;
        let device =
            field::find_device(&tx, org, session.device_id.0).await?.ok_or(FieldFault::Unauthorized)?;
        let rows = field::day_stops(&tx, org, session.user_id, day).await?;
        let cash_box = field::cash_box(&tx, org, session.user_id).await?;
        let epoch = store::parties::setting(&tx, EPOCH_KEY).await?.unwrap_or_default();
        // A collector may not offer; what is published for everybody may be told.
        let office = Actor { organization_id: org, kind: ActorKind::System { process: "field-route" } };
        let policy = self.offer_policy_in(&tx, &office).await?;
        let mut stops: Vec<Stop> = Vec::with_capacity(rows.len());
        for row in &rows {
            let account = store::accounts::account(row.account.clone())?;
            // What was held after the visit was planned is not visited; what the phone has is taken all the same.
            let holds = store::cases::standing_holds(&tx, org, account.debtor_id).await?;
            if domain::cases::is_held(&holds, account.id) {
                continue;
            }
            let (owed, _) = self.balance_on(&tx, org, &account, day).await?;
            let deals = self.deals_under(&tx, &office, &policy, (account, owed), day).await?;
            stops.push(stop(row, &owed, &deals, day)?);
        }
        tx.rollback().await?;

        let digest = digest(&day.to_string(), &stops)?;
        let read = read_so_far(cursor, &epoch, &digest, stops.len());
        let from = read.unwrap_or(0);
        let until = from.saturating_add(PAGE_STOPS).min(stops.len());
        let more = until < stops.len();
        let page: Vec<Stop> = stops.into_iter().skip(from).take(PAGE_STOPS).collect();
        // What the phone gets, its collector can read: that is a look into each file.
        let looks: Vec<AccountId> = page.iter().map(|stop| AccountId(stop.account_id)).collect();
        self.note_views(&session.actor(), &looks).await?;
        Ok(PullResponse {
            device_id: device.id,
            cursor: format!("{epoch}.{digest}.{until}"),
            epoch,
            reset: read.is_none(),
            stops: page,
            more,
            day,
            acked_seq: to_u64(device.head_seq),
            cash_box,
            server_ms: self.now().timestamp_millis(),
        })
    }

    async fn ensure_epoch(&self) -> ServiceResult<()> {
        if store::parties::setting(self.db.read(), EPOCH_KEY).await?.is_none() {
            let tx = self.begin().await?;
            store::parties::set_setting_once(&tx, EPOCH_KEY, &self.new_token(8)).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

/// How many stops of this very day the phone holds; none when it must begin anew.
fn read_so_far(cursor: &str, epoch: &str, digest: &str, len: usize) -> Option<usize> {
    let mut parts = cursor.split('.');
    let same = parts.next() == Some(epoch) && parts.next() == Some(digest);
    let offset: usize = parts.next()?.parse().ok()?;
    (same && offset <= len).then_some(offset)
}

fn digest(day: &str, stops: &[Stop]) -> ServiceResult<String> {
    let text = serde_json::to_string(stops).map_err(StoreError::bad_row("assignments", day))?;
    let mut hash = Sha256::new();
    hash.update(day.as_bytes());
    hash.update(text.as_bytes());
    Ok(hex::encode(hash.finalize()).chars().take(24).collect())
}

/// Degrees as whole ten-millionths.
#[expect(clippy::cast_possible_truncation, reason = "degrees are below 181")]
fn to_e7(degrees: f64) -> Option<i32> {
    (degrees.is_finite() && degrees.abs() <= 180.0).then(|| (degrees * 1e7).round() as i32)
}

fn offer(deal: &Deal) -> ServiceResult<Option<OfferLine>> {
    let Some((first, last)) = deal.schedule.first().zip(deal.schedule.last()) else { return Ok(None) };
    Ok(Some(OfferLine {
        to_pay_minor: deal.agreed.to_pay.minor(),
        forgiven_minor: deal.agreed.forgiven_total()?.minor(),
        payments: u32::try_from(deal.schedule.len()).unwrap_or(u32::MAX),
        first_minor: first.amount.minor(),
        first_on: first.due_on,
        last_on: last.due_on,
        valid_until: deal.valid_until,
    }))
}

fn stop(rows: &StopRows, balance: &Balance, deals: &[Deal], today: chrono::NaiveDate) -> ServiceResult<Stop> {
    let contact = |kind: ContactKind| rows.contacts.iter().find(|c| c.kind == kind.as_str());
    let address = contact(ContactKind::Address);
    let owed = Component::ALL
        .iter()
        .map(|component| OwedLine {
            component: component.as_str().to_owned(),
            amount_minor: balance.of(*component).minor(),
        })
        .filter(|line| line.amount_minor != 0)
        .collect();
    let days = if balance.total_minor() > 0 { (today - rows.account.due_on).num_days().max(0) } else { 0 };
    let offers =
        deals.iter().filter_map(|deal| offer(deal).transpose()).collect::<ServiceResult<Vec<_>>>()?;
    Ok(Stop {
        assignment_id: rows.assignment.id,
        account_id: rows.account.id,
        position: u32::try_from(rows.assignment.position).unwrap_or(0),
        debtor_name: rows.debtor.name.clone(),
        address: address.map(|a| a.value.clone()).unwrap_or_default(),
        city: address.and_then(|a| a.city.clone()).unwrap_or_default(),
        phone: contact(ContactKind::Phone).map(|c| c.value.clone()),
        lat_e7: address.and_then(|a| a.latitude).and_then(to_e7),
        lng_e7: address.and_then(|a| a.longitude).and_then(to_e7),
        creditor_name: rows.creditor_name.clone(),
        external_id: rows.account.external_id.clone(),
        currency: rows.account.currency.clone(),
        owed_minor: balance.total_minor().max(0),
        owed,
        days_past_due: i32::try_from(days).unwrap_or(i32::MAX),
        activities: rows
            .activities
            .iter()
            .map(|a| ActivityLine {
                at_ms: a.at.timestamp_millis(),
                kind: a.disposition.clone(),
                note: a.note.clone().unwrap_or_default(),
            })
            .collect(),
        offers,
        visited: rows.visited,
    })
}

impl From<sea_orm::TransactionError<sea_orm::DbErr>> for FieldFault {
    fn from(error: sea_orm::TransactionError<sea_orm::DbErr>) -> Self {
        match error {
            sea_orm::TransactionError::Connection(error) | sea_orm::TransactionError::Transaction(error) => {
                Self::Service(ServiceError::from(error))
            }
        }
    }
}
