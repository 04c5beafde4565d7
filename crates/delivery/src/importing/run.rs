//! Reading a file into the memory, batch by batch.

use std::collections::HashSet;

use memory::{Fate, Taken, take};
use model::{ImportId, StaffId, World};
use serde_json::json;
use store::{Notice, Store, jobs, params};

use super::{
    batch::{Batch, collect, gather},
    open::open,
    reading::{self, Counts, Import, one},
    refusals::{self, Refusal},
    sql, uploads,
    wish::Wish,
};
use crate::{DeliveryError, aside::blocking};

/// The job that looks for people of one name after an import.
pub(crate) const NAMESAKES: &str = "look for namesakes";

/// The job that reads a file in the background.
pub(crate) const READ: &str = "read an import";

/// How far a reading is.
#[derive(Debug, Clone)]
pub struct Step {
    /// Bytes read.
    pub position: u64,
    /// Bytes in all, where that is known.
    pub size: Option<u64>,
    /// What became of the records so far.
    pub counts: Counts,
}

/// Reads a file into the memory; an unfinished reading of the same file goes on where it stopped.
pub async fn import(
    store: &Store,
    wish: Wish,
    by: Option<StaffId>,
    tell: impl FnMut(&Step) + Send,
) -> Result<Import, DeliveryError> {
    let id = begin(store, wish, by).await?;
    run(store, id, tell).await
}

/// Notes that a file shall be read, or finds the unfinished reading of it; if the file it read is gone, it goes on with
/// this one, which holds the same.
pub async fn begin(store: &Store, wish: Wish, by: Option<StaffId>) -> Result<ImportId, DeliveryError> {
    let now = store.world().now();
    let opened = blocking({
        let wish = wish.clone();
        move || open(&wish, now, 0)
    })
    .await?;
    let (digest, size) = (opened.digest, opened.source.size().map(|s| s as i64));
    let world = store.world().clone();
    store
        .write(move |tx| {
            if let Some(import) = tx.first(sql::UNFINISHED, params![digest], reading::of_row)? {
                if !import.wish.path.exists() {
                    let moved = Wish { path: wish.path.clone(), name: Some(import.name), ..import.wish };
                    tx.run(sql::MOVE, params![import.id, json!(moved).to_string()])?;
                }
                return Ok(import.id);
            }
            let id: ImportId = world.id();
            let (wish_text, counts) = (json!(wish).to_string(), json!(Counts::default()).to_string());
            tx.run(sql::BEGIN, params![id, digest, wish.source(), wish_text, size, counts, world.now(), by])?;
            Ok(id)
        })
        .await
}

/// Notes that a file shall be read, and has it read in the background. A second copy of a file whose reading goes on is
/// not needed, and goes.
pub async fn later(store: &Store, wish: Wish, by: Option<StaffId>) -> Result<ImportId, DeliveryError> {
    let path = wish.path.clone();
    let id = begin(store, wish, by).await?;
    uploads::let_go(store, &path).await?;
    let world = store.world().clone();
    store
        .write(move |tx| {
            let payload = json!({ "import": id });
            Ok::<_, DeliveryError>(jobs::enqueue(tx, &world, READ, &id.to_string(), &payload, world.now())?)
        })
        .await?;
    Ok(id)
}

/// Goes on with a reading until it is done.
pub async fn run(
    store: &Store,
    id: ImportId,
    mut tell: impl FnMut(&Step) + Send,
) -> Result<Import, DeliveryError> {
    let import = one(store, id).await?;
    if matches!(import.state.as_str(), "done" | "given_up") {
        // A job may come twice; the file may be gone by then, or still lie there if the first time was cut short.
        uploads::let_go(store, &import.wish.path).await?;
        return Ok(import);
    }
    let (wish, from, seen_at) = (import.wish.clone(), import.position as u64, import.started_at);
    let outcome = async {
        let opened = blocking(move || open(&wish, seen_at, from)).await?;
        let mut step = Step { position: from, size: opened.source.size(), counts: import.counts.clone() };
        let (mut opened, mut batch) = gather(store, opened).await?;
        loop {
            let (done, end) = (batch.is_last, batch.end);
            let keeping = keep(store, id, batch, step.counts.clone());
            if done {
                (step.counts, step.position) = (keeping.await?, end);
                tell(&step);
                return Ok(());
            }
            // Reading takes about as long as keeping, and is done by another core.
            let (kept, ahead) = tokio::join!(keeping, gather(store, opened));
            (step.counts, step.position) = (kept?, end);
            tell(&step);
            (opened, batch) = ahead?;
        }
    };
    if let Err(error) = outcome.await {
        stop(store, id, &error).await?;
        return Err(error);
    }
    uploads::let_go(store, &import.wish.path).await?;
    one(store, id).await
}

