//! The team at its desk: what is answered, by whom, and what shall be said. Nothing here sends; [`outbox`] is where what shall
//! be said waits for whoever hands it over.

mod acts;
mod answering;
pub mod attention;
mod between;
mod brief;
pub mod clearing;
pub mod daily;
pub mod digests;
pub mod drafts;
mod error;
mod following;
pub mod goodwill;
mod lines;
pub mod links;
mod lived_up;
pub mod outbox;
pub mod peace;
pub mod pieces;
pub mod presence;
pub mod promises;
pub mod refusals;
pub mod replies;
pub mod retaining;
mod seal;
pub mod sites;
pub mod speaking;
pub mod talks;
pub mod telling;

pub use answering::{Answer, Reply, answer, reply};
pub use between::between;
pub use brief::{About, Line as BriefLine, brief};
pub use error::{ConversationError, Result};
pub use following::{Followed, followed};
pub use lived_up::{LivedUp, lived_up};

/// The tables of this room.
pub const ROOM: store::Room = store::Room {
    name: "conversations",
    migrations: &[
        store::Migration {
            number: 1,
            name: "conversations",
            sql: include_str!("../migrations/001_conversations.sql"),
        },
        store::Migration { number: 2, name: "goodwill", sql: include_str!("../migrations/002_goodwill.sql") },
        store::Migration { number: 3, name: "daily", sql: include_str!("../migrations/003_daily.sql") },
        store::Migration { number: 4, name: "noes", sql: include_str!("../migrations/004_noes.sql") },
        store::Migration { number: 5, name: "writing", sql: include_str!("../migrations/005_writing.sql") },
        store::Migration { number: 6, name: "talks", sql: include_str!("../migrations/006_talks.sql") },
        store::Migration {
            number: 7,
            name: "messengers",
            sql: include_str!("../migrations/007_messengers.sql"),
        },
        store::Migration { number: 8, name: "stops", sql: include_str!("../migrations/008_stops.sql") },
        store::Migration {
            number: 9,
            name: "attention",
            sql: include_str!("../migrations/009_attention.sql"),
        },
        store::Migration { number: 10, name: "apps", sql: include_str!("../migrations/010_apps.sql") },
        store::Migration { number: 11, name: "gate", sql: include_str!("../migrations/011_gate.sql") },
        store::Migration { number: 12, name: "digests", sql: include_str!("../migrations/012_digests.sql") },
        store::Migration { number: 13, name: "indexes", sql: include_str!("../migrations/013_indexes.sql") },
        store::Migration {
            number: 14,
            name: "speaking",
            sql: include_str!("../migrations/014_speaking.sql"),
        },
    ],
};
