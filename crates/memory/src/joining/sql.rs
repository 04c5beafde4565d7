//! Statements for joining and undoing.

use crate::lists::marks;

/// Which rows of a table belong to the homes listed from the given mark on; all of them if none is listed.
fn of_homes(table: &str, person: usize, homes: usize) -> String {
    let list = marks(person + 1, homes);
    match (homes, table) {
        (0, _) => String::new(),
        (_, "profiles") => format!("and home_id in ({list})"),
        _ => format!(
            "and profile_id in (select profile_id from profiles where person_id = ${person} and home_id in ({list}))"
        ),
    }
}
pub(crate) fn copy(table: &str, columns: &str, homes: usize) -> String {
    let condition = of_homes(table, 2, homes);
    format!(
        "insert into {table} (person_id, {columns}) select $1, {columns} from {table} where person_id = $2 {condition}"
    )
}
pub(crate) fn remove(table: &str, homes: usize) -> String {
    format!("delete from {table} where person_id = $1 {}", of_homes(table, 1, homes))
}
pub(crate) fn claims(homes: usize) -> String {
    format!("select distinct kind, value from handles where person_id = $1 {}", of_homes("handles", 1, homes))
}
/// Runs before the moments are carried.
pub(crate) fn carry_directory(homes: usize) -> String {
    let condition = of_homes("moments", 2, homes);
    format!(
        "update moment_directory set person_id = $1 where moment_id in
         (select moment_id from moments where person_id = $2 {condition})"
    )
}
pub(crate) const ENTER: &str = "insert into directory (kind, value, person_id) values ($1, $2, $3) on conflict (kind, value, person_id) do nothing";
pub(crate) const LEAVE: &str = "delete from directory where kind = $1 and value = $2 and person_id = $3
    and not exists (select 1 from handles h where h.person_id = $3 and h.kind = $1 and h.value = $2)";

pub(crate) const CREATED: &str = "select created_at from people where person_id = $1";
pub(crate) const DROP_PERSON: &str = "delete from people where person_id = $1";
pub(crate) const MAKE_PERSON: &str =
    "insert into people (person_id, created_at, name, sort_name, named, kind, first_at, last_at, moments, heard)
     values ($1, $2, '', '', false, 'address', null, 0, 0, 0)";
pub(crate) const DROP_CHANNELS: &str = "delete from person_channels where person_id = $1";
pub(crate) const DROP_WORDS: &str = "delete from person_words where person_id = $1";

pub(crate) const HOME_PROFILES: &str = "select profile_id, home_id from profiles where person_id = $1";
pub(crate) const REDIRECT: &str = "insert into redirects (old_id, person_id, created_at) values ($1, $2, $3)";
pub(crate) const REDIRECT_ALL: &str = "update redirects set person_id = $2 where person_id = $1";
pub(crate) const REDIRECT_ONE: &str = "update redirects set person_id = $2 where old_id = $1";
pub(crate) const CREATED_BEFORE: &str = "select created_at from redirects where old_id = $1";
pub(crate) const DROP_REDIRECT: &str = "delete from redirects where old_id = $1";

pub(crate) const ADD_MERGE: &str =
    "insert into merges (merge_id, one_id, other_id, reason, at, by_staff) values ($1, $2, $3, $4, $5, $6)";
pub(crate) const MERGE: &str =
    "select one_id, other_id from merges where merge_id = $1 and undone_at is null";
pub(crate) const UNDO: &str = "update merges set undone_at = $2, undone_by = $3 where merge_id = $1";
pub(crate) const EDGES: &str =
    "select merge_id, one_id, other_id from merges where undone_at is null and one_id = $1";

pub(crate) const ADD_CANNOT: &str = "insert into cannot_links (one_id, other_id, reason, at, by_staff)
    values ($1, $2, $3, $4, $5) on conflict (one_id, other_id) do nothing";
pub(crate) const DROP_CANNOT: &str = "delete from cannot_links where one_id = $1 and other_id = $2";
pub(crate) fn cannot(marks: &str) -> String {
    format!("select one_id, other_id, reason from cannot_links where one_id = $1 and other_id in ({marks})")
}
pub(crate) const MOVE_HOME: &str =
    "update profiles set home_id = $3 where person_id = $1 and profile_id = $2";

pub(crate) const DUPLICATES: &str = "select person_id, other_id, evidence, score, found_at from duplicates
    order by score desc, found_at desc, person_id, other_id limit $1";
pub(crate) const DUPLICATES_OF: &str = "select person_id, other_id, evidence, score, found_at from duplicates
    where person_id = $1 or other_id = $1 order by score desc";
pub(crate) const DROP_DUPLICATE: &str = "delete from duplicates where person_id = $1 and other_id = $2";
/// People of one name, a few of each: the rest of a crowd of namesakes says nothing.
pub(crate) const NAMESAKES: &str = "select a.person_id, b.person_id, a.name
    from people a join people b on b.sort_name = a.sort_name and b.person_id > a.person_id
    where a.named = true and b.named = true and a.sort_name > $1 and a.sort_name like '% %'
    order by a.sort_name limit $2";
