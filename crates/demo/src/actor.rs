//! Who speaks in a tale, and where mail to the shop goes.

use crate::place::DOMAIN;

/// Who somebody is, as far as their moments need it.
#[derive(Debug, Clone, Default)]
pub struct Actor {
    /// A short name that nobody else has; part of every key.
    pub slug: String,
    /// Their whole name, if it is known.
    pub name: String,
    /// What letters call them.
    pub first: String,
    /// The address they write from.
    pub address: Option<String>,
    /// What stands under their mails.
    pub sign: String,
    /// The language they write in.
    pub language: String,
    /// For whom they act.
    pub account: Option<String>,
    /// Which of us usually answers them.
    pub staff: String,
    /// Where they live.
    pub city: String,
}

/// The mailbox that shop mail goes to.
pub fn desk_address() -> String {
    format!("hello@{DOMAIN}")
}
