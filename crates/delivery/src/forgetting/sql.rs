//! Statements for forgetting what is kept about no person.

/// What is overwritten besides the memory's own tables.
pub(crate) const TABLES: &[&str] = &[
    "refusals",
    "imports",
    "journal",
    "messenger_unread",
    "mailboxes",
    "messengers",
    "mailbox_trials",
    "advice_left",
];

pub(crate) const REFUSALS: &str = "select import_id, at_byte, number, reason, raw from refusals
    where (import_id, at_byte, number) > ($1, $2, $3) order by import_id, at_byte, number limit $4";
pub(crate) const BLANK: &str =
    "update refusals set raw = $4, reason = 'removed: it spoke of somebody who was forgotten'
    where import_id = $1 and at_byte = $2 and number = $3";
pub(crate) const UNREAD_MAIL: &str = "select mailbox_id, folder, validity, uid, digest, reason from journal
    where state = 'refused' and (mailbox_id, folder, validity, uid) > ($1, $2, $3, $4)
    order by mailbox_id, folder, validity, uid limit $5";
pub(crate) const FORGET_MAIL: &str = "update journal set state = 'forgotten', reason = ''
    where mailbox_id = $1 and folder = $2 and validity = $3 and uid = $4";
pub(crate) const UNREAD_MESSAGES: &str = "select messenger_id, digest, reason from messenger_unread
    where (messenger_id, digest) > ($1, $2) order by messenger_id, digest limit $3";
pub(crate) const FORGET_MESSAGE: &str =
    "delete from messenger_unread where messenger_id = $1 and digest = $2";
pub(crate) const LEFT_ADVICE: &str = "select staff_id, rule, words from advice_left
    where (staff_id, rule, words) > ($1, $2, $3) order by staff_id, rule, words limit $4";
pub(crate) const FORGET_ADVICE: &str =
    "delete from advice_left where staff_id = $1 and rule = $2 and words = $3";
/// What the house says of its own work: how it is read, page by page, and how it is blanked. A file that is still being read keeps
/// its name until it is done.
pub(crate) const TEXTS: &[(&str, &str)] = &[
    (
        "select import_id, name || ' ' || wish || ' ' || error from imports
         where import_id > $1 and state in ('done', 'given_up') order by import_id limit $2",
        "update imports set name = 'removed', wish = '{}', error = '' where import_id = $1",
    ),
    (
        "select job_id, payload || ' ' || last_error from jobs where job_id > $1 order by job_id limit $2",
        "update jobs set last_error = 'removed: it spoke of somebody who was forgotten' where job_id = $1",
    ),
    (
        "select mailbox_id, trouble from mailboxes where mailbox_id > $1 order by mailbox_id limit $2",
        "update mailboxes set trouble = 'removed: it spoke of somebody who was forgotten' where mailbox_id = $1",
    ),
    (
        "select messenger_id, trouble from messengers where messenger_id > $1 order by messenger_id limit $2",
        "update messengers set trouble = 'removed: it spoke of somebody who was forgotten' where messenger_id = $1",
    ),
    (
        "select mailbox_id, trouble from mailbox_trials where mailbox_id > $1 order by mailbox_id limit $2",
        "update mailbox_trials set trouble = '' where mailbox_id = $1",
    ),
];
