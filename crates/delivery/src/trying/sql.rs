//! Statements about mail that a mailbox sends to itself; what came back is noted where mail is sorted.

pub(super) const ALL: &str =
    "select mailbox_id, asked_at, trouble, came_at, verdicts from mailbox_trials order by mailbox_id";
pub(super) const BEGIN: &str =
    "insert into mailbox_trials (mailbox_id, trial, asked_at, trouble) values ($1, $2, $3, '')
    on conflict (mailbox_id) do update set trial = excluded.trial, asked_at = excluded.asked_at, trouble = '', came_at = null, verdicts = null";
pub(super) const STAYED: &str = "update mailbox_trials set trouble = $3 where mailbox_id = $1 and trial = $2";
