//! Statements for the desk's own profiles.

pub(crate) const ADD_PROFILE: &str =
    "insert into profiles (person_id, profile_id, home_id, source, key, seen_at, recorded_at, fields, matched)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (person_id, profile_id) do nothing";
