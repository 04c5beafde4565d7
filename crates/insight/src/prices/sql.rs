//! Statements about versions of what is assumed.

pub(crate) const NEWEST: &str =
    "select version, at, by_staff, content from insight_prices order by at desc, version desc limit $1";
pub(crate) const ADD: &str =
    "insert into insight_prices (version, at, by_staff, content) values ($1, $2, $3, $4)
    on conflict (version) do nothing";
