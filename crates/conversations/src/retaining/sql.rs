//! Statements about what goes with a moment, and what keeps it.

/// An open promise, a message under way, an end that was not taken back, a story that may be passed on.
pub(crate) const BOUND: &str =
    "select moment_id from promises where person_id = $1 and state = 'open' and moment_id is not null
    union select moment_id from messages where person_id = $1 and state in ('queued', 'held', 'leaving', 'later')
    union select moment_id from noes where person_id = $1 and how = 'ended' and taken_back_at is null
    union select moment_id from stories where person_id = $1";
/// What was said in a moment, or of it.
pub(crate) const GO_ALONG: &[&str] = &[
    "delete from messages where person_id = $1 and moment_id = $2",
    "delete from promises where person_id = $1 and moment_id = $2",
    "delete from goodwill where person_id = $1 and moment_id = $2",
    "delete from noes where person_id = $1 and moment_id = $2",
    "delete from talk_lines where person_id = $1 and moment_id = $2",
    "delete from mentions where person_id = $1 and moment_id = $2",
];
