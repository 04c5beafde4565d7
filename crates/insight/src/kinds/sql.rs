//! Statements about what we say a relationship is.

/// Of those said in the same moment the last holds.
pub(crate) const ADD: &str =
    "insert into kind_corrections (person_id, profile_id, at, moment_id, kind, why, by_staff)
    select m.person_id, m.profile_id, $2, m.moment_id, $3, $4, $5 from moments m
    where m.person_id = $1 and m.moment_id = $6 and m.at = $2
    on conflict (person_id, profile_id, at) do update set
      moment_id = excluded.moment_id, kind = excluded.kind, why = excluded.why, by_staff = excluded.by_staff";
pub(crate) const NEWEST: &str = "select person_id, kind, why, by_staff, at from kind_corrections
    where person_id = $1 order by at desc, profile_id limit 1";
/// Those said of people, each person's newest; who comes after somebody.
pub(crate) const ALL: &str = "select c.person_id, c.kind, c.why, c.by_staff, c.at from kind_corrections c
    where c.person_id > $1 and c.at = (select max(n.at) from kind_corrections n where n.person_id = c.person_id)
    order by c.person_id, c.profile_id limit $2";
/// What was said goes with the note that tells of it.
pub(crate) const LET_GO: &str = "delete from kind_corrections where person_id = $1 and moment_id = $2";
