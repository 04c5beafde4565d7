//! Forgetting reaches what imports kept, too: refused rows and files that wait may hold the very address that is to be
//! forgotten.

mod sql;

use std::{path::Path, sync::Arc};

use memory::forgetting::{self, AskedBy, Receipt, again};
use model::{ImportId, PersonId, StaffId};
use store::{Store, params};

use crate::{DeliveryError, importing::uploads};

/// Forgets a person everywhere in the house.
pub async fn forget(store: &Store, id: PersonId, by: Option<StaffId>) -> Result<Receipt, DeliveryError> {
    forget_as(store, id, AskedBy::Us(by)).await
}

/// Forgets whoever the list in a folder says was forgotten, and a backup has brought back. Gives how many they were, and brings the
/// list beside the data up to what was forgotten since.
pub async fn again(store: &Store, folder: &Path) -> Result<u64, DeliveryError> {
    let back = again::take_in(store, folder).await?.people;
    for id in &back {
        forget_as(store, *id, AskedBy::Again).await?;
    }
    if !back.is_empty() && forgetting::overwrite(store).await? {
        overwrite_refusals(store).await?;
    }
    again::keep(store).await?;
    Ok(back.len() as u64)
}

/// The same, for whoever asked.
pub async fn forget_as(store: &Store, id: PersonId, asked: AskedBy) -> Result<Receipt, DeliveryError> {
    let person = store.read(move |db| memory::people::person(db, id)).await?;
    let mut traces: Vec<String> =
        person.handles.iter().flat_map(|c| [c.handle.value.clone(), c.handle.raw.clone()]).collect();
    traces.extend(person.named.then(|| person.name.clone()));
    let traces: Vec<Vec<u8>> =
        traces.into_iter().filter(|t| t.len() > 3).map(|t| t.to_lowercase().into_bytes()).collect();
    blank(store, traces).await?;
    uploads::forget(store).await?;
    let receipt = forgetting::forget_as(store, id, asked).await?;
    if receipt.overwritten {
        overwrite_refusals(store).await?;
    }
    Ok(receipt)
}

/// SQLite rewrites all of its file at once.
async fn overwrite_refusals(store: &Store) -> Result<(), DeliveryError> {
    if store.engine() == store::Engine::Postgres {
        store.compact(&["refusals"]).await?;
    }
    Ok(())
}

/// Takes the content out of every refused record that holds one of these traces, a page at a time.
async fn blank(store: &Store, traces: Vec<Vec<u8>>) -> Result<(), DeliveryError> {
    const PAGE: i64 = 200;
    let traces = Arc::new(traces);
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
                    if traces.iter().any(|trace| holds(reason, trace) || holds(raw, trace)) {
                        tx.run(sql::BLANK, params![import, at_byte, number, Vec::<u8>::new()])?;
                    }
                }
                Ok::<_, DeliveryError>(page.last().map(|(place, ..)| *place))
            })
            .await?;
    }
    Ok(())
}

fn holds(text: &[u8], trace: &[u8]) -> bool {
    text.to_ascii_lowercase().windows(trace.len()).any(|window| window == trace)
}
