//! Statements about imports.

pub(crate) const BEGIN: &str =
    "insert into imports (import_id, digest, name, wish, state, position, size, counts, started_at, changed_at, by_staff, error)
     values ($1, $2, $3, $4, 'running', 0, $5, $6, $7, $7, $8, '')";
pub(crate) const UNFINISHED: &str =
    "select import_id, name, wish, state, position, size, counts, started_at, changed_at, by_staff, error
    from imports where digest = $1 and state in ('running', 'stopped') order by started_at desc limit 1";
pub(crate) const ONE: &str =
    "select import_id, name, wish, state, position, size, counts, started_at, changed_at, by_staff, error
    from imports where import_id = $1";
pub(crate) const LIST: &str =
    "select import_id, name, wish, state, position, size, counts, started_at, changed_at, by_staff, error
    from imports order by started_at desc, import_id desc limit $1";
pub(crate) const ADVANCE: &str = "update imports set position = $2, counts = $3, changed_at = $4, state = $5, error = $6 where import_id = $1";
pub(crate) const ADD_REFUSAL: &str =
    "insert into refusals (import_id, at_byte, number, line, refused, reason, raw) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (import_id, at_byte, number) do nothing";
pub(crate) const REFUSALS: &str = "select at_byte, number, line, refused, reason, raw from refusals
    where import_id = $1 and (at_byte, number) > ($2, $3) order by at_byte, number limit $4";
pub(crate) const UNFINISHED_FILES: &str =
    "select wish, state from imports where state in ('running', 'stopped')";
pub(crate) const MOVE: &str = "update imports set wish = $2 where import_id = $1";
