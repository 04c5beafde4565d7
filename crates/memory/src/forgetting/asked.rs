//! Whether whoever has an address asked to be forgotten.

use model::{HandleKind, Time};
use store::{Read, params};

use super::{hash, key, sql};
use crate::Result;

/// Since when this handle is one of somebody who was forgotten.
pub fn since(db: &mut Read<'_>, kind: &HandleKind, value: &str) -> Result<Option<Time>> {
    let mut secret = None;
    db.ask(vec![key(&mut secret)])?;
    let Some(secret) = secret else { return Ok(None) };
    let hash = hash(&secret, kind.as_str(), value);
    Ok(db.first(sql::SINCE, params![hash], |row| row.get(0))?)
}
