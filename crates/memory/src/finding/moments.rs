//! Find what was said: every word must be there, the last may be unfinished; the newest first.

use model::{Moment, MomentId, PersonId, Time, search_words};
use serde::Serialize;
use store::{Engine, Read, Row, params};

use super::{sql, within::within};
use crate::{Result, timeline};

/// A moment that was found.
#[derive(Debug, Clone, Serialize)]
pub struct Hit {
    /// The moment.
    pub moment: Moment,
    /// Where the next page begins.
    pub after: i64,
}

/// Moments with these words, the newest first, from `after` on. An unfinished word is looked for as it stands, and for
/// what begins with it only if that gives too little: the list of one word is read as far as it is needed, but those of
/// many have to be read whole.
pub fn moments(
    db: &mut Read<'_>,
    query: &str,
    person: Option<PersonId>,
    after: Option<i64>,
    most: i64,
) -> Result<Vec<Hit>> {
    let words = search_words(query);
    let Some(last) = words.last() else { return Ok(Vec::new()) };
    let unfinished = query.chars().last().is_some_and(char::is_alphanumeric);
    // Half the language begins with one letter; but one sign of a script without spaces is half a word.
    let begun = unfinished && last.len() > 1;
    if let Some(person) = person {
        let found = within(db, person, &words, begun, after, most.try_into().unwrap_or(0))?;
        return Ok(found.into_iter().map(|(moment, after)| Hit { moment, after }).collect());
    }
    let mut found = places(db, &wanted(db.engine(), &words, false), after, most)?;
    if begun && (found.len() as i64) < most {
        found = places(db, &wanted(db.engine(), &words, true), after, most)?;
    }
    let mut hits = Vec::with_capacity(found.len());
    for (person, at, id, after) in found {
        hits.extend(timeline::one(db, person, at, id)?.map(|moment| Hit { moment, after }));
    }
    Ok(hits)
}

/// Where a moment lies, and its place in the index of words.
type Place = (PersonId, Time, MomentId, i64);

fn places(db: &mut Read<'_>, wanted: &str, after: Option<i64>, most: i64) -> Result<Vec<Place>> {
    let after = after.unwrap_or(i64::MAX);
    let params = params![wanted, after, most];
    let place = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    if db.engine() == Engine::Postgres {
        let newest = db.rows(sql::NEWEST, params, place)?;
        if newest.len() as i64 >= most {
            return Ok(newest);
        }
    }
    Ok(db.rows(sql::matching(db.engine()), params, place)?)
}

/// The query in the engine's own writing. Words hold letters, figures and marks only, so quoting them is safe.
fn wanted(engine: Engine, words: &[String], begun: bool) -> String {
    let written = words.iter().enumerate().map(|(n, word)| match (engine, begun && n + 1 == words.len()) {
        (Engine::Sqlite, true) => format!("\"{word}\"*"),
        (Engine::Sqlite, false) => format!("\"{word}\""),
        (Engine::Postgres, true) => format!("'{word}':*"),
        (Engine::Postgres, false) => format!("'{word}'"),
    });
    written.collect::<Vec<_>>().join(if engine == Engine::Sqlite { " AND " } else { " & " })
}
