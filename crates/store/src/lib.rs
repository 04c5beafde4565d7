//! Two engines behind one handle. SQLite lives inside the program; PostgreSQL is for when one machine is not
//! enough. [`Store::read`] and [`Store::write`] are the only doors to the data, and one SQL text serves both.
//!
//! A write is a closure that may run more than once (a lost race on PostgreSQL, a failed group on SQLite), so it
//! must do nothing but read and write through the [`Write`] it is given. What shall happen after the commit is
//! said with [`Write::announce`] or [`jobs::enqueue`] and leaves only then.

mod access;
mod durable;
mod engine;
mod error;
mod files;
pub mod jobs;
mod migrate;
mod notice;
mod postgres;
mod session;
mod sql;
mod sqlite;
mod statements;
mod store_handle;
mod together;
#[cfg(feature = "trial")]
pub mod trial;
mod value;
mod work;

pub use access::{Read, Write};
pub use engine::{Engine, Location, part_password};
pub use error::{Result, StoreError};
pub use files::{FileError, Files};
pub use migrate::{Migration, Room};
pub use notice::{Notice, hear};
pub use store_handle::Store;
pub use together::{Change, Many, Question};
pub use value::{Col, Row, ToValue, Value};

/// The store's own tables.
pub const ROOM: Room = Room {
    name: "store",
    migrations: &[Migration { number: 1, name: "jobs", sql: include_str!("../migrations/001_jobs.sql") }],
};
