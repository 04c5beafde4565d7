//! For tests: one story told to both engines, each time in a fresh, empty house.

use std::{
    env,
    future::Future,
    path::{Path, PathBuf},
};

use model::{Chance, SystemChance, World};

use crate::{Location, Room, Store};

/// Where a throw-away PostgreSQL server for tests listens.
pub const SERVER: &str = "REGARD_TEST_POSTGRES";
/// Set where skipping PostgreSQL would be a lie.
pub const REQUIRED: &str = "REGARD_REQUIRE_PG";

/// Tells a story to SQLite, then to PostgreSQL. Without a server the second half is skipped, loudly, unless it is required.
pub fn both_engines<F, R>(rooms: &[Room], world: impl Fn() -> World, story: F)
where
    F: Fn(Store) -> R,
    R: Future<Output = ()>,
{
    told(|folder| async move {
        on_sqlite(&folder, rooms, world(), &story).await;
        on_postgres(&folder, rooms, world(), &story).await;
    });
}

/// Tells a story that mostly waits to both engines at the same time.
pub fn side_by_side<F, R>(rooms: &[Room], world: impl Fn() -> World, story: F)
where
    F: Fn(Store) -> R,
    R: Future<Output = ()>,
{
    told(|folder| async move {
        tokio::join!(
            on_sqlite(&folder, rooms, world(), &story),
            on_postgres(&folder, rooms, world(), &story)
        );
    });
}

fn told<R: Future<Output = ()>>(tell: impl FnOnce(PathBuf) -> R) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(tell(folder.path().to_owned()));
}

async fn on_sqlite<R: Future<Output = ()>>(
    folder: &Path,
    rooms: &[Room],
    world: World,
    story: impl Fn(Store) -> R,
) {
    eprintln!("-- told to SQLite");
    story(Store::open(Location::Folder(folder.to_owned()), rooms, world).await.expect("SQLite opens")).await;
    eprintln!("-- SQLite has heard it");
}

async fn on_postgres<R: Future<Output = ()>>(
    folder: &Path,
    rooms: &[Room],
    world: World,
    story: impl Fn(Store) -> R,
) {
    if let Some(location) = server(folder).await {
        eprintln!("-- told to PostgreSQL");
        story(Store::open(location, rooms, world).await.expect("PostgreSQL opens")).await;
        eprintln!("-- PostgreSQL has heard it");
    }
}

/// A fresh schema on the test server.
pub async fn server(folder: &Path) -> Option<Location> {
    let Ok(url) = env::var(SERVER) else {
        assert!(env::var(REQUIRED).is_err(), "{SERVER} is not set, and {REQUIRED} demands PostgreSQL");
        eprintln!("!! {SERVER} is not set: this story was NOT told to PostgreSQL");
        return None;
    };
    let mut random = [0u8; 8];
    SystemChance.fill(&mut random);
    let schema = format!("t{:016x}", u64::from_be_bytes(random));
    let config: tokio_postgres::Config = url.parse().expect("a PostgreSQL URL");
    let (client, connection) = config.connect(tokio_postgres::NoTls).await.expect("the test server answers");
    let line = tokio::spawn(connection);
    client.batch_execute(&crate::sql::create_schema(&schema)).await.expect("a schema");
    drop(client);
    let _ = line.await;
    let joint = if url.contains('?') { '&' } else { '?' };
    let url = format!("{url}{joint}options=-csearch_path%3D{schema}");
    Some(Location::Server { url, folder: folder.join("server") })
}
