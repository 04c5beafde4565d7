//! Statements for forgetting.

/// What is deleted from, besides every table whose rows belong to profiles.
pub(crate) const TABLES: &[&str] = &[
    "people",
    "directory",
    "moment_directory",
    "moment_words",
    "person_channels",
    "person_words",
    "word_variants",
    "accounts",
    "guards",
    "jobs",
    "merges",
    "cannot_links",
    "redirects",
    "duplicates",
];
/// What a receipt calls rows whose table it does not call by its own name.
pub(crate) const CALLED: &[(&str, &str)] = &[("profiles", "sources")];

pub(crate) const HANDLES: &str = "select distinct kind, value from handles where person_id = $1";
/// What is theirs for certain: proven, or the record of a source under which they are known.
pub(crate) const CERTAIN: &str =
    "select distinct kind, value from handles where person_id = $1 and (verified or kind = $2)";
pub(crate) const ADD_HASH: &str =
    "insert into forgotten (hash, receipt_id) values ($1, $2) on conflict (hash) do nothing";
pub(crate) const LEAVE: &str = "delete from directory where kind = $1 and value = $2 and person_id = $3";
pub(crate) const DOCS: &str = "select d.moment_id, d.doc from moment_directory d
    join moments m on m.moment_id = d.moment_id where m.person_id = $1";
pub(crate) const DROP_WORDS_SQLITE: &str = "delete from moment_words where rowid = $1";
pub(crate) const DROP_WORDS_POSTGRES: &str = "delete from moment_words where doc = $1";
pub(crate) const DROP_PLACE: &str = "delete from moment_directory where moment_id = $1";
pub(crate) const DIGESTS: &str = "select distinct digest from files where person_id = $1";
pub(crate) const DIGEST_IN_USE: &str = "select 1 from files where digest = $1 limit 1";
/// A guard says something about a value that nobody has any more.
pub(crate) const DROP_GUARD: &str = "delete from guards where kind = $1 and value = $2
    and not exists (select 1 from directory d where d.kind = $1 and d.value = $2)";
pub(crate) const ACCOUNTS: &str = "select account_id from roles where person_id = $1
    union select account_id from moments where person_id = $1 and account_id is not null";
/// What was written about an organisation is about more than whoever was with it.
pub(crate) const DROP_EMPTY_ACCOUNT: &str = "delete from accounts where account_id = $1
    and (kind = 'household' or (about = '' and fields = '{}'))
    and not exists (select 1 from roles r where r.account_id = $1)
    and not exists (select 1 from moments m where m.account_id = $1 and m.account_id is not null)";
pub(crate) const WORDS: &str = "select distinct word from person_words where person_id = $1";
pub(crate) const WORD_IN_USE: &str = "select 1 from person_words where word = $1 limit 1";
pub(crate) const DROP_VARIANT: &str = "delete from word_variants where variant = $1 and word = $2";
pub(crate) const DROP_OF_HOME: &[&str] = &[
    "delete from merges where one_id = $1 or other_id = $1",
    "delete from cannot_links where one_id = $1 or other_id = $1",
    "delete from duplicates where person_id = $1 or other_id = $1",
    "delete from redirects where old_id = $1 or person_id = $1",
];
pub(crate) const DROP_OF_PERSON: &[&str] = &[
    "delete from person_words where person_id = $1",
    "delete from person_channels where person_id = $1",
    "delete from people where person_id = $1",
];
pub(crate) fn count(table: &str) -> String {
    format!("select count(*) from {table} where person_id = $1")
}
pub(crate) fn drop(table: &str) -> String {
    format!("delete from {table} where person_id = $1")
}
/// Without a number it stands outside of the chain.
pub(crate) const ADD_RECEIPT: &str = "insert into receipts (receipt_id, number, at, by_staff, content, people) values ($1, $2, $3, $4, $5, $6)";
pub(crate) const NEWEST_RECEIPT: &str =
    "select number, content from receipts where number is not null order by number desc limit 1";
pub(crate) const RECEIPT: &str = "select content from receipts where receipt_id = $1";
pub(crate) const CHAIN: &str =
    "select number, receipt_id, content from receipts where number > $1 order by number limit $2";
pub(crate) const OUTSIDE: &str = "select count(*) from receipts where number is null";
pub(crate) const RECEIPT_AND_PEOPLE: &str =
    "select content, coalesce(people, '[]') from receipts where receipt_id = $1";
pub(crate) const RECEIPT_IDS: &str = "select receipt_id, number from receipts where number is not null";
pub(crate) const HASHES: &str = "select hash from forgotten where receipt_id = $1 order by hash";
pub(crate) fn known_receipts(marks: &str) -> String {
    format!("select receipt_id from receipts where receipt_id in ({marks})")
}
/// Whoever of these is here, under the id that they go by.
pub(crate) fn here(marks: &str) -> String {
    format!(
        "select person_id from people where person_id in ({marks})
         union select person_id from redirects where old_id in ({marks})"
    )
}
pub(crate) const RETENTION: &str = "select days from retention where name = $1";
pub(crate) const SET_RETENTION: &str = "insert into retention (name, days) values ($1, $2)
    on conflict (name) do update set days = excluded.days";
/// Nothing, if nobody was ever forgotten.
pub(crate) const KEY: &str = "select value from secrets where name = $1 and exists (select 1 from forgotten)";
pub(crate) fn among(marks: &str) -> String {
    format!("select hash from forgotten where hash in ({marks})")
}
pub(crate) const MERGE_WORDS: &str = "insert into moment_words (moment_words) values ('optimize')";
/// The receipt says when.
pub(crate) fn since(marks: &str) -> String {
    format!(
        "select f.hash, r.at from forgotten f join receipts r on r.receipt_id = f.receipt_id where f.hash in ({marks})"
    )
}
