//! Statements about answers kept for programs. The web holds no other SQL: what is answered twice is its own business.

pub(crate) const PAST: &str = "delete from api_answers where at < $1";
pub(crate) const FIND: &str =
    "select digest, status, body, at from api_answers where staff_id = $1 and key = $2";
pub(crate) const CLAIM: &str = "insert into api_answers (staff_id, key, digest, status, body, at)
    values ($1, $2, $3, 0, '', $4)
    on conflict (staff_id, key) do update set digest = excluded.digest, status = 0, body = '', at = excluded.at";
pub(crate) const KEEP: &str =
    "update api_answers set status = $3, body = $4 where staff_id = $1 and key = $2";
pub(crate) const DROP: &str = "delete from api_answers where staff_id = $1 and key = $2";
