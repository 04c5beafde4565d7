//! The work of this room that waits.

use model::ImportId;
use store::{Store, jobs::Worker};

use crate::importing;

/// Teaches a worker this room's jobs.
pub fn jobs(worker: Worker, store: &Store) -> Worker {
    let (names, reads, rewrites, sweeps) = (store.clone(), store.clone(), store.clone(), store.clone());
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
        .on(memory::forgetting::REWRITE, move |_| {
            let store = rewrites.clone();
            async move { memory::forgetting::rewrite(&store).await.map_err(text) }
        })
}

fn text(error: impl ToString) -> String {
    error.to_string()
}
