//! Statements about digests.

use store::Many;

const COLUMNS: &str =
    "digest_id, subject, intro, question, topics, mailbox_id, by_staff, state, starts_at, expires_at,
    per_minute";

pub(crate) fn all() -> String {
    format!("select {COLUMNS} from digests order by made_at desc limit $1")
}
pub(crate) fn one() -> String {
    format!("select {COLUMNS} from digests where digest_id = $1")
}
pub(crate) fn in_state() -> String {
    format!("select {COLUMNS} from digests where state = $1 order by starts_at, digest_id")
}
pub(crate) const KEEP: &str = "insert into digests (digest_id, subject, intro, question, topics, mailbox_id, by_staff, state,
    starts_at, expires_at, per_minute, made_at, planned) values ($1, $2, $3, $4, $5, $6, $7, 'draft', $8, $9, $10, $11, $12)
    on conflict (digest_id) do update set subject = excluded.subject, intro = excluded.intro, question = excluded.question,
    topics = excluded.topics, mailbox_id = excluded.mailbox_id, by_staff = excluded.by_staff, starts_at = excluded.starts_at,
    expires_at = excluded.expires_at, per_minute = excluded.per_minute";
/// Held until the end of the transaction.
pub(crate) const MY_TURN: &str =
    "select digest_id from digests where state = 'going' order by digest_id for update skip locked";
pub(crate) const BECOMES: &str = "update digests set state = $2 where digest_id = $1";
pub(crate) const PLANNED_TO: &str = "select planned_to from digests where digest_id = $1";
pub(crate) const PLANNED: &str =
    "update digests set planned_to = $2, state = $3, planned = $4 where digest_id = $1";
/// Of a table that was just filled PostgreSQL knows nothing, and would find each post by reading all that wait.
pub(crate) const KNOW_THE_POSTS: &str = "analyze digest_posts";
pub(crate) const IS_PLANNED: &str = "select count(*) from digests where digest_id = $1 and planned";
/// Everybody who ever said something about what they want, a step at a time.
pub(crate) const WHO: &str = "select distinct person_id from moments where kind = 'permission' and person_id > $1 order by person_id limit $2";
/// Once each, also where two have become one.
pub(crate) const ADD_POST: &str =
    "insert into digest_posts (person_id, digest_id, profile_id, contact, state, due_at, why)
    select m.person_id, $2, m.profile_id, $3, 'waits', $4, '' from moments m
    where m.person_id = $1 and m.kind = 'permission'
    and not exists (select 1 from digest_posts d where d.person_id = $1 and d.digest_id = $2)
    order by m.at limit 1";

/// With how many posts of one person there are, where it matters to [`TAKE_POST`].
pub(crate) const DUE_SQLITE: &str = "select p.person_id, p.contact, p.profile_id,
    (select count(*) from digest_posts d where d.person_id = p.person_id and d.digest_id = p.digest_id)
    from digest_posts p where p.digest_id = $1 and p.state = 'waits' and p.due_at <= $2 order by p.due_at limit $3";
/// Another process takes others.
pub(crate) const DUE_POSTGRES: &str = "select person_id, contact, profile_id, cast(1 as bigint) from digest_posts
    where digest_id = $1 and state = 'waits' and due_at <= $2 order by due_at limit $3 for update skip locked";
/// What is settled for one is settled for the other whom they became one with. SQLite changes a row in place only where its whole key is
/// named, and for others makes a table each time; so those have a text of their own there.
pub(crate) const SETTLE_POST: Many = Many {
    each: "update digest_posts set state = $3, why = $4, due_at = $5
    where person_id = $1 and digest_id = $2 and profile_id = $6 and state = 'waits'",
    at_once: "update digest_posts p set state = v.state, why = v.why, due_at = v.due_at
    from unnest(cast($1 as uuid[]), cast($2 as uuid[]), cast($3 as text[]), cast($4 as text[]), cast($5 as bigint[]), cast($6 as uuid[]))
        as v (person_id, digest_id, state, why, due_at, profile_id)
    where p.person_id = v.person_id and p.digest_id = v.digest_id and p.state = 'waits'",
};
pub(crate) const TAKE_POST: Many = Many {
    each: "update digest_posts set state = 'taken', why = '', moment_id = $3, due_at = $4
    where person_id = $1 and digest_id = $2 and profile_id = $5 and state = 'waits'",
    at_once: "update digest_posts p set state = 'taken', why = '', moment_id = v.moment_id, due_at = v.due_at
    from unnest(cast($1 as uuid[]), cast($2 as uuid[]), cast($3 as uuid[]), cast($4 as bigint[]), cast($5 as uuid[]))
        as v (person_id, digest_id, moment_id, due_at, profile_id)
    where p.person_id = v.person_id and p.digest_id = v.digest_id and p.state = 'waits'",
};
/// The same for the posts of all who are this person now. An index that begins with the state would be read from end to end.
pub(crate) const LIKE_THE_FIRST: &str = "update digest_posts set
    (state, why, due_at, moment_id) = (select d.state, d.why, d.due_at, d.moment_id from digest_posts d
        where d.person_id = $1 and d.digest_id = $2 and d.profile_id = $3)
    where person_id = $1 and digest_id = $2 and state || '' = 'waits'";
pub(crate) const EXPIRE: &str =
    "update digest_posts set state = 'refused', why = $2 where digest_id = $1 and state = 'waits'";
pub(crate) const LEFT_TO_DO: &str = "select count(*) from (select 1 from digest_posts where digest_id = $1 and state = 'waits' limit 1) as it";
pub(crate) const WITHIN_A_MINUTE: &str =
    "select count(*) from digest_posts where digest_id = $1 and state = 'taken' and due_at > $2";
pub(crate) const COUNTS: &str = "select state, why, count(*) from digest_posts where digest_id = $1 group by state, why order by state, why";
pub(crate) const FATES: &str = "select m.state, count(*) from digest_posts p join messages m
    on m.person_id = p.person_id and m.moment_id = p.moment_id where p.digest_id = $1 and p.state = 'taken'
    group by m.state order by m.state";
pub(crate) const UNKNOWN: &str = "select p.person_id, p.contact from digest_posts p join messages m
    on m.person_id = p.person_id and m.moment_id = p.moment_id
    where p.digest_id = $1 and m.state = 'unknown' order by p.person_id limit $2";

/// What was in it for some of those who got it.
pub(crate) const TOLD: &str = "select distinct s.piece_id from (select person_id, moment_id from digest_posts
    where digest_id = $1 and state = 'taken' limit 200) as p
    join seen_pieces s on s.person_id = p.person_id and s.moment_id = p.moment_id";

pub(crate) const MESSAGES: (&str, &[&str]) = (
    "messages",
    &[
        "person_id",
        "moment_id",
        "profile_id",
        "through_id",
        "state",
        "state_at",
        "due_at",
        "tries",
        "outcome",
        "content",
        "asked_at",
        "by_staff",
        "purpose",
        "topic",
        "class",
        "channel",
        "word",
        "lane",
    ],
);
/// Only of what they have not seen, as was asked in the same transaction.
pub(crate) const SEEN: (&str, &[&str]) =
    ("seen_pieces", &["person_id", "piece_id", "profile_id", "moment_id"]);
pub(crate) fn seen(marks: &str) -> String {
    format!("select person_id, piece_id from seen_pieces where person_id in ({marks})")
}
