//! Many callers, few commits: concurrent takings share one transaction, and each is answered when it is on disk.

use std::sync::Arc;

use model::Fragment;
use store::{Store, StoreError};
use tokio::sync::{mpsc, oneshot};

use crate::{MemoryError, Prepared, Result, Taken, prepare, take};

/// Callers that wait; those past it wait to be let in, so memory stays bounded.
const QUEUE: usize = 1024;
/// Fragments taken in together.
const TOGETHER: usize = 512;

type Answer = oneshot::Sender<Result<Vec<Taken>>>;

/// A door through which many tell the memory things at once.
#[derive(Clone)]
pub struct Intake {
    queue: mpsc::Sender<(Vec<Prepared>, Answer)>,
}

impl Intake {
    /// Opens the door; it closes when the last handle is gone.
    pub fn open(store: Store) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(serve(store, waiting));
        Self { queue }
    }

    /// Takes fragments in; when it returns they are on disk.
    pub async fn take(&self, fragments: Vec<Fragment>) -> Result<Vec<Taken>> {
        let (caller, answer) = oneshot::channel();
        let prepared = fragments.into_iter().map(prepare).collect();
        let closed = || MemoryError::Store(StoreError::Unreachable("the program is stopping".into()));
        self.queue.send((prepared, caller)).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }
}

async fn serve(store: Store, mut waiting: mpsc::Receiver<(Vec<Prepared>, Answer)>) {
    while let Some(first) = waiting.recv().await {
        let mut group = vec![first];
        // Those whom the last commit answered ask again at once; without their turn here they would miss this one,
        // and commits would be many and small.
        tokio::task::yield_now().await;
        let mut size = group[0].0.len();
        while size < TOGETHER {
            let Ok(next) = waiting.try_recv() else { break };
            size += next.0.len();
            group.push(next);
        }
        together(&store, group).await;
    }
}

async fn together(store: &Store, group: Vec<(Vec<Prepared>, Answer)>) {
    let mut all = Vec::new();
    let mut callers = Vec::with_capacity(group.len());
    for (batch, caller) in group {
        callers.push((all.len()..all.len() + batch.len(), caller));
        all.extend(batch);
    }
    let all = Arc::new(all);
    let world = store.world().clone();
    let batch = all.clone();
    match store.write(move |tx| take(tx, &world, &batch)).await {
        Ok(taken) => {
            let mut taken = taken.into_iter();
            for (range, caller) in callers {
                let _ = caller.send(Ok(taken.by_ref().take(range.len()).collect()));
            }
        }
        Err(error) if callers.len() == 1 => {
            callers.into_iter().for_each(|(_, caller)| drop(caller.send(Err(error.clone()))));
        }
        // One of them cannot be kept; its neighbours can.
        Err(_) => {
            for (range, caller) in callers {
                let (world, all) = (store.world().clone(), all.clone());
                let alone = store.write(move |tx| take(tx, &world, &all[range.clone()]));
                let _ = caller.send(alone.await);
            }
        }
    }
}
