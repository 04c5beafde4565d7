//! Statements for finding.

use store::Engine;

/// Entries of one word looked at; a single letter must not read a million rows.
const WORD_ENTRIES: usize = 10_000;

/// People who have every word: the first drives, the others are looked up. Each word takes two marks, from and to.
pub(crate) fn by_words(words: usize, limit: usize) -> String {
    let others: String = (1..words)
        .map(|n| {
            let (from, to) = (2 * n + 1, 2 * n + 2);
            format!(
                " and exists (select 1 from person_words o where o.person_id = w.person_id and o.word >= ${from} and o.word < ${to})"
            )
        })
        .collect();
    format!(
        "select distinct w.person_id from (select person_id from person_words where word >= $1 and word < $2
         limit {WORD_ENTRIES}) w where 1 = 1 {others} limit {limit}"
    )
}
pub(crate) const BY_HANDLE: &str = "select distinct person_id from directory
    where kind = $1 and value >= $2 and value < $3 limit $4";
pub(crate) fn slips(marks: &str) -> String {
    format!("select distinct word from word_variants where variant in ({marks})")
}

const MATCH_SQLITE: &str = "select d.person_id, d.at, d.moment_id, d.doc from moment_words w
    join moment_directory d on d.doc = w.rowid where moment_words match $1";
const MATCH_POSTGRES: &str = "select d.person_id, d.at, d.moment_id, d.doc from moment_words w
    join moment_directory d on d.doc = w.doc where w.words @@ cast(cast($1 as text) as tsquery)";

/// The same among the newest places: of a common word these are enough, and the index would gather all there are.
pub(crate) const NEWEST: &str = "select d.person_id, d.at, d.moment_id, d.doc
    from (select doc, words from moment_words where doc < $2 order by doc desc limit 4000) w
    join moment_directory d on d.doc = w.doc
    where w.words @@ cast(cast($1 as text) as tsquery) order by w.doc desc limit $3";

/// The newest moments with these words; places in the index rise with time.
pub(crate) fn matching(engine: Engine) -> String {
    let (select, doc) = match engine {
        Engine::Sqlite => (MATCH_SQLITE, "w.rowid"),
        Engine::Postgres => (MATCH_POSTGRES, "w.doc"),
    };
    format!("{select} and {doc} < $2 order by {doc} desc limit $3")
}

pub(crate) const PLACE_OF: &str = "select doc from moment_directory where moment_id = $1";
