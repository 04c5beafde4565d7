//! The acts: preview, merge, undo, split.

use std::collections::BTreeSet;

use model::{MergeId, PersonId, ProfileId, StaffId, Time, World};
use serde::Serialize;
use store::{Notice, Read, ToValue, Value, Write, params};

use super::{carry::carry, sql};
use crate::{
    MemoryError, Result, counts,
    lists::each_in,
    people::{self, Person},
    whereabouts,
};

/// What a joining would do, before it is done.
#[derive(Debug, Clone, Serialize)]
pub struct Preview {
    /// Who stays: the one known longer. Their id goes on being theirs.
    pub stays: Person,
    /// Who joins them. Their id leads to the other from then on.
    pub joins: Person,
    /// Fields on which they differ: name, what the one who stays has, what the other has.
    pub differ: Vec<(String, String, String)>,
    /// What speaks against it, if somebody said that they are two people.
    pub said_two: Option<String>,
}

/// What a joining would do.
pub fn preview(db: &mut Read<'_>, one: PersonId, other: PersonId) -> Result<Preview> {
    let (one, other) = sides(db, one, other)?;
    let said_two = cannot(db, one, other)?.map(|(_, _, reason)| reason);
    let (stays, joins) = (people::person(db, one.min(other))?, people::person(db, one.max(other))?);
    let differ = stays
        .known
        .iter()
        .filter_map(|(field, mine)| {
            let theirs = joins.known.get(field)?;
            (theirs.value != mine.value).then(|| (field.clone(), mine.value.clone(), theirs.value.clone()))
        })
        .collect();
    Ok(Preview { stays, joins, differ, said_two })
}

/// Makes two people one. `even_so` goes against an earlier word that they are two.
pub fn merge(
    tx: &mut Write<'_>,
    world: &World,
    one: PersonId,
    other: PersonId,
    reason: &str,
    by: Option<StaffId>,
    even_so: bool,
) -> Result<MergeId> {
    let (a, b) = sides(tx, one, other)?;
    while let Some((left, right, said)) = cannot(tx, a, b)? {
        if !even_so {
            return Err(MemoryError::TwoPeople(said));
        }
        tx.run(sql::DROP_CANNOT, params![left, right])?;
    }
    let id: MergeId = world.id();
    tx.run(sql::ADD_MERGE, params![id, one, other, reason, world.now(), by])?;
    let (stays, joins) = (a.min(b), a.max(b));
    let created: Option<Time> = tx.first(sql::CREATED, params![joins], |row| row.get(0))?;
    carry(tx, joins, stays, &BTreeSet::new())?;
    for statement in [sql::DROP_PERSON, sql::DROP_CHANNELS, sql::DROP_WORDS] {
        tx.run(statement, params![joins])?;
    }
    tx.run(sql::REDIRECT_ALL, params![joins, stays])?;
    tx.run(sql::REDIRECT, params![joins, stays, created.unwrap_or_default()])?;
    settle(tx, stays)?;
    tx.announce(Notice::about("person", joins))?;
    Ok(id)
}

/// Takes a joining back: each side has its own rows again, and what came since for its own profiles. Gives both.
pub fn undo(
    tx: &mut Write<'_>,
    world: &World,
    id: MergeId,
    by: Option<StaffId>,
) -> Result<(PersonId, PersonId)> {
    let edge =
        tx.first(sql::MERGE, params![id], |row| Ok((row.get::<PersonId>(0)?, row.get::<PersonId>(1)?)))?;
    let (one, other) = edge.ok_or(MemoryError::NoMerge(id))?;
    let person = whereabouts::current(tx, one)?;
    tx.run(sql::UNDO, params![id, world.now(), by])?;
    let side = reachable(tx, person, one)?;
    let homes: BTreeSet<PersonId> = whereabouts::homes(tx, person)?.into_iter().collect();
    let leaves: BTreeSet<PersonId> =
        if side.contains(&person) { homes.difference(&side).copied().collect() } else { side };
    let leaver = *leaves.first().ok_or(MemoryError::NoMerge(id))?;
    part(tx, person, leaver, &leaves)?;
    say_two(tx, one, other, "a joining was undone", world.now(), by)?;
    Ok((person, leaver))
}

