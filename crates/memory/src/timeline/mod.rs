//! Timelines: one person's moments in order, read page by page in both directions.

mod sql;

use model::{AccountId, Moment, MomentId, PersonId, Time};
use serde::{Deserialize, Serialize};
use store::{Read, Row, Value, params};

use crate::{Result, whereabouts};

/// A place between moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The time of the moment at this place.
    pub at: Time,
    /// Its id.
    pub id: MomentId,
}

/// Which way to read from a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// The newest.
    End,
    /// Older than this.
    Before(Place),
    /// Newer than this.
    After(Place),
    /// From this time on (jump to a date).
    Since(Time),
}

/// A page of a timeline, oldest first, and whether there is more on either side.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Oldest first.
    pub moments: Vec<Moment>,
    /// There are older ones.
    pub older: bool,
    /// There are newer ones.
    pub newer: bool,
}

/// A page of one person's timeline. `kinds` leaves out all others if it is not empty.
pub fn of_person(db: &mut Read<'_>, id: PersonId, from: From, kinds: &[String], most: usize) -> Result<Page> {
    let id = whereabouts::current(db, id)?;
    page(db, sql::OF_PERSON, Value::Uuid(id.uuid()), from, kinds, most)
}

/// A page of an account's timeline: what happened for it, with whomever.
pub fn of_account(
    db: &mut Read<'_>,
    id: AccountId,
    from: From,
    kinds: &[String],
    most: usize,
) -> Result<Page> {
    page(db, sql::OF_ACCOUNT, Value::Uuid(id.uuid()), from, kinds, most)
}

fn page(
    db: &mut Read<'_>,
    whose: &str,
    owner: Value<'_>,
    from: From,
    kinds: &[String],
    most: usize,
) -> Result<Page> {
    let mut params = vec![owner];
    let (condition, falling) = match from {
        From::End => (String::new(), true),
        From::Before(place) => (sql::before(&mut params, place), true),
        From::After(place) => (sql::after(&mut params, place), false),
        From::Since(at) => (sql::since(&mut params, at), false),
    };
    let kinds = sql::of_kinds(&mut params, kinds);
    params.push(Value::Int(most as i64 + 1));
    let text = sql::page(whose, &condition, &kinds, falling, params.len());
    let mut moments = db.rows(&text, &params, moment)?;
    let more = moments.len() > most;
    moments.truncate(most);
    if falling {
        moments.reverse();
    }
    let (older, newer) = match from {
        From::End => (more, false),
        From::Before(_) => (more, true),
        From::After(_) => (true, more),
        From::Since(_) => (true, more),
    };
    Ok(Page { moments, older, newer })
}

/// One moment by its id.
pub fn moment_by_id(db: &mut Read<'_>, id: MomentId) -> Result<Option<Moment>> {
    let place =
        db.first(sql::PLACE, params![id], |row| Ok((row.get::<PersonId>(0)?, row.get::<Time>(1)?)))?;
    let Some((person, at)) = place else { return Ok(None) };
    one(db, person, at, id)
}

pub(crate) fn one(db: &mut Read<'_>, person: PersonId, at: Time, id: MomentId) -> Result<Option<Moment>> {
    Ok(db.first(sql::ONE, params![person, at, id], moment)?)
}

/// The newest word between somebody and us, whoever said it: what an answer must have seen.
pub fn last_word(db: &mut Read<'_>, id: PersonId) -> Result<Option<MomentId>> {
    let id = whereabouts::current(db, id)?;
    Ok(db.first(sql::LAST_WORD, params![id], |row| row.get(0))?)
}

/// The newest moments of everybody, for the first page.
pub fn newest(db: &mut Read<'_>, most: i64) -> Result<Vec<Moment>> {
    let places = db.rows(sql::NEWEST, params![most], |row| {
        Ok((row.get::<PersonId>(0)?, row.get::<Time>(1)?, row.get::<MomentId>(2)?))
    })?;
    let mut found = Vec::with_capacity(places.len());
    for (person, at, id) in places {
        found.extend(one(db, person, at, id)?);
    }
    Ok(found)
}

/// What people answered to surveys since a time, the newest first.
pub fn surveys(db: &mut Read<'_>, since: Time, most: i64) -> Result<Vec<Moment>> {
    Ok(db.rows(&sql::surveys(), params![since, most], moment)?)
}

pub(crate) fn moment(row: &Row<'_>) -> store::Result<Moment> {
    Ok(Moment {
        person: row.get(0)?,
        at: row.get(1)?,
        id: row.get(2)?,
        profile: row.get(3)?,
        recorded_at: row.get(4)?,
        kind: row.parse(5)?,
        channel: row.parse(6)?,
        direction: row.parse(7)?,
        account: row.get(8)?,
        by: row.get(9)?,
        thread: row.get(10)?,
        title: row.get(11)?,
        body: row.get(12)?,
        data: row.json(13)?,
        originals: row.json(14)?,
    })
}
