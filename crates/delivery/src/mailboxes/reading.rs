//! From a folder on the server into the journal.

use std::collections::BTreeSet;

use channels::mail::imap::{Fetched, Folder, Line, Purpose};
use model::{MailboxId, Time};
use store::{Notice, Store, params};

use super::{sorting::Sorter, sql};
use crate::{DeliveryError, aside::blocking};

/// Folders are counted against the server so often.
const COUNT_SECONDS: i64 = 24 * 3600;

/// Which of the server's folders are read.
pub(super) fn chosen(folders: Vec<Folder>, also: &[String]) -> Vec<Folder> {
    let wanted = |it: &Folder| it.purpose != Purpose::Other || also.contains(&it.name);
    let mut chosen: Vec<Folder> = folders.into_iter().filter(wanted).collect();
    // The inbox last: it is the one that is then waited upon.
    chosen.sort_by_key(|it| it.purpose == Purpose::Inbox);
    chosen
}

fn called(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Inbox => "inbox",
        Purpose::Sent => "sent",
        Purpose::Other => "other",
    }
}

/// A folder that is being read.
pub(super) struct Place<'a> {
    pub(super) store: &'a Store,
    pub(super) sorter: &'a Sorter,
    pub(super) mailbox: MailboxId,
    pub(super) folder: &'a Folder,
}

impl Place<'_> {
    /// Fetches what is new, and has each part looked into when it is durable.
    pub(super) async fn read(&self, line: &mut Line) -> Result<(), DeliveryError> {
        let opened = line.look(&self.folder.name).await?;
        let validity = i64::from(opened.validity);
        let known = self.known().await?;
        // When numbers mean something new, all is looked at again; what is known is known by what it says.
        let next = known.filter(|(was, _)| *was == validity).map_or(1, |(_, next)| next);
        if known != Some((validity, next)) {
            self.keep(validity, Vec::new(), next).await?;
        }
        let mut todo: Vec<u32> =
            line.numbers(u32::try_from(next).unwrap_or(u32::MAX)).await?.into_iter().collect();
        while !todo.is_empty() {
            let (found, looked) = line.fetch(&todo).await?;
            let last = i64::from(todo[looked.saturating_sub(1)]);
            todo.drain(..looked.max(1));
            self.keep(validity, found, last + 1).await?;
            self.sorter.sort(self.mailbox).await?;
        }
        if self.is_to_be_counted().await? {
            self.count(line, validity).await?;
            self.sorter.sort(self.mailbox).await?;
        }
        Ok(())
    }

    async fn known(&self) -> Result<Option<(i64, i64)>, DeliveryError> {
        let (id, folder) = (self.mailbox, self.folder.name.clone());
        let read = move |db: &mut store::Read<'_>| {
            db.first(sql::FOLDER, params![id, folder], |row| Ok((row.get(0)?, row.get(1)?)))
        };
        Ok(self.store.read(read).await?)
    }

    /// The bytes are on disk before the place in the folder moves on, in the transaction that knows of them.
    async fn keep(&self, validity: i64, found: Vec<Fetched>, next: i64) -> Result<(), DeliveryError> {
        let rows = self.put_by(found).await?;
        let (id, folder, purpose) = (self.mailbox, self.folder.name.clone(), called(self.folder.purpose));
        let world = self.store.world().clone();
        self.store
            .write(move |tx| {
                for (uid, digest, size, state, reason) in &rows {
                    let now = world.now();
                    tx.run(sql::ENTER, params![id, folder, validity, uid, digest, size, now, state, reason])?;
                }
                tx.run(sql::KEEP_FOLDER, params![id, folder, purpose, validity, next])?;
                tx.announce(Notice::about("mailbox", id))
            })
            .await?;
        Ok(())
    }

    async fn put_by(&self, found: Vec<Fetched>) -> Result<Vec<Entry>, DeliveryError> {
        let files = self.store.files().clone();
        blocking(move || {
            let digests = files.put_all(&found.iter().map(|it| &it.bytes).collect::<Vec<_>>())?;
            let entry = |(it, digest): (Fetched, String)| {
                let size = it.size as i64;
                let cut = it.size > it.bytes.len() && it.size > channels::mail::MESSAGE_LIMIT;
                let (state, reason) = match cut {
                    true => ("refused", "it is too large; it stays on the server, and here are its headers"),
                    false => ("new", ""),
                };
                (i64::from(it.uid), digest, size, state, reason.to_owned())
            };
            Ok::<_, store::FileError>(found.into_iter().zip(digests).map(entry).collect())
        })
        .await
    }

    async fn is_to_be_counted(&self) -> Result<bool, DeliveryError> {
        let (id, name, now) = (self.mailbox, self.folder.name.clone(), self.store.world().now());
        let folders = self.store.read(move |db| super::folders(db, id)).await?;
        let counted: Option<Time> =
            folders.into_iter().find(|it| it.name == name).and_then(|it| it.counted_at);
        Ok(counted.is_none_or(|at| at.plus_seconds(COUNT_SECONDS) < now))
    }

    /// Holds what the server has against what is here, and fetches what is missing.
    async fn count(&self, line: &mut Line, validity: i64) -> Result<(), DeliveryError> {
        let theirs = line.numbers(1).await?;
        let missing: Vec<u32> = theirs.difference(&self.ours(validity).await?).copied().collect();
        if !missing.is_empty() {
            tracing::warn!(
                folder = self.folder.name,
                missing = missing.len(),
                "fetching mail that was missing"
            );
        }
        let next = theirs.last().map_or(1, |last| i64::from(*last) + 1);
        let mut todo = missing;
        while !todo.is_empty() {
            let (found, looked) = line.fetch(&todo).await?;
            todo.drain(..looked.max(1));
            self.keep(validity, found, next).await?;
        }
        let ours = self.ours(validity).await?;
        let here = theirs.iter().filter(|uid| ours.contains(uid)).count() as i64;
        let (id, folder, now) = (self.mailbox, self.folder.name.clone(), self.store.world().now());
        let on_server = theirs.len() as i64;
        self.store.write(move |tx| tx.run(sql::COUNTED, params![id, folder, on_server, here, now])).await?;
        Ok(())
    }

    async fn ours(&self, validity: i64) -> Result<BTreeSet<u32>, DeliveryError> {
        let (id, folder) = (self.mailbox, self.folder.name.clone());
        let ours = move |db: &mut store::Read<'_>| {
            db.rows(sql::UIDS, params![id, folder, validity], |row| row.get::<i64>(0))
        };
        Ok(self.store.read(ours).await?.into_iter().filter_map(|uid| u32::try_from(uid).ok()).collect())
    }
}

/// Number, digest, size, state, reason.
type Entry = (i64, String, i64, &'static str, String);
