//! Each night what is older than the house keeps it goes, a few moments in each transaction; the log tells how many of which kind.

use std::collections::BTreeMap;

use conversations::retaining;
use house::Act;
use memory::{
    forgetting,
    retention::{self, Old},
};
use model::Time;
use serde_json::json;
use store::{Store, jobs};

use crate::DeliveryError;

/// The job of a night.
pub(crate) const NIGHT: &str = "let go what is old";
/// Moments in one transaction, so that nobody waits for it.
const TOGETHER: i64 = 200;
/// What a page counts before it says “more”.
pub const COUNTED: i64 = 10_000;
/// When it is done, UTC: before free space is overwritten.
const HOUR: i64 = 2;

/// Has it done in the coming night. Asked for again it is the same.
pub async fn schedule(store: &Store) -> Result<(), DeliveryError> {
    Ok(jobs::nightly(store, NIGHT, HOUR).await?)
}

/// What would go in this night, by kind; of much it says no more than [`COUNTED`].
pub async fn tonight(store: &Store) -> Result<BTreeMap<String, i64>, DeliveryError> {
    let (now, mut counts, mut seen) = (store.world().now(), BTreeMap::new(), 0);
    let mut after: Option<Old> = None;
    while seen < COUNTED {
        let from = after.take();
        let (found, free) = store.read(move |db| find(db, from.as_ref(), now)).await?;
        free.iter().for_each(|it| *counts.entry(it.kind.to_string()).or_default() += 1);
        seen += found.len() as i64;
        after = found.into_iter().last();
        if after.is_none() {
            break;
        }
    }
    Ok(counts)
}

fn find(
    db: &mut store::Read<'_>,
    from: Option<&Old>,
    now: Time,
) -> Result<(Vec<Old>, Vec<Old>), DeliveryError> {
    let found = retention::old(db, from, now, TOGETHER)?;
    let free = retaining::free(db, &found)?;
    Ok((found, free))
}

/// Lets go what is old. Gives how many of which kind.
pub async fn let_go(store: &Store) -> Result<BTreeMap<String, i64>, DeliveryError> {
    let (now, mut counts) = (store.world().now(), BTreeMap::<String, i64>::new());
    let mut after: Option<Old> = None;
    loop {
        let from = after.take();
        let (found, free) = store.read(move |db| find(db, from.as_ref(), now)).await?;
        after = found.into_iter().last();
        if after.is_none() {
            break;
        }
        let world = store.world().clone();
        let gone = store.write(move |tx| {
            for it in &free {
                insight::kinds::let_go(tx, it.person, it.moment)?;
            }
            Ok::<_, DeliveryError>(retaining::let_go(tx, &world, &free)?)
        });
        let gone = gone.await?;
        forgetting::remove(store, &gone.files).await?;
        gone.counts.into_iter().for_each(|(kind, count)| *counts.entry(kind).or_default() += count);
    }
    if !counts.is_empty() {
        let (world, told) = (store.world().clone(), counts.clone());
        let act = Act::by_program("moments.let_go", "").with(json!(told));
        store.write(move |tx| house::note(tx, &world, &act)).await?;
    }
    Ok(counts)
}

pub(crate) async fn night(store: &Store) -> Result<(), DeliveryError> {
    schedule(store).await?;
    let_go(store).await.map(drop)
}
