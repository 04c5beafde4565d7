//! One person: everything known, each value with its source.

use std::collections::{BTreeMap, BTreeSet};

use model::{Channel, Fields, Handle, HandleKind, MergeId, PersonId, ProfileId, StaffId, Time, fold};
use serde::Serialize;
use serde_json::Value as Json;
use store::{Read, ToValue, Value, Write, params};

use super::sql;
use crate::{
    MemoryError, Result,
    accounts::{self, Role},
    naming::{self, NameWord},
    whereabouts,
};

/// A person as the team knows them.
#[derive(Debug, Clone, Serialize)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// Their name, or the address that stands for one.
    pub name: String,
    /// Whether the name is one.
    pub named: bool,
    /// The kind of the relationship: `address`, `wave`, `acquaintance`, `regular`.
    pub kind: String,
    /// When we came to know of them.
    pub created_at: Time,
    /// Their first moment.
    pub first_at: Option<Time>,
    /// Their last moment; nothing if there is none.
    pub last_at: Option<Time>,
    /// How many moments.
    pub moments: i64,
    /// How many of them came from them.
    pub heard: i64,
    /// Since when they wait for a word from us.
    pub waits_since: Option<Time>,
    /// Who of us looks after them.
    pub keeper: Option<StaffId>,
    /// Until when the team set them aside.
    pub set_aside_until: Option<Time>,
    /// What is known, by field.
    pub known: BTreeMap<String, Known>,
    /// How to reach them.
    pub handles: Vec<Claim>,
    /// What they are to whom.
    pub roles: Vec<Role>,
    /// Where we know them from.
    pub sources: Vec<Source>,
    /// By which channels we met, the latest first.
    pub channels: Vec<(Channel, Time, i64)>,
    /// The joinings that made this one person, which can be undone.
    pub merges: Vec<Merge>,
}

/// A value, why it is this one, and what else was said.
#[derive(Debug, Clone, Serialize)]
pub struct Known {
    /// The value that counts.
    pub value: String,
    /// Where it comes from.
    pub why: Why,
    /// Other values, the next best first.
    pub others: Vec<(String, Why)>,
}

/// Why a value counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Why {
    /// `entered` by hand, or `said` by a source.
    pub standing: &'static str,
    /// The source, where a source said it.
    pub source: String,
    /// Who entered it.
    pub by: Option<StaffId>,
    /// When.
    pub at: Time,
}

/// A handle and what is known of it.
#[derive(Debug, Clone, Serialize)]
pub struct Claim {
    /// The handle.
    pub handle: Handle,
    /// Since when we know.
    pub seen_at: Time,
    /// Other people hold it too.
    pub shared: bool,
    /// What the team set: `blocked` or `shared`.
    pub guard: Option<String>,
    /// Which fragment claims it.
    pub profile: ProfileId,
}

/// A source fragment.
#[derive(Debug, Clone, Serialize)]
pub struct Source {
    /// Its id.
    pub profile: ProfileId,
    /// Whose it is when nothing is joined.
    pub home: PersonId,
    /// Where it comes from.
    pub source: String,
    /// What marks it there.
    pub key: String,
    /// When the source said so.
    pub seen_at: Time,
    /// When we took it in.
    pub recorded_at: Time,
    /// What it says.
    pub fields: Fields,
    /// By which rule it came to this person.
    pub matched: Json,
}

/// A joining that can be undone.
#[derive(Debug, Clone, Serialize)]
pub struct Merge {
    /// Its id.
    pub id: MergeId,
    /// One side, as it was named.
    pub one: PersonId,
    /// The other side.
    pub other: PersonId,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Time,
    /// By whom.
    pub by: Option<StaffId>,
}

/// Everything known of one person.
pub fn person(db: &mut Read<'_>, id: PersonId) -> Result<Person> {
    let id = whereabouts::current(db, id)?;
    let sources = sources(db, id)?;
    let known = compute(&sources, &entries(db, id)?);
    let row = db.first(sql::PERSON, params![id], |row| {
        Ok(Person {
            id,
            created_at: row.get(1)?,
            name: row.get(2)?,
            named: row.get(3)?,
            kind: row.get(4)?,
            first_at: row.get(5)?,
            last_at: row.get::<Option<Time>>(6)?,
            moments: row.get(7)?,
            heard: row.get(8)?,
            waits_since: row.get(9)?,
            keeper: row.get(10)?,
            set_aside_until: row.get(11)?,
            known: BTreeMap::new(),
            handles: Vec::new(),
            roles: Vec::new(),
            sources: Vec::new(),
            channels: Vec::new(),
            merges: Vec::new(),
        })
    })?;
    let mut person = row.ok_or(MemoryError::NobodyHere(id))?;
    person.last_at = person.last_at.filter(|_| person.moments > 0);
    person.handles = handles(db, id)?;
    person.roles = accounts::roles_of(db, id)?;
    person.channels =
        db.rows(sql::CHANNELS, params![id], |row| Ok((row.parse(0)?, row.get(1)?, row.get(2)?)))?;
    person.merges = merges(db, &sources)?;
    person.known = known;
    person.sources = sources;
    Ok(person)
}

fn sources(db: &mut Read<'_>, id: PersonId) -> Result<Vec<Source>> {
    Ok(db.rows(sql::PROFILES, params![id], |row| {
        Ok(Source {
            profile: row.get(0)?,
            home: row.get(1)?,
            source: row.get(2)?,
            key: row.get(3)?,
            seen_at: row.get(4)?,
            recorded_at: row.get(5)?,
            fields: row.json(6)?,
            matched: row.json(7)?,
        })
    })?)
}

