//! What a person reads of themselves: apart what they told, what happened, and what we made of it. Its form is written down in
//! docs/schema, and lies beside it.

use std::collections::HashMap;

use memory::people::{Person, Why};
use model::{AccountId, Direction, Fields, Kind, Moment, PersonId, ProfileId, Time};
use serde::Serialize;
use serde_json::{Value, json};
use store::Read;

use super::place;
use crate::DeliveryError;

/// `person.json`.
#[derive(Serialize)]
pub(super) struct Told<'a> {
    format: &'static str,
    id: PersonId,
    name: &'a str,
    known_since: Time,
    first_met: Option<Time>,
    last_met: Option<Time>,
    told: Vec<Field<'a>>,
    entered: Vec<Field<'a>>,
    handles: Vec<Value>,
    roles: Vec<Value>,
    sources: Vec<Source<'a>>,
    channels: Vec<Value>,
}

#[derive(Serialize)]
struct Field<'a> {
    field: &'a str,
    value: &'a str,
    source: &'a str,
    at: Time,
    counts: bool,
}

#[derive(Serialize)]
struct Source<'a> {
    source: &'a str,
    key: &'a str,
    said_at: Time,
    taken_in_at: Time,
    fields: &'a Fields,
}

impl<'a> Told<'a> {
    pub(super) fn of(person: &'a Person) -> Self {
        let (told, entered) = fields(person).partition(|(why, _)| why.standing == "said");
        let bare = |all: Vec<(&Why, Field<'a>)>| all.into_iter().map(|(_, field)| field).collect();
        let by_profile: HashMap<ProfileId, &str> =
            person.sources.iter().map(|it| (it.profile, it.source.as_str())).collect();
        let handles = person.handles.iter().map(|it| {
            let source = by_profile.get(&it.profile).copied().unwrap_or_default();
            json!({ "kind": it.handle.kind, "value": it.handle.value, "as_written": it.handle.raw,
                    "proven": it.handle.verified, "since": it.seen_at, "source": source })
        });
        let roles = person.roles.iter().map(|it| {
            json!({ "account": it.account_name, "account_kind": it.account_kind, "role": it.role,
                    "since": it.since, "until": it.until })
        });
        let channels = person.channels.iter();
        let channels = channels
            .map(|(channel, at, moments)| json!({ "channel": channel, "last_met": at, "moments": moments }));
        Self {
            format: "regard person 1",
            id: person.id,
            name: &person.name,
            known_since: person.created_at,
            first_met: person.first_at,
            last_met: person.last_at,
            told: bare(told),
            entered: bare(entered),
            handles: handles.collect(),
            roles: roles.collect(),
            sources: person.sources.iter().map(source).collect(),
            channels: channels.collect(),
        }
    }
}

fn source(it: &memory::people::Source) -> Source<'_> {
    Source {
        source: &it.source,
        key: &it.key,
        said_at: it.seen_at,
        taken_in_at: it.recorded_at,
        fields: &it.fields,
    }
}

/// Every value of every field, with why it is known.
fn fields(person: &Person) -> impl Iterator<Item = (&Why, Field<'_>)> {
    person.known.iter().flat_map(|(field, known)| {
        let first = std::iter::once((&known.value, &known.why, true));
        let others = known.others.iter().map(|(value, why)| (value, why, false));
        first.chain(others).map(move |(value, why, counts)| {
            (why, Field { field, value, source: &why.source, at: why.at, counts })
        })
    })
}

/// `inferred.json`.
pub(super) fn inferred(db: &mut Read<'_>, person: &Person) -> Result<Value, DeliveryError> {
    let between = conversations::between(db, person.id)?;
    let joined = person.merges.iter().map(|it| json!({ "at": it.at, "reason": it.reason }));
    let found = person.sources.iter();
    let found = found
        .map(|it| json!({ "source": it.source, "key": it.key, "found_by": it.matched }))
        .collect::<Vec<_>>();
    Ok(json!({
        "format": "regard inferred 1",
        "id": person.id,
        "about": "Not part of what you gave us: what we worked out from it.",
        "relationship": {
            "kind": person.kind, "moments": person.moments, "heard": person.heard,
            "waits_since": person.waits_since, "set_aside_until": person.set_aside_until,
            "they_began": between.they_began, "we_began": between.we_began,
            "our_wait_seconds": between.our_wait, "their_wait_seconds": between.their_wait,
            "spoke_in_vain": between.in_vain,
        },
        "joined": joined.collect::<Vec<_>>(),
        "sources_found_by": found,
    }))
}

/// Whether a moment is between them and us, and not only written down among ourselves.
pub(super) fn is_between(moment: &Moment) -> bool {
    moment.direction != Direction::Noted && moment.kind != Kind::Note
}

/// A moment as one line.
pub(super) fn moment(it: &Moment, accounts: &HashMap<AccountId, String>) -> Value {
    let files = it.originals.iter().map(|file| {
        json!({ "name": file.name, "media_type": file.media_type, "bytes": file.size, "lies_at": place(&file.digest) })
    });
    json!({
        "id": it.id, "at": it.at, "kind": it.kind, "channel": it.channel, "direction": it.direction,
        "account": it.account.and_then(|id| accounts.get(&id)), "thread": it.thread,
        "title": it.title, "text": it.body, "data": it.data, "files": files.collect::<Vec<_>>(),
    })
}
