//! People as programs see them.

use std::collections::BTreeMap;

use memory::people::{self, Line};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::shapes::{Key, When};

/// A person in a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct PersonLine {
    id: Key,
    /// Their name, or the address that stands for one.
    name: String,
    /// Whether the name is one.
    named: bool,
    /// The kind of the relationship: `address`, `wave`, `acquaintance`, `regular`.
    kind: String,
    /// Their last moment.
    last_at: Option<When>,
    /// How many moments.
    moments: i64,
    /// How many of them came from them.
    heard: i64,
}

impl From<Line> for PersonLine {
    fn from(line: Line) -> Self {
        let Line { id, name, named, kind, last_at, moments, heard, cursor: _ } = line;
        Self { id: id.into(), name, named, kind, last_at: last_at.map(When), moments, heard }
    }
}

/// Everything known of one person, each value with its source.
#[derive(Serialize, ToSchema)]
pub(crate) struct Person {
    id: Key,
    /// The id that was asked for, if they go by another since they were joined.
    redirected_from: Option<Key>,
    /// Their name, or the address that stands for one.
    name: String,
    /// Whether the name is one.
    named: bool,
    /// The kind of the relationship: `address`, `wave`, `acquaintance`, `regular`.
    kind: String,
    /// When we came to know of them.
    created_at: When,
    /// Their first moment.
    first_at: Option<When>,
    /// Their last moment.
    last_at: Option<When>,
    /// How many moments.
    moments: i64,
    /// How many of them came from them.
    heard: i64,
    /// Since when they wait for a word from us.
    waits_since: Option<When>,
    /// Who of us looks after them.
    keeper: Option<Key>,
    /// Until when the team set them aside.
    set_aside_until: Option<When>,
    /// What is known, by field.
    known: BTreeMap<String, Known>,
    /// How to reach them.
    handles: Vec<Claim>,
    /// What they are to whom.
    roles: Vec<Role>,
    /// Where we know them from.
    sources: Vec<Source>,
    /// By which channels we met, the latest first.
    channels: Vec<Met>,
    /// The joinings that made this one person, which can be undone.
    merges: Vec<Merge>,
}

