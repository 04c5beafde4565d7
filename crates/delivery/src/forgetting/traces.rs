//! Traces of somebody in what is kept about no person: found by their name, addresses and numbers as they are written, and removed.

use std::sync::Arc;

use memory::people::Person;
use model::{ImportId, MailboxId, MessengerId, StaffId};
use store::{Files, Store, params};
use uuid::Uuid;

use super::sql;
use crate::{DeliveryError, aside::blocking};

/// Rows looked at together.
const PAGE: i64 = 200;
/// A shorter word is in so many texts that it says nothing about whose they are.
const SHORTEST: usize = 4;

/// Their name, addresses and numbers, in small letters.
#[derive(Clone)]
pub(super) struct Traces(Arc<Vec<Vec<u8>>>);

impl Traces {
    pub(super) fn of(person: &Person) -> Self {
        let handles = person.handles.iter().flat_map(|it| [it.handle.value.clone(), it.handle.raw.clone()]);
        let names = person.known.get("name").into_iter();
        let names = names.flat_map(|it| {
            let others = it.others.iter().map(|(name, _)| name.clone());
            std::iter::once(it.value.clone()).chain(others)
        });
        let all = handles.chain(names).filter(|it| it.len() >= SHORTEST);
        Self(Arc::new(all.map(|it| it.to_lowercase().into_bytes()).collect()))
    }

    fn are_in(&self, text: &[u8]) -> bool {
        // One copy of the text for all of them: it may be a mail with pictures.
        let text = text.to_ascii_lowercase();
        self.0.iter().any(|trace| memchr::memmem::find(&text, trace).is_some())
    }
}

/// Removes what holds one of them, a page at a time.
pub(super) async fn remove(store: &Store, traces: Traces) -> Result<(), DeliveryError> {
    refused_records(store, &traces).await?;
    unread_mail(store, &traces).await?;
    unread_messages(store, &traces).await?;
    left_advice(store, &traces).await?;
    for (read, blank) in sql::TEXTS {
        texts(store, &traces, read, blank).await?;
    }
    Ok(())
}

async fn refused_records(store: &Store, traces: &Traces) -> Result<(), DeliveryError> {
    let mut after = Some((ImportId::from_uuid(Default::default()), -1, -1));
    while let Some((import, at_byte, number)) = after {
        let traces = traces.clone();
        after = store
            .write(move |tx| {
                let page = tx.rows(sql::REFUSALS, params![import, at_byte, number, PAGE], |row| {
                    let place = (row.get::<ImportId>(0)?, row.get::<i64>(1)?, row.get::<i64>(2)?);
                    Ok((place, row.get::<String>(3)?.into_bytes(), row.get::<Vec<u8>>(4)?))
                })?;
                for ((import, at_byte, number), reason, raw) in &page {
                    if traces.are_in(reason) || traces.are_in(raw) {
                        tx.run(sql::BLANK, params![import, at_byte, number, Vec::<u8>::new()])?;
                    }
                }
                Ok::<_, DeliveryError>(page.last().map(|(place, ..)| *place))
            })
            .await?;
    }
    Ok(())
}

/// Where a mail stands in the journal.
type Place = (MailboxId, String, i64, i64);

/// A mail that nobody could read is looked at as it came; it is nobody's, so what speaks of them goes as a whole.
async fn unread_mail(store: &Store, traces: &Traces) -> Result<(), DeliveryError> {
    let mut after: Option<Place> = Some((MailboxId::from_uuid(Uuid::nil()), String::new(), -1, -1));
    while let Some((mailbox, folder, validity, uid)) = after {
        let read = store.read(move |db| {
            db.rows(sql::UNREAD_MAIL, params![mailbox, folder, validity, uid, PAGE], |row| {
                let place: Place = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
                Ok((place, row.get::<String>(4)?, row.get::<String>(5)?))
            })
        });
        let page = read.await?;
        after = page.last().map(|(place, ..)| place.clone());
        let found = holding(store, traces, page).await?;
        let digests = found.iter().map(|(_, digest)| digest.clone()).collect();
        store
            .write(move |tx| {
                for ((mailbox, folder, validity, uid), _) in &found {
                    tx.run(sql::FORGET_MAIL, params![mailbox, folder, validity, uid])?;
                }
                Ok::<_, DeliveryError>(())
            })
            .await?;
        unlink(store, digests).await?;
    }
    Ok(())
}

