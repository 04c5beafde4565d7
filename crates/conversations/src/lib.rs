//! The team at its desk: what is answered, by whom, and what shall be said. Nothing here sends; [`outbox`] is where what shall
//! be said waits for whoever hands it over.

mod answering;
mod brief;
mod error;
pub mod outbox;
pub mod presence;
pub mod promises;

pub use answering::{Answer, answer};
pub use brief::{About, Line as BriefLine, brief};
pub use error::{ConversationError, Result};

/// The tables of this room.
pub const ROOM: store::Room = store::Room {
    name: "conversations",
    migrations: &[store::Migration {
        number: 1,
        name: "conversations",
        sql: include_str!("../migrations/001_conversations.sql"),
    }],
};
