//! A letter as what its sender said to us, or what we said to each of its recipients.

use std::collections::BTreeSet;

use model::{Channel, Direction, Fields, Fragment, Handle, Kind, NewMoment, Original};

use super::{Mailbox, Ours, letter::Letter};
use crate::File;

/// Where all mail comes from, so that one address is one profile whatever archive it was met in.
const SOURCE: &str = "mail";

/// Why a letter among ourselves is nobody's.
pub const INSIDE: &str = "we wrote it, and to nobody outside: it belongs to no person";

/// The fragments of a letter. Nobody becomes a person by being copied in. A report is heard even when our own mail
/// server wrote it under our domain, as Exchange does.
pub(super) fn of(letter: Letter, file: &File, ours: &Ours) -> Result<Vec<Fragment>, String> {
    if !ours.has(&letter.author.address) || letter.data.get("report").is_some() {
        let key = letter.key.clone();
        return Ok(vec![fragment(&letter, &letter.author, Direction::Heard, key, file)]);
    }
    let mut met = BTreeSet::new();
    let others = letter.to.iter().filter(|mailbox| !ours.has(&mailbox.address));
    let others = others.filter(|mailbox| met.insert(mailbox.address.to_lowercase()));
    // Each recipient's copy is a moment of its own.
    let said = others.map(|mailbox| {
        let key = format!("{} to {}", letter.key, mailbox.address.to_lowercase());
        fragment(&letter, mailbox, Direction::Said, key, file)
    });
    let fragments: Vec<Fragment> = said.collect();
    match fragments.is_empty() {
        true => Err(INSIDE.into()),
        false => Ok(fragments),
    }
}

fn fragment(letter: &Letter, whom: &Mailbox, direction: Direction, key: String, file: &File) -> Fragment {
    let mut fields = Fields::new();
    fields.extend(whom.name.clone().map(|name| ("name".to_owned(), name)));
    let handle = Handle::email(&whom.address).ok();
    if handle.is_none() {
        fields.insert("email".into(), whom.address.clone());
    }
    let moment = NewMoment {
        key,
        at: letter.at,
        kind: Kind::Email,
        channel: Channel::Email,
        direction,
        account: None,
        by: None,
        thread: Some(letter.thread.clone()),
        title: letter.title.clone(),
        body: letter.body.clone(),
        data: letter.data.clone(),
        originals: vec![Original {
            digest: file.digest.clone(),
            name: "message.eml".into(),
            media_type: "message/rfc822".into(),
            size: file.bytes.len() as u64,
        }],
    };
    Fragment {
        source: SOURCE.into(),
        key: handle.as_ref().map_or_else(|| whom.address.to_lowercase(), |handle| handle.value.clone()),
        seen_at: letter.at,
        fields,
        handles: handle.into_iter().collect(),
        roles: Vec::new(),
        moments: vec![moment],
    }
}
