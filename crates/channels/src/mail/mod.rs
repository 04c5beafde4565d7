//! Mail: archives (mbox in its dialects, Maildir, folders of .eml) and single messages, as they are and not
//! as the standards would have them. A message becomes what its sender said to us, or what we said to each
//! recipient; the raw message always comes along as a file.

mod address;
mod answer;
mod automatic;
mod body;
mod bounce;
mod charset;
mod compose;
mod dkim;
mod elsewhere;
mod flowed;
mod fragments;
mod headers;
mod ids;
pub mod imap;
mod layout;
mod letter;
mod maildir;
mod mark;
mod mbox;
mod message;
pub mod oauth;
mod parts;
mod quote;
pub mod records;
mod repair;
mod report;
mod rtf;
mod server;
pub mod smtp;
mod structure;
mod tnef;
mod verdict;
mod when;
mod winmail;
mod write;

use model::Time;

pub use address::Mailbox;
pub use answer::{Answered, Recipients, bare_subject};
pub use compose::{ComposeError, Enclosed, Outgoing};
pub use dkim::{NewKey, Signer, SigningError, new_key};
pub use fragments::INSIDE;
pub use maildir::Maildir;
pub use mark::Marks;
pub use mbox::Mbox;
pub use parts::{Looks, Part, attachment, html, pictures};
pub use server::{LineError, Proof, Security, Server};
pub use verdict::verdict;
pub use write::write_mbox;

use crate::{Context, Heard, Place};

/// Bytes a message may have: what mail servers let through, with room to spare.
pub const MESSAGE_LIMIT: usize = 64 * 1024 * 1024;

/// Our own addresses: what they write, we said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ours {
    addresses: Vec<String>,
    domains: Vec<String>,
}

impl Ours {
    /// From addresses such as `ann@acme.example` and whole domains such as `acme.example`.
    pub fn new<'a>(list: impl IntoIterator<Item = &'a str>) -> Self {
        let all = list.into_iter().map(|entry| entry.trim().trim_start_matches('@').to_lowercase());
        let (addresses, domains) =
            all.filter(|entry| !entry.is_empty()).partition(|entry| entry.contains('@'));
        Self { addresses, domains }
    }

    /// Whether this address is one of ours, or at a domain of ours.
    pub fn has(&self, address: &str) -> bool {
        let address = address.trim().to_lowercase();
        let domain = address.rsplit_once('@').map(|(_, domain)| domain);
        self.addresses.contains(&address)
            || domain.is_some_and(|domain| self.domains.iter().any(|d| d == domain))
    }
}

/// What an archive says of a message from outside of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Envelope {
    /// Who handed it over.
    pub sender: Option<String>,
    /// When it arrived.
    pub at: Option<Time>,
    /// When the message before it in the archive was written.
    pub before: Option<Time>,
}

/// Reads one message as it came from a mailbox. What was said to us was said when our own server received it: a sender's clock may
/// be wrong, and a mail that was long on its way must not count as answered by what we said meanwhile.
pub fn one(raw: Vec<u8>, ours: &Ours, context: &Context) -> Heard {
    let desk = Desk { ours: ours.clone(), context: context.clone(), live: true };
    message::hear(raw, Place::default(), &Envelope::default(), &desk).0
}

/// What it takes to read a message.
pub(crate) struct Desk {
    pub ours: Ours,
    pub context: Context,
    /// Whether the message just came, rather than out of an archive.
    pub live: bool,
}

#[cfg(test)]
mod tests;