/// Reads the whole file as `run` would, and keeps nothing.
pub async fn dry_run(
    store: &Store,
    wish: Wish,
    mut tell: impl FnMut(&Step) + Send,
) -> Result<(Counts, Vec<Refusal>), DeliveryError> {
    const SHOWN: usize = 200;
    let now = store.world().now();
    let mut opened = blocking(move || open(&wish, now, 0)).await?;
    let mut step = Step { position: 0, size: opened.source.size(), counts: Counts::default() };
    let (mut shown, mut new) = (Vec::new(), HashSet::new());
    loop {
        let (back, batch) = collect(store.engine(), opened).await?;
        opened = back;
        let prepared = batch.prepared.clone();
        let world = store.world().clone();
        // Nothing of a failed transaction is kept; the outcome travels in the error.
        let told: Result<(), Tried> = store
            .write(move |tx| Err(take(tx, &world, &prepared).map_or_else(Tried::Failed, Tried::Taken)))
            .await;
        let taken = match told {
            Err(Tried::Taken(taken)) => taken,
            Err(Tried::Failed(error)) => return Err(error.into()),
            Ok(()) => Vec::new(),
        };
        step.position = batch.end;
        step.counts.read(&batch);
        for (prepared, mut taken) in batch.prepared.iter().zip(taken) {
            // Somebody new in an earlier batch is known in this one, although nothing was kept of them.
            let seen = prepared.handle_keys().filter(|key| !new.insert(key.clone())).count() > 0;
            if taken.fate == Fate::NewPerson && seen {
                taken.fate = Fate::NewProfile;
            }
            step.counts.add(&taken);
        }
        shown.extend(batch.refusals.into_iter().take(SHOWN.saturating_sub(shown.len())));
        tell(&step);
        if batch.is_last {
            return Ok((step.counts, shown));
        }
    }
}

/// How a trial transaction ended.
enum Tried {
    Taken(Vec<Taken>),
    Failed(memory::MemoryError),
}

impl From<store::StoreError> for Tried {
    fn from(error: store::StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// Keeps a batch, and how far the reading is, in one transaction.
async fn keep(store: &Store, id: ImportId, batch: Batch, before: Counts) -> Result<Counts, DeliveryError> {
    let world = store.world().clone();
    store
        .write(move |tx| {
            let mut counts = before.clone();
            counts.read(&batch);
            take(tx, &world, &batch.prepared)?.iter().for_each(|taken| counts.add(taken));
            for refusal in &batch.refusals {
                refusals::add(tx, id, refusal)?;
            }
            let (text, state) = (json!(counts).to_string(), if batch.is_last { "done" } else { "running" });
            tx.run(sql::ADVANCE, params![id, batch.end as i64, text, world.now(), state, ""])?;
            tx.announce(Notice::about("import", id))?;
            if batch.is_last && counts.new_people > 0 {
                jobs::enqueue(tx, &world, NAMESAKES, "after import", &json!({ "after": "" }), world.now())?;
            }
            Ok(counts)
        })
        .await
}

async fn stop(store: &Store, id: ImportId, error: &DeliveryError) -> Result<(), DeliveryError> {
    let (error, now) = (error.to_string(), store.world().now());
    let import = one(store, id).await?;
    store
        .write(move |tx| {
            let counts = json!(import.counts).to_string();
            tx.run(sql::ADVANCE, params![id, import.position, counts, now, "stopped", error])?;
            Ok(tx.announce(Notice::about("import", id))?)
        })
        .await
}

/// Gives up a reading that is not finished: the next one of the file begins anew.
pub async fn abandon(store: &Store, id: ImportId) -> Result<(), DeliveryError> {
    let (import, now) = (one(store, id).await?, store.world().now());
    let path = import.wish.path.clone();
    store
        .write(move |tx| {
            let counts = json!(import.counts).to_string();
            tx.run(sql::ADVANCE, params![id, import.position, counts, now, "given_up", import.error])?;
            Ok::<_, DeliveryError>(tx.announce(Notice::about("import", id))?)
        })
        .await?;
    uploads::let_go(store, &path).await
}

/// Looks for people of one name, a page at a time; a job does it after each import.
pub async fn look_for_namesakes(store: &Store, world: &World) -> Result<(), DeliveryError> {
    const PAIRS: i64 = 500;
    let mut after = Some(String::new());
    while let Some(from) = after {
        let now = world.now();
        after = store.write(move |tx| memory::joining::look_for_namesakes(tx, &from, PAIRS, now)).await?;
    }
    Ok(())
}
