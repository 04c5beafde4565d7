//! What people may choose to hear about: each with a name and a sentence that says what comes.

mod sql;

use model::Time;
use serde::Serialize;
use store::{Read, Row, Write, params};

use crate::{PermissionError, Result};

/// Topics; a longer list is one that nobody reads.
const MOST: usize = 50;

/// Something that people may choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Topic {
    /// What it is called within the house: letters, digits and hyphens.
    pub key: String,
    /// What its messages are for, as the policy calls it.
    pub purpose: String,
    /// What people call it.
    pub name: String,
    /// What comes under it.
    pub words: String,
    /// Whether nobody can choose it any more.
    pub is_ended: bool,
}

fn read(row: &Row<'_>) -> store::Result<Topic> {
    Ok(Topic {
        key: row.get(0)?,
        purpose: row.get(1)?,
        name: row.get(2)?,
        words: row.get(3)?,
        is_ended: row.get::<Option<Time>>(4)?.is_some(),
    })
}

/// All of them by name, those that ended last.
pub fn all(db: &mut Read<'_>) -> Result<Vec<Topic>> {
    Ok(db.rows(sql::ALL, &[], read)?)
}

/// Those that can be chosen.
pub fn open(db: &mut Read<'_>) -> Result<Vec<Topic>> {
    Ok(all(db)?.into_iter().filter(|it| !it.is_ended).collect())
}

/// Keeps a topic, new or changed.
///
/// # Errors
/// [`PermissionError::Unfit`] names the field.
pub fn keep(tx: &mut Write<'_>, topic: &Topic, now: Time) -> Result<()> {
    let unfit = |field, why: &str| Err(PermissionError::Unfit { field, why: why.into() });
    let fits = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
    if topic.key.is_empty() || topic.key.len() > 40 || !topic.key.chars().all(fits) {
        return unfit("key", "is not a short name of small letters, digits and hyphens");
    }
    if topic.name.trim().is_empty() || topic.name.chars().count() > 80 {
        return unfit("name", "is empty, or longer than 80 letters");
    }
    if topic.words.trim().is_empty() || topic.words.chars().count() > 300 {
        return unfit("words", "is empty, or longer than 300 letters");
    }
    let known = all(tx)?;
    if known.len() >= MOST && !known.iter().any(|it| it.key == topic.key) {
        return unfit("key", "would be one topic too many; nobody reads a longer list");
    }
    let ended = topic.is_ended.then_some(now);
    tx.run(sql::KEEP, params![topic.key, topic.purpose, topic.name.trim(), topic.words.trim(), now, ended])?;
    Ok(())
}
