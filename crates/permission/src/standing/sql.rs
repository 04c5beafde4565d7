//! Statements about where people stand.

pub(crate) fn heard(marks: &str) -> String {
    format!("select person_id, heard_at from people where person_id in ({marks})")
}
pub(crate) const MESSAGED: &str =
    "select max(at) from moments where person_id = $1 and direction = 'heard' and kind = 'message'";
pub(crate) fn proven(marks: &str) -> String {
    format!("select person_id, value from handles where kind = $1 and verified and person_id in ({marks})")
}
