//! Statements about keys to sign mail with.

pub(super) const ALL: &str =
    "select domain, selector, record, made_at, signs_since from signing_keys order by domain";
/// A key that signs is never put aside by another.
pub(super) const ADD: &str = "insert into signing_keys (domain, selector, record, sealed, made_at)
    values ($1, $2, $3, $4, $5) on conflict (domain) do nothing";
pub(super) const BEGIN: &str =
    "update signing_keys set signs_since = $2 where domain = $1 and signs_since is null";
pub(super) const DROP: &str = "delete from signing_keys where domain = $1";
pub(super) const SIGNS: &str =
    "select selector, sealed from signing_keys where domain = $1 and signs_since is not null";
