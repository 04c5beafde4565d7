//! Handles that the team adds, and values that say nothing about who somebody is.

use model::{Handle, HandleKind, PersonId, ProfileId, Time, World};
use store::{Notice, Read, Write, params};

use super::{known, sql};
use crate::{
    MemoryError, Result, desk,
    offers::{self, Evidence},
    whereabouts,
};

/// Adds a way to reach somebody. If somebody else holds it too, the two are offered as possibly one.
pub fn add_handle(tx: &mut Write<'_>, world: &World, id: PersonId, handle: &Handle) -> Result<()> {
    let id = whereabouts::current(tx, id)?;
    let profile = desk::profile(tx, world, id)?;
    let (kind, now) = (handle.kind.as_str(), world.now());
    for other in holders(tx, handle)?.into_iter().filter(|other| *other != id) {
        let evidence =
            Evidence { reason: "the same handle".into(), kind: kind.to_owned(), value: handle.value.clone() };
        offers::offer(tx, id, other, &evidence, 0.9, now)?;
    }
    tx.run(sql::ADD_HANDLE, params![id, kind, handle.value, profile, handle.raw, handle.verified, now])?;
    tx.run(sql::ADD_DIRECTORY, params![kind, handle.value, id])?;
    known::refresh(tx, id)?;
    Ok(tx.announce(Notice::about("person", id))?)
}

/// Who holds a handle.
pub fn holders(db: &mut Read<'_>, handle: &Handle) -> Result<Vec<PersonId>> {
    Ok(db.rows(sql::HOLDERS, params![handle.kind.as_str(), handle.value], |row| row.get(0))?)
}

/// Says that a value is `shared` by several people or a `blocked` stand-in, so that it joins nobody any more.
pub fn guard(tx: &mut Write<'_>, handle: &Handle, state: &str, reason: &str, now: Time) -> Result<()> {
    if !matches!(state, "shared" | "blocked") {
        return Err(MemoryError::unfit("state", "is neither shared nor blocked"));
    }
    tx.run(sql::SET_GUARD, params![handle.kind.as_str(), handle.value, state, reason, now])?;
    Ok(())
}

/// Lets a value tell again who somebody is.
pub fn unguard(tx: &mut Write<'_>, handle: &Handle) -> Result<bool> {
    Ok(tx.run(sql::DROP_GUARD, params![handle.kind.as_str(), handle.value])? > 0)
}

/// Which fragments of somebody claim a handle.
pub fn claimed_by(db: &mut Read<'_>, id: PersonId, kind: &HandleKind, value: &str) -> Result<Vec<ProfileId>> {
    let id = whereabouts::current(db, id)?;
    Ok(db.rows(sql::CLAIMED_BY, params![id, kind.as_str(), value], |row| row.get(0))?)
}

/// Whoever holds a handle has shown that it is theirs.
pub fn prove(tx: &mut Write<'_>, handle: &Handle) -> Result<()> {
    for id in holders(tx, handle)? {
        tx.run(sql::PROVE, params![id, handle.kind.as_str(), handle.value])?;
    }
    Ok(())
}
