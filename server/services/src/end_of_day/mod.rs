//! The nightly batch: what changes because a day has passed.
//!
//! A run is planned once, as chunks of neighbouring accounts; each chunk is done in one
//! transaction that also marks it as done. So a run that is stopped anywhere, by whatever,
//! goes on where it was, and leaves what it would have left undisturbed: everything is recorded
//! at the instant at which the run was planned, and ids follow from the organization and what
//! they are for.

mod charges;
mod chunk;
mod plan;
mod report;
mod standstill;

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Permission};
use store::batch;
use store::entities::batch_runs;

pub use report::{BatchCounts, BatchReport, BatchStatus, LastBatch};

use crate::{ServiceError, ServiceResult, Services};

/// What to run.
#[derive(Clone, Debug)]
pub struct EndOfDay {
    /// The business date that ends; today in the organization's zone if left out.
    pub date: Option<NaiveDate>,
    /// Accounts a transaction: fewer let others write sooner, more cost less.
    pub chunk_accounts: u64,
    /// Demo mode only: what everything is recorded at, instead of now.
    pub at: Option<DateTime<Utc>>,
}

impl EndOfDay {
    /// A transaction of so many lasts about a tenth of a second.
    pub const CHUNK_ACCOUNTS: u64 = 10_000;
}

impl Default for EndOfDay {
    fn default() -> Self {
        Self { date: None, chunk_accounts: Self::CHUNK_ACCOUNTS, at: None }
    }
}

/// How rows name Saldar while it works at night.
const PROCESS: &str = "end-of-day";

impl Services {
    /// Ends a business date: ages accounts, ends promises and arrangements whose day has passed,
    /// posts charges that fall due. A run that was stopped goes on; runs that earlier nights left
    /// are finished first; a finished one is told again and nothing is written. Several
    /// processes may work at it at once.
    ///
    /// # Errors
    /// `Denied`, or `Invalid` for a date that is not to be had: to come, before a later run, or
    /// out of the calendar.
    pub async fn end_of_day(&self, actor: &Actor, request: EndOfDay) -> ServiceResult<BatchReport> {
        let mut report = self.open_end_of_day(actor, &request).await?;
        if report.status == BatchStatus::Already {
            return Ok(report);
        }
        let org = actor.organization_id;
        for run in batch::unfinished_before(self.db.read(), org, report.date).await? {
            self.carry_out(&run, &mut report).await?;
            report.earlier.push(run.on_date);
        }
        if let Some(run) = batch::find_run(self.db.read(), org, report.date).await? {
            report.counts = self.carry_out(&run, &mut report).await?;
            report.status = BatchStatus::Finished;
        }
        metrics::counter!("saldar_batch_runs_total").increment(1);
        Ok(report)
    }

    /// Checks the date and plans the run, if it is not planned yet. [`Services::end_of_day`] does
    /// this and the rest.
    ///
    /// # Errors
    /// See [`Services::end_of_day`].
    pub async fn open_end_of_day(&self, actor: &Actor, request: &EndOfDay) -> ServiceResult<BatchReport> {
        // Whoever runs the office's machines; cron does, as Saldar itself.
        actor.require(Permission::StaffManage)?;
        self.plan_run(actor.organization_id, request).await
    }

    /// Does one chunk of a planned run; false when there is none left. For whoever wants to spread
    /// the night over the hours; [`Services::end_of_day`] does the rest.
    ///
    /// # Errors
    /// `Denied`, `NotFound` if no run of the date is planned, or the database fails.
    pub async fn end_of_day_chunk(&self, actor: &Actor, date: NaiveDate) -> ServiceResult<bool> {
        actor.require(Permission::StaffManage)?;
        let run = batch::find_run(self.db.read(), actor.organization_id, date).await?;
        let run = run.ok_or(ServiceError::NotFound)?;
        Ok(self.do_next_chunk(&run).await?.is_some())
    }

    /// The latest run of the actor's organization, finished or not.
    ///
    /// # Errors
    /// `Denied`, or the database fails.
    pub async fn last_batch_run(&self, actor: &Actor) -> ServiceResult<Option<LastBatch>> {
        actor.require(Permission::AccountRead)?;
        let Some(run) = batch::latest_run(self.db.read(), actor.organization_id).await? else {
            return Ok(None);
        };
        let (chunks, counts) = self.counts_so_far(self.db.read(), &run).await?;
        let open = batch::open_chunks(self.db.read(), &run).await?;
        Ok(Some(LastBatch {
            date: run.on_date,
            started_at: run.started_at,
            finished: run.finished_at.is_some(),
            chunks,
            chunks_done: chunks.saturating_sub(open),
            counts,
        }))
    }

    /// Does every chunk that is left, and closes the run.
    async fn carry_out(
        &self,
        run: &batch_runs::Model,
        report: &mut BatchReport,
    ) -> ServiceResult<BatchCounts> {
        while let Some(done) = self.do_next_chunk(run).await? {
            report.rows_written = report.rows_written.saturating_add(done.rows);
            report.chunks_done += 1;
        }
        self.close(run).await
    }
}
