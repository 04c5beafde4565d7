//! One memory of each person.
//!
//! What comes in is a [`model::Fragment`]: what one source says about somebody, with the moments it tells of.
//! [`take`] finds whose it is, by rules that can be read in `taking/resolve.rs`, and keeps it. A person is a set of
//! fragments; joining two people ([`joining`]) moves rows and can be undone exactly, because every row remembers its
//! fragment. Nothing here knows wire formats, and nothing here sends.

pub mod accounts;
pub mod care;
mod counts;
mod desk;
mod error;
mod export;
pub mod finding;
pub mod forgetting;
mod intake;
pub mod joining;
mod lists;
pub mod looks;
mod naming;
mod offers;
pub mod people;
pub mod retention;
mod secrets;
mod tables;
mod taking;
pub mod timeline;
mod whereabouts;

pub use error::{MemoryError, Result};
pub use export::{each_fragment, files_of, fragments_of};
pub use intake::Intake;
pub use lists::each_in;
pub use secrets::{known_secret, secret};
pub use taking::{Fate, Prepared, Taken, note, note_all, note_under, prepare, take};
pub use whereabouts::{current, redirected};

/// The memory's tables.
pub const ROOM: store::Room = store::Room {
    name: "memory",
    migrations: &[
        store::Migration { number: 1, name: "memory", sql: include_str!("../migrations/001_memory.sql") },
        store::Migration {
            number: 2,
            name: "directory",
            sql: include_str!("../migrations/002_directory.sql"),
        },
        store::Migration { number: 3, name: "files", sql: include_str!("../migrations/003_files.sql") },
        store::Migration { number: 4, name: "surveys", sql: include_str!("../migrations/004_surveys.sql") },
        store::Migration { number: 5, name: "terms", sql: include_str!("../migrations/005_terms.sql") },
        store::Migration { number: 6, name: "aside", sql: include_str!("../migrations/006_aside.sql") },
        store::Migration { number: 7, name: "proof", sql: include_str!("../migrations/007_proof.sql") },
        store::Migration { number: 8, name: "looks", sql: include_str!("../migrations/008_looks.sql") },
    ],
};
