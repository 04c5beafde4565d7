//! Carrying rows from one person to another: the same text on every engine, because where people are the shard a row's
//! person cannot be updated, only written anew.

use std::collections::BTreeSet;

use model::PersonId;
use store::{ToValue, Value, Write, params};

use super::sql;
use crate::{Result, tables};

/// Carries the rows of these homes (of all, if none is named) from one person to another, with all that finds them.
pub(crate) fn carry(
    tx: &mut Write<'_>,
    from: PersonId,
    to: PersonId,
    homes: &BTreeSet<PersonId>,
) -> Result<()> {
    let list: Vec<Value<'_>> = homes.iter().map(ToValue::value).collect();
    let with = |fixed: &[Value<'static>]| [fixed, &owned(&list)].concat();
    let (from_value, to_value) = (from.value().into_owned(), to.value().into_owned());
    let claims = tx.rows(&sql::claims(list.len()), &with(std::slice::from_ref(&from_value)), |row| {
        Ok((row.get::<String>(0)?, row.get::<String>(1)?))
    })?;
    let both = with(&[to_value, from_value.clone()]);
    tx.run(&sql::carry_directory(list.len()), &both)?;
    for table in tables::of_profiles(tx)? {
        tx.run(&sql::copy(&table.name, &table.columns, list.len()), &both)?;
        tx.run(&sql::remove(&table.name, list.len()), &with(std::slice::from_ref(&from_value)))?;
    }
    for (kind, value) in &claims {
        tx.run(sql::ENTER, params![kind, value, to])?;
        tx.run(sql::LEAVE, params![kind, value, from])?;
    }
    Ok(())
}

fn owned(values: &[Value<'_>]) -> Vec<Value<'static>> {
    values.iter().map(|v| v.clone().into_owned()).collect()
}
