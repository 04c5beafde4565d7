//! Statements for finding.

/// Entries of one word looked at, so that a single letter cannot read them all.
const WORD_ENTRIES: usize = 100_000;
/// People of one word who are looked up for others: each costs as much as ten entries.
const LOOKED_UP: usize = 2000;

/// Who has every word, somebody perhaps twice. The first drives, with two marks, from and to; the others must stand
/// beside it, with a mark for the pattern of each. Making people distinct would read every entry first.
pub(crate) fn by_words(others: usize, most: usize) -> String {
    let beside: String = (3..others + 3).map(|n| format!(" and ' ' || w.beside || ' ' like ${n}")).collect();
    format!(
        "select w.person_id from (select person_id, beside from person_words where word >= $1 and word < $2
         order by word limit {WORD_ENTRIES}) w where 1 = 1 {beside} limit {most}"
    )
}
/// Who has every word, though not in one name: each person of the first word is looked up, so fewer are looked at. Each
/// word takes two marks. The offset keeps the planner from joining, which would read every entry of the other words.
pub(crate) fn by_words_apart(words: usize, most: usize) -> String {
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
         order by word limit {LOOKED_UP}) w where 1 = 1 {others} limit {most}"
    )
}
/// Who has an address that begins so, somebody perhaps twice.
pub(crate) const BY_HANDLE: &str = "select person_id from directory
    where kind = $1 and value >= $2 and value < $3 order by value limit $4";
pub(crate) fn slips(marks: &str) -> String {
    format!("select distinct word from word_variants where variant in ({marks})")
}

/// The newest moments with these words; places in the index rise with time.
pub(crate) const MATCHING_SQLITE: &str = "select d.person_id, d.at, d.moment_id, d.doc from moment_words w
    join moment_directory d on d.doc = w.rowid
    where moment_words match $1 and w.rowid < $2 order by w.rowid desc limit $3";

/// Words of the index that begin so, each sought behind the one before: reading on would read all that have it.
pub(crate) const BEGINNING_SQLITE: &str = "with recursive found (word) as (
        select (select term from moment_terms where term >= $1 limit 1)
        union all
        select (select v.term from moment_terms v where v.term >= found.word || char(1) limit 1)
        from found where found.word < $2 limit $3
    ) select word from found where word < $2";

/// The newest of the 4,000 places before one, read text by text.
pub(crate) const NEWEST: &str = "select d.person_id, d.at, d.moment_id, d.doc
    from (select doc, words from moment_words where doc < $2 order by doc desc limit 4000) w
    join moment_directory d on d.doc = w.doc
    where w.words @@ cast(cast($1 as text) as tsquery) order by w.doc desc limit $3";
/// Where the 65,536 places before one begin.
pub(crate) const FAR_BACK: &str =
    "select doc from moment_words where doc < $1 order by doc desc limit 1 offset 65535";
/// The newest of those before one place, from another on or of all. The index gathers what has some of the words, and each
/// text is asked for all of them. That happens apart: told how few rows are wanted, the planner reads all moments
/// backwards. Of all, it must not gather by place too, hence the sum.
pub(crate) fn gathered(from: bool) -> String {
    let within = if from { "doc < $2 and doc >= $5" } else { "doc + 0 < $2" };
    format!(
        "with found as materialized (select doc
             from (select doc, words from moment_words
                   where words @@ cast(cast($4 as text) as tsquery) and {within} offset 0) w
             where words @@ cast(cast($1 as text) as tsquery))
         select d.person_id, d.at, d.moment_id, d.doc
         from (select doc from found order by doc desc limit $3) w
         join moment_directory d on d.doc = w.doc order by d.doc desc"
    )
}

/// Of these words and of what begins so, those among the commonest that PostgreSQL counted when it last looked; and an empty one,
/// if it ever did.
pub(crate) const COMMON: &str =
    "select e from pg_stats s, unnest(array_prepend(cast('' as text), cast(cast(s.most_common_elems as text) as text[]))) as e
    where s.schemaname = current_schema() and s.tablename = 'moment_words' and s.attname = 'words' and s.most_common_elems is not null
    and (e = '' or e = any(string_to_array($1, ' ')) or ($2 <> '' and starts_with(e, $2)))";

pub(crate) const PLACE_OF: &str = "select doc from moment_directory where moment_id = $1";
