//! Statements about addresses that are left alone.

pub(crate) const ADD: &str =
    "insert into suppressed (hash, kind, at) values ($1, $2, $3) on conflict (hash, kind) do nothing";
pub(crate) const RENEW: &str = "insert into suppressed (hash, kind, at) values ($1, $2, $3)
    on conflict (hash, kind) do update set at = excluded.at";
pub(crate) const DROP: &str = "delete from suppressed where hash = $1 and kind = $2";
pub(crate) fn of_hashes(marks: &str) -> String {
    format!("select hash, kind, at from suppressed where hash in ({marks})")
}
