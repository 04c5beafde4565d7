//! Drafts: what somebody of us has begun to write, kept while they write it and until it is sent or thrown away.

mod sql;

use model::{DraftId, PersonId, StaffId, Time, World};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;
use store::{Read, Write, params};

use crate::{ConversationError, Result};

/// Bytes of a draft; a letter has room in it.
const LONGEST: usize = 500_000;

/// What one of us has begun to write to somebody, and when they last did.
pub fn mine<D: DeserializeOwned>(
    db: &mut Read<'_>,
    person: PersonId,
    staff: StaffId,
) -> Result<Option<(D, Time)>> {
    let person = memory::current(db, person)?;
    Ok(db.first(sql::MINE, params![person, staff], |row| Ok((row.json(1)?, row.get(2)?)))?)
}

/// To whom one of us has begun to write, the latest first.
pub fn begun(db: &mut Read<'_>, staff: StaffId, most: i64) -> Result<Vec<(PersonId, Time)>> {
    Ok(db.rows(sql::BEGUN, params![staff, most], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Keeps what was written so far, over what was kept before.
pub fn keep(
    tx: &mut Write<'_>,
    world: &World,
    person: PersonId,
    staff: StaffId,
    content: &impl Serialize,
) -> Result<()> {
    let content = json!(content).to_string();
    if content.len() > LONGEST {
        return Err(ConversationError::Unfit { field: "text", why: "is too long to be kept".into() });
    }
    let (person, now) = (memory::current(tx, person)?, world.now());
    let known: Option<DraftId> = tx.first(sql::MINE, params![person, staff], |row| row.get(0))?;
    match known {
        Some(id) => tx.run(sql::CHANGE, params![person, id, content, now])?,
        None => {
            let id: DraftId = world.id();
            tx.run(sql::ADD, params![person, id, staff, content, now])?
        }
    };
    Ok(())
}

/// It was sent, or thrown away.
pub fn drop(tx: &mut Write<'_>, person: PersonId, staff: StaffId) -> Result<()> {
    let person = memory::current(tx, person)?;
    tx.run(sql::DROP, params![person, staff])?;
    Ok(())
}
