//! Being the only process that does something. On PostgreSQL rows are held for a time; beside SQLite a lock on a file is let go of by
//! the system the moment its holder dies, so that the next one need not wait.

use std::{
    fs::{File, TryLockError},
    io,
    time::Duration,
};

use store::{Engine, Store};
use tokio::{sync::watch, time::sleep};

/// How often a process looks whether the other is gone.
const LOOK: Duration = Duration::from_secs(2);

/// The lock, if this process got it or needs none; it is held for as long as it is kept.
pub(crate) enum Alone {
    /// Held until dropped.
    Locked { _file: File },
    /// Rows are held instead.
    ByRows,
}

/// Tries to become the only one; nothing if another process is.
fn alone(store: &Store, what: &str) -> io::Result<Option<Alone>> {
    if store.engine() == Engine::Postgres {
        return Ok(Some(Alone::ByRows));
    }
    let path = store.location().folder().join(format!("{what}.lock"));
    let file = File::options().create(true).truncate(false).write(true).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Alone::Locked { _file: file })),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Waits until no other process does it; nothing if we are to stop before.
pub(crate) async fn become_the_only_one(
    store: &Store,
    what: &str,
    stop: &mut watch::Receiver<bool>,
) -> Option<Alone> {
    while !*stop.borrow() {
        match alone(store, what) {
            Ok(Some(lock)) => return Some(lock),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, what, "no lock could be had; trying again"),
        }
        tokio::select! {
            _ = stop.changed() => {}
            () = sleep(LOOK) => {}
        }
    }
    None
}
