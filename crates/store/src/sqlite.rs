//! SQLite inside the program: one writer thread that groups commits, many readers, WAL.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use model::Stopwatch;
use rusqlite::{Connection as Db, OpenFlags, config::DbConfig};
use tokio::{
    runtime::Handle,
    sync::{Semaphore, broadcast, mpsc},
};

use crate::{
    Notice, Read, Result, StoreError,
    access::Connection,
    durable::{Done, Durable},
    statements::execute,
    work::{Work, panicked},
};

/// Writes that wait for the writer; callers past it wait their turn, so memory stays bounded.
const QUEUE: usize = 1024;
/// Writes that share one commit: beyond this the first waits longer than its disk would have taken.
const GROUP: usize = 256;
/// Longest time a group collects writes before it commits.
const GROUP_TIME: Duration = Duration::from_millis(20);
/// A write that took longer is committed by itself: whoever waits for it has other work to do meanwhile, and so has the disk.
const LONG: Duration = Duration::from_millis(1);
/// Readers at once; more only fight for the same cores.
const READERS: usize = 8;
/// Longest time that a commit waits for readers, so that the log can be begun anew.
const QUIET: Duration = Duration::from_secs(1);
/// A read that takes longer is stopped: a page must not hold old WAL pages for ever.
const READ_TIME: Duration = Duration::from_secs(60);
/// Prepared statements kept for each connection.
const STATEMENTS: usize = 256;
/// Kilobytes of pages that the writer and each reader keep. A commit touches some hundred pages all over the file.
const WRITER_CACHE: i64 = 32 << 10;
const READER_CACHE: i64 = 8 << 10;
/// Pages of the write-ahead log after which a commit folds it back (64 MiB): a page that is changed again and again meanwhile is
/// written to its place once.
const WAL_PAGES: u32 = 16_384;
/// Bytes of the write-ahead log after which new readers wait until it is begun anew: as long as somebody reads, it only grows.
const WAL_BYTES: u64 = 256 << 20;

pub(crate) struct Sqlite {
    queue: mpsc::Sender<Box<dyn Work>>,
    readers: Arc<Readers>,
}

struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Db>>,
    seats: Arc<Semaphore>,
}

impl Sqlite {
    pub(crate) fn open(path: &Path, notices: broadcast::Sender<Notice>) -> Result<Self> {
        let db = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        // The log is brought to disk beside the writer, who need not wait for it; whoever is answered does.
        db.pragma_update(None, "synchronous", "normal")?;
        let (queue, waiting) = mpsc::channel(QUEUE);
        let seats = Arc::new(Semaphore::new(READERS));
        let writer = Writer {
            db,
            waiting,
            durable: Durable::start(wal(path), notices)?,
            log: wal(path),
            longest_log: WAL_BYTES,
            seats: seats.clone(),
            runtime: Handle::current(),
        };
        thread::Builder::new()
            .name("regard-writer".into())
            .spawn(move || writer.serve())
            .map_err(|e| StoreError::Unreachable(e.to_string()))?;
        let readers = Readers { path: path.to_owned(), idle: Mutex::default(), seats };
        Ok(Self { queue, readers: Arc::new(readers) })
    }

    pub(crate) async fn submit(&self, work: Box<dyn Work>) {
        if let Err(mpsc::error::SendError(work)) = self.queue.send(work).await {
            work.answer(Some(StoreError::Unreachable("the store is closed".into())));
        }
    }

    pub(crate) async fn read<T, E>(
        &self,
        work: impl FnOnce(&mut Read<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let seat = self.readers.seats.clone().acquire_owned().await;
        let readers = self.readers.clone();
        let run = tokio::task::spawn_blocking(move || {
            let _seat = seat;
            let mut db = readers.take()?;
            let outcome = snapshot(&mut db, work);
            readers.give_back(db);
            outcome
        });
        run.await.unwrap_or_else(|e| Err(StoreError::Panicked(e.to_string()).into()))
    }
}

impl Readers {
    fn take(&self) -> Result<Db> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| connect(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY), Ok)
    }
    fn give_back(&self, db: Db) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(db);
    }
}

