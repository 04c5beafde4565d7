//! Statements about our sides of messengers.

pub(crate) const COLUMNS: &str = "messenger_id, service, name, created_at, trouble, since, heard_at";

pub(crate) fn all() -> String {
    format!("select {COLUMNS} from messengers where removed_at is null order by created_at, messenger_id")
}
pub(crate) fn one() -> String {
    format!("select {COLUMNS} from messengers where messenger_id = $1 and removed_at is null")
}
pub(crate) const SEALED: &str = "select sealed from messengers where messenger_id = $1";
pub(crate) const KEEP: &str =
    "insert into messengers (messenger_id, service, name, sealed, created_at, trouble, since)
    values ($1, $2, $3, $4, $5, '', $5)
    on conflict (messenger_id) do update set service = excluded.service, name = excluded.name, sealed = excluded.sealed,
    trouble = '', since = excluded.since, removed_at = null";
pub(crate) const REMOVE: &str = "update messengers set removed_at = $2 where messenger_id = $1";
pub(crate) const TROUBLE: &str =
    "update messengers set trouble = $2, since = $3 where messenger_id = $1 and trouble <> $2";
pub(crate) const HEARD: &str = "update messengers set heard_at = $2 where messenger_id = $1";
pub(crate) const UNREAD: &str =
    "select digest, reason, at from messenger_unread where messenger_id = $1 order by at desc limit $2";
pub(crate) const KEEP_UNREAD: &str =
    "insert into messenger_unread (messenger_id, digest, reason, at) values ($1, $2, $3, $4)
    on conflict (messenger_id, digest) do nothing";
/// The newest word of ours that was not for the team alone.
pub(crate) const SAID_LAST: &str =
    "select body, data from moments where person_id = $1 and direction = 'said'
    order by at desc, moment_id desc limit 1";
