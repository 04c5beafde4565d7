//! Statements for forgetting what imports kept.

pub(crate) const REFUSALS: &str = "select import_id, at_byte, number, reason, raw from refusals
    where (import_id, at_byte, number) > ($1, $2, $3) order by import_id, at_byte, number limit $4";
pub(crate) const BLANK: &str =
    "update refusals set raw = $4, reason = 'removed: it spoke of somebody who was forgotten'
    where import_id = $1 and at_byte = $2 and number = $3";
