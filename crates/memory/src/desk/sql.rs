//! Statements for the desk's own profiles.

use store::Many;

pub(crate) const ADD_PROFILE: Many = Many {
    each: "insert into profiles (person_id, profile_id, home_id, source, key, seen_at, recorded_at, fields, matched)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (person_id, profile_id) do nothing",
    at_once: "insert into profiles (person_id, profile_id, home_id, source, key, seen_at, recorded_at, fields, matched)
    select * from unnest(cast($1 as uuid[]), cast($2 as uuid[]), cast($3 as uuid[]), cast($4 as text[]), cast($5 as text[]),
        cast($6 as bigint[]), cast($7 as bigint[]), cast($8 as text[]), cast($9 as text[]))
    on conflict (person_id, profile_id) do nothing",
};
