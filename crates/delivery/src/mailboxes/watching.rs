//! Watching over all mailboxes: each on a line of its own, so that the trouble of one is nobody else's, and each by one process.

use std::{collections::BTreeMap, time::Duration};

use channels::mail::{LineError, imap::Purpose};
use model::{AuditId, MailboxId};
use serde_json::json;
use store::{Notice, Store, hear, jobs, params};
use tokio::{sync::watch, task::JoinHandle, time::sleep};

use super::{
    Mailbox, Secret, State,
    proving::{self, secret_of},
    reading::{Place, chosen},
    sorting::Sorter,
    sql,
};
use crate::{
    DeliveryError,
    alone::{Alone, become_the_only_one},
};

/// The job that tells those who look after the house.
pub(crate) const ALARM: &str = "mailbox.alarm";
/// How often a process looks for mailboxes that nobody reads.
const LOOK: Duration = Duration::from_secs(5);
/// A process that reads a mailbox says so again within this time.
const HOLD_SECONDS: i64 = 20;
/// The inbox tells by itself (IDLE); all folders are looked at this often even so.
const SLOW: Duration = Duration::from_secs(60);
/// Pauses before the next try, in seconds; the last goes on.
const PAUSES: &[u64] = &[1, 2, 5, 15, 60, 300];
/// Trouble of less than this many tries is a hiccup.
const HICCUPS: usize = 2;

/// Reads all mailboxes until told to stop.
pub async fn watch(store: Store, mut stop: watch::Receiver<bool>) {
    let Some(lock) = become_the_only_one(&store, "mailboxes", &mut stop).await else { return };
    let me: AuditId = store.world().id();
    let mut reading: BTreeMap<MailboxId, JoinHandle<()>> = BTreeMap::new();
    let mut notices = store.notices();
    while !*stop.borrow() {
        reading.retain(|_, task| !task.is_finished());
        match free(&store, me, &lock).await {
            Err(error) => tracing::warn!(%error, "mailboxes cannot be looked up; trying again"),
            Ok(free) => {
                for id in free.into_iter().filter(|id| !reading.contains_key(id)).collect::<Vec<_>>() {
                    let (store, stop) = (store.clone(), stop.clone());
                    reading.insert(id, tokio::spawn(async move { read_on(&store, me, id, stop).await }));
                }
            }
        }
        tokio::select! {
            _ = stop.changed() => {}
            () = changed(&mut notices) => {}
            () = sleep(LOOK) => {}
        }
    }
    for (_, task) in reading {
        let _ = task.await;
    }
}

/// Resolves when mailboxes were added, changed or removed.
async fn changed(notices: &mut tokio::sync::broadcast::Receiver<Notice>) {
    hear(notices, |it| it.topic == "mailboxes").await;
}

/// The mailboxes that nobody reads. Beside the lock, a row that is still held was held by somebody who died.
async fn free(store: &Store, me: AuditId, lock: &Alone) -> Result<Vec<MailboxId>, DeliveryError> {
    let now = store.world().now();
    let dead = matches!(lock, Alone::Locked { .. });
    let free = store
        .write(move |tx| {
            let held_before = if dead { now.plus_days(1) } else { now };
            let free = tx.rows(sql::FREE, params![held_before], |row| row.get::<MailboxId>(0))?;
            let until = now.plus_seconds(HOLD_SECONDS);
            let mut held = Vec::new();
            for id in free {
                if tx.run(sql::HOLD, params![id, me, until, held_before])? == 1 {
                    held.push(id);
                }
            }
            Ok::<_, store::StoreError>(held)
        })
        .await?;
    Ok(free)
}

