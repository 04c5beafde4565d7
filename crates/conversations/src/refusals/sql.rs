//! Statements about refusals.

const COLUMNS: &str =
    "r.person_id, r.refusal_id, r.moment_id, r.how, r.what, r.reason, r.by_staff, r.at, r.taken_back_at";

pub(crate) const ADD: &str =
    "insert into noes (person_id, refusal_id, profile_id, moment_id, how, what, reason, by_staff, at)
    select m.person_id, $2, m.profile_id, m.moment_id, $3, $4, $5, $6, $7 from moments m
    where m.person_id = $1 and m.moment_id = $8 and m.at = (select d.at from moment_directory d where d.moment_id = $8)";
pub(crate) const TAKE_BACK: &str = "update noes set taken_back_at = $3
    where person_id = $1 and refusal_id = $2 and taken_back_at is null";

pub(crate) fn one() -> String {
    format!("select {COLUMNS} from noes r where r.person_id = $1 and r.refusal_id = $2")
}
pub(crate) fn of_person() -> String {
    format!("select {COLUMNS} from noes r where r.person_id = $1 order by r.at desc limit $2")
}
pub(crate) fn since() -> String {
    format!("select {COLUMNS} from noes r where r.at >= $1 order by r.at desc limit $2")
}
