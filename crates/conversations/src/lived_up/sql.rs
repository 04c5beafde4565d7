//! Statements about how well we lived up to what people allow.

pub(crate) const LEFT: &str = "select class, count(*) from messages
    where state_at >= $1 and state in ('leaving', 'left', 'unknown', 'bounced') group by class order by class";
/// What left without the gate's word beside it.
pub(crate) const UNASKED_OF: &str = "select count(*) from messages
    where state_at >= $1 and state in ('left', 'unknown', 'bounced') and class = '' and asked_at >= $2";
pub(crate) const KEPT_BACK: &str = "select state, word from messages
    where state_at >= $1 and state in ('held', 'refused') order by state_at desc limit $2";
pub(crate) const POSTS: &str = "select state, why, count(*) from digest_posts
    where due_at >= $1 and state in ('waits', 'refused') and why <> '' group by state, why";
pub(crate) const SAID_NO: &str =
    "select kind, count(*) from suppressed where at >= $1 group by kind order by kind";
/// When the gate was first asked about a message in this house.
pub(crate) const FIRST_WORD: &str = "select min(asked_at) from messages where class <> ''";
