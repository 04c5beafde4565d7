//! Keys of the house that never leave it, each made when it is first needed.

mod sql;

use model::World;
use store::{Write, params};

use crate::Result;

/// The key of this name.
pub fn secret(tx: &mut Write<'_>, world: &World, name: &str) -> Result<Vec<u8>> {
    if let Some(key) = tx.first(sql::SECRET, params![name], |row| row.get(0))? {
        return Ok(key);
    }
    let key = world.random::<32>().to_vec();
    tx.run(sql::ADD_SECRET, params![name, key])?;
    Ok(key)
}
