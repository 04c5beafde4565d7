//! Statements about saved replies.

pub(crate) const ALL: &str =
    "select reply_id, name, words, by_staff, at from saved_replies order by name, reply_id";
pub(crate) const ONE: &str =
    "select reply_id, name, words, by_staff, at from saved_replies where reply_id = $1";
pub(crate) const KEEP: &str = "insert into saved_replies (reply_id, name, words, by_staff, at) values ($1, $2, $3, $4, $5)
    on conflict (reply_id) do update set name = excluded.name, words = excluded.words, by_staff = excluded.by_staff, at = excluded.at";
pub(crate) const DROP: &str = "delete from saved_replies where reply_id = $1";
