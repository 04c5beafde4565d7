//! Statements about people.

pub(crate) const PERSON: &str =
    "select person_id, created_at, name, named, kind, first_at, last_at, moments, heard, waits_since, keeper,
    set_aside_until from people where person_id = $1";
pub(crate) const PROFILES: &str =
    "select profile_id, home_id, source, key, seen_at, recorded_at, fields, matched from profiles
     where person_id = $1 order by seen_at desc, profile_id";
/// How many people hold the same value is what makes it shared.
pub(crate) const HANDLES: &str = "select h.kind, h.value, h.profile_id, h.raw, h.verified, h.seen_at,
    (select count(*) from directory d where d.kind = h.kind and d.value = h.value),
    (select g.state from guards g where g.kind = h.kind and g.value = h.value)
    from handles h where h.person_id = $1 order by h.kind, h.verified desc, h.seen_at desc, h.value, h.profile_id";
pub(crate) const ENTRIES: &str = "select field, value, by_staff, at from entries
    where person_id = $1 order by at desc, entry_id desc";
pub(crate) const ADD_ENTRY: &str =
    "insert into entries (person_id, entry_id, profile_id, field, value, by_staff, at)
    values ($1, $2, $3, $4, $5, $6, $7)";
pub(crate) const MERGES: &str = "select merge_id, one_id, other_id, reason, at, by_staff from merges
    where undone_at is null and (one_id = $1 or other_id = $1)";
pub(crate) const NAME: &str = "update people set name = $2, sort_name = $3, named = $4 where person_id = $1";
pub(crate) const DROP_WORDS: &str = "delete from person_words where person_id = $1";
pub(crate) const WORDS: &str = "select word, beside from person_words where person_id = $1";
pub(crate) const CHANNELS: &str = "select channel, last_at, moments from person_channels where person_id = $1 order by last_at desc, channel";

pub(crate) const FILES: &str =
    "select distinct digest from files where person_id = $1 and digest > $2 order by digest limit $3";

pub(crate) const FIELD_DEFS: &str =
    "select name, label, type, options, position from field_defs order by position, name";
pub(crate) const DEFINE_FIELD: &str =
    "insert into field_defs (name, label, type, options, position, created_at) values ($1, $2, $3, $4, $5, $6)
     on conflict (name) do update set label = excluded.label, type = excluded.type, options = excluded.options,
     position = excluded.position";
pub(crate) const DROP_FIELD: &str = "delete from field_defs where name = $1";

pub(crate) const LINE: &str = "p.person_id, p.name, p.named, p.kind, p.last_at, p.moments, p.heard";

/// One page of people, newest first, by the filters asked for.
pub(crate) fn list(from: &str, conditions: &[String], last: &str, limit: usize) -> String {
    let wanted = if conditions.is_empty() { "1 = 1".to_owned() } else { conditions.join(" and ") };
    format!(
        "select {LINE}, {last} from {from} where {wanted} order by {last} desc, p.person_id desc limit ${limit}"
    )
}
pub(crate) const FROM_PEOPLE: &str = "people p";
pub(crate) const FROM_CHANNEL: &str = "person_channels c join people p on p.person_id = c.person_id";
pub(crate) fn in_channel(n: usize) -> String {
    format!("c.channel = ${n}")
}
pub(crate) fn of_kind(n: usize) -> String {
    format!("p.kind = ${n}")
}
pub(crate) fn with_role(n: usize) -> String {
    format!(
        "exists (select 1 from roles r where r.person_id = p.person_id and r.role = ${n} and r.until is null)"
    )
}
pub(crate) fn before(last: &str, n: usize) -> String {
    format!("({last}, p.person_id) < (${n}, ${})", n + 1)
}
pub(crate) fn since(last: &str, n: usize) -> String {
    format!("{last} >= ${n}")
}
pub(crate) fn until(last: &str, n: usize) -> String {
    format!("{last} < ${n}")
}
pub(crate) fn lines(marks: &str) -> String {
    format!("select {LINE}, p.last_at from people p where p.person_id in ({marks})")
}
pub(crate) const COUNT: &str = "select count(*) from people";
pub(crate) const ANYBODY: &str = "select 1 from people limit 1";
pub(crate) const ROLE_WORDS: &str = "select distinct role from roles order by role";
/// From one channel to the next: there are few, and every person has some.
pub(crate) const CHANNEL_WORDS: &str = "with recursive words (channel) as (
    select min(channel) from person_channels
    union all
    select (select min(c.channel) from person_channels c where c.channel > words.channel)
    from words where words.channel is not null)
    select channel from words where channel is not null";

pub(crate) const ADD_HANDLE: &str =
    "insert into handles (person_id, kind, value, profile_id, raw, verified, seen_at)
    values ($1, $2, $3, $4, $5, $6, $7) on conflict (person_id, kind, value, profile_id) do nothing";
pub(crate) const ADD_DIRECTORY: &str = "insert into directory (kind, value, person_id) values ($1, $2, $3) on conflict (kind, value, person_id) do nothing";
pub(crate) const HOLDERS: &str =
    "select person_id from directory where kind = $1 and value = $2 order by person_id";
pub(crate) const SET_GUARD: &str = "insert into guards (kind, value, state, reason, at) values ($1, $2, $3, $4, $5)
    on conflict (kind, value) do update set state = excluded.state, reason = excluded.reason, at = excluded.at";
pub(crate) const DROP_GUARD: &str = "delete from guards where kind = $1 and value = $2";
pub(crate) const CLAIMED_BY: &str =
    "select profile_id from handles where person_id = $1 and kind = $2 and value = $3 order by profile_id";
pub(crate) const PROVE: &str =
    "update handles set verified = true where person_id = $1 and kind = $2 and value = $3";
