//! Somebody for whom the site vouches: known on every device, and what they said before it did comes along.

use memory::{MemoryError, joining, prepare, secret, take};
use model::{Fragment, MomentId, PersonId, ProfileId, SiteId, World};
use store::{Write, params};

use super::{
    Key, Talk, held, one, opens,
    speaking::{begin, told},
    sql,
};
use crate::{ConversationError, Result, sites::Claims};

/// The secret of the house from which the keys of those are made for whom sites vouch.
const KEYS: &str = "chat people";

/// The key of somebody for whom a site vouches. `shown` is what their browser held so far: if nobody vouched for that, what was said
/// with it becomes part of theirs; if the site vouched for somebody else with it, it stays with them. With `speaking` the talk is there
/// afterwards, without it nothing is written before the first word.
pub fn vouch(
    tx: &mut Write<'_>,
    world: &World,
    claims: &Claims,
    shown: Option<&Key>,
    speaking: bool,
) -> Result<Key> {
    let site = claims.site;
    let key = Key::vouched(&secret(tx, world, KEYS)?, site, claims.subject());
    let before = match shown.filter(|it| **it != key) {
        Some(shown) => held(tx, site, shown)?.filter(|it| !it.vouched),
        None => None,
    };
    let theirs = held(tx, site, &key)?;
    if theirs.is_none() && before.is_none() && !speaking {
        return Ok(key);
    }
    let known = Fragment { fields: claims.fields(), ..told(world, &claims.record(), claims.handles()) };
    let person = take(tx, world, &[prepare(known)])?.remove(0).person.ok_or(ConversationError::Forgotten)?;
    let before = match before {
        Some(before) => joined(tx, world, person, &before)?,
        None => None,
    };
    let talk = match (theirs.is_some(), before) {
        (true, Some(before)) => return carry(tx, (site, &key), &before).map(|()| key),
        (false, Some(before)) => {
            opens(tx, before.person, before.id, site, &key)?;
            before
        }
        (false, None) if speaking => begin(tx, world, site, &key, &claims.handles())?,
        _ => return Ok(key),
    };
    tx.run(sql::VOUCHED, params![talk.person, talk.id])?;
    Ok(key)
}

/// Whoever talked without a name is one with whom the site vouches for; not if somebody said that they are two.
fn joined(tx: &mut Write<'_>, world: &World, person: PersonId, before: &Talk) -> Result<Option<Talk>> {
    let visitor = memory::current(tx, before.person)?;
    if visitor != person {
        let why = "the website vouched for who talked there";
        match joining::merge(tx, world, person, visitor, why, None, false) {
            Ok(_) => {}
            Err(MemoryError::TwoPeople(_)) => return Ok(None),
            Err(other) => return Err(other.into()),
        }
    }
    one(tx, person, before.id)
}

/// What was said before the site vouched for them follows what they had said on other devices.
fn carry(tx: &mut Write<'_>, (site, key): (SiteId, &Key), before: &Talk) -> Result<()> {
    let Some(theirs) = held(tx, site, key)? else { return Ok(()) };
    let lines: Vec<(MomentId, ProfileId)> =
        tx.rows(sql::LINES, params![before.person, before.id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    for statement in [sql::DROP_LINES, sql::CLOSE, sql::DROP] {
        tx.run(statement, params![before.person, before.id])?;
    }
    for (moment, profile) in lines {
        tx.run(sql::NEXT, params![theirs.person, theirs.id])?;
        tx.run(sql::MOVE_LINE, params![theirs.person, theirs.id, moment, profile])?;
    }
    Ok(())
}
