//! What one message says, before anybody decides whose it is.

use model::Time;
use serde_json::Value;

use super::Mailbox;

/// What a message says and who it is between.
pub(super) struct Letter {
    pub author: Mailbox,
    pub to: Vec<Mailbox>,
    pub at: Time,
    pub key: String,
    pub thread: String,
    pub title: String,
    pub body: String,
    pub data: Value,
}
