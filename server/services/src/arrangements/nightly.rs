//! What a night does to arrangements: offers lapse, missed instalments break them, and what was
//! paid in full is completed if its last payment could not do it.

use chrono::NaiveDate;
use domain::access::Actor;
use domain::arrangement::Arrangement;
use domain::ids::ArrangementId;
use serde_json::json;
use store::audit::NewAudit;
use store::batch::AccountRange;
use store::{Tx, arrangements};

use super::effects::accounts_of;
use super::refresh::Why;
use super::refusal::bad_step;
use crate::{ServiceResult, Services};

/// What a chunk changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ArrangementCounts {
    pub broken: u64,
    pub completed: u64,
    pub expired: u64,
}

/// Ends the arrangements whose first debt is in `range` as of the end of `date`, in the caller's
/// transaction. Candidates come from two set-based queries; only those are looked at one by one.
/// A second run for the date finds nothing to do. Everything is recorded at the clock of
/// `services`, with its ids, so that a batch may pass one that stands still.
///
/// # Errors
/// The database, or figures that are too large.
pub(crate) async fn run_chunk(
    services: &Services,
    tx: &Tx,
    actor: &Actor,
    date: NaiveDate,
    range: &AccountRange,
) -> ServiceResult<ArrangementCounts> {
    let mut counts = ArrangementCounts::default();
    let mut told = Vec::new();
    let lapsed = load(tx, actor, &arrangements::lapsed_offers(tx, date, range).await?).await?;
    let running = load(tx, actor, &arrangements::to_look_at(tx, date, range).await?).await?;
    if lapsed.is_empty() && running.is_empty() {
        return Ok(counts);
    }
    // All balances before the first arrangement: see the order of locks.
    arrangements::lock_debts(tx, actor.organization_id, &accounts_of(&running)).await?;
    for offer in lapsed {
        counts.expired += u64::from(services.lapse(tx, actor, offer.id, date, &mut told).await?);
    }
    for candidate in running {
        services.end_if_due(tx, actor, candidate.id, date, &mut counts, &mut told).await?;
    }
    store::audit::append(tx, told).await?;
    Ok(counts)
}

async fn load(tx: &Tx, actor: &Actor, ids: &[ArrangementId]) -> ServiceResult<Vec<Arrangement>> {
    let mut all = Vec::with_capacity(ids.len());
    for id in ids {
        all.extend(arrangements::find(tx, actor.organization_id, *id).await?);
    }
    Ok(all)
}

impl Services {
    async fn lapse(
        &self,
        tx: &Tx,
        actor: &Actor,
        id: ArrangementId,
        date: NaiveDate,
        told: &mut Vec<NewAudit>,
    ) -> ServiceResult<bool> {
        let org = actor.organization_id;
        let Some(before) = arrangements::lock(tx, org, id).await? else { return Ok(false) };
        // Accepted or taken back since it was found.
        let Ok(after) = before.clone().expire(date) else { return Ok(false) };
        arrangements::update(tx, org, &before, &after).await?;
        self.tell_end(tx, actor, &before, &after, date).await?;
        told.push(self.told_of(actor, "arrangement.expired", &after, json!({})));
        Ok(true)
    }

    async fn end_if_due(
        &self,
        tx: &Tx,
        actor: &Actor,
        id: ArrangementId,
        date: NaiveDate,
        counts: &mut ArrangementCounts,
        told: &mut Vec<NewAudit>,
    ) -> ServiceResult<()> {
        let org = actor.organization_id;
        let Some(found) = arrangements::lock(tx, org, id).await? else { return Ok(()) };
        if !found.status.is_running() {
            return Ok(());
        }
        told.extend(self.refresh_in(tx, actor, found, date, Why::Night).await?);
        let Some(before) = arrangements::find(tx, org, id).await? else { return Ok(()) };
        if !before.status.is_running() {
            counts.completed += 1;
            return Ok(());
        }
        let books = self.arrangement_books(tx, actor, &before, date).await?;
        let progress = before.progress(books.paid, date)?;
        let Some(missed) = progress.missed().copied() else { return Ok(()) };
        let mut after = before.clone().break_off(&progress, date).map_err(bad_step)?;
        self.suffer_breach(tx, actor, &mut after, date).await?;
        arrangements::update(tx, org, &before, &after).await?;
        self.tell_end(tx, actor, &before, &after, date).await?;
        let details =
            json!({ "number": missed.number, "due_on": missed.due_on, "left": missed.left.minor() });
        told.push(self.told_of(actor, "arrangement.broken", &after, details));
        counts.broken += 1;
        metrics::counter!("saldar_arrangements_broken_total").increment(1);
        Ok(())
    }
}
