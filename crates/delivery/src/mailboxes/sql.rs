//! Statements about mailboxes and what was fetched from them.

pub(crate) const COLUMNS: &str =
    "mailbox_id, address, name, servers, created_at, state, trouble, since, seen_at, by_tokens";

pub(crate) fn all() -> String {
    format!("select {COLUMNS} from mailboxes where removed_at is null order by created_at, mailbox_id")
}
pub(crate) fn one() -> String {
    format!("select {COLUMNS} from mailboxes where mailbox_id = $1")
}
pub(crate) const ADDRESSES: &str = "select address from mailboxes";
/// An address that was here before comes back with its history.
pub(crate) const ADD: &str = "insert into mailboxes (mailbox_id, address, name, servers, sealed, created_at, state, trouble, since, by_tokens)
    values ($1, $2, $3, $4, $5, $6, 'new', '', $6, $7)
    on conflict (address) do update set name = excluded.name, servers = excluded.servers, sealed = excluded.sealed, by_tokens = excluded.by_tokens,
    removed_at = null, renewing_until = null, state = 'new', trouble = '', since = excluded.since, held_until = null";
pub(crate) const BY_ADDRESS: &str = "select mailbox_id from mailboxes where address = $1";
pub(crate) const SEALED: &str = "select sealed from mailboxes where mailbox_id = $1";
/// Whoever has the turn gets the next token.
pub(crate) const TAKE_TURN: &str = "update mailboxes set renewing_until = $3
    where mailbox_id = $1 and (renewing_until is null or renewing_until < $2)";
/// Not over what somebody has entered anew meanwhile.
pub(crate) const RENEWED: &str = "update mailboxes set sealed = $2 where mailbox_id = $1 and sealed = $3";
pub(crate) const END_TURN: &str = "update mailboxes set renewing_until = null where mailbox_id = $1";
pub(crate) const ADD_CONSENT: &str =
    "insert into mailbox_consents (state, by_staff, sealed, expires_at) values ($1, $2, $3, $4)";
pub(crate) const CONSENT: &str =
    "select sealed from mailbox_consents where state = $1 and by_staff = $2 and expires_at > $3";
pub(crate) const END_CONSENT: &str = "delete from mailbox_consents where state = $1";
pub(crate) const FORGET_CONSENTS: &str = "delete from mailbox_consents where expires_at <= $1";
pub(crate) const REMOVE: &str =
    "update mailboxes set removed_at = $2, held_until = null where mailbox_id = $1 and removed_at is null";
pub(crate) const STATE: &str = "update mailboxes set state = $2, trouble = $3,
    since = case when state = $2 then since else $4 end, seen_at = case when $2 = 'fine' then $4 else seen_at end
    where mailbox_id = $1";
pub(crate) const FREE: &str = "select mailbox_id from mailboxes where removed_at is null
    and (held_until is null or held_until < $1) order by mailbox_id";
pub(crate) const HOLD: &str = "update mailboxes set held_by = $2, held_until = $3
    where mailbox_id = $1 and removed_at is null and (held_until is null or held_until < $4 or held_by = $2)";
pub(crate) const LET_GO: &str =
    "update mailboxes set held_until = null where mailbox_id = $1 and held_by = $2";

pub(crate) const FOLDERS: &str =
    "select folder, purpose, validity, next_uid, on_server, here, counted_at from mailbox_folders
    where mailbox_id = $1 order by folder";
pub(crate) const FOLDER: &str =
    "select validity, next_uid from mailbox_folders where mailbox_id = $1 and folder = $2";
pub(crate) const KEEP_FOLDER: &str =
    "insert into mailbox_folders (mailbox_id, folder, purpose, validity, next_uid)
    values ($1, $2, $3, $4, $5) on conflict (mailbox_id, folder) do update
    set purpose = excluded.purpose, validity = excluded.validity, next_uid = excluded.next_uid";
pub(crate) const COUNTED: &str = "update mailbox_folders set on_server = $3, here = $4, counted_at = $5
    where mailbox_id = $1 and folder = $2";
pub(crate) const UIDS: &str =
    "select uid from journal where mailbox_id = $1 and folder = $2 and validity = $3";

pub(crate) const ENTER: &str =
    "insert into journal (mailbox_id, folder, validity, uid, digest, size, fetched_at, state, reason)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (mailbox_id, folder, validity, uid) do nothing";
pub(crate) const NEW: &str =
    "select folder, validity, uid, digest, fetched_at from journal where mailbox_id = $1 and state = 'new'
    order by fetched_at, folder, uid limit $2";
pub(crate) const SETTLE: &str = "update journal set state = $5, reason = $6
    where mailbox_id = $1 and folder = $2 and validity = $3 and uid = $4";
pub(crate) const REFUSED: &str = "select folder, validity, uid, digest, size, reason, fetched_at from journal
    where mailbox_id = $1 and state = 'refused' order by fetched_at desc limit $2";
pub(crate) const TRY_AGAIN: &str =
    "update journal set state = 'new', reason = '' where mailbox_id = $1 and state = 'refused'";
pub(crate) const DIGEST_IN_USE: &str = "select 1 from files where digest = $1 limit 1";
/// A copy that never left the server, as some put among what was sent, says nothing and is not the last word.
pub(crate) const TRIAL_CAME: &str = "update mailbox_trials set came_at = $3, verdicts = $4
    where mailbox_id = $1 and trial = $2 and verdicts is null";
