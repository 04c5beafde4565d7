//! Find what was said: every word must be there, the last may be unfinished; the newest first.

use model::{Moment, MomentId, PersonId, Time, search_words};
use serde::Serialize;
use store::{Engine, Read, Value};

use super::sql;
use crate::{Result, timeline};

/// A moment that was found.
#[derive(Debug, Clone, Serialize)]
pub struct Hit {
    /// The moment.
    pub moment: Moment,
    /// Where the next page begins.
    pub after: i64,
}

/// Moments with these words, the newest first, from `after` on.
pub fn moments(
    db: &mut Read<'_>,
    query: &str,
    person: Option<PersonId>,
    after: Option<i64>,
    most: i64,
) -> Result<Vec<Hit>> {
    let Some(wanted) = wanted(db.engine(), query) else { return Ok(Vec::new()) };
    let mut params =
        vec![Value::Text(wanted.into()), Value::Int(after.unwrap_or(i64::MAX)), Value::Int(most)];
    params.extend(person.map(|p| Value::Uuid(p.uuid())));
    let text = sql::matching(db.engine(), person.is_some());
    let places = db.rows(&text, &params, |row| {
        Ok((row.get::<PersonId>(0)?, row.get::<Time>(1)?, row.get::<MomentId>(2)?, row.get::<i64>(3)?))
    })?;
    let mut hits = Vec::with_capacity(places.len());
    for (person, at, id, after) in places {
        hits.extend(timeline::one(db, person, at, id)?.map(|moment| Hit { moment, after }));
    }
    Ok(hits)
}

/// The query in the engine's own writing. Words hold letters, figures and marks only, so quoting them is safe.
fn wanted(engine: Engine, query: &str) -> Option<String> {
    let words = search_words(query);
    let unfinished = query.chars().last().is_some_and(char::is_alphanumeric);
    let last = words.len().checked_sub(1)?;
    let texts: Vec<String> = words
        .iter()
        .enumerate()
        .map(|(n, word)| match (engine, n == last && unfinished) {
            (Engine::Sqlite, true) => format!("\"{word}\"*"),
            (Engine::Sqlite, false) => format!("\"{word}\""),
            (Engine::Postgres, true) => format!("'{word}':*"),
            (Engine::Postgres, false) => format!("'{word}'"),
        })
        .collect();
    Some(texts.join(if engine == Engine::Sqlite { " AND " } else { " & " }))
}
