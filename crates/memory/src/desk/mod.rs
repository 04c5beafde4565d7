//! The desk's own profile of each person: what the team itself wrote about them.

mod sql;

use model::{PersonId, ProfileId, World};
use serde_json::json;
use store::{Write, params};

use crate::Result;

/// The profile for what the team itself writes about somebody.
pub(crate) fn profile_id(person: PersonId) -> ProfileId {
    ProfileId::derived(&[b"desk", person.uuid().as_bytes()])
}

/// The profile for what the team itself writes about somebody; it stays with the home that it was written for.
pub(crate) fn profile(tx: &mut Write<'_>, world: &World, person: PersonId) -> Result<ProfileId> {
    let profile = profile_id(person);
    let now = world.now();
    let (source, key, matched) = ("desk", person.to_string(), json!({"rule": "desk"}).to_string());
    tx.run(sql::ADD_PROFILE, params![person, profile, person, source, key, now, now, "{}", matched])?;
    Ok(profile)
}
