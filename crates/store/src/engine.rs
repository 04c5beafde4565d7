//! The two engines, and where the data lives.

use std::path::PathBuf;

/// Which engine a store runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Inside the program.
    Sqlite,
    /// On a server.
    Postgres,
}

/// Where the data lives.
#[derive(Debug, Clone)]
pub enum Location {
    /// In `regard.db` in this folder.
    Folder(PathBuf),
    /// On a PostgreSQL server; the files in this folder.
    Server {
        /// `postgres://…`
        url: String,
        /// For originals.
        folder: PathBuf,
    },
}
