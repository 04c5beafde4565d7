//! Statements about links that were used.

pub(crate) const USE: &str =
    "insert into used_links (hash, until_at) values ($1, $2) on conflict (hash) do nothing";
pub(crate) const FORGET: &str = "delete from used_links where until_at < $1";
