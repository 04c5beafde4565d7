//! Folds over lives. A [`Life`] is what one person's timeline comes to, condensed to days, amounts and counts; every analysis is a small
//! [`Fold`] that eats lives, and one pass feeds many. Formulas are in `figures`, and nothing here sends.

pub mod came;
pub mod coming;
mod error;
pub mod fairness;
pub mod health;
pub mod kinds;
pub mod lives;
pub mod loyalty;
mod middle;
pub mod period;
pub mod prices;
pub mod profit;
pub mod purse;
pub mod reckoning;
pub mod retention;
mod words;
pub mod worth;

pub use error::{InsightError, Result};
pub use lives::{Fold, Life};

/// The tables of this room.
pub const ROOM: store::Room = store::Room {
    name: "insight",
    migrations: &[
        store::Migration { number: 1, name: "insight", sql: include_str!("../migrations/001_insight.sql") },
        store::Migration { number: 2, name: "lives", sql: include_str!("../migrations/002_lives.sql") },
    ],
};