/// Takes one source fragment away from somebody, as a person of its own: "this is not them".
pub fn split(
    tx: &mut Write<'_>,
    world: &World,
    id: PersonId,
    profile: ProfileId,
    by: Option<StaffId>,
) -> Result<PersonId> {
    let person = whereabouts::current(tx, id)?;
    let all = tx.rows(sql::HOME_PROFILES, params![person], |row| {
        Ok((row.get::<ProfileId>(0)?, row.get::<PersonId>(1)?))
    })?;
    let home = all.iter().find(|(p, _)| *p == profile).map(|(_, home)| *home);
    let home = home.ok_or_else(|| MemoryError::unfit("profile", "is not one of this person's sources"))?;
    if all.iter().filter(|(_, h)| *h == home).count() < 2 {
        return Err(MemoryError::unfit("profile", "is all that is known of them; undo the joining instead"));
    }
    let new: PersonId = world.id();
    tx.run(sql::MOVE_HOME, params![person, profile, new])?;
    tx.run(sql::MAKE_PERSON, params![new, world.now()])?;
    carry(tx, person, new, &BTreeSet::from([new]))?;
    say_two(tx, home, new, "a source was taken apart from them", world.now(), by)?;
    settle(tx, person)?;
    settle(tx, new)?;
    Ok(new)
}

fn part(tx: &mut Write<'_>, person: PersonId, leaver: PersonId, leaves: &BTreeSet<PersonId>) -> Result<()> {
    let created: Option<Time> = tx.first(sql::CREATED_BEFORE, params![leaver], |row| row.get(0))?;
    tx.run(sql::MAKE_PERSON, params![leaver, created.unwrap_or_default()])?;
    carry(tx, person, leaver, leaves)?;
    tx.run(sql::DROP_REDIRECT, params![leaver])?;
    for home in leaves.iter().filter(|home| **home != leaver) {
        tx.run(sql::REDIRECT_ONE, params![home, leaver])?;
    }
    settle(tx, person)?;
    settle(tx, leaver)
}

/// Brings counts, name and words in line with the rows a person has now.
fn settle(tx: &mut Write<'_>, person: PersonId) -> Result<()> {
    counts::recount(tx, person)?;
    people::refresh(tx, person)?;
    Ok(tx.announce(Notice::about("person", person))?)
}

fn sides(db: &mut Read<'_>, one: PersonId, other: PersonId) -> Result<(PersonId, PersonId)> {
    let (one, other) = (whereabouts::current(db, one)?, whereabouts::current(db, other)?);
    if one == other { Err(MemoryError::SamePerson) } else { Ok((one, other)) }
}

/// The homes that joinings still connect with `start`, among those of `person`.
fn reachable(db: &mut Read<'_>, person: PersonId, start: PersonId) -> Result<BTreeSet<PersonId>> {
    let mut edges: Vec<(PersonId, PersonId)> = Vec::new();
    for home in whereabouts::homes(db, person)? {
        edges.extend(db.rows(sql::EDGES, params![home], |row| Ok((row.get(1)?, row.get(2)?)))?);
    }
    let mut found = BTreeSet::from([start]);
    let mut todo = vec![start];
    while let Some(home) = todo.pop() {
        for (a, b) in &edges {
            let next = if *a == home {
                *b
            } else if *b == home {
                *a
            } else {
                continue;
            };
            if found.insert(next) {
                todo.push(next);
            }
        }
    }
    Ok(found)
}

/// Whether somebody said that these are two people, any home of the one and any of the other.
fn cannot(db: &mut Read<'_>, one: PersonId, other: PersonId) -> Result<Option<(PersonId, PersonId, String)>> {
    let (ones, others) = (whereabouts::homes(db, one)?, whereabouts::homes(db, other)?);
    for (from, to) in [(&ones, &others), (&others, &ones)] {
        let list: Vec<Value<'_>> = to.iter().map(ToValue::value).collect();
        for home in from {
            let found = each_in(db, sql::cannot, params![home], &list, |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?;
            if let Some(found) = found.into_iter().next() {
                return Ok(Some(found));
            }
        }
    }
    Ok(None)
}

pub(super) fn say_two(
    tx: &mut Write<'_>,
    one: PersonId,
    other: PersonId,
    reason: &str,
    now: Time,
    by: Option<StaffId>,
) -> Result<()> {
    tx.run(sql::ADD_CANNOT, params![one.min(other), one.max(other), reason, now, by])?;
    Ok(())
}
