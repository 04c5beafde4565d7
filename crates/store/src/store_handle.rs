//! The handle that everyone holds.

use std::{path::PathBuf, sync::Arc};

use model::World;
use tokio::sync::{broadcast, oneshot};

use crate::{
    Files, Notice, Read, Result, Room, StoreError, Write,
    engine::{Engine, Location},
    migrate,
    postgres::Postgres,
    sqlite::Sqlite,
    work::Task,
};

/// Notices a slow listener may lag behind before it is told to read everything anew.
const NOTICES: usize = 1024;

/// The one handle to the data; cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    backend: Backend,
    notices: broadcast::Sender<Notice>,
    files: Files,
    world: World,
    location: Location,
}

enum Backend {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Store {
    /// Opens the data, bringing it up to the given rooms' migrations.
    pub async fn open(location: Location, rooms: &[Room], world: World) -> Result<Self> {
        let (notices, _) = broadcast::channel(NOTICES);
        let files = Files::open(&location.folder().join("files"))
            .map_err(|e| StoreError::Unreachable(e.to_string()))?;
        let backend = match &location {
            Location::Folder(folder) => {
                Backend::Sqlite(Sqlite::open(&folder.join("regard.db"), notices.clone())?)
            }
            Location::Server { url, .. } => Backend::Postgres(Postgres::open(url, notices.clone()).await?),
        };
        let store =
            Self { inner: Arc::new(Inner { backend, notices, files, world: world.clone(), location }) };
        let (rooms, now) = (rooms.to_vec(), world.now());
        store.write(move |tx| migrate::migrate(tx, &rooms, now)).await?;
        Ok(store)
    }

    /// Reads from one view of the data.
    pub async fn read<T, E>(
        &self,
        work: impl FnOnce(&mut Read<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &self.inner.backend {
            Backend::Sqlite(engine) => engine.read(work).await,
            Backend::Postgres(engine) => engine.read(work).await,
        }
    }

    /// Writes whole or not at all; answers when it is on disk. The closure may run more than once.
    pub async fn write<F, T, E>(&self, work: F) -> Result<T, E>
    where
        F: Fn(&mut Write<'_>) -> Result<T, E> + Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &self.inner.backend {
            Backend::Postgres(engine) => engine.write(work).await,
            Backend::Sqlite(engine) => {
                let (caller, answer) = oneshot::channel();
                engine.submit(Box::new(Task { work, outcome: None, caller })).await;
                answer
                    .await
                    .unwrap_or_else(|_| Err(StoreError::Unreachable("the store is closed".into()).into()))
            }
        }
    }

    /// What changes from now on, told after each commit, by whichever process made it.
    pub fn notices(&self) -> broadcast::Receiver<Notice> {
        self.inner.notices.subscribe()
    }

    /// The files beside the database.
    pub fn files(&self) -> &Files {
        &self.inner.files
    }

    /// The world that this store's times and ids come from.
    pub fn world(&self) -> &World {
        &self.inner.world
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self.inner.backend {
            Backend::Sqlite(_) => Engine::Sqlite,
            Backend::Postgres(_) => Engine::Postgres,
        }
    }

    /// Where the data lives.
    pub fn location(&self) -> &Location {
        &self.inner.location
    }

    /// Looks for damage in the database; what is found is the error.
    pub async fn check(&self) -> Result<()> {
        let text = match self.engine() {
            Engine::Sqlite => crate::sql::CHECK_SQLITE,
            Engine::Postgres => crate::sql::CHECK_POSTGRES,
        };
        let said = self.read(|db| db.rows(text, &[], |row| row.get::<String>(0))).await?;
        match said.iter().all(|line| line == "ok") {
            true => Ok(()),
            false => Err(StoreError::Engine(format!("it is damaged: {}; restore a backup", said.join("; ")))),
        }
    }

    /// Rewrites the files so that nothing deleted can be read from free space. On PostgreSQL this reaches the tables
    /// named; its write-ahead log and archives are the operator's.
    pub async fn compact(&self, tables: &[&str]) -> Result<()> {
        match &self.inner.backend {
            Backend::Postgres(engine) => {
                for table in tables {
                    engine.command(&crate::sql::vacuum(table)).await?;
                }
                Ok(())
            }
            Backend::Sqlite(_) => {
                let Location::Folder(folder) = self.location() else { return Ok(()) };
                let path = folder.join("regard.db");
                let run = tokio::task::spawn_blocking(move || crate::sqlite::compact(&path));
                run.await.unwrap_or_else(|e| Err(StoreError::Panicked(e.to_string())))
            }
        }
    }

    /// Takes a copy of the database into a file while it is in use. SQLite only.
    pub async fn copy_to(&self, target: PathBuf) -> Result<()> {
        let Location::Folder(folder) = self.location() else {
            return Err(StoreError::Unreachable("a PostgreSQL database is copied with pg_dump".into()));
        };
        let path = folder.join("regard.db");
        let run = tokio::task::spawn_blocking(move || crate::sqlite::copy(&path, &target));
        run.await.unwrap_or_else(|e| Err(StoreError::Panicked(e.to_string())))
    }
}
