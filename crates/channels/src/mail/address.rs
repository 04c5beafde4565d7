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
    let address = unquoted(clean(address).trim_matches(['<', '>', ' '])).to_owned();
    let name = name
        .map(clean)
        .map(|name| name.trim_matches(['\'', '"', ' ']).chars().take(NAME).collect::<String>());
    // The parser takes a quoted local part without brackets for a name: `"ann smith"@x`.
    if let Some(local) = name.as_ref().filter(|local| address.starts_with('@') && !local.is_empty()) {
        return Some(Mailbox { name: None, address: format!("\"{local}\"{address}") });
    }
    let name = name.filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case(&address));
    (!address.is_empty()).then_some(Mailbox { name, address })
}

/// Without the quotes around all of it, and without a route (RFC 5322, 4.4: `@relay,@hub:ann@x`); quotes around its
/// local part belong to it.
fn unquoted(address: &str) -> &str {
    let route = address.starts_with('@').then(|| address.rsplit_once(':')).flatten();
    let address = route.map_or(address, |(_, last)| last);
    match address.starts_with('"') && address.contains("\"@") {
        true => address,
        false => address.trim_matches(['\'', '"', ' ', '<', '>']),
    }
}

/// A sender without an address: somebody of the same machine, or a mail server that says no more than its name.
pub(super) fn nameless(message: &Message<'_>) -> Option<Mailbox> {
    let from = headers::get(message, "From")?;
    let Some((name, _)) = from.split_once("<>") else {
        return (!from.contains([' ', '<', '>', '@'])).then(|| mailbox(None, &from))?;
    };
    let id = headers::get(message, "Message-ID")?;
    let domain = id.rsplit_once('@')?.1.trim_end_matches('>');
    mailbox(Some(name), &format!("mailer-daemon@{domain}"))
}

fn clean(text: &str) -> String {
    let words = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    words.nfc().filter(|c| !c.is_control()).collect()
}

/// `ann at example.com (Ann Smith)`: how list archives hide addresses from harvesters.
fn disguised(from: &str) -> Option<Mailbox> {
    let (address, name) = from.split_once('(').unwrap_or((from, ""));
    let (local, domain) = address.trim().split_once(" at ")?;
    let fits = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace);
    let name = name.trim().trim_end_matches(')');
    (fits(local) && fits(domain)).then(|| mailbox(Some(name), &format!("{local}@{domain}")))?
}
