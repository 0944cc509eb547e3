//! What a run did, for people and for the next run.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use store::StoreError;
use store::batch;
use store::entities::batch_runs;

use crate::{ServiceResult, Services};

/// What was looked at, and everything that changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BatchCounts {
    pub accounts: u64,
    /// State rows written: changes, and first states.
    pub states: u64,
    pub stage_changes: u64,
    pub bucket_changes: u64,
    pub promises_broken: u64,
    /// Promises that money had kept, unnoticed.
    pub promises_kept: u64,
    pub arrangements_broken: u64,
    pub arrangements_completed: u64,
    pub arrangements_expired: u64,
    pub charges: u64,
    /// Accounts whose charges could not be computed; the log says why.
    pub charges_failed: u64,
}

impl BatchCounts {
    /// This and another together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let sum = |field: fn(&Self) -> u64| field(&self).saturating_add(field(&other));
        Self {
            accounts: sum(|c| c.accounts),
            states: sum(|c| c.states),
            stage_changes: sum(|c| c.stage_changes),
            bucket_changes: sum(|c| c.bucket_changes),
            promises_broken: sum(|c| c.promises_broken),
            promises_kept: sum(|c| c.promises_kept),
            arrangements_broken: sum(|c| c.arrangements_broken),
            arrangements_completed: sum(|c| c.arrangements_completed),
            arrangements_expired: sum(|c| c.arrangements_expired),
            charges: sum(|c| c.charges),
            charges_failed: sum(|c| c.charges_failed),
        }
    }

    /// Rows that say something about accounts: states, events, and what they are about.
    pub(super) fn rows(&self) -> u64 {
        let twice = self.promises_broken
            + self.promises_kept
            + self.arrangements_broken
            + self.arrangements_completed
            + self.arrangements_expired;
        self.states + self.stage_changes + self.bucket_changes + 2 * twice + self.charges
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchStatus {
    /// Planned, or stopped in the middle.
    Open,
    Finished,
    /// It was finished before; nothing was written.
    Already,
}

/// What a call did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BatchReport {
    pub organization: String,
    pub date: NaiveDate,
    pub status: BatchStatus,
    /// When the run was planned: what it wrote is recorded at this instant.
    pub started_at: DateTime<Utc>,
    /// The run had been planned by a call that did not finish it.
    pub resumed: bool,
    /// Runs of earlier dates that were left unfinished, and are finished now.
    pub earlier: Vec<NaiveDate>,
    /// Chunks that this call did, of all runs.
    pub chunks_done: u64,
    /// Rows about accounts that this call wrote; its own bookkeeping is not among them.
    pub rows_written: u64,
    /// What the whole run of the date did, whoever did it.
    pub counts: BatchCounts,
}

/// How the latest run stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LastBatch {
    pub date: NaiveDate,
    pub started_at: DateTime<Utc>,
    pub finished: bool,
    pub chunks: u64,
    pub chunks_done: u64,
    pub counts: BatchCounts,
}

impl Services {
    /// How many chunks a run has, and what those that are done say they did.
    pub(super) async fn counts_so_far(
        &self,
        db: &impl ConnectionTrait,
        run: &batch_runs::Model,
    ) -> ServiceResult<(u64, BatchCounts)> {
        let summaries = batch::chunk_summaries(db, run).await?;
        let mut counts = BatchCounts::default();
        for summary in summaries.iter().flatten() {
            counts = counts.plus(parse(run, summary)?);
        }
        Ok((summaries.len() as u64, counts))
    }
}

/// Reads a stored summary.
pub(super) fn parse(run: &batch_runs::Model, summary: &str) -> ServiceResult<BatchCounts> {
    let bad = StoreError::bad_row::<serde_json::Error>("batch_runs", run.on_date);
    Ok(serde_json::from_str(summary).map_err(bad)?)
}

/// Writes a summary as it is stored.
pub(super) fn text(counts: &BatchCounts) -> String {
    serde_json::to_string(counts).unwrap_or_default()
}
