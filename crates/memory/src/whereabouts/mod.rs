//! Where an id leads: to a person, or to the one they were joined to.

mod sql;

use model::PersonId;
use store::{Read, params};

use crate::{MemoryError, Result};

/// Where an id leads today: itself, or the person it was joined to.
pub fn current(db: &mut Read<'_>, id: PersonId) -> Result<PersonId> {
    let id = redirected(db, id)?.unwrap_or(id);
    let here = db.first(sql::EXISTS, params![id], |_| Ok(()))?;
    here.map(|()| id).ok_or(MemoryError::NobodyHere(id))
}

/// The person whom this id was joined to.
pub fn redirected(db: &mut Read<'_>, id: PersonId) -> Result<Option<PersonId>> {
    Ok(db.first(sql::REDIRECT, params![id], |row| row.get(0))?)
}

/// Every home of a person: the ids that lead to them.
pub(crate) fn homes(db: &mut Read<'_>, person: PersonId) -> Result<Vec<PersonId>> {
    let mut homes = db.rows(sql::HOMES, params![person], |row| row.get(0))?;
    homes.push(person);
    Ok(homes)
}
