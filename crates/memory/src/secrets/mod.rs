//! Keys of the house that never leave it, each made when it is first needed.

mod sql;

use model::World;
use store::{Read, Write, params};

use crate::Result;

/// The key of this name, if it was ever needed.
pub fn known_secret(db: &mut Read<'_>, name: &str) -> Result<Option<Vec<u8>>> {
    Ok(db.first(sql::SECRET, params![name], |row| row.get(0))?)
}

/// The key of this name.
pub fn secret(tx: &mut Write<'_>, world: &World, name: &str) -> Result<Vec<u8>> {
    if let Some(key) = known_secret(tx, name)? {
        return Ok(key);
    }
    let key = world.random::<32>().to_vec();
    tx.run(sql::ADD_SECRET, params![name, key])?;
    Ok(key)
}

/// Keeps a key that was made elsewhere.
pub(crate) fn adopt(tx: &mut Write<'_>, name: &str, key: &[u8]) -> Result<()> {
    tx.run(sql::ADD_SECRET, params![name, key.to_vec()])?;
    Ok(())
}
