//! Statements about who asked for no mail unasked.

pub(crate) const ADD: &str = "insert into stops (person_id, address, profile_id, said_at)
    select m.person_id, $3, m.profile_id, $4 from moments m
    where m.person_id = $1 and m.moment_id = $2 and m.at = (select d.at from moment_directory d where d.moment_id = $2)
    on conflict (person_id, address) do nothing";
pub(crate) const DROP: &str = "delete from stops where address = $1";
pub(crate) const SINCE: &str = "select min(said_at) from stops where address = $1";
