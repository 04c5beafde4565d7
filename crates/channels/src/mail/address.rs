//! Mailboxes in headers.

use mail_parser::{Address, Message};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::headers;

/// Characters of a display name: a name is not a novel.
const NAME: usize = 200;

/// A name and an address, as a header has them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailbox {
    /// What they call themselves, where the header says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The address, as it was written.
    pub address: String,
}

/// All mailboxes of a header, groups opened; entries without an address are left out.
pub(super) fn all(header: Option<&Address<'_>>) -> Vec<Mailbox> {
    let addresses = header.into_iter().flat_map(Address::iter);
    addresses.filter_map(|entry| mailbox(entry.name(), entry.address()?)).collect()
}

/// Who wrote it: the first mailbox of From, else Sender.
pub(super) fn author(message: &Message<'_>) -> Option<Mailbox> {
    let named = |header| all(header).into_iter().find(|mailbox| mailbox.address.contains('@'));
    named(message.from())
        .or_else(|| headers::get(message, "From").and_then(|from| disguised(&from)))
        .or_else(|| named(message.sender()))
        .or_else(|| all(message.from()).into_iter().next())
}

/// A mailbox, cleaned of what no name or address has; nothing if no address is left.
pub(super) fn mailbox(name: Option<&str>, address: &str) -> Option<Mailbox> {
    let address = clean(address).trim_matches(['<', '>', '\'', '"', ' ']).to_owned();
    let name = name
        .map(clean)
        .map(|name| name.trim_matches(['\'', '"', ' ']).chars().take(NAME).collect::<String>());
    let name = name.filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case(&address));
    (!address.is_empty()).then_some(Mailbox { name, address })
}

fn clean(text: &str) -> String {
    text.nfc().filter(|c| !c.is_control()).collect()
}

/// `ann at example.com (Ann Smith)`: how list archives hide addresses from harvesters.
fn disguised(from: &str) -> Option<Mailbox> {
    let (address, name) = from.split_once('(').unwrap_or((from, ""));
    let (local, domain) = address.trim().split_once(" at ")?;
    let fits = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace);
    let name = name.trim().trim_end_matches(')');
    (fits(local) && fits(domain)).then(|| mailbox(Some(name), &format!("{local}@{domain}")))?
}
