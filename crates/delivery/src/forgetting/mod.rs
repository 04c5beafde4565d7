//! Forgetting reaches what imports kept, too: refused rows and files that wait may hold the very address that is to be
//! forgotten.

mod sql;

use std::sync::Arc;

use memory::forgetting::Receipt;
use model::{ImportId, PersonId, StaffId};
use store::{Store, params};

use crate::{DeliveryError, importing::uploads};

/// Forgets a person everywhere in the house.
pub async fn forget(store: &Store, id: PersonId, by: Option<StaffId>) -> Result<Receipt, DeliveryError> {
    let person = store.read(move |db| memory::people::person(db, id)).await?;
    let mut traces: Vec<String> =
        person.handles.iter().flat_map(|c| [c.handle.value.clone(), c.handle.raw.clone()]).collect();
    traces.extend(person.named.then(|| person.name.clone()));
    let traces: Vec<Vec<u8>> =
        traces.into_iter().filter(|t| t.len() > 3).map(|t| t.to_lowercase().into_bytes()).collect();
    blank(store, traces).await?;
    uploads::forget(store).await?;
    let receipt = memory::forgetting::forget(store, id, by).await?;
    if receipt.overwritten && store.engine() == store::Engine::Postgres {
        store.compact(&["refusals"]).await?;
    }
    Ok(receipt)
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
