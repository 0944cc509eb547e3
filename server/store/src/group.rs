//! Group commit: writes that wait at the same time share one transaction.
//!
//! A durable commit on SQLite waits for the disk, and there is one writer, so each write by itself
//! pays for its own wait. Here the first to come leads: it takes all that is waiting, runs each in
//! a savepoint of its own and commits once. Whoever fails is rolled back alone. Nobody is answered
//! before the commit is on disk.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use sea_orm::TransactionTrait;
use tokio::sync::oneshot;

use crate::near::Place;
use crate::{Db, StoreError, StoreResult, Tx};

/// What a job does in its savepoint; whether it is to be kept.
type Running<'a> = Pin<Box<dyn Future<Output = bool> + Send + 'a>>;
type Job = Box<dyn for<'a> FnOnce(&'a Tx) -> Running<'a> + Send>;

struct Waiting {
    job: Job,
    done: oneshot::Sender<StoreResult<()>>,
}

/// The most writes in one transaction: readers and other writers must not wait for long.
const MOST: usize = 32;

#[derive(Default)]
pub(crate) struct Group {
    /// Where the writer is.
    place: Place,
    waiting: Mutex<VecDeque<Waiting>>,
    leading: tokio::sync::Mutex<()>,
}

impl std::fmt::Debug for Group {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Group")
    }
}

impl Group {
    pub(crate) fn beside(place: Place) -> Self {
        Self { place, ..Self::default() }
    }

    fn push(&self, waiting: Waiting) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push_back(waiting);
    }

    fn take(&self) -> Vec<Waiting> {
        let mut queue = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let most = queue.len().min(MOST);
        queue.drain(..most).collect()
    }
}

impl Db {
    /// Runs a write together with others that wait at the same time; for PostgreSQL, whose
    /// connections write side by side, in a transaction of its own. `job` gets its result out
    /// through `Ok`, and is undone alone when that is an error.
    ///
    /// # Errors
    /// The outer error is the store's: nothing of this job was kept. The inner one is the job's.
    pub async fn write_grouped<T, E, F>(&self, job: F) -> StoreResult<Result<T, E>>
    where
        T: Send + 'static,
        E: Send + 'static,
        F: for<'a> FnOnce(&'a Tx) -> Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>> + Send + 'static,
    {
        let result = Arc::new(Mutex::new(None));
        let slot = result.clone();
        let job: Job = Box::new(move |tx| {
            let running = job(tx);
            Box::pin(async move {
                let result = running.await;
                let keep = result.is_ok();
                *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
                keep
            })
        });
        let (done, committed) = oneshot::channel();
        self.group.push(Waiting { job, done });
        // Apart from whoever asked: one who gives up waiting must not take the others down. On a thread
        // of its own on SQLite, because each statement there waits for another thread, and waking a
        // thread by its side costs less than waking a task of the runtime.
        let leader = self.clone();
        if self.backend() == sea_orm::DbBackend::Sqlite {
            let (runtime, place) = (tokio::runtime::Handle::current(), self.group.place);
            tokio::task::spawn_blocking(move || place.run(|| runtime.block_on(leader.lead())));
        } else {
            tokio::spawn(async move { leader.lead().await });
        }
        committed.await.map_err(|_| StoreError::Interrupted)??;
        let result = result.lock().unwrap_or_else(PoisonError::into_inner).take();
        result.ok_or(StoreError::Interrupted)
    }

    async fn lead(&self) {
        let parallel = self.backend() == sea_orm::DbBackend::Postgres;
        let _leading = if parallel { None } else { Some(self.group.leading.lock().await) };
        let jobs = if parallel { self.group.take_one() } else { self.group.take() };
        if jobs.is_empty() {
            return;
        }
        let (jobs, done): (Vec<_>, Vec<_>) =
            jobs.into_iter().map(|waiting| (waiting.job, waiting.done)).unzip();
        let outcome = self.commit(jobs).await;
        for done in done {
            // Nobody listens any more: the write is kept all the same, and a retry will find it.
            drop(done.send(match &outcome {
                Ok(()) => Ok(()),
                Err(error) => Err(StoreError::Group(error.to_string())),
            }));
        }
    }

    async fn commit(&self, jobs: Vec<Job>) -> StoreResult<()> {
        let tx = self.begin().await?;
        if jobs.len() == 1 {
            // By itself it needs no savepoint.
            for job in jobs {
                if !job(&tx).await {
                    return Ok(tx.rollback().await?);
                }
            }
            return Ok(tx.commit().await?);
        }
        for job in jobs {
            let savepoint = tx.begin().await?;
            if job(&savepoint).await {
                savepoint.commit().await?;
            } else {
                savepoint.rollback().await?;
            }
        }
        Ok(tx.commit().await?)
    }
}

impl Group {
    fn take_one(&self) -> Vec<Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front().into_iter().collect()
    }
}
