//! Durable jobs: work to be done after a commit, by whichever process is free. A job is enqueued in the transaction
//! that wants it, leased while somebody works on it, tried again with growing pauses, and kept as dead when it will
//! not work. A handler must bear being called twice for one job.

use std::{collections::HashMap, future::Future, pin::Pin, sync::Arc, time::Duration};

use model::{JobId, Time, World};
use serde::Serialize;
use serde_json::Value as Json;
use tokio::sync::watch;

use crate::{Notice, Read, Result, Row, Store, StoreError, Write, hear, params, sql};

/// A worker that has not said otherwise for so long is taken for dead.
const LEASE_SECONDS: i64 = 120;
/// Tries before a job is set aside for a person to look at: with the pauses below about two days.
const TRIES: i64 = 16;
/// Longest pause between tries.
const LONGEST_PAUSE_SECONDS: i64 = 6 * 3600;
/// How often a worker looks without being told; notices make it sooner.
const LOOK: Duration = Duration::from_secs(5);

/// A piece of work.
#[derive(Debug, Clone, Serialize)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Which handler does it.
    pub kind: String,
    /// Two jobs of one kind with one key are one.
    pub key: String,
    /// What the handler needs; ids, not content.
    pub payload: Json,
    /// When it was asked for.
    pub created_at: Time,
    /// Not before.
    pub due_at: Time,
    /// Tries so far.
    pub attempts: i64,
    /// Set aside.
    pub dead: bool,
    /// What the last try said.
    pub last_error: String,
}

/// Asks for work to be done once this transaction is committed. Asked for again, a job is due at the earlier time and
/// has all its tries; one that is being done just now is done once more.
pub fn enqueue(
    tx: &mut Write<'_>,
    world: &World,
    kind: &str,
    key: &str,
    payload: &Json,
    due: Time,
) -> Result<()> {
    let id: JobId = world.id();
    tx.run(sql::JOB_ADD, params![id, kind, key, payload.to_string(), world.now(), due])?;
    tx.announce(Notice::about("jobs", kind))
}

/// Has a job done in the coming night, at an hour of UTC. Asked for again before that it is the same.
pub async fn nightly(store: &Store, kind: &'static str, hour: i64) -> Result<()> {
    let (world, at) = (store.world().clone(), coming(store.world().now(), hour));
    let key = at.date().to_string();
    store.write(move |tx| enqueue(tx, &world, kind, &key, &Json::Object(Default::default()), at)).await
}

fn coming(now: Time, hour: i64) -> Time {
    let midnight = Time::from_date(now.date()).unwrap_or(now);
    let today = midnight.plus_seconds(hour * 3600);
    if today > now { today } else { today.plus_days(1) }
}

/// What is waiting or dead, the dead first.
pub fn list(db: &mut Read<'_>, most: i64) -> Result<Vec<Job>> {
    db.rows(sql::JOB_LIST, params![most], read)
}

/// Gives a dead job another chance.
pub fn revive(tx: &mut Write<'_>, id: JobId, now: Time) -> Result<bool> {
    Ok(tx.run(sql::JOB_REVIVE, params![id, now])? > 0)
}

fn read(row: &Row<'_>) -> Result<Job> {
    Ok(Job {
        id: row.get(0)?,
        kind: row.get(1)?,
        key: row.get(2)?,
        payload: row.json(3)?,
        created_at: row.get(4)?,
        due_at: row.get(5)?,
        attempts: row.get(6)?,
        dead: row.get(7)?,
        last_error: row.get(8)?,
    })
}

type Handler = Arc<dyn Fn(Job) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send>> + Send + Sync>;

/// Does jobs until told to stop.
pub struct Worker {
    store: Store,
    handlers: HashMap<&'static str, Handler>,
}

impl Worker {
    /// A worker that knows no job yet.
    pub fn new(store: Store) -> Self {
        Self { store, handlers: HashMap::new() }
    }

    /// How jobs of a kind are done.
    #[must_use]
    pub fn on<F, R>(mut self, kind: &'static str, handler: F) -> Self
    where
        F: Fn(Job) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), String>> + Send + 'static,
    {
        self.handlers.insert(kind, Arc::new(move |job| Box::pin(handler(job))));
        self
    }

    /// Works until `stop` says so; a job in hand is finished first.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
        let mut notices = self.store.notices();
        while !*stop.borrow() {
            match self.turn().await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "jobs cannot be read; trying again"),
            }
            tokio::select! {
                _ = stop.changed() => {}
                () = hear(&mut notices, |it| it.topic == "jobs") => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// Takes one job and does it; false if none was due.
    pub async fn turn(&self) -> Result<bool> {
        let now = self.store.world().now();
        let until = now.plus_seconds(LEASE_SECONDS);
        let taken = self
            .store
            .write(move |tx| {
                let take = sql::job_take(tx.engine());
                tx.rows(take, params![now, until, 1i64], read)
            })
            .await?;
        let Some(job) = taken.into_iter().next() else { return Ok(false) };
        self.settle(job).await?;
        Ok(true)
    }

    async fn settle(&self, job: Job) -> Result<()> {
        let (id, attempts) = (job.id, job.attempts);
        let outcome = match self.handlers.get(job.kind.as_str()).cloned() {
            Some(handler) => self.keeping_lease(id, handler(job)).await,
            None => Err("this version has no way to do this".to_owned()),
        };
        let now = self.store.world().now();
        self.store
            .write(move |tx| match &outcome {
                Ok(()) => {
                    tx.run(sql::JOB_DONE, params![id])?;
                    tx.run(sql::JOB_AGAIN, params![id])
                }
                Err(why) => {
                    let due = now.plus_seconds(pause(attempts));
                    tx.run(sql::JOB_FAILED, params![id, due, attempts >= TRIES, why])
                }
            })
            .await?;
        Ok(())
    }

    /// Renews the lease while the work goes on; a panic is an error like any other.
    async fn keeping_lease(
        &self,
        id: JobId,
        work: Pin<Box<dyn Future<Output = Result<(), String>> + Send>>,
    ) -> Result<(), String> {
        let mut work = tokio::spawn(work);
        loop {
            tokio::select! {
                done = &mut work => return done.unwrap_or_else(|e| Err(format!("an error in the program: {e}"))),
                () = tokio::time::sleep(Duration::from_secs(LEASE_SECONDS as u64 / 3)) => {
                    let until = self.store.world().now().plus_seconds(LEASE_SECONDS);
                    let renewed: Result<u64, StoreError> =
                        self.store.write(move |tx| tx.run(sql::JOB_KEEP, params![id, until])).await;
                    if let Err(error) = renewed {
                        tracing::warn!(%error, "a job's lease could not be renewed");
                    }
                }
            }
        }
    }
}

/// Seconds before the next try: 5, 10, 20, … at most six hours.
fn pause(attempts: i64) -> i64 {
    (5i64 << attempts.clamp(1, 20).saturating_sub(1)).min(LONGEST_PAUSE_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_coming_night_is_this_one_until_its_hour_and_then_the_next() {
        let midnight = Time::from_date(Time::from_seconds(1_800_000_000).date()).unwrap();
        let at = |seconds: i64| midnight.plus_seconds(seconds);
        for (now, due) in [(0, 10_800), (10_799, 10_800), (10_800, 97_200), (50_000, 97_200)] {
            assert_eq!(coming(at(now), 3), at(due), "{now}");
        }
    }
}
