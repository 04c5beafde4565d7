//! What parts people into groups, and who asked to be left alone.

use std::collections::{BTreeMap, HashMap, HashSet};

use model::PersonId;
use permission::known_many;
use store::{Read, Store, params};

use super::sql;
use crate::{InsightError, Result};

/// Fields by which people are compared, where they are known: nobody should be served worse for where they live or what they speak.
const FIELDS: &[&str] = &["language", "country", "city"];
/// Profiles, or people, read at once.
const STEP: i64 = 2000;
/// A word longer than this names no group.
const LONGEST: usize = 40;

/// For each field that anybody has: the group of each person.
pub(super) fn of_people(db: &mut Read<'_>) -> Result<Vec<(String, HashMap<PersonId, String>)>> {
    let mut groups: BTreeMap<usize, HashMap<PersonId, String>> = BTreeMap::new();
    let mut after = PersonId::from_uuid(Default::default());
    loop {
        let rows = db.rows(sql::FIELDS, params![after, STEP], |row| {
            Ok((row.get::<PersonId>(0)?, row.json::<BTreeMap<String, String>>(1)?))
        })?;
        let Some((last, _)) = rows.last() else { break };
        after = *last;
        for (person, fields) in rows {
            for (at, field) in FIELDS.iter().enumerate() {
                let value = fields.get(*field).map(|it| it.trim()).filter(|it| !it.is_empty());
                if let Some(value) = value.filter(|it| it.chars().count() <= LONGEST) {
                    groups.entry(at).or_default().insert(person, value.to_owned());
                }
            }
        }
    }
    let parted = |of: &HashMap<PersonId, String>| of.values().collect::<HashSet<_>>().len() > 1;
    let named = groups.into_iter().filter(|(_, of)| parted(of));
    Ok(named.map(|(at, of)| (FIELDS[at].to_owned(), of)).collect())
}

/// Everybody who asked that nothing is done with what we know of them.
pub(super) async fn left_alone(store: &Store) -> Result<HashSet<PersonId>> {
    let (mut found, mut after) = (HashSet::new(), PersonId::from_uuid(Default::default()));
    loop {
        let step = store.read(move |db| step(db, after)).await?;
        let Some((last, _)) = step.last() else { return Ok(found) };
        after = *last;
        found.extend(step.into_iter().filter(|(_, is)| *is).map(|(person, _)| person));
    }
}

fn step(db: &mut Read<'_>, after: PersonId) -> Result<Vec<(PersonId, bool)>> {
    let people = db.rows(sql::SAID_SOMETHING, params![after, STEP], |row| row.get(0))?;
    let known = known_many(db, &people)?;
    Ok::<_, InsightError>(known.into_iter().map(|it| (it.person, it.in_force.wishes.restricted)).collect())
}

/// Whether one person did.
pub(super) fn is_left_alone(db: &mut Read<'_>, person: PersonId) -> Result<bool> {
    Ok(permission::known(db, person)?.in_force.wishes.restricted)
}
