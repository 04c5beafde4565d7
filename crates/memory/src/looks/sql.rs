//! Statements about who looked.

/// The right they had at first stays said, as does the first time.
pub(super) const NOTE: &str = "insert into looks
    (person_id, profile_id, day, looker, what, staff_id, role, first_at, last_at, times)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)
    on conflict (person_id, profile_id, day, looker, what) do update
    set last_at = excluded.last_at, times = looks.times + excluded.times";
/// The oldest, so that it is the same one each time.
pub(super) const OF_HOME: &str = "select profile_id from profiles where person_id = $1 and home_id = $2 order by recorded_at, profile_id limit 1";
pub(super) const OF_PERSON: &str =
    "select day, looker, what, staff_id, role, first_at, last_at, times from looks
    where person_id = $1 order by day desc, looker, what, profile_id limit $2";
/// At most as many days as looks are kept for.
pub(super) const DAYS: &str = "select distinct day from looks where person_id = $1 order by day desc";
pub(super) const OF_DAY: &str =
    "select day, looker, what, staff_id, role, first_at, last_at, times from looks
    where person_id = $1 and day = $2 order by looker, what, profile_id";
pub(super) const OLD: &str =
    "select person_id, profile_id, day, looker, what from looks where day < $1 order by day limit $2";
pub(super) const DROP: &str = "delete from looks
    where person_id = $1 and profile_id = $2 and day = $3 and looker = $4 and what = $5";
