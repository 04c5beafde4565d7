//! Statements about lives.

/// Whose life is not what their moments say now. Joined people have several rows, of which none fits.
pub(crate) const CHANGED: &str = "select p.person_id from people p where p.person_id > $1
    and not exists (select 1 from lives l where l.person_id = p.person_id and l.moments = p.moments and l.last_at = p.last_at)
    order by p.person_id limit $2";
pub(crate) fn people(marks: &str) -> String {
    format!("select person_id, moments, last_at from people where person_id in ({marks})")
}
pub(crate) fn happened(marks: &str) -> String {
    format!(
        "select person_id, profile_id, at, kind, channel, direction, data from moments
         where person_id in ({marks}) order by person_id, at, moment_id"
    )
}
pub(crate) fn goodwill(marks: &str) -> String {
    format!(
        "select person_id, at, minor, currency from goodwill
         where taken_back_at is null and person_id in ({marks}) order by person_id, at"
    )
}
pub(crate) fn promises(marks: &str) -> String {
    format!(
        "select person_id, due_at, state, settled_at from promises where person_id in ({marks}) order by person_id, due_at"
    )
}
pub(crate) const DROP: &str = "delete from lives where person_id = $1";
pub(crate) const LIVES: (&str, &[&str]) =
    ("lives", &["person_id", "profile_id", "moments", "last_at", "life"]);
pub(crate) const ALL: &str =
    "select person_id, life from lives where person_id > $1 order by person_id limit $2";
