//! Whether whoever has an address asked to be forgotten.

use std::collections::HashMap;

use model::{HandleKind, Time};
use store::{Read, ToValue, Value};

use super::{hash, key, sql};
use crate::{Result, lists::each_in};

/// Which of these handles are of somebody who was forgotten, and since when.
pub fn since(db: &mut Read<'_>, kind: &HandleKind, values: &[&str]) -> Result<HashMap<String, Time>> {
    let mut secret = None;
    db.ask(vec![key(&mut secret)])?;
    let Some(secret) = secret else { return Ok(HashMap::new()) };
    let hashed = values.iter().map(|it| (hash(&secret, kind.as_str(), it), (*it).to_owned()));
    let hashed: HashMap<Vec<u8>, String> = hashed.collect();
    let asked: Vec<Value<'_>> = hashed.keys().map(ToValue::value).collect();
    let found =
        each_in(db, sql::since, &[], &asked, |row| Ok((row.get::<Vec<u8>>(0)?, row.get::<Time>(1)?)))?;
    Ok(found.into_iter().map(|(hash, at)| (hashed[&hash].clone(), at)).collect())
}
