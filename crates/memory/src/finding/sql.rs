//! Statements for finding.

use store::Engine;

/// Entries of one word looked at; a single letter must not read a million rows.
const WORD_ENTRIES: usize = 10_000;

/// Who has every word, somebody perhaps twice: the first word drives, the others are looked up. Each takes two marks,
/// from and to. Making people distinct would read every entry first; the offset keeps the planner from joining, which
/// would read every entry of the other words.
pub(crate) fn by_words(words: usize, most: usize) -> String {
    let others: String = (1..words)
        .map(|n| {
            let (from, to) = (2 * n + 1, 2 * n + 2);
            format!(
                " and exists (select 1 from person_words o
                  where o.person_id = w.person_id and o.word >= ${from} and o.word < ${to} limit 1 offset 0)"
            )
        })
        .collect();
    format!(
        "select w.person_id from (select person_id from person_words where word >= $1 and word < $2
         order by word limit {WORD_ENTRIES}) w where 1 = 1 {others} limit {most}"
    )
}
/// Who has an address that begins so, somebody perhaps twice.
pub(crate) const BY_HANDLE: &str = "select person_id from directory
    where kind = $1 and value >= $2 and value < $3 order by value limit $4";
pub(crate) fn slips(marks: &str) -> String {
    format!("select distinct word from word_variants where variant in ({marks})")
}

/// The newest moments with these words; places in the index rise with time.
const MATCH_SQLITE: &str = "select d.person_id, d.at, d.moment_id, d.doc from moment_words w
    join moment_directory d on d.doc = w.rowid
    where moment_words match $1 and w.rowid < $2 order by w.rowid desc limit $3";
/// The same. What has the words is gathered first: told how few rows are wanted, the planner reads all moments backwards.
const MATCH_POSTGRES: &str = "with found as materialized
        (select doc from moment_words where words @@ cast(cast($1 as text) as tsquery) and doc < $2)
    select d.person_id, d.at, d.moment_id, d.doc
    from (select doc from found order by doc desc limit $3) w
    join moment_directory d on d.doc = w.doc order by d.doc desc";

/// The same among the newest places: of a common word these are enough, and the index would gather all there are.
pub(crate) const NEWEST: &str = "select d.person_id, d.at, d.moment_id, d.doc
    from (select doc, words from moment_words where doc < $2 order by doc desc limit 4000) w
    join moment_directory d on d.doc = w.doc
    where w.words @@ cast(cast($1 as text) as tsquery) order by w.doc desc limit $3";

pub(crate) fn matching(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => MATCH_SQLITE,
        Engine::Postgres => MATCH_POSTGRES,
    }
}

pub(crate) const PLACE_OF: &str = "select doc from moment_directory where moment_id = $1";
