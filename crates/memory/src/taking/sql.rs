//! Statements for taking in.

pub(crate) fn directory(marks: &str) -> String {
    format!("select value, person_id from directory where kind = $1 and value in ({marks})")
}
pub(crate) fn guards(marks: &str) -> String {
    format!("select value, state from guards where kind = $1 and value in ({marks})")
}
pub(crate) fn names(marks: &str) -> String {
    format!("select person_id, name, named from people where person_id in ({marks})")
}
/// Handles with the home that holds each; a home's handles move with it when a joining is undone. The people are named
/// for both tables: PostgreSQL does not carry a list over to the other side of a join, and read every profile there is.
pub(crate) fn homes(marks: &str) -> String {
    format!(
        "select h.person_id, h.kind, h.value, p.home_id from handles h
         join profiles p on p.person_id = h.person_id and p.profile_id = h.profile_id
         where h.person_id in ({marks}) and p.person_id in ({marks})"
    )
}
pub(crate) fn known_profiles(marks: &str) -> String {
    format!("select profile_id from profiles where person_id in ({marks})")
}
pub(crate) fn known_moments(marks: &str) -> String {
    format!("select moment_id from moment_directory where moment_id in ({marks})")
}
pub(crate) fn taken_docs(marks: &str) -> String {
    format!("select doc from moment_directory where doc in ({marks})")
}
pub(crate) fn accounts(marks: &str) -> String {
    format!(
        "select sort_name, account_id from accounts where sort_name in ({marks}) order by account_id desc"
    )
}

pub(crate) const PEOPLE: (&str, &[&str]) = (
    "people",
    &[
        "person_id",
        "created_at",
        "name",
        "sort_name",
        "named",
        "kind",
        "first_at",
        "last_at",
        "moments",
        "heard",
    ],
);
pub(crate) const PROFILES: (&str, &[&str]) = (
    "profiles",
    &["person_id", "profile_id", "home_id", "source", "key", "seen_at", "recorded_at", "fields", "matched"],
);
pub(crate) const HANDLES: (&str, &[&str]) =
    ("handles", &["person_id", "kind", "value", "profile_id", "raw", "verified", "seen_at"]);
pub(crate) const DIRECTORY: (&str, &[&str]) = ("directory", &["kind", "value", "person_id"]);
pub(crate) const ACCOUNTS: (&str, &[&str]) =
    ("accounts", &["account_id", "kind", "name", "sort_name", "about", "fields", "created_at"]);
pub(crate) const MOMENTS: (&str, &[&str]) = (
    "moments",
    &[
        "person_id",
        "at",
        "moment_id",
        "profile_id",
        "recorded_at",
        "kind",
        "channel",
        "direction",
        "account_id",
        "by_staff",
        "thread",
        "title",
        "body",
        "data",
        "originals",
    ],
);
pub(crate) const MOMENT_DIRECTORY: (&str, &[&str]) =
    ("moment_directory", &["moment_id", "person_id", "at", "doc"]);
pub(crate) const FILES: (&str, &[&str]) = ("files", &["person_id", "came_with", "digest", "profile_id"]);
pub(crate) const SQLITE_WORDS: (&str, &[&str]) = ("moment_words", &["rowid", "words"]);
pub(crate) const POSTGRES_WORDS: (&str, &[&str]) = ("moment_words", &["doc", "words"]);

pub(crate) const ADD_DIRECTORY: &str = "insert into directory (kind, value, person_id) values ($1, $2, $3) on conflict (kind, value, person_id) do nothing";
