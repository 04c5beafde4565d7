//! Statements about reckonings.

pub(crate) const KEEP: &str = "insert into reckonings (what, at, content) values ($1, $2, $3)
    on conflict (what) do update set at = excluded.at, content = excluded.content";
pub(crate) const KEPT: &str = "select content from reckonings where what = $1";
