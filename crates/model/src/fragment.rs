//! Fragments: what one source says about somebody. Everything that comes in - an imported row, a mail's
//! sender, a note on the desk - is a fragment with the moments it tells of; the memory finds whose it is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Channel, Direction, Handle, Kind, Original, StaffId, Time};

/// What is known of somebody, by the name of the field (`name`, `company`, `birthday`, or the organisation's own).
pub type Fields = BTreeMap<String, String>;

/// What one source says about somebody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fragment {
    /// Where it comes from: `mail`, `desk`, or the name of an import such as `people.csv`.
    pub source: String,
    /// What marks it within its source: a row's number or key, a vCard's UID, a mailbox. The same source and key
    /// always lead to the same person.
    pub key: String,
    /// When the source said so.
    pub seen_at: Time,
    /// What it says.
    pub fields: Fields,
    /// How to reach or recognise them.
    pub handles: Vec<Handle>,
    /// What they are to which organisation or household.
    #[serde(default)]
    pub roles: Vec<RoleClaim>,
    /// What happened.
    #[serde(default)]
    pub moments: Vec<NewMoment>,
}

impl Fragment {
    /// The digests of all files that it names: the originals of its moments, and what its fields hold.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        let originals = self.moments.iter().flat_map(|moment| &moment.originals);
        originals.map(|original| original.digest.as_str()).chain(self.field_files())
    }

    /// The digests of the files that its fields hold: a photo, a key.
    pub fn field_files(&self) -> impl Iterator<Item = &str> {
        self.fields.values().filter_map(|value| file_digest(value))
    }
}

/// The digest of the file that a field holds, if it holds one: written `file:` and the SHA-256 in hexadecimal.
pub fn file_digest(value: &str) -> Option<&str> {
    let is_digest = |d: &&str| d.len() == 64 && d.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    value.strip_prefix("file:").filter(is_digest)
}

/// What kind of picture the bytes are, as a media type, by how they begin; nothing of what can run scripts.
pub fn picture(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// A role that somebody is said to play on an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleClaim {
    /// The organisation or household, by name.
    pub account: String,
    /// `organisation` or `household`.
    pub account_kind: String,
    /// `uses`, `buys`, `decides`, `champions`, `influences`, `pays`, `supplies`, `regulates`, `works_at`, or the
    /// organisation's own word.
    pub role: String,
    /// Since when, where it is known.
    pub since: Option<Time>,
    /// Until when, where it has ended.
    pub until: Option<Time>,
}

/// A moment that is not yet anybody's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewMoment {
    /// What marks it within its source (a Message-ID, an order number, a row's digest): told twice, it is kept once.
    pub key: String,
    /// When it happened.
    pub at: Time,
    /// What sort of thing.
    pub kind: Kind,
    /// Through what.
    pub channel: Channel,
    /// Who spoke or acted.
    pub direction: Direction,
    /// The organisation or household it was for, by name.
    #[serde(default)]
    pub account: Option<String>,
    /// Which of us.
    #[serde(default)]
    pub by: Option<StaffId>,
    /// What it belongs together with.
    #[serde(default)]
    pub thread: Option<String>,
    /// A line that says what it was.
    pub title: String,
    /// What was said, to the letter.
    pub body: String,
    /// What only this kind has.
    #[serde(default)]
    pub data: Value,
    /// The files it came with, already kept.
    #[serde(default)]
    pub originals: Vec<Original>,
}
