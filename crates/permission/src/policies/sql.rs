//! Statements about versions of the policy.

pub(crate) const NEWEST: &str =
    "select version, at, by_staff, content from policies order by at desc, version desc limit $1";
pub(crate) const ADD: &str = "insert into policies (version, at, by_staff, content) values ($1, $2, $3, $4)
    on conflict (version) do nothing";
