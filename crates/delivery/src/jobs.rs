//! The work of this room that waits.

use model::{ImportId, MailboxId};
use store::{Store, jobs::Worker};

use crate::{
    alarm, digesting, importing, leaving, mailboxes, messengers::fetching, morning, retaining, sending,
    trying, visiting,
};

/// Teaches a worker this room's jobs. The desk is at `address`, for links in what is told.
pub fn jobs(worker: Worker, store: &Store, address: &str) -> Worker {
    let [names, reads, rewrites, removes, sweeps, mornings, fetches, trials, digests, nights] =
        [(); 10].map(|()| store.clone());
    let [alarms, meetings, reminders, departures, copies, visits] =
        [(); 6].map(|()| (store.clone(), address.trim_end_matches('/').to_owned()));
    worker
        .on(importing::NAMESAKES, move |_| {
            let store = names.clone();
            async move {
                let world = store.world().clone();
                importing::look_for_namesakes(&store, &world).await.map_err(|e| e.to_string())
            }
        })
        .on(importing::READ, move |job| {
            let store = reads.clone();
            async move {
                let id: ImportId = job.payload["import"].as_str().unwrap_or("").parse().map_err(text)?;
                importing::run(&store, id, |_| {}).await.map(|_| ()).map_err(text)
            }
        })
        .on(importing::uploads::SWEEP, move |_| {
            let store = sweeps.clone();
            async move { importing::uploads::sweep(&store).await.map_err(text) }
        })
        .on(mailboxes::ALARM, move |job| {
            let (store, address) = alarms.clone();
            async move {
                let id: MailboxId = job.payload["mailbox"].as_str().unwrap_or("").parse().map_err(text)?;
                alarm::tell(&store, id, job.id, &address).await.map_err(text)
            }
        })
        .on(trying::SEND, move |job| {
            let store = trials.clone();
            async move {
                let [mailbox, trial] =
                    ["mailbox", "trial"].map(|it| job.payload[it].as_str().unwrap_or_default().to_owned());
                let (mailbox, trial) = (mailbox.parse().map_err(text)?, trial.parse().map_err(text)?);
                trying::send(&store, mailbox, trial).await.map_err(text)
            }
        })
        .on(sending::COPY, move |job| {
            let (store, address) = copies.clone();
            async move {
                let moment = job.payload["moment"].as_str().unwrap_or("").parse().map_err(text)?;
                sending::copy(&store, moment, &address).await.map_err(text)
            }
        })
        .on(morning::MORNING, move |job| {
            let store = mornings.clone();
            async move {
                morning::begin(&store, job.payload["day"].as_str().unwrap_or("")).await.map_err(text)
            }
        })
        .on(retaining::NIGHT, move |_| {
            let store = nights.clone();
            async move { retaining::night(&store).await.map_err(text) }
        })
        .on(morning::MEET, move |job| {
            let (store, address) = meetings.clone();
            async move { morning::introduce(&store, &job, &address).await.map_err(text) }
        })
        .on(morning::REMIND, move |job| {
            let (store, address) = reminders.clone();
            async move { morning::remind(&store, &job, &address).await.map_err(text) }
        })
        .on(digesting::PLAN, move |job| {
            let store = digests.clone();
            async move {
                let id = job.payload["digest"].as_str().unwrap_or("").parse().map_err(text)?;
                digesting::plan(&store, id).await.map_err(text)
            }
        })
        .on(visiting::WRITE, move |job| {
            let (store, address) = visits.clone();
            async move { visiting::write(&store, &job, &address).await.map_err(text) }
        })
        .on(conversations::talks::MAIL, move |job| {
            let (store, address) = departures.clone();
            async move { leaving::write(&store, &job, &address).await.map_err(text) }
        })
        .on(fetching::FETCH, move |job| {
            let store = fetches.clone();
            async move {
                let moment = job.payload["moment"].as_str().unwrap_or("").parse().map_err(text)?;
                let number = job.payload["file"].as_u64().unwrap_or_default() as usize;
                fetching::get(&store, moment, number).await.map_err(text)
            }
        })
        .on(memory::forgetting::REWRITE, move |_| {
            let store = rewrites.clone();
            async move {
                memory::forgetting::rewrite(&store).await.map_err(text)?;
                memory::forgetting::again::keep(&store).await.map(drop).map_err(text)
            }
        })
        .on(memory::forgetting::REMOVE, move |job| {
            let store = removes.clone();
            async move {
                let files = job.payload["files"].as_array().into_iter().flatten();
                let files: Vec<String> = files.filter_map(|it| it.as_str().map(str::to_owned)).collect();
                memory::forgetting::remove(&store, &files).await.map_err(text)
            }
        })
}

fn text(error: impl ToString) -> String {
    error.to_string()
}
