//! Statements about timelines.

use model::Time;
use store::Value;

use super::Place;
use crate::lists::marks;

const COLUMNS: &str =
    "person_id, at, moment_id, profile_id, recorded_at, kind, channel, direction, account_id, by_staff,
    thread, title, body, data, originals";

pub(crate) const OF_PERSON: &str = "person_id = $1";
/// The index is on accounts that are there; the engines use it only when told so.
pub(crate) const OF_ACCOUNT: &str = "account_id = $1 and account_id is not null";

/// The row-value form reads from the index where it stands; its longhand with OR is filtered row by row.
pub(crate) fn before(params: &mut Vec<Value<'_>>, place: Place) -> String {
    params.extend([Value::Int(place.at.micros()), Value::Uuid(place.id.uuid())]);
    "and (at, moment_id) < ($2, $3)".to_owned()
}
pub(crate) fn after(params: &mut Vec<Value<'_>>, place: Place) -> String {
    params.extend([Value::Int(place.at.micros()), Value::Uuid(place.id.uuid())]);
    "and (at, moment_id) > ($2, $3)".to_owned()
}
pub(crate) fn since(params: &mut Vec<Value<'_>>, at: Time) -> String {
    params.push(Value::Int(at.micros()));
    "and at >= $2".to_owned()
}
pub(crate) fn of_kinds(params: &mut Vec<Value<'_>>, kinds: &[String]) -> String {
    if kinds.is_empty() {
        return String::new();
    }
    let first = params.len() + 1;
    params.extend(kinds.iter().map(|kind| Value::Text(kind.clone().into())));
    format!("and kind in ({})", marks(first, kinds.len()))
}
pub(crate) fn page(whose: &str, condition: &str, kinds: &str, falling: bool, limit: usize) -> String {
    let order = if falling { "desc" } else { "asc" };
    format!(
        "select {COLUMNS} from moments where {whose} {condition} {kinds}
         order by at {order}, moment_id {order} limit ${limit}"
    )
}

pub(crate) const PLACE: &str = "select person_id, at from moment_directory where moment_id = $1";
pub(crate) const ONE: &str =
    "select person_id, at, moment_id, profile_id, recorded_at, kind, channel, direction,
    account_id, by_staff, thread, title, body, data, originals
    from moments where person_id = $1 and at = $2 and moment_id = $3";
/// Places in the word index rise with time.
pub(crate) const NEWEST: &str =
    "select person_id, at, moment_id from moment_directory order by doc desc limit $1";
pub(crate) fn surveys() -> String {
    format!("select {COLUMNS} from moments where kind = 'survey' and at >= $1 order by at desc limit $2")
}
/// What was said a while ago may come to us late: the last is what we came to know last.
pub(crate) const LAST_WORD: &str = "select moment_id from (
      select moment_id, at, recorded_at from moments where person_id = $1
      and kind in ('email', 'chat', 'message') and direction in ('heard', 'said') order by at desc, moment_id desc limit 40
    ) as newest order by recorded_at desc, at desc, moment_id desc limit 1";
