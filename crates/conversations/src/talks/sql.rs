//! Statements about talks on websites.

const COLUMNS: &str = "t.person_id, t.talk_id, t.profile_id, t.site_id, t.began_at, t.newest, t.seen, t.looked_at, t.writing, t.mailed,
    t.address, t.vouched";

pub(crate) fn one() -> String {
    format!("select {COLUMNS} from talks t where t.person_id = $1 and t.talk_id = $2")
}
pub(crate) fn of_person() -> String {
    format!("select {COLUMNS} from talks t where t.person_id = $1 order by t.began_at desc, t.talk_id")
}
/// The talk that a browser's key opens.
pub(crate) fn held() -> String {
    format!(
        "select {COLUMNS} from talk_keys k join talks t on t.person_id = k.person_id and t.talk_id = k.talk_id
         where k.key = $1 and t.site_id = $2"
    )
}
pub(crate) const OPENS: &str = "insert into talk_keys (person_id, key, talk_id, profile_id)
    select t.person_id, $3, t.talk_id, t.profile_id from talks t where t.person_id = $1 and t.talk_id = $2
    on conflict (person_id, key) do update set talk_id = excluded.talk_id, profile_id = excluded.profile_id";
pub(crate) const CLOSE: &str = "delete from talk_keys where person_id = $1 and talk_id = $2";
pub(crate) const HOLDERS: &str =
    "select count(*) from directory where kind = 'email' and value = $1 and person_id <> $2";
pub(crate) const BEGIN: &str = "insert into talks (person_id, talk_id, profile_id, site_id, began_at, newest, seen, looked_at, writing, mailed, vouched)
    values ($1, $2, $3, $4, $5, 0, 0, $5, false, 0, false)";
pub(crate) const NEXT: &str = "update talks set newest = newest + 1 where person_id = $1 and talk_id = $2";
pub(crate) const LINE: &str = "insert into talk_lines (person_id, talk_id, number, profile_id, moment_id)
    select t.person_id, t.talk_id, t.newest, t.profile_id, $3 from talks t where t.person_id = $1 and t.talk_id = $2";
pub(crate) const SINCE: &str = "select l.number, l.moment_id from talk_lines l
    where l.person_id = $1 and l.talk_id = $2 and l.number > $3 order by l.number limit $4";
pub(crate) const NUMBER_OF: &str =
    "select l.number from talk_lines l where l.person_id = $1 and l.talk_id = $2 and l.moment_id = $3";
pub(crate) const HERE: &str =
    "update talks set seen = case when seen < $3 then $3 else seen end, looked_at = $4, writing = $5
    where person_id = $1 and talk_id = $2";
pub(crate) const VOUCHED: &str = "update talks set vouched = true where person_id = $1 and talk_id = $2";
/// The talk that a moment is a line of.
pub(crate) fn of_moment() -> String {
    format!(
        "select {COLUMNS} from talks t join talk_lines l on l.person_id = t.person_id and l.talk_id = t.talk_id
         where t.person_id = $1 and l.moment_id = $2"
    )
}
/// What else tells of somebody than a talk: other sources, or another talk.
pub(crate) const OTHER_PROFILES: &str =
    "select count(*) from profiles where person_id = $1 and not (source = $2 and key = $3)";
pub(crate) const LINES: &str = "select l.moment_id, l.profile_id from talk_lines l
    where l.person_id = $1 and l.talk_id = $2 order by l.number";
pub(crate) const MOVE_LINE: &str =
    "insert into talk_lines (person_id, talk_id, number, profile_id, moment_id)
    select t.person_id, t.talk_id, t.newest, $4, $3 from talks t where t.person_id = $1 and t.talk_id = $2";
pub(crate) const DROP_LINES: &str = "delete from talk_lines where person_id = $1 and talk_id = $2";
pub(crate) const DROP: &str = "delete from talks where person_id = $1 and talk_id = $2";
pub(crate) const ANSWERED: &str = "update talks set answered_at = $3
    where person_id = $1 and talk_id = $2 and answered_at is null";
/// How long people waited for our first word in the latest talks, in microseconds.
pub(crate) const WAITS: &str = "select t.answered_at - t.began_at from talks t
    where t.site_id = $1 and t.answered_at is not null order by t.began_at desc limit $2";
pub(crate) const MAILED: &str =
    "update talks set mailed = $3 where person_id = $1 and talk_id = $2 and mailed < $3";
pub(crate) const ADDRESS: &str = "update talks set address = $3 where person_id = $1 and talk_id = $2";
