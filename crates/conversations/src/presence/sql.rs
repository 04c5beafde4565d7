//! Statements about who is here.

pub(crate) const WAS: &str =
    "select writing from presence where person_id = $1 and staff_id = $2 and seen_at > $3";
pub(crate) const HERE: &str =
    "insert into presence (person_id, staff_id, writing, seen_at) values ($1, $2, $3, $4)
    on conflict (person_id, staff_id) do update set writing = excluded.writing, seen_at = excluded.seen_at";
pub(crate) const GONE: &str = "delete from presence where person_id = $1 and staff_id = $2";
pub(crate) const SWEEP: &str = "delete from presence where seen_at < $1";
pub(crate) const OTHERS: &str = "select staff_id, writing from presence
    where person_id = $1 and staff_id <> $2 and seen_at > $3 order by staff_id";
pub(crate) const WRITING: &str = "select staff_id from presence
    where person_id = $1 and writing and seen_at > $2 order by seen_at desc limit 1";
pub(crate) const ANYBODY: &str = "select 1 from presence where seen_at > $1 limit 1";
