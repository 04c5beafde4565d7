//! Fresh places for trials: a folder for SQLite, a schema for PostgreSQL; each gone after its trial.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result};
use model::World;
use store::{Engine, Location, Room, Store};

/// The program's rooms: it is started on a database that may be kept for the next run.
pub const ROOMS: &[Room] = &[
    store::ROOM,
    house::ROOM,
    memory::ROOM,
    permission::ROOM,
    conversations::ROOM,
    insight::ROOM,
    delivery::ROOM,
    web::ROOM,
];
/// How long a bare connection waits for another's lock.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where one trial's data lies.
pub struct Place {
    /// As the store knows it.
    pub location: Location,
    _folder: tempfile::TempDir,
}

impl Place {
    /// A fresh one below this folder.
    pub async fn fresh(engine: Engine, below: &Path) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("trial-").tempdir_in(below)?;
        let location = match engine {
            Engine::Sqlite => Location::Folder(folder.path().to_owned()),
            Engine::Postgres => {
                store::trial::server(folder.path()).await.context("PostgreSQL is not there")?
            }
        };
        Ok(Self { location, _folder: folder })
    }

    /// Opens it as the program does.
    pub async fn open(&self) -> Result<Store> {
        open(&self.location).await
    }
}

/// Opens a store as the program does.
pub async fn open(location: &Location) -> Result<Store> {
    Ok(Store::open(location.clone(), ROOMS, World::real()).await?)
}

/// A bare SQLite connection with the settings of the store's writer, so that neither has an easier disk or cache.
pub fn sqlite(location: &Location) -> Result<rusqlite::Connection> {
    let Location::Folder(folder) = location else { anyhow::bail!("not a SQLite place") };
    let db = rusqlite::Connection::open(folder.join("regard.db"))?;
    db.busy_timeout(PATIENCE)?;
    db.set_prepared_statement_cache_capacity(64);
    for (name, value) in [("journal_mode", "wal"), ("synchronous", "full"), ("temp_store", "memory")] {
        db.pragma_update(None, name, value)?;
    }
    db.pragma_update(None, "secure_delete", true)?;
    db.pragma_update(None, "wal_autocheckpoint", 4096)?;
    db.pragma_update(None, "journal_size_limit", 64 << 20)?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "cache_size", -32768)?;
    Ok(db)
}

/// A bare PostgreSQL connection.
pub async fn postgres(location: &Location) -> Result<tokio_postgres::Client> {
    let Location::Server { url, .. } = location else { anyhow::bail!("not a PostgreSQL place") };
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::error!(%error, "a bare connection broke");
        }
    });
    Ok(client)
}
