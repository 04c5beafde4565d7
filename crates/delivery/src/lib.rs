//! What comes in, and what is taken along again. A file is read record by record, each record finds its person, and
//! what was understood is kept in the transaction that remembers how far the reading is; so an import that is killed
//! goes on where it stopped, and one that is run twice changes nothing.

mod alarm;
mod alone;
pub mod arriving;
mod aside;
pub mod digesting;
pub mod domains;
mod error;
pub mod exporting;
pub mod forgetting;
pub mod importing;
mod jobs;
mod leaving;
pub mod mailboxes;
pub mod messengers;
pub mod morning;
pub mod pictures;
pub mod retaining;
mod returned;
mod sealing;
pub mod sending;
pub mod signing;
pub mod subscribing;
pub mod taking_along;
pub mod trying;
pub mod visiting;

pub use error::DeliveryError;
pub use jobs::jobs;

/// The tables of this room.
pub const ROOM: store::Room = store::Room {
    name: "delivery",
    migrations: &[
        store::Migration { number: 1, name: "imports", sql: include_str!("../migrations/001_imports.sql") },
        store::Migration {
            number: 2,
            name: "mailboxes",
            sql: include_str!("../migrations/002_mailboxes.sql"),
        },
        store::Migration { number: 3, name: "tokens", sql: include_str!("../migrations/003_tokens.sql") },
        store::Migration {
            number: 4,
            name: "messengers",
            sql: include_str!("../migrations/004_messengers.sql"),
        },
        store::Migration { number: 5, name: "signing", sql: include_str!("../migrations/005_signing.sql") },
        store::Migration { number: 6, name: "domains", sql: include_str!("../migrations/006_domains.sql") },
        store::Migration { number: 7, name: "trials", sql: include_str!("../migrations/007_trials.sql") },
    ],
};
