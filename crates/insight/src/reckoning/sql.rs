//! Statements about reckonings.

pub(crate) const KEEP: &str = "insert into reckonings (what, at, content) values ($1, $2, $3)
    on conflict (what) do update set at = excluded.at, content = excluded.content";
pub(crate) const KEPT: &str = "select content from reckonings where what = $1";
/// What profiles say; of people with several the one that was recorded last comes last.
pub(crate) const FIELDS: &str = "select p.person_id, p.fields from profiles p where p.person_id in
    (select person_id from people where person_id > $1 order by person_id limit $2) order by p.person_id, p.recorded_at";
/// Everybody who ever said something about what they want.
pub(crate) const SAID_SOMETHING: &str =
    "select distinct person_id from moments where kind = 'permission' and person_id > $1
    order by person_id limit $2";
