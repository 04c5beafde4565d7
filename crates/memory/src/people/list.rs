//! Lists of people, the last met first, page by page.

use model::{Channel, PersonId, Time};
use serde::{Deserialize, Serialize};
use store::{Read, Row, ToValue, Value, params};

use super::sql;
use crate::{Result, lists::each_in};

/// One person in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Their id.
    pub id: PersonId,
    /// Their name, or the address that stands for one.
    pub name: String,
    /// Whether the name is one.
    pub named: bool,
    /// The kind of the relationship.
    pub kind: String,
    /// Their last moment; nothing if there is none.
    pub last_at: Option<Time>,
    /// How many moments.
    pub moments: i64,
    /// How many came from them.
    pub heard: i64,
    /// Where the next page begins if this is the last line.
    pub cursor: Cursor,
}

/// A place in a list of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The last moment of the line before.
    pub at: Time,
    /// Its person.
    pub id: PersonId,
}

/// Which people.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this kind of relationship.
    pub kind: Option<String>,
    /// Met by this channel.
    pub channel: Option<String>,
    /// Playing this role on some account now.
    pub role: Option<String>,
    /// Last met at or after.
    pub since: Option<Time>,
    /// Last met before.
    pub until: Option<Time>,
    /// After this place.
    pub after: Option<Cursor>,
}

/// A page of people.
pub fn list(db: &mut Read<'_>, filter: &Filter, most: i64) -> Result<Vec<Line>> {
    let mut params: Vec<Value<'_>> = Vec::new();
    let mut conditions = Vec::new();
    let (from, last) = match &filter.channel {
        Some(channel) => {
            params.push(channel.value());
            conditions.push(sql::in_channel(1));
            (sql::FROM_CHANNEL, "c.last_at")
        }
        None => (sql::FROM_PEOPLE, "p.last_at"),
    };
    let mut with = |value: Option<Value<'static>>, condition: &dyn Fn(usize) -> String| {
        if let Some(value) = value {
            params.push(value);
            conditions.push(condition(params.len()));
        }
    };
    with(filter.kind.as_ref().map(|k| k.value().into_owned()), &sql::of_kind);
    with(filter.role.as_ref().map(|r| r.value().into_owned()), &sql::with_role);
    with(filter.since.map(|t| Value::Int(t.micros())), &|n| sql::since(last, n));
    with(filter.until.map(|t| Value::Int(t.micros())), &|n| sql::until(last, n));
    if let Some(after) = filter.after {
        params.push(Value::Int(after.at.micros()));
        conditions.push(sql::before(last, params.len()));
        params.push(Value::Uuid(after.id.uuid()));
    }
    params.push(Value::Int(most));
    Ok(db.rows(&sql::list(from, &conditions, last, params.len()), &params, line)?)
}

fn line(row: &Row<'_>) -> store::Result<Line> {
    let (id, moments) = (row.get(0)?, row.get::<i64>(5)?);
    Ok(Line {
        id,
        name: row.get(1)?,
        named: row.get(2)?,
        kind: row.get(3)?,
        last_at: row.get::<Option<Time>>(4)?.filter(|_| moments > 0),
        moments,
        heard: row.get(6)?,
        cursor: Cursor { at: row.get(7)?, id },
    })
}

/// These people, in the order asked for; those who are not here are left out.
pub fn some(db: &mut Read<'_>, ids: &[PersonId]) -> Result<Vec<Line>> {
    let asked: Vec<Value<'_>> = ids.iter().map(ToValue::value).collect();
    let found = each_in(db, sql::lines, &[], &asked, line)?;
    Ok(ids.iter().filter_map(|id| found.iter().find(|line| line.id == *id).cloned()).collect())
}

/// How many people there are. It reads all of them: where it only matters whether there is anybody, [`is_anybody_here`] says so.
pub fn count(db: &mut Read<'_>) -> Result<i64> {
    Ok(db.number(sql::COUNT, params![])?)
}

/// Whether there is anybody.
pub fn is_anybody_here(db: &mut Read<'_>) -> Result<bool> {
    Ok(db.first(sql::ANYBODY, params![], |_| Ok(()))?.is_some())
}

/// Every role that somebody plays, for filters.
pub fn role_words(db: &mut Read<'_>) -> Result<Vec<String>> {
    Ok(db.rows(sql::ROLE_WORDS, &[], |row| row.get(0))?)
}

/// Every channel by which somebody was met, for filters.
pub fn channels(db: &mut Read<'_>) -> Result<Vec<Channel>> {
    Ok(db.rows(sql::CHANNEL_WORDS, &[], |row| row.parse(0))?)
}
