//! Statements about where ids lead.

pub(crate) const REDIRECT: &str = "select person_id from redirects where old_id = $1";
pub(crate) const EXISTS: &str = "select 1 from people where person_id = $1";
pub(crate) const HOMES: &str = "select old_id from redirects where person_id = $1 order by old_id";
