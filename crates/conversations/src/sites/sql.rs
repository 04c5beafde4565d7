//! Statements about the places where people can talk with us.

const COLUMNS: &str =
    "s.site_id, s.name, s.origins, s.vouched_only, s.mailbox_id, s.greeting, s.created_at, s.turns, s.apps";

pub(crate) fn all() -> String {
    format!("select {COLUMNS} from chat_sites s where s.removed_at is null order by s.name, s.site_id")
}
pub(crate) fn one() -> String {
    format!("select {COLUMNS} from chat_sites s where s.site_id = $1 and s.removed_at is null")
}
pub(crate) const KEEP: &str = "insert into chat_sites (site_id, name, origins, vouched_only, mailbox_id, greeting, created_at, turns, apps)
    values ($1, $2, $3, $4, $5, $6, $7, 0, $8) on conflict (site_id) do update set name = excluded.name, origins = excluded.origins,
    vouched_only = excluded.vouched_only, mailbox_id = excluded.mailbox_id, greeting = excluded.greeting,
    apps = excluded.apps";
pub(crate) const TURN: &str = "update chat_sites set turns = turns + 1 where site_id = $1";
pub(crate) const REMOVE: &str =
    "update chat_sites set removed_at = $2 where site_id = $1 and removed_at is null";
