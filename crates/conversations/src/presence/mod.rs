//! Who of us is at somebody's page just now, so that two do not write to one person at once without knowing.

mod sql;

use model::{PersonId, StaffId, Time};
use store::{Notice, Read, Write, params};

use crate::Result;

/// Whoever has not said so again within this time is gone.
const SECONDS: i64 = 30;

/// What one of us does at a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// Looks at it.
    Reading,
    /// Writes to the person.
    Writing,
    /// Has left it.
    Leaving,
}

/// Says what one of us does at somebody's page; the others are told if that is new.
pub fn here(tx: &mut Write<'_>, id: PersonId, staff: StaffId, doing: Doing, now: Time) -> Result<()> {
    let id = memory::current(tx, id)?;
    let gone = now.plus_seconds(-SECONDS);
    let was = tx.first(sql::WAS, params![id, staff, gone], |row| row.get::<bool>(0))?;
    let is = match doing {
        Doing::Leaving => None,
        doing => Some(doing == Doing::Writing),
    };
    match is {
        Some(writing) => tx.run(sql::HERE, params![id, staff, writing, now])?,
        None => tx.run(sql::GONE, params![id, staff])?,
    };
    tx.run(sql::SWEEP, params![gone])?;
    if was != is {
        tx.announce(Notice::about("presence", id))?;
    }
    Ok(())
}

/// The others who are there, and whether they write.
pub fn others(db: &mut Read<'_>, id: PersonId, me: StaffId, now: Time) -> Result<Vec<(StaffId, bool)>> {
    let id = memory::current(db, id)?;
    let gone = now.plus_seconds(-SECONDS);
    Ok(db.rows(sql::OTHERS, params![id, me, gone], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Who of us writes to somebody just now.
pub fn writing(db: &mut Read<'_>, id: PersonId, now: Time) -> Result<Option<StaffId>> {
    let id = memory::current(db, id)?;
    Ok(db.first(sql::WRITING, params![id, now.plus_seconds(-SECONDS)], |row| row.get(0))?)
}

/// Whether anybody of us is at the desk.
pub fn anybody(db: &mut Read<'_>, now: Time) -> Result<bool> {
    Ok(db.first(sql::ANYBODY, params![now.plus_seconds(-SECONDS)], |_| Ok(()))?.is_some())
}
