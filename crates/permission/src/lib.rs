//! What each person allows: their word, kept with its proof as moments of their timeline; the addresses at which nothing is welcome; the
//! policy; and from all of it the standing with which the gate is asked. Nothing here sends.

pub mod choosing;
mod error;
mod handing;
mod in_force;
mod point;
pub mod policies;
mod receipt;
mod said;
mod standing;
pub mod stopping;
pub mod suppressed;
pub mod topics;
pub mod visits;
mod wishes;

pub use error::{PermissionError, Result};
pub use gate::{
    ANY, Actor, Cap, Cleared, Decision, Duty, Event, EventKind, Handed, Pause, Policy, Proof, Quiet, Reason,
    Reciprocity, Request, Side, Stance, Standing, table,
};
pub use handing::{Answered, Asked, Word, ask};
pub use in_force::{InForce, wish};
pub use point::Point;
pub use receipt::receipt;
pub use said::{Said, Saying, What, of_person, say};
pub use standing::{Known, known, known_many};
pub use wishes::{Rhythm, Wishes};

/// The tables of this room.
pub const ROOM: store::Room = store::Room {
    name: "permission",
    migrations: &[store::Migration {
        number: 1,
        name: "permission",
        sql: include_str!("../migrations/001_permission.sql"),
    }],
};
