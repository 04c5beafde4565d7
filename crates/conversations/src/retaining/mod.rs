//! Moments that are kept for a time only: what still binds us keeps its moment, and the rest of this room goes with it.

mod sql;

use std::collections::{BTreeSet, HashSet};

use memory::retention::{self, Gone, Old};
use model::{MomentId, PersonId, World};
use store::{Read, ToValue, Value, Write, params};

use crate::Result;

/// Those of these moments that nothing binds: no open promise, no message under way, no end that holds, no story that we may pass on.
pub fn free(db: &mut Read<'_>, old: &[Old]) -> Result<Vec<Old>> {
    let people: BTreeSet<PersonId> = old.iter().map(|it| it.person).collect();
    let mut bound: HashSet<MomentId> = HashSet::new();
    for person in people {
        bound.extend(db.rows(sql::BOUND, params![person], |row| row.get::<MomentId>(0))?);
    }
    Ok(old.iter().filter(|it| !bound.contains(&it.moment)).cloned().collect())
}

/// Takes moments out that are too old, if nothing binds them by now, with what was said in them.
pub fn let_go(tx: &mut Write<'_>, world: &World, old: &[Old]) -> Result<Gone> {
    // Whoever was joined with somebody since they were found goes by another id, and waits for the next night.
    let old = free(tx, old)?;
    let both: Vec<Vec<Value<'_>>> = old.iter().map(|it| vec![it.person.value(), it.moment.value()]).collect();
    for statement in sql::GO_ALONG {
        tx.each(statement, &both)?;
    }
    let moments: Vec<MomentId> = old.iter().map(|it| it.moment).collect();
    Ok(retention::take_out(tx, world, &moments)?)
}
