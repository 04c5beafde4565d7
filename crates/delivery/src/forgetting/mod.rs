//! Forgetting reaches what lies outside of the memory, too: refused records, mail that nobody could read, files that wait, and what
//! the house says of its work may hold the very address that is to be forgotten.

mod sql;
mod traces;

use std::path::Path;

use insight::reckoning;
use memory::MemoryError;
use memory::forgetting::{self, AskedBy, Receipt, again};
use model::{PersonId, StaffId};
use store::Store;

use crate::{DeliveryError, importing::uploads};
use traces::Traces;

/// Forgets a person everywhere in the house.
pub async fn forget(store: &Store, id: PersonId, by: Option<StaffId>) -> Result<Receipt, DeliveryError> {
    forget_as(store, id, AskedBy::Us(by)).await
}

/// Forgets whoever the list in a folder says was forgotten, and a backup has brought back. Gives how many they were, and brings the
/// list beside the data up to what was forgotten since.
pub async fn again(store: &Store, folder: &Path) -> Result<u64, DeliveryError> {
    let back = again::take_in(store, folder).await?.people;
    for id in &back {
        match forget_as(store, *id, AskedBy::Again).await {
            // Another process that starts at the same time was first.
            Err(DeliveryError::Memory(MemoryError::NobodyHere(_))) => {}
            other => drop(other?),
        }
    }
    if !back.is_empty() && forgetting::overwrite(store).await? {
        overwrite_ours(store).await?;
    }
    again::keep(store).await?;
    Ok(back.len() as u64)
}

/// The same, for whoever asked.
pub async fn forget_as(store: &Store, id: PersonId, asked: AskedBy) -> Result<Receipt, DeliveryError> {
    let person = store.read(move |db| memory::people::person(db, id)).await?;
    traces::remove(store, Traces::of(&person)).await?;
    uploads::forget(store).await?;
    let receipt = forgetting::forget_as(store, id, asked).await?;
    if receipt.overwritten {
        overwrite_ours(store).await?;
    }
    // They were in sums, and named by an id.
    let world = store.world().clone();
    let asked: Result<(), insight::InsightError> = store.write(move |tx| reckoning::ask(tx, &world)).await;
    asked.map_err(|it| DeliveryError::Wish(it.to_string()))?;
    Ok(receipt)
}

/// SQLite rewrites all of its file at once.
async fn overwrite_ours(store: &Store) -> Result<(), DeliveryError> {
    if store.engine() == store::Engine::Postgres {
        store.compact(sql::TABLES).await?;
    }
    Ok(())
}
