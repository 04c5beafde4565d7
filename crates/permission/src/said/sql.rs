//! Statements about what was said.

pub(crate) const OF_PERSON: &str = "select moment_id, at, title, body, by_staff, data from moments
    where person_id = $1 and kind = 'permission' order by at, moment_id";
