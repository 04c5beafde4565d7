//! Find what was said: every word must be there, the last may be unfinished; the newest first.

use model::{Moment, MomentId, PersonId, Time, search_words};
use serde::Serialize;
use store::{Engine, Read, Row, params};

use super::{sql, within::within};
use crate::{Result, timeline};

/// Bytes of an unfinished word from which it is looked for as a beginning: half the language begins with one letter or
/// two, but one sign of a script without spaces is half a word.
const BEGUN: usize = 3;
/// Letters of an unfinished word from which the index gathers moments by it.
const LETTERS: usize = 4;
/// Words that an unfinished one may become, up to which each is looked for.
const SPELLED: usize = 1000;

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
    let begun = unfinished && last.len() >= BEGUN;
    if let Some(person) = person {
        let found = within(db, person, &words, begun, after, most.try_into().unwrap_or(0))?;
        return Ok(found.into_iter().map(|(moment, after)| Hit { moment, after }).collect());
    }
    let after = after.unwrap_or(i64::MAX);
    let mut found = places(db, &words, false, after, most)?;
    if begun && (found.len() as i64) < most {
        found = places(db, &words, true, after, most)?;
    }
    let mut hits = Vec::with_capacity(found.len());
    for (person, at, id, after) in found {
        hits.extend(timeline::one(db, person, at, id)?.map(|moment| Hit { moment, after }));
    }
    Ok(hits)
}

/// Where a moment lies, and its place in the index of words.
type Place = (PersonId, Time, MomentId, i64);

fn places(db: &mut Read<'_>, words: &[String], begun: bool, after: i64, most: i64) -> Result<Vec<Place>> {
    let wanted = query(db.engine(), words, begun);
    match db.engine() {
        Engine::Postgres => stepwise(db, words, begun, &wanted, after, most),
        Engine::Sqlite => {
            let wanted = if begun { spelled_out(db, words)?.unwrap_or(wanted) } else { wanted };
            Ok(db.rows(sql::MATCHING_SQLITE, params![wanted, after, most], place)?)
        }
    }
}

/// The query with each word that the unfinished one may become, where they are few. SQLite reads the lists of words side
/// by side and only as far as is needed; a beginning makes it read all of them to their ends, and sort them.
fn spelled_out(db: &mut Read<'_>, words: &[String]) -> Result<Option<String>> {
    let Some((last, before)) = words.split_last() else { return Ok(None) };
    let behind = format!("{last}{}", super::people::LAST);
    let grown: Vec<String> =
        db.rows(sql::BEGINNING_SQLITE, params![last, behind, SPELLED as i64], |row| row.get(0))?;
    if grown.is_empty() || grown.len() == SPELLED {
        return Ok(None);
    }
    let any = grown.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" OR ");
    let all = before.iter().map(|word| format!("\"{word}\" AND ")).collect::<String>();
    Ok(Some(format!("{all}({any})")))
}

fn place(row: &Row<'_>) -> store::Result<Place> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
}

/// Further back in three steps. PostgreSQL's index does not know what is newest: it gathers all moments with a word and
/// reads each of them, which is quick only where they are few; where they are, it is asked at once.
fn stepwise(
    db: &mut Read<'_>,
    words: &[String],
    begun: bool,
    wanted: &str,
    after: i64,
    most: i64,
) -> Result<Vec<Place>> {
    let are_few = are_few(db, words, begun)?;
    if !are_few {
        let newest = db.rows(sql::NEWEST, params![wanted, after, most], place)?;
        if newest.len() as i64 >= most {
            return Ok(newest);
        }
    }
    // So much of the language begins with so few letters that the index is only asked for the words before them.
    let gathered = match words {
        [before @ .., last] if begun && !before.is_empty() && last.len() < LETTERS => {
            query(db.engine(), before, false)
        }
        _ => wanted.to_owned(),
    };
    let far = match are_few {
        true => None,
        false => db.first(sql::FAR_BACK, params![after], |row| row.get::<i64>(0))?,
    };
    let Some(far) = far else {
        return Ok(db.rows(&sql::gathered(false), params![wanted, after, most, gathered], place)?);
    };
    let mut found = db.rows(&sql::gathered(true), params![wanted, after, most, gathered, far], place)?;
    let left = most - found.len() as i64;
    if left > 0 {
        found.extend(db.rows(&sql::gathered(false), params![wanted, far, left, gathered], place)?);
    }
    Ok(found)
}

/// Whether few moments have all of these words, as far as the server's own statistics know: one that is not among the commonest
/// suffices. Somebody's name is in few, and most of what is typed is a name.
fn are_few(db: &mut Read<'_>, words: &[String], begun: bool) -> Result<bool> {
    let (whole, begins) = match words {
        [before @ .., last] if begun => (before, last.as_str()),
        all => (all, ""),
    };
    let common: Vec<String> = db.rows(sql::COMMON, params![whole.join(" "), begins], |row| row.get(0))?;
    // Without statistics nothing is known to be rare.
    let is_common = |word: &String| common.contains(word);
    let is_begun_in_many = begins.is_empty() || common.iter().any(|it| it.starts_with(begins));
    Ok(common.iter().any(String::is_empty) && !(whole.iter().all(is_common) && is_begun_in_many))
}

/// The query in the engine's own writing. Words hold letters, figures and marks only, so quoting them is safe.
fn query(engine: Engine, words: &[String], begun: bool) -> String {
    let written = words.iter().enumerate().map(|(n, word)| match (engine, begun && n + 1 == words.len()) {
        (Engine::Sqlite, true) => format!("\"{word}\"*"),
        (Engine::Sqlite, false) => format!("\"{word}\""),
        (Engine::Postgres, true) => format!("'{word}':*"),
        (Engine::Postgres, false) => format!("'{word}'"),
    });
    written.collect::<Vec<_>>().join(if engine == Engine::Sqlite { " AND " } else { " & " })
}
