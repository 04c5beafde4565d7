//! The house: those who work here, how they prove who they are, what each may do, and the log of what was done.
//!
//! Everything starts at [`House`]. Whoever passes its door is a [`Viewer`], and a `Viewer` can be had in no other
//! way than by showing a session, a passkey, a password or a token. What a viewer may do is said in one place,
//! `permission.rs`, and printed as a table in `docs/permissions.md`.

mod audit;
mod door;
mod error;
mod handle;
mod limit;
#[cfg(feature = "passkeys")]
mod passkey;
mod password;
mod permission;
mod role;
mod sample;
mod secret;
mod session;
mod settings;
mod sql;
mod staff;
mod token;
mod viewer;

pub use audit::{Act, AuditLine, AuditPage, CHAT, note};
pub use door::{Door, LinkKind, Newcomer};
pub use error::{HouseError, Result};
pub use handle::House;
pub use limit::{ACCOUNT_SIGN_INS, ADDRESS_SIGN_INS, Limit};
#[cfg(feature = "passkeys")]
pub use passkey::{Challenge, Passkeys, StoredPasskey};
pub use password::{LONGEST_PASSWORD, SHORTEST_PASSWORD};
pub use permission::{Permission, Refused, Scope, policy_table};
pub use role::Role;
pub use sample::Colleague;
pub use secret::Secret;
pub use session::{Entered, Session, SignIn};
pub use settings::Settings;
pub use staff::Staff;
pub use token::{ApiToken, NewToken};
pub use viewer::{How, Viewer};

use store::{Migration, Room};

/// The house's own tables.
pub const ROOM: Room = Room {
    name: "house",
    migrations: &[Migration { number: 1, name: "house", sql: include_str!("../migrations/001_house.sql") }],
};