fn snapshot<T, E: From<StoreError>>(
    db: &mut Db,
    work: impl FnOnce(&mut Read<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let watch = Stopwatch::start();
    db.progress_handler(100_000, Some(move || watch.elapsed() > READ_TIME)).map_err(StoreError::from)?;
    execute(db, "begin")?;
    let outcome = work(&mut Read { connection: Connection::Sqlite(db) });
    execute(db, "rollback")?;
    outcome
}

/// The write-ahead log beside a database.
fn wal(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

pub(crate) fn connect(path: &Path, flags: OpenFlags) -> Result<Db> {
    let db = Db::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    db.busy_timeout(Duration::from_secs(10))?;
    let writable = !flags.contains(OpenFlags::SQLITE_OPEN_READ_ONLY);
    if writable {
        db.pragma_update(None, "journal_mode", "wal")?;
        // Acknowledged means durable: the log is on disk before anybody is answered.
        db.pragma_update(None, "synchronous", "full")?;
        // What is deleted is overwritten: forgetting must not leave traces in free space.
        db.pragma_update(None, "secure_delete", true)?;
        db.pragma_update(None, "wal_autocheckpoint", WAL_PAGES)?;
        db.pragma_update(None, "journal_size_limit", 64 << 20)?;
    }
    db.pragma_update(None, "foreign_keys", true)?;
    let cache = if writable { WRITER_CACHE } else { READER_CACHE };
    db.pragma_update(None, "cache_size", -cache)?;
    db.pragma_update(None, "temp_store", "memory")?;
    db.pragma_update(None, "trusted_schema", false)?;
    // A statement keeps its plan: otherwise many are planned anew whenever other values are bound.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(db)
}

struct Writer {
    db: Db,
    waiting: mpsc::Receiver<Box<dyn Work>>,
    durable: Durable,
    log: PathBuf,
    longest_log: u64,
    seats: Arc<Semaphore>,
    runtime: Handle,
}

impl Writer {
    fn serve(mut self) {
        while let Some(first) = self.waiting.blocking_recv() {
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                self.group(first);
                self.watch_log();
            }));
            if let Err(panic) = outcome {
                tracing::error!(error = %panicked(panic.as_ref()), "the writer met an error in the program");
                let _ = execute(&self.db, "rollback");
            }
        }
        let _ = self.db.execute_batch("pragma optimize; pragma wal_checkpoint(truncate);");
    }

    /// Begins the log anew if it has grown too long, while nobody reads. Whoever reads just now is waited for; if that
    /// takes too long, the log may grow by as much again.
    fn watch_log(&mut self) {
        let length = std::fs::metadata(&self.log).map_or(0, |log| log.len());
        if length < self.longest_log {
            return;
        }
        // Most of it goes while others read; then there is little left for which they have to wait.
        self.checkpoint("passive");
        let quiet = async { tokio::time::timeout(QUIET, self.seats.acquire_many(READERS as u32)).await };
        // Held until the log is folded back.
        let quiet = self.runtime.block_on(quiet);
        let anew = quiet.is_ok() && self.checkpoint("truncate");
        self.longest_log = if anew { WAL_BYTES } else { length + WAL_BYTES };
    }

    fn checkpoint(&self, how: &str) -> bool {
        let folded = self.db.execute_batch(&crate::sql::checkpoint(how));
        if let Err(error) = &folded {
            tracing::warn!(%error, "the write-ahead log could not be folded back");
        }
        folded.is_ok()
    }

    /// One commit for all that is waiting. If it fails as a whole, each is tried alone, so that one bad write
    /// cannot take its neighbours with it.
    fn group(&mut self, first: Box<dyn Work>) {
        let watch = Stopwatch::start();
        let mut done: Vec<Done> = Vec::new();
        let mut next = Some(first);
        let mut lost = execute(&self.db, "begin immediate").err();
        while let Some(mut work) = next {
            let began = watch.elapsed();
            let kept = match lost {
                None => {
                    let run = if done.is_empty() { opening } else { savepoint };
                    run(&self.db, work.as_mut()).unwrap_or_else(|error| {
                        lost = Some(error);
                        None
                    })
                }
                Some(_) => None,
            };
            done.push((work, kept));
            let now = watch.elapsed();
            let is_quick = now < GROUP_TIME && now - began < LONG;
            let room = lost.is_none() && done.len() < GROUP && is_quick;
            next = if room { self.waiting.try_recv().ok() } else { None };
        }
        if lost.is_none() {
            lost = execute(&self.db, "commit").err();
        }
        match lost {
            None => self.durable.committed(done),
            Some(error) => {
                let _ = execute(&self.db, "rollback");
                tracing::warn!(%error, writes = done.len(), "a group of writes failed; trying each alone");
                done.into_iter().for_each(|(work, _)| self.alone(work));
            }
        }
    }

    fn alone(&self, mut work: Box<dyn Work>) {
        let outcome = execute(&self.db, "begin immediate").and_then(|()| {
            let kept = opening(&self.db, work.as_mut())?;
            execute(&self.db, "commit").map(|()| kept)
        });
        match outcome {
            Ok(kept) => self.durable.committed(vec![(work, kept)]),
            Err(error) => {
                let _ = execute(&self.db, "rollback");
                work.answer(Some(error));
            }
        }
    }
}

/// Runs the first write of a transaction, which needs no savepoint: if it is not kept, the transaction begins anew. A savepoint
/// keeps a copy of every page that is changed in it, which a large import would notice.
fn opening(db: &Db, work: &mut dyn Work) -> Result<Option<Vec<Notice>>> {
    let kept = work.run(Connection::Sqlite(db));
    if db.is_autocommit() {
        return Err(StoreError::Full);
    }
    if kept.is_none() {
        execute(db, "rollback")?;
        execute(db, "begin immediate")?;
    }
    Ok(kept)
}

/// Runs one write in its own savepoint. An error means that the whole transaction is gone.
fn savepoint(db: &Db, work: &mut dyn Work) -> Result<Option<Vec<Notice>>> {
    execute(db, "savepoint one")?;
    let kept = work.run(Connection::Sqlite(db));
    // A full disk or an I/O error ends the transaction behind our back.
    if db.is_autocommit() {
        return Err(StoreError::Full);
    }
    if kept.is_none() {
        execute(db, "rollback to one")?;
    }
    execute(db, "release one")?;
    Ok(kept)
}

/// Rewrites the whole database file and empties the log. Writers wait meanwhile; readers of the old pages finish first.
pub(crate) fn compact(path: &Path) -> Result<()> {
    let db = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    db.busy_timeout(Duration::from_secs(120))?;
    db.execute_batch(crate::sql::COMPACT)?;
    Ok(())
}

/// Copies the database while others write to it.
pub(crate) fn copy(path: &Path, target: &Path) -> Result<()> {
    let from = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut to = Db::open(target)?;
    let backup = rusqlite::backup::Backup::new(&from, &mut to)?;
    backup.run_to_completion(4096, Duration::ZERO, None)?;
    Ok(())
}