async fn unread_messages(store: &Store, traces: &Traces) -> Result<(), DeliveryError> {
    let mut after = Some((MessengerId::from_uuid(Uuid::nil()), String::new()));
    while let Some((messenger, digest)) = after {
        let read = store.read(move |db| {
            db.rows(sql::UNREAD_MESSAGES, params![messenger, digest, PAGE], |row| {
                let place: (MessengerId, String) = (row.get(0)?, row.get(1)?);
                Ok((place.clone(), place.1, row.get::<String>(2)?))
            })
        });
        let page = read.await?;
        after = page.last().map(|(place, ..)| place.clone());
        let found = holding(store, traces, page).await?;
        let digests = found.iter().map(|(_, digest)| digest.clone()).collect();
        store
            .write(move |tx| {
                for ((messenger, digest), _) in &found {
                    tx.run(sql::FORGET_MESSAGE, params![messenger, digest])?;
                }
                Ok::<_, DeliveryError>(())
            })
            .await?;
        unlink(store, digests).await?;
    }
    Ok(())
}

/// Words that one of us leaves as they are may name somebody.
async fn left_advice(store: &Store, traces: &Traces) -> Result<(), DeliveryError> {
    let mut after = Some((StaffId::from_uuid(Uuid::nil()), String::new(), String::new()));
    while let Some((staff, rule, words)) = after {
        let traces = traces.clone();
        after = store
            .write(move |tx| {
                let page = tx.rows(sql::LEFT_ADVICE, params![staff, rule, words, PAGE], |row| {
                    Ok((row.get::<StaffId>(0)?, row.get::<String>(1)?, row.get::<String>(2)?))
                })?;
                for (staff, rule, words) in page.iter().filter(|it| traces.are_in(it.2.as_bytes())) {
                    tx.run(sql::FORGET_ADVICE, params![staff, rule, words])?;
                }
                Ok::<_, DeliveryError>(page.last().cloned())
            })
            .await?;
    }
    Ok(())
}

/// Those whose bytes or reason hold a trace, and their digests.
async fn holding<P: Send + 'static>(
    store: &Store,
    traces: &Traces,
    page: Vec<(P, String, String)>,
) -> Result<Vec<(P, String)>, DeliveryError> {
    let (files, traces) = (store.files().clone(), traces.clone());
    blocking(move || {
        let holds = |files: &Files, digest: &str, reason: &str| -> Result<bool, DeliveryError> {
            let here = files.has(digest);
            Ok(traces.are_in(reason.as_bytes()) || (here && traces.are_in(&files.get(digest)?)))
        };
        let mut found = Vec::new();
        for (place, digest, reason) in page {
            if holds(&files, &digest, &reason)? {
                found.push((place, digest));
            }
        }
        Ok::<_, DeliveryError>(found)
    })
    .await
}

/// A file that came with somebody else as well is theirs.
async fn unlink(store: &Store, digests: Vec<String>) -> Result<(), DeliveryError> {
    Ok(memory::forgetting::remove(store, &digests).await?)
}

/// What the house says of its own work.
async fn texts(
    store: &Store,
    traces: &Traces,
    read: &'static str,
    blank: &'static str,
) -> Result<(), DeliveryError> {
    let mut after = Some(Uuid::nil());
    while let Some(last) = after {
        let traces = traces.clone();
        after = store
            .write(move |tx| {
                let page = tx.rows(read, params![last, PAGE], |row| {
                    Ok((row.get::<Uuid>(0)?, row.get::<String>(1)?.into_bytes()))
                })?;
                for (id, _) in page.iter().filter(|(_, text)| traces.are_in(text)) {
                    tx.run(blank, params![id])?;
                }
                Ok::<_, DeliveryError>(page.last().map(|(id, _)| *id))
            })
            .await?;
    }
    Ok(())
}
