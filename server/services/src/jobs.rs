//! What is done once a day by itself: the night, the journeys, and the gateways' payouts. Any number of processes may ask
//! for it; one does it, under a lease, and another takes over when that one dies. Everything that is
//! started here may be started twice without harm.

use std::future::Future;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use domain::access::{Actor, Permission};
use serde_json::json;
use store::jobs::{self, Ending, JobRow, Slot, status};
use store::parties;

use crate::end_of_day::EndOfDay;
use crate::{ServiceError, ServiceResult, Services};

/// Daily work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Job {
    /// Ends the business date before.
    EndOfDay,
    /// Runs the journeys that are set going.
    Strategy,
    /// Holds what gateways paid out against the journal.
    Reconcile,
}

impl Job {
    /// In the order in which they are done.
    pub const ALL: [Self; 3] = [Self::EndOfDay, Self::Strategy, Self::Reconcile];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EndOfDay => "end_of_day",
            Self::Strategy => "strategy",
            Self::Reconcile => "reconcile",
        }
    }

    /// From when on it is done, on the organization's clock.
    const fn from(self) -> Option<NaiveTime> {
        match self {
            Self::EndOfDay => NaiveTime::from_hms_opt(0, 30, 0),
            // Before the hours in which people may be contacted.
            Self::Strategy => NaiveTime::from_hms_opt(6, 0, 0),
            // Gateways close their day at midnight of their own zone.
            Self::Reconcile => NaiveTime::from_hms_opt(7, 0, 0),
        }
    }
}

/// A day's work as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobLine {
    /// See [`Job::as_str`].
    pub job: String,
    pub on: NaiveDate,
    pub state: JobState,
    pub tries: i32,
    pub started_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    pub next_try_at: Option<DateTime<Utc>>,
    /// What it did, as JSON.
    pub report: Option<String>,
    /// Why the last try failed: a stable code, without personal data.
    pub failure: Option<String>,
}

/// How it stands with a day's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    Running,
    Done,
    /// It failed, and is tried again.
    Waiting,
    /// It failed too often: somebody must look.
    Dead,
}

/// A process that does not end its work within this time is taken for dead.
const LEASE: TimeDelta = TimeDelta::minutes(30);
/// Waits between tries; after the last one somebody must look.
const WAITS: [TimeDelta; 4] =
    [TimeDelta::minutes(1), TimeDelta::minutes(5), TimeDelta::minutes(15), TimeDelta::minutes(60)];
/// Lines of the list.
const SHOWN: u64 = 60;

impl Services {
    /// Does what is due in every organization; tells how many pieces of work were tried.
    ///
    /// # Errors
    /// The database fails. What a piece of work fails with is kept with it.
    pub async fn do_daily_work(&self) -> ServiceResult<usize> {
        let mut tried = 0;
        for org in parties::organizations(self.db.read()).await? {
            let local = self.now().with_timezone(&org.zone).naive_local();
            for job in Job::ALL {
                if job.from().is_some_and(|from| local.time() >= from) {
                    let slot = Slot { organization: org.id, job: job.as_str(), on: local.date() };
                    tried +=
                        usize::from(self.do_work(slot, |actor| self.work(job, actor, local.date())).await?);
                }
            }
        }
        Ok(tried)
    }

    async fn work(&self, job: Job, actor: Actor, today: NaiveDate) -> ServiceResult<String> {
        let report = match job {
            Job::EndOfDay => {
                let date = today.pred_opt().unwrap_or(today);
                let request = EndOfDay { date: Some(date), ..EndOfDay::default() };
                serde_json::to_string(&self.end_of_day(&actor, request).await?)
            }
            Job::Strategy => serde_json::to_string(&self.run_strategy(&actor).await?),
            Job::Reconcile => serde_json::to_string(&self.reconcile(&actor, None).await?),
        };
        report.map_err(|error| ServiceError::Outside { part: "job report", cause: error.to_string() })
    }

    /// Takes a day's work, does it, and notes how it went; false if there was nothing to take.
    ///
    /// # Errors
    /// The database fails while it is taken or noted.
    pub async fn do_work<F: Future<Output = ServiceResult<String>>>(
        &self,
        slot: Slot<'_>,
        work: impl FnOnce(Actor) -> F,
    ) -> ServiceResult<bool> {
        let tx = self.begin().await?;
        let now = self.now();
        let Some(number) = jobs::take(&tx, slot, now, now + LEASE).await? else { return Ok(false) };
        tx.commit().await?;
        let result = work(self.system(slot.organization, "scheduler")).await;
        let now = self.now();
        let ending = match result {
            Ok(report) => Ending {
                status: status::DONE,
                finished_at: Some(now),
                next_try_at: None,
                report: Some(report),
                failure: None,
            },
            Err(error) => {
                tracing::error!(job = slot.job, on = %slot.on, try_number = number, %error, "daily work");
                let wait = usize::try_from(number - 1).ok().and_then(|index| WAITS.get(index));
                Ending {
                    status: if wait.is_some() { status::WAITING } else { status::DEAD },
                    finished_at: None,
                    next_try_at: wait.map(|wait| now + *wait),
                    report: None,
                    failure: Some(code(&error).to_owned()),
                }
            }
        };
        let tx = self.begin().await?;
        jobs::end(&tx, slot, number, ending).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The newest daily work of the actor's organization.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn daily_work(&self, actor: &Actor) -> ServiceResult<Vec<JobLine>> {
        actor.require(Permission::StrategyRead)?;
        let rows = jobs::newest(self.db.read(), actor.organization_id, SHOWN).await?;
        Ok(rows.into_iter().map(line).collect())
    }

    /// Lets work that failed too often be tried again.
    ///
    /// # Errors
    /// `Denied`, `NotFound` if there is none such, or the database.
    pub async fn retry_work(&self, actor: &Actor, job: &str, on: NaiveDate) -> ServiceResult<()> {
        actor.require(Permission::StrategyWrite)?;
        let slot = Slot { organization: actor.organization_id, job, on };
        let tx = self.begin().await?;
        if !jobs::revive(&tx, slot, self.now()).await? {
            return Err(ServiceError::NotFound);
        }
        self.audit(&tx, actor, "job.retried", format!("job:{job}"), json!({ "on": on })).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn line(row: JobRow) -> JobLine {
    let state = match row.status.as_str() {
        status::DONE => JobState::Done,
        status::WAITING => JobState::Waiting,
        status::DEAD => JobState::Dead,
        _ => JobState::Running,
    };
    JobLine {
        job: row.job,
        on: row.on_date,
        state,
        tries: row.tries,
        started_at: row.started_at,
        finished_at: row.finished_at,
        next_try_at: row.next_try_at,
        report: row.report,
        failure: row.failure,
    }
}

/// What kind of failure it was; the log has the rest.
fn code(error: &ServiceError) -> &'static str {
    match error {
        ServiceError::Store(_) => "database",
        ServiceError::Outside { .. } => "outside",
        ServiceError::Invalid(_) => "invalid",
        ServiceError::Denied(_) => "denied",
        _ => "other",
    }
}
