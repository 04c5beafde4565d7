//! Statements about how long moments are kept.

/// Beside how long backups are kept, in the same table.
pub(super) const PERIODS: &str = "select name, days from retention where name like 'moments:%' order by name";
pub(super) const KEEP_FOR: &str = "insert into retention (name, days) values ($1, $2)
    on conflict (name) do update set days = excluded.days";
pub(super) const KEEP: &str = "delete from retention where name = $1";
/// In the order of their table, from a place on, so that a night reads it once.
pub(super) const OLD: &str = "select m.person_id, m.at, m.moment_id, m.kind from moments m
    join retention r on r.name = 'moments:' || m.kind
    where (m.person_id, m.at, m.moment_id) > ($1, $2, $3)
    and m.kind <> 'permission' and m.at < cast($4 as bigint) - cast(r.days as bigint) * 86400000000
    order by m.person_id, m.at, m.moment_id limit $5";
/// Where a moment is by now, if it may go.
pub(super) const PLACE: &str = "select m.person_id, m.at, d.doc, m.account_id, m.kind from moment_directory d
    join moments m on m.person_id = d.person_id and m.at = d.at and m.moment_id = d.moment_id
    where d.moment_id = $1 and m.kind <> 'permission'";
pub(super) const DIGESTS: &str = "select digest from files where person_id = $1 and came_with = $2";
pub(super) const DROP_FILES: &str = "delete from files where person_id = $1 and came_with = $2";
pub(super) const DROP: &str = "delete from moments where person_id = $1 and at = $2 and moment_id = $3";
