//! One chunk's work, and the end of a run.

use std::time::{Duration, Instant};

use domain::ids::OrganizationId;
use sea_orm::DbBackend;
use serde_json::json;
use store::batch::{self, AccountRange};
use store::entities::{batch_chunks, batch_runs};
use store::{Tx, arrangements};

use super::PROCESS;
use super::charges::Charged;
use super::report::{BatchCounts, parse, text};
use crate::arrangements::{ArrangementCounts, nightly};
use crate::{ServiceError, ServiceResult, Services};

/// How often to look whether another process has done its chunk.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// Others who wait for SQLite's one writer look at most this seldom.
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// A chunk that this call did, and how many rows about accounts it wrote.
pub(super) struct Done {
    pub rows: u64,
}

impl Services {
    /// Does the next chunk of a run and tells what it did; nothing when all are done.
    pub(super) async fn do_next_chunk(&self, run: &batch_runs::Model) -> ServiceResult<Option<Done>> {
        loop {
            let begun = Instant::now();
            let Some(open) = batch::first_open_chunk(self.db.read(), run).await? else { return Ok(None) };
            let done = if self.db.backend() == DbBackend::Postgres {
                self.claim_and_do(run).await?
            } else {
                self.do_alone(run, &open).await?
            };
            if done.is_some() {
                metrics::counter!("saldar_batch_chunks_total").increment(1);
                self.let_others_write(begun.elapsed()).await;
                return Ok(done);
            }
            // All that is left is in the hands of other processes.
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// PostgreSQL: the chunk's row is held while it is worked on, so that processes share a run.
    async fn claim_and_do(&self, run: &batch_runs::Model) -> ServiceResult<Option<Done>> {
        let tx = self.begin().await?;
        let Some(chunk) = batch::claim_chunk(&tx, run).await? else { return Ok(None) };
        let charged = self.post_due_charges(run, &range(run, &chunk)).await?;
        self.do_chunk(tx, run, chunk, charged).await.map(Some)
    }

    /// SQLite: one writer at a time, so nobody else can be in the middle of the chunk.
    async fn do_alone(
        &self,
        run: &batch_runs::Model,
        open: &batch_chunks::Model,
    ) -> ServiceResult<Option<Done>> {
        let charged = self.post_due_charges(run, &range(run, open)).await?;
        let tx = self.begin().await?;
        match batch::claim_chunk(&tx, run).await? {
            Some(chunk) if chunk.number == open.number => {
                self.do_chunk(tx, run, chunk, charged).await.map(Some)
            }
            _ => Ok(None),
        }
    }

    async fn do_chunk(
        &self,
        tx: Tx,
        run: &batch_runs::Model,
        chunk: batch_chunks::Model,
        charged: Charged,
    ) -> ServiceResult<Done> {
        let range = range(run, &chunk);
        let (date, at) = (run.on_date, run.started_at);
        // Locks in one order, as everywhere: balances by id, then the rest, the audit trail last.
        let looked_at = arrangements::to_look_at(&tx, date, &range).await?;
        batch::lock_balances(&tx, &range, date, &looked_at).await?;
        let promises = batch::end_promises(&tx, &range, date, at).await?;
        let ended = self.end_arrangements(&tx, run, &chunk, &range).await?;
        let accounts = batch::count_accounts(&tx, &range).await?;
        let aged = batch::age(&tx, &range, accounts, date, at).await?;
        let counts = BatchCounts {
            accounts,
            states: aged.states,
            stage_changes: aged.stages,
            bucket_changes: aged.buckets,
            promises_broken: promises.broken,
            promises_kept: promises.kept,
            arrangements_broken: ended.broken,
            arrangements_completed: ended.completed,
            arrangements_expired: ended.expired,
            charges: charged.due,
            charges_failed: charged.failed,
        };
        batch::close_chunk(&tx, chunk, at, text(&counts)).await?;
        tx.commit().await?;
        let rows = counts.rows().saturating_sub(charged.due).saturating_add(charged.new);
        Ok(Done { rows })
    }

    async fn end_arrangements(
        &self,
        tx: &Tx,
        run: &batch_runs::Model,
        chunk: &batch_chunks::Model,
        range: &AccountRange,
    ) -> ServiceResult<ArrangementCounts> {
        let (date, number) = (run.on_date.to_string(), chunk.number.to_be_bytes());
        let name: [&[u8]; 4] =
            [run.organization_id.as_bytes(), b"arrangements", date.as_bytes(), number.as_slice()];
        let still = self.at_standstill(run.started_at, &name);
        let actor = self.system(range.organization_id, PROCESS);
        nightly::run_chunk(&still, tx, &actor, run.on_date, range).await
    }

    /// On SQLite, whoever else wants to write looks now and then whether it can: between two
    /// chunks there is as much time for them as a chunk took.
    pub(super) async fn let_others_write(&self, worked: Duration) {
        if self.db.backend() == DbBackend::Sqlite {
            tokio::time::sleep(worked.min(LONGEST_PAUSE)).await;
        }
    }

    /// Closes a run whose chunks are all done, once.
    pub(super) async fn close(&self, run: &batch_runs::Model) -> ServiceResult<BatchCounts> {
        let org = OrganizationId(run.organization_id);
        let tx = self.begin().await?;
        let locked = batch::lock_run(&tx, org, run.on_date).await?.ok_or(ServiceError::NotFound)?;
        if let Some(summary) = &locked.summary {
            return parse(&locked, summary);
        }
        let (chunks, counts) = self.counts_so_far(&tx, &locked).await?;
        batch::close_run(&tx, locked, run.started_at, text(&counts)).await?;
        let details = json!({ "chunks": chunks, "counts": counts });
        let still = self.at_standstill(run.started_at, &[]);
        let actor = self.system(org, PROCESS);
        still.audit(&tx, &actor, "end_of_day.finished", format!("batch:{}", run.on_date), details).await?;
        tx.commit().await?;
        Ok(counts)
    }
}

fn range(run: &batch_runs::Model, chunk: &batch_chunks::Model) -> AccountRange {
    AccountRange {
        organization_id: OrganizationId(run.organization_id),
        from: chunk.from_id,
        to: chunk.to_id,
    }
}
