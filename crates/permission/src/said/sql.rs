//! Statements about what was said.

pub(crate) fn of_people(marks: &str) -> String {
    format!(
        "select person_id, moment_id, at, title, body, by_staff, data from moments
         where kind = 'permission' and person_id in ({marks}) order by person_id, at, moment_id"
    )
}
