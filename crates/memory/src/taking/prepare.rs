//! What can be worked out about a fragment before a transaction begins: ids, words, digests.

use std::collections::BTreeSet;

use model::{Fragment, Handle, HandleKind, MomentId, NewMoment, Original, PersonId, ProfileId, search_words};
use serde_json::Value as Json;

use crate::{
    desk,
    naming::{NameWord, RECORD, display_name, name_words},
};

/// Bytes of words kept for each moment; PostgreSQL refuses a word list over one megabyte.
const WORD_BYTES: usize = 400_000;
/// The namespace of our own ids, in exports.
pub(crate) const OURS: &str = "regard";

/// A fragment with all that can be computed without the database.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub(crate) fragment: Fragment,
    pub(crate) profile: ProfileId,
    /// The fragment's own handles and, last, its record handle.
    pub(crate) handles: Vec<Handle>,
    pub(crate) name: Option<String>,
    pub(crate) words: BTreeSet<NameWord>,
    pub(crate) moments: Vec<PreparedMoment>,
    /// Whose it was where it was exported.
    pub(crate) told_of: Option<PersonId>,
}

impl Prepared {
    /// What the source says.
    pub fn fragment(&self) -> &Fragment {
        &self.fragment
    }

    /// The profile that it is.
    pub fn profile(&self) -> ProfileId {
        self.profile
    }

    /// Changes how its moments are told, after they were prepared; what they are known and found by stays.
    pub fn change(&mut self, change: impl FnMut(&mut NewMoment)) {
        self.fragment.moments.iter_mut().for_each(change);
    }

    /// What this fragment would be known by, each as `kind value`.
    pub fn handle_keys(&self) -> impl Iterator<Item = String> + '_ {
        self.handles.iter().map(|handle| format!("{} {}", handle.kind, handle.value))
    }
}

#[derive(Debug, Clone)]
pub(crate) struct PreparedMoment {
    pub(crate) id: MomentId,
    pub(crate) words: String,
}

/// Works out ids and words. Pure, so that it can be done on any thread before the write.
pub fn prepare(fragment: Fragment) -> Prepared {
    let (ours, mut handles): (Vec<Handle>, Vec<Handle>) = fragment
        .handles
        .iter()
        .cloned()
        .partition(|h| h.namespace() == Some(OURS) && h.kind == HandleKind::External);
    let told_of = ours.iter().find_map(|h| h.value[OURS.len() + 1..].parse().ok());
    // In whatever order a source names them, it says the same.
    handles.sort_by(|a, b| (a.kind.as_str(), &a.value).cmp(&(b.kind.as_str(), &b.value)));
    handles.dedup_by(|a, b| a.kind == b.kind && a.value == b.value);
    handles.push(record(&fragment.source, &fragment.key));
    let name = display_name(&fragment.fields);
    let words = name_words(name.as_deref(), &handles);
    let moments = fragment.moments.iter().map(|m| prepare_moment(&fragment.source, m)).collect();
    Prepared { profile: profile_id(&fragment, &handles), name, words, moments, handles, fragment, told_of }
}

fn record(source: &str, key: &str) -> Handle {
    let value = format!("{source}:{key}");
    Handle { kind: HandleKind::Other(RECORD.into()), raw: key.to_owned(), value, verified: false }
}

/// The same source saying the same of somebody is the same profile, however often it says so.
fn profile_id(fragment: &Fragment, handles: &[Handle]) -> ProfileId {
    if let ("desk", Ok(person)) = (fragment.source.as_str(), fragment.key.parse::<PersonId>()) {
        return desk::profile_id(person);
    }
    let said = serde_json::to_vec(&(&fragment.fields, handles)).unwrap_or_default();
    ProfileId::derived(&[fragment.source.as_bytes(), fragment.key.as_bytes(), &said])
}

/// A moment from an export keeps its id; any other is known again by its source and key.
fn prepare_moment(source: &str, moment: &NewMoment) -> PreparedMoment {
    let id = moment.key.parse();
    let id = id.unwrap_or_else(|_| MomentId::derived(&[source.as_bytes(), moment.key.as_bytes()]));
    PreparedMoment { id, words: moment_words(moment) }
}

/// The words under which a moment is found, each once.
fn moment_words(moment: &NewMoment) -> String {
    let text = search_text(&moment.title, &moment.body, &moment.originals, &moment.data);
    let mut words = String::new();
    for word in search_words(&text).into_iter().collect::<BTreeSet<_>>() {
        if words.len() + word.len() >= WORD_BYTES {
            break;
        }
        words.push_str(&word);
        words.push(' ');
    }
    words
}

/// What of a moment is searched: what was said, and what things are called.
pub(crate) fn search_text(title: &str, body: &str, originals: &[Original], data: &Json) -> String {
    let mut text = format!("{title}\n{body}");
    for name in originals.iter().map(|o| o.name.as_str()).chain(item_names(data)) {
        text.push('\n');
        text.push_str(name);
    }
    text
}

fn item_names(data: &Json) -> impl Iterator<Item = &str> {
    let items: &[Json] = data.get("items").and_then(Json::as_array).map_or(&[], Vec::as_slice);
    items.iter().filter_map(|item| item.get("name").and_then(Json::as_str))
}
