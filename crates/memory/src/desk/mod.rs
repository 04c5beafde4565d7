//! The desk's own profile of each person: what the team itself wrote about them.

mod sql;

use model::{PersonId, ProfileId, World};
use serde_json::json;
use store::{ToValue, Value, Write};

use crate::Result;

/// The profile for what the team itself writes about somebody.
pub(crate) fn profile_id(person: PersonId) -> ProfileId {
    ProfileId::derived(&[b"desk", person.uuid().as_bytes()])
}

/// The profile for what the team itself writes about somebody; it stays with the home that it was written for.
pub(crate) fn profile(tx: &mut Write<'_>, world: &World, person: PersonId) -> Result<ProfileId> {
    Ok(profiles(tx, world, &[person])?[0])
}

/// The same for several people.
pub(crate) fn profiles(tx: &mut Write<'_>, world: &World, people: &[PersonId]) -> Result<Vec<ProfileId>> {
    let (now, matched) = (world.now(), json!({"rule": "desk"}).to_string());
    let all: Vec<ProfileId> = people.iter().copied().map(profile_id).collect();
    let keys: Vec<String> = people.iter().map(ToString::to_string).collect();
    let rows = people.iter().zip(&all).zip(&keys);
    let sets: Vec<Vec<Value<'_>>> = rows
        .map(|((person, profile), key)| {
            let ids = [person.value(), profile.value(), person.value(), "desk".value(), key.value()];
            ids.into_iter().chain([now.value(), now.value(), "{}".value(), matched.value()]).collect()
        })
        .collect();
    tx.many(&sql::ADD_PROFILE, &sets)?;
    Ok(all)
}
