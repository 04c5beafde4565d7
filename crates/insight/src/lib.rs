//! Folds over lives. A [`Life`] is what one person's timeline comes to, condensed to days, amounts and counts; every analysis is a small
//! [`Fold`] that eats lives, and one pass feeds many. Formulas are not here, and nothing here sends.

mod error;
pub mod lives;
pub mod reckoning;
pub mod worth;

pub use error::{InsightError, Result};
pub use lives::{Fold, Life};

/// The tables of this room.
pub const ROOM: store::Room = store::Room {
    name: "insight",
    migrations: &[store::Migration {
        number: 1,
        name: "insight",
        sql: include_str!("../migrations/001_insight.sql"),
    }],
};