/// The handles that people see: one line for each value, record keys left out.
fn handles(db: &mut Read<'_>, id: PersonId) -> Result<Vec<Claim>> {
    let mut seen = BTreeSet::new();
    let all = db.rows(sql::HANDLES, params![id], |row| {
        let handle =
            Handle { kind: row.parse(0)?, value: row.get(1)?, raw: row.get(3)?, verified: row.get(4)? };
        Ok(Claim {
            handle,
            profile: row.get(2)?,
            seen_at: row.get(5)?,
            shared: row.get::<i64>(6)? > 1,
            guard: row.get(7)?,
        })
    })?;
    let visible = |claim: &Claim| claim.handle.kind != HandleKind::Other(naming::RECORD.into());
    Ok(all
        .into_iter()
        .filter(visible)
        .filter(|c| seen.insert((c.handle.kind.clone(), c.handle.value.clone())))
        .collect())
}

fn merges(db: &mut Read<'_>, sources: &[Source]) -> Result<Vec<Merge>> {
    let homes: BTreeSet<PersonId> = sources.iter().map(|s| s.home).collect();
    let mut merges: BTreeMap<MergeId, Merge> = BTreeMap::new();
    for home in homes {
        for merge in db.rows(sql::MERGES, params![home], |row| {
            Ok(Merge {
                id: row.get(0)?,
                one: row.get(1)?,
                other: row.get(2)?,
                reason: row.get(3)?,
                at: row.get(4)?,
                by: row.get(5)?,
            })
        })? {
            merges.insert(merge.id, merge);
        }
    }
    Ok(merges.into_values().collect())
}

/// A value entered by hand.
pub(crate) struct Entry {
    pub(crate) field: String,
    pub(crate) value: String,
    pub(crate) by: Option<StaffId>,
    pub(crate) at: Time,
}

pub(crate) fn entries(db: &mut Read<'_>, id: PersonId) -> Result<Vec<Entry>> {
    Ok(db.rows(sql::ENTRIES, params![id], |row| {
        Ok(Entry { field: row.get(0)?, value: row.get(1)?, by: row.get(2)?, at: row.get(3)? })
    })?)
}

/// Which value counts: what was entered by hand, the newest first; then what sources said, the newest first. An empty
/// entry says that nothing is known, whatever sources say.
fn compute(sources: &[Source], entries: &[Entry]) -> BTreeMap<String, Known> {
    let mut all: BTreeMap<String, Vec<(String, Why)>> = BTreeMap::new();
    for entry in entries {
        let why = Why { standing: "entered", source: "desk".into(), by: entry.by, at: entry.at };
        all.entry(entry.field.clone()).or_default().push((entry.value.clone(), why));
    }
    for source in sources {
        for (field, value) in source.fields.iter().filter(|(_, value)| !value.trim().is_empty()) {
            let why = Why { standing: "said", source: source.source.clone(), by: None, at: source.seen_at };
            all.entry(field.clone()).or_default().push((value.clone(), why));
        }
    }
    all.into_iter()
        .filter_map(|(field, mut values)| {
            let (value, why) = values.remove(0);
            let mut seen = BTreeSet::from([value.clone()]);
            let others =
                values.into_iter().filter(|(v, _)| !v.is_empty() && seen.insert(v.clone())).collect();
            (!value.is_empty()).then_some((field, Known { value, why, others }))
        })
        .collect()
}

/// Computes what lists and search show of a person anew from profiles and entries.
pub(crate) fn refresh(tx: &mut Write<'_>, id: PersonId) -> Result<()> {
    let sources = sources(tx, id)?;
    let known = compute(&sources, &entries(tx, id)?);
    let fields: Fields = known.into_iter().map(|(field, known)| (field, known.value)).collect();
    let handles: Vec<Handle> = db_handles(tx, id)?;
    let name = naming::display_name(&fields);
    let shown = name.clone().unwrap_or_else(|| naming::fallback_name(&handles));
    tx.run(sql::NAME, params![id, shown, fold(&shown), name.is_some()])?;
    let mut words = naming::name_words(name.as_deref(), &handles);
    for said in sources.iter().filter_map(|s| naming::display_name(&s.fields)) {
        words.extend(naming::name_words(Some(&said), &[]));
    }
    let stored =
        tx.rows(sql::WORDS, params![id], |row| Ok(NameWord { word: row.get(0)?, beside: row.get(1)? }))?;
    if !stored.into_iter().collect::<BTreeSet<_>>().eq(&words) {
        tx.run(sql::DROP_WORDS, params![id])?;
        let rows: Vec<Vec<Value<'_>>> =
            words.iter().map(|it| vec![id.value(), it.word.value(), it.beside.value()]).collect();
        tx.each(naming::sql::ADD_PERSON_WORD, &rows)?;
        naming::vocabulary(tx, words.iter().map(|it| it.word.as_str()))?;
    }
    Ok(())
}

fn db_handles(db: &mut Read<'_>, id: PersonId) -> Result<Vec<Handle>> {
    Ok(db.rows(sql::HANDLES, params![id], |row| {
        Ok(Handle { kind: row.parse(0)?, value: row.get(1)?, raw: row.get(3)?, verified: row.get(4)? })
    })?)
}
