//! Makes what was committed durable, beside the writer: it goes on with the next commit while the disk still works on the last.

use std::{
    fs::File,
    path::PathBuf,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
};

use tokio::sync::broadcast;

use crate::{Notice, Result, StoreError, work::Work};

/// Commits that may be ahead of the disk.
const AHEAD: usize = 64;

/// A write that was run, and what it announces if it is kept.
pub(crate) type Done = (Box<dyn Work>, Option<Vec<Notice>>);

/// Answers those whose writes were committed, once the log is on disk.
pub(crate) struct Durable(SyncSender<Vec<Done>>);

impl Durable {
    /// Watches over a write-ahead log that is there once something was committed to it.
    pub(crate) fn start(log: PathBuf, notices: broadcast::Sender<Notice>) -> Result<Self> {
        let (tell, told) = sync_channel(AHEAD);
        thread::Builder::new()
            .name("regard-durable".into())
            .spawn(move || serve(&told, &log, &notices))
            .map_err(|e| StoreError::Unreachable(e.to_string()))?;
        Ok(Self(tell))
    }

    /// These were committed, and wait for the disk.
    pub(crate) fn committed(&self, done: Vec<Done>) {
        if let Err(lost) = self.0.send(done) {
            lost.0.into_iter().for_each(|(work, _)| {
                work.answer(Some(StoreError::Unreachable("the store is closing".into())))
            });
        }
    }
}

fn serve(told: &Receiver<Vec<Done>>, path: &std::path::Path, notices: &broadcast::Sender<Notice>) {
    let mut log: Option<File> = None;
    while let Ok(first) = told.recv() {
        let mut all = first;
        // Whatever was committed until now is made durable together.
        while let Ok(more) = told.try_recv() {
            all.extend(more);
        }
        match durable(&mut log, path) {
            Ok(()) => answer(all, notices),
            Err(error) => {
                tracing::error!(%error, writes = all.len(), "what was written may not be on disk");
                log = None;
                let why = error.to_string();
                all.into_iter().for_each(|(work, _)| work.answer(Some(StoreError::Unreachable(why.clone()))));
            }
        }
    }
}

fn durable(log: &mut Option<File>, path: &std::path::Path) -> std::io::Result<()> {
    match log {
        Some(log) => log.sync_data(),
        None => log.insert(File::open(path)?).sync_data(),
    }
}

fn answer(done: Vec<Done>, notices: &broadcast::Sender<Notice>) {
    for (work, kept) in done {
        work.answer(None);
        for notice in kept.into_iter().flatten() {
            // Nobody listening is no error.
            let _ = notices.send(notice);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work::Task;
    use tokio::sync::oneshot;

    fn waits() -> (Vec<Done>, oneshot::Receiver<Result<u8>>) {
        let (caller, answer) = oneshot::channel();
        let work = |_: &mut crate::Write<'_>| Ok::<_, StoreError>(1);
        (vec![(Box::new(Task { work, outcome: Some(Ok(1)), caller }), Some(Vec::new()))], answer)
    }

    #[test]
    fn whoever_wrote_hears_that_it_is_kept_only_if_the_log_is_on_disk() {
        let folder = tempfile::tempdir().unwrap();
        let (there, gone) = (folder.path().join("log"), folder.path().join("gone"));
        File::create(&there).unwrap();
        for (path, kept) in [(there, true), (gone, false)] {
            let durable = Durable::start(path, broadcast::channel(1).0).unwrap();
            let (done, answer) = waits();
            durable.committed(done);
            assert_eq!(answer.blocking_recv().unwrap().is_ok(), kept);
        }
    }
}