/// Reads one mailbox for as long as this process holds it.
async fn read_on(store: &Store, me: AuditId, id: MailboxId, mut stop: watch::Receiver<bool>) {
    let holding = async {
        loop {
            sleep(Duration::from_secs(HOLD_SECONDS as u64 / 4)).await;
            let now = store.world().now();
            let until = now.plus_seconds(HOLD_SECONDS);
            let held = store.write(move |tx| tx.run(sql::HOLD, params![id, me, until, now])).await;
            match held {
                Ok::<u64, store::StoreError>(1) => {}
                Ok(_) => return,
                Err(error) => tracing::warn!(%error, "a mailbox could not be held"),
            }
        }
    };
    let mut notices = store.notices();
    let trying = async {
        let mut failures = 0;
        loop {
            let trouble = match again_and_again(store, id, &mut failures).await {
                Ok(()) => return,
                Err(trouble) => trouble,
            };
            failures += 1;
            let (state, words) = in_words(&trouble);
            tracing::warn!(mailbox = %id, %trouble, "a mailbox cannot be read");
            if (failures > HICCUPS || state == State::Refused)
                && let Err(error) = say(store, id, state, &words).await
            {
                tracing::warn!(%error, "the state of a mailbox could not be kept");
            }
            let pause = match state {
                // Knocking with a wrong password again and again gets an account locked.
                State::Refused => PAUSES[PAUSES.len() - 1],
                _ => PAUSES[(failures - 1).min(PAUSES.len() - 1)],
            };
            tokio::select! {
                () = sleep(Duration::from_secs(pause)) => {}
                () = changed(&mut notices) => {}
            }
        }
    };
    tokio::select! {
        () = holding => {}
        () = trying => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
    let let_go = store.write(move |tx| tx.run(sql::LET_GO, params![id, me])).await;
    if let Err::<u64, store::StoreError>(error) = let_go {
        tracing::warn!(%error, "a mailbox could not be let go of");
    }
}

/// Reads, waits and reads, until the line breaks; or until the mailbox is read no longer.
async fn again_and_again(store: &Store, id: MailboxId, failures: &mut usize) -> Result<(), DeliveryError> {
    let Some(mailbox) = now_read(store, id).await? else { return Ok(()) };
    // What was fetched before and not looked into needs no server.
    super::sort(store, id).await?;
    if mailbox.servers.brought {
        *failures = 0;
        return look_into_what_is_brought(store, &mailbox).await;
    }
    let secret = secret_of(store, &mailbox).await?;
    let mut line = proving::line(store, &mailbox).await?;
    let folders = chosen(line.folders().await?, &mailbox.servers.folders);
    if !folders.iter().any(|it| it.purpose == Purpose::Inbox) {
        return Err(LineError::Refused("the server shows no inbox".into()).into());
    }
    let mut notices = store.notices();
    loop {
        if !is_as_it_was(store, &mailbox, &secret).await? {
            return Ok(());
        }
        let sorter = Sorter::new(store).await?;
        for folder in &folders {
            let place = Place { store, sorter: &sorter, mailbox: id, folder };
            place.read(&mut line).await?;
        }
        *failures = 0;
        say(store, id, State::Fine, "").await?;
        let mut waiting = std::pin::pin!(line.wait(SLOW, SLOW / 4));
        line = loop {
            tokio::select! {
                line = &mut waiting => break line?,
                () = changed(&mut notices) => {
                    if !is_as_it_was(store, &mailbox, &secret).await? {
                        return Ok(());
                    }
                }
            }
        };
    }
}

/// Looks into what our own mail server brings, as it comes.
async fn look_into_what_is_brought(store: &Store, mailbox: &Mailbox) -> Result<(), DeliveryError> {
    let mut notices = store.notices();
    loop {
        let now = now_read(store, mailbox.id).await?;
        if now.is_none_or(|now| now.servers != mailbox.servers) {
            return Ok(());
        }
        super::sort(store, mailbox.id).await?;
        say(store, mailbox.id, State::Fine, "").await?;
        let id = mailbox.id.to_string();
        let came = hear(&mut notices, |it| it.topic == "mailboxes" || it.topic == "brought" && it.id == id);
        tokio::select! { () = came => {}, () = sleep(SLOW) => {} }
    }
}

/// Whether it is still read, from the same servers with the same proof.
async fn is_as_it_was(store: &Store, was: &Mailbox, secret: &Secret) -> Result<bool, DeliveryError> {
    let Some(now) = now_read(store, was.id).await? else { return Ok(false) };
    Ok(now.servers == was.servers && secret_of(store, &now).await?.stands_for(secret))
}

async fn now_read(store: &Store, id: MailboxId) -> Result<Option<Mailbox>, DeliveryError> {
    let all = store.read(super::all).await?;
    Ok(all.into_iter().find(|it| it.id == id))
}

fn in_words(trouble: &DeliveryError) -> (State, String) {
    match trouble {
        DeliveryError::Line(LineError::Refused(words)) => (State::Refused, words.clone()),
        other => (State::Away, other.to_string()),
    }
}

async fn say(store: &Store, id: MailboxId, state: State, words: &str) -> Result<(), DeliveryError> {
    let (words, house) = (words.to_owned(), store.clone());
    store
        .write(move |tx| {
            let was = super::one(tx, id)?.map(|it| (it.state, it.trouble));
            tx.run(sql::STATE, params![id, state.as_str(), words, house.world().now()])?;
            if state == State::Refused && was.as_ref().is_none_or(|(was, _)| *was != state) {
                let (world, key) = (house.world(), id.to_string());
                jobs::enqueue(tx, world, ALARM, &key, &json!({ "mailbox": id }), world.now())?;
            }
            if was != Some((state, words.clone())) {
                tx.announce(Notice::about("mailbox", id))?;
            }
            Ok(())
        })
        .await
}
