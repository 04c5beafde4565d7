//! People who may be one: offered with what speaks for it, never acted on by the program.

use model::{PersonId, StaffId, Time, World};
use serde::Serialize;
use store::{Read, Row, Write, params};

use super::{merge, sql};
use crate::{
    MemoryError, Result,
    offers::{Evidence, offer},
    whereabouts,
};

/// Two people who may be one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Duplicate {
    /// One of them.
    pub one: PersonId,
    /// The other.
    pub other: PersonId,
    /// What speaks for it.
    pub evidence: Vec<Evidence>,
    /// How much, from 0 to 1.
    pub score: f64,
}

/// All offers, the likeliest first.
pub fn duplicates(db: &mut Read<'_>, most: i64) -> Result<Vec<Duplicate>> {
    let all = db.rows(sql::DUPLICATES, params![most], read)?;
    standing(db, all)
}

/// Who may be the same as this person.
pub fn duplicates_of(db: &mut Read<'_>, id: PersonId) -> Result<Vec<Duplicate>> {
    let id = whereabouts::current(db, id)?;
    let mut all = Vec::new();
    for home in whereabouts::homes(db, id)? {
        all.extend(db.rows(sql::DUPLICATES_OF, params![home], read)?);
    }
    let mut all = standing(db, all)?;
    for duplicate in all.iter_mut().filter(|d| d.one != id) {
        std::mem::swap(&mut duplicate.one, &mut duplicate.other);
    }
    Ok(all)
}

fn read(row: &Row<'_>) -> store::Result<Duplicate> {
    Ok(Duplicate { one: row.get(0)?, other: row.get(1)?, evidence: row.json(2)?, score: row.get(3)? })
}

/// Offers whose two sides are still two people, under the ids they go by now.
fn standing(db: &mut Read<'_>, all: Vec<Duplicate>) -> Result<Vec<Duplicate>> {
    let mut kept: Vec<Duplicate> = Vec::with_capacity(all.len());
    for mut duplicate in all {
        let sides = [whereabouts::current(db, duplicate.one), whereabouts::current(db, duplicate.other)];
        let [Ok(one), Ok(other)] = sides else { continue };
        let seen = kept.iter().any(|k| (k.one, k.other) == (one, other) || (k.one, k.other) == (other, one));
        if one != other && !seen {
            (duplicate.one, duplicate.other) = (one, other);
            kept.push(duplicate);
        }
    }
    Ok(kept)
}

/// Says that these are two people; the offer goes, and no rule will make it again.
pub fn two_people(
    tx: &mut Write<'_>,
    world: &World,
    one: PersonId,
    other: PersonId,
    reason: &str,
    by: Option<StaffId>,
) -> Result<()> {
    let (a, b) = (whereabouts::current(tx, one)?, whereabouts::current(tx, other)?);
    if a == b {
        return Err(MemoryError::SamePerson);
    }
    merge::say_two(tx, a, b, reason, world.now(), by)?;
    for left in whereabouts::homes(tx, a)? {
        for right in whereabouts::homes(tx, b)? {
            tx.run(sql::DROP_DUPLICATE, params![left.min(right), left.max(right)])?;
        }
    }
    Ok(())
}

/// Offers people of one full name, a page of names at a time; gives where to go on, or nothing at the end.
pub fn look_for_namesakes(tx: &mut Write<'_>, after: &str, most: i64, now: Time) -> Result<Option<String>> {
    let pairs = tx.rows(sql::NAMESAKES, params![after, most], |row| {
        Ok((row.get::<PersonId>(0)?, row.get::<PersonId>(1)?, row.get::<String>(2)?))
    })?;
    for (one, other, name) in &pairs {
        let evidence = Evidence { reason: "the same name".into(), kind: "name".into(), value: name.clone() };
        offer(tx, *one, *other, &evidence, 0.5, now)?;
    }
    let full = pairs.len() as i64 == most;
    Ok(pairs.last().filter(|_| full).map(|(_, _, name)| model::fold(name)))
}
