//! What the stories of the whole program share: the program itself, a house for it, and a hand that kills it.
#![allow(clippy::unwrap_used, dead_code)]

pub mod calling;
pub mod digesting;
pub mod mailing;

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use store::{Location, Store, trial};

/// The program under test.
pub fn regard(location: &Location) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_regard"));
    command.env("REGARD_LOG", "warn").stdin(Stdio::null());
    match location {
        Location::Folder(folder) => command.arg("--data").arg(folder),
        Location::Server { url, folder } => command.arg("--data").arg(folder).arg("--database").arg(url),
    };
    command
}

/// The houses a story is told in: one on SQLite, and one on PostgreSQL where a server for tests is at hand.
pub fn houses(folder: &Path) -> Vec<Location> {
    let sqlite = folder.join("sqlite");
    std::fs::create_dir_all(&sqlite).unwrap();
    let server = runtime().block_on(trial::server(folder));
    [Some(Location::Folder(sqlite)), server].into_iter().flatten().collect()
}

/// A database with nothing in it, on the server for tests.
pub fn fresh_database(folder: &Path, name: &str) -> Location {
    let server = std::env::var(store::trial::SERVER).unwrap();
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("{name}{}n{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let made = Command::new("psql").arg(&server).args(["-qc", &format!("create database {name}")]).status();
    assert!(made.unwrap().success());
    let (host, _) = server.rsplit_once('/').unwrap();
    Location::Server { url: format!("{host}/{name}"), folder: folder.join(name) }
}

/// A house in a database of its own on each engine.
pub fn whole_houses(folder: &Path) -> Vec<Location> {
    let mut all = houses(folder);
    if let Some(server @ Location::Server { .. }) = all.last_mut() {
        *server = fresh_database(folder, "whole");
    }
    all
}

/// Opens a house that no program is using, to look inside.
pub async fn open(location: &Location) -> Store {
    let rooms = [
        store::ROOM,
        house::ROOM,
        memory::ROOM,
        permission::ROOM,
        conversations::ROOM,
        insight::ROOM,
        delivery::ROOM,
        web::ROOM,
    ];
    Store::open(location.clone(), &rooms, model::World::real()).await.unwrap()
}

/// A runtime for the test's own look inside.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Runtime::new().unwrap()
}

/// A file of the project's test data.
pub fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data").join(name)
}

/// Kills without warning.
pub fn kill(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Dice that fall the same way each time.
pub struct Dice(u64);

impl Dice {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }
    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}