impl Person {
    /// A person asked for by an id that led to them.
    pub(crate) fn asked_as(person: people::Person, asked: model::PersonId) -> Self {
        Self {
            redirected_from: (person.id != asked).then(|| asked.into()),
            id: person.id.into(),
            name: person.name,
            named: person.named,
            kind: person.kind,
            created_at: person.created_at.into(),
            first_at: person.first_at.map(When),
            last_at: person.last_at.map(When),
            moments: person.moments,
            heard: person.heard,
            waits_since: person.waits_since.map(When),
            keeper: person.keeper.map(Into::into),
            set_aside_until: person.set_aside_until.map(When),
            known: person.known.into_iter().map(|(field, known)| (field, known.into())).collect(),
            handles: person.handles.into_iter().map(Into::into).collect(),
            roles: person.roles.into_iter().map(Into::into).collect(),
            sources: person.sources.into_iter().map(Into::into).collect(),
            channels: person.channels.into_iter().map(Into::into).collect(),
            merges: person.merges.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<people::Person> for Person {
    fn from(person: people::Person) -> Self {
        let id = person.id;
        Self::asked_as(person, id)
    }
}

/// A value, why it is this one, and what else was said.
#[derive(Serialize, ToSchema)]
struct Known {
    /// The value that counts.
    value: String,
    why: Why,
    /// Other values, the next best first.
    others: Vec<Said>,
}

/// A value that does not count, and where it comes from.
#[derive(Serialize, ToSchema)]
struct Said {
    value: String,
    why: Why,
}

/// Where a value comes from.
#[derive(Serialize, ToSchema)]
struct Why {
    /// `entered` by hand, or `said` by a source.
    standing: String,
    /// The source, where a source said it.
    source: String,
    /// Who entered it.
    by: Option<Key>,
    /// When.
    at: When,
}

impl From<people::Known> for Known {
    fn from(known: people::Known) -> Self {
        let said = |(value, why): (String, people::Why)| Said { value, why: why.into() };
        Self {
            value: known.value,
            why: known.why.into(),
            others: known.others.into_iter().map(said).collect(),
        }
    }
}
impl From<people::Why> for Why {
    fn from(why: people::Why) -> Self {
        let people::Why { standing, source, by, at } = why;
        Self { standing: standing.to_owned(), source, by: by.map(Into::into), at: at.into() }
    }
}

/// A way to reach or recognise somebody.
#[derive(Serialize, ToSchema)]
struct Claim {
    /// `email`, `phone`, `social`, `device`, `external`.
    kind: String,
    /// The normal form, in which handles are compared.
    value: String,
    /// As it was written at the source.
    raw: String,
    /// Whether the person proved that it is theirs.
    verified: bool,
    /// Since when we know.
    seen_at: When,
    /// Other people hold it too.
    shared: bool,
    /// What the team set: `blocked` or `shared`.
    guard: Option<String>,
    /// Which source claims it.
    profile: Key,
}

impl From<people::Claim> for Claim {
    fn from(claim: people::Claim) -> Self {
        let people::Claim { handle, seen_at, shared, guard, profile } = claim;
        let model::Handle { kind, value, raw, verified } = handle;
        let (kind, seen_at, profile) = (kind.into(), seen_at.into(), profile.into());
        Self { kind, value, raw, verified, seen_at, shared, guard, profile }
    }
}

/// A source: what one place says of somebody.
#[derive(Serialize, ToSchema)]
struct Source {
    /// Its id, for splitting it off.
    profile: Key,
    /// Whose it is when nothing is joined.
    home: Key,
    /// Where it comes from: `mail`, `desk`, the name of an import or of a program.
    source: String,
    /// What marks it there.
    key: String,
    /// When the source said so.
    seen_at: When,
    /// When we took it in.
    recorded_at: When,
    /// What it says.
    fields: BTreeMap<String, String>,
    /// By which rule it came to this person.
    matched: Value,
}

impl From<people::Source> for Source {
    fn from(it: people::Source) -> Self {
        Self {
            profile: it.profile.into(),
            home: it.home.into(),
            source: it.source,
            key: it.key,
            seen_at: it.seen_at.into(),
            recorded_at: it.recorded_at.into(),
            fields: it.fields,
            matched: it.matched,
        }
    }
}

/// A channel by which we met.
#[derive(Serialize, ToSchema)]
struct Met {
    channel: String,
    /// Last.
    last_at: When,
    /// How many moments.
    moments: i64,
}

impl From<(model::Channel, model::Time, i64)> for Met {
    fn from((channel, at, moments): (model::Channel, model::Time, i64)) -> Self {
        Self { channel: channel.into(), last_at: at.into(), moments }
    }
}

/// A joining that can be undone.
#[derive(Serialize, ToSchema)]
struct Merge {
    id: Key,
    /// One side, as it was named.
    one: Key,
    /// The other side.
    other: Key,
    /// Why.
    reason: String,
    at: When,
    /// Who said so.
    by: Option<Key>,
}

impl From<people::Merge> for Merge {
    fn from(it: people::Merge) -> Self {
        let (id, one, other) = (it.id.into(), it.one.into(), it.other.into());
        Self { id, one, other, reason: it.reason, at: it.at.into(), by: it.by.map(Into::into) }
    }
}

/// What a person is to an organisation or household.
#[derive(Serialize, ToSchema)]
pub(crate) struct Role {
    id: Key,
    person: Key,
    person_name: String,
    account: Key,
    account_name: String,
    /// `organisation` or `household`.
    account_kind: String,
    /// `uses`, `buys`, `decides`, `champions`, `influences`, `pays`, `supplies`, `regulates`, or another word.
    role: String,
    since: Option<When>,
    /// Until when, if it ended.
    until: Option<When>,
}

impl From<memory::accounts::Role> for Role {
    fn from(it: memory::accounts::Role) -> Self {
        Self {
            id: it.id.into(),
            person: it.person.into(),
            person_name: it.person_name,
            account: it.account.into(),
            account_name: it.account_name,
            account_kind: it.account_kind,
            role: it.role,
            since: it.since.map(When),
            until: it.until.map(When),
        }
    }
}
