//! Statements about what shall be sent.

use store::Many;

pub(crate) const COLUMNS: &str =
    "person_id, moment_id, through_id, state, state_at, tries, outcome, content, asked_at, by_staff, purpose, topic,
    channel, word";

pub(crate) const ADD: &str =
    "insert into messages (person_id, moment_id, profile_id, through_id, state, state_at, due_at, tries,
    outcome, content, asked_at, by_staff, purpose, channel)
    select m.person_id, m.moment_id, m.profile_id, $3, 'queued', $4, $4, 0, '{}', $5, $4, $6, $7, $8
    from moments m where m.person_id = $1 and m.moment_id = $2
    and m.at = (select d.at from moment_directory d where d.moment_id = $2)";
/// Whose a moment is says where its message is.
pub(crate) fn of_moment() -> String {
    format!(
        "select {COLUMNS} from messages where moment_id = $1
         and person_id = (select d.person_id from moment_directory d where d.moment_id = $1)"
    )
}
pub(crate) fn of_person() -> String {
    format!("select {COLUMNS} from messages where person_id = $1 order by asked_at desc limit $2")
}
/// Whoever heard from us since then needs nobody to look after the older message; and whoever stopped is left in peace.
pub(crate) fn in_trouble() -> String {
    format!(
        "select {COLUMNS} from messages where (state = 'refused' or state = 'unknown' or state = 'bounced') and state_at > $2
         and purpose <> 'optout_confirmation'
         and exists (select 1 from people p where p.person_id = messages.person_id
                     and (p.said_at is null or p.said_at <= messages.asked_at))
         order by state_at desc limit $1"
    )
}
pub(crate) fn due() -> String {
    format!(
        "select {COLUMNS} from messages where (state = 'queued' or state = 'later' or state = 'held') and due_at <= $1
         and lane = $3 order by due_at limit $2"
    )
}
pub(crate) const TAKE: &str =
    "update messages set state = 'leaving', state_at = $3, due_at = $4, tries = tries + 1, class = $5, word = $6, outcome = $7
    where person_id = $1 and moment_id = $2 and state in ('queued', 'later', 'held')";
/// What the gate holds is asked about again then.
pub(crate) const HOLD: &str =
    "update messages set state = 'held', state_at = $3, due_at = $4, class = $5, word = $6
    where person_id = $1 and moment_id = $2 and state in ('queued', 'later', 'held')";
pub(crate) const REFUSE: &str =
    "update messages set state = 'refused', state_at = $3, class = $4, word = $5, outcome = $6
    where person_id = $1 and moment_id = $2 and state in ('queued', 'later', 'held')";
/// What changed may let go what was held.
pub(crate) const LOOK_AGAIN: &str =
    "update messages set due_at = $2 where person_id = $1 and state = 'held' and due_at > $2";
pub(crate) const TAKE_BACK: &str = "update messages set state = 'refused', state_at = $3, outcome = $4
    where person_id = $1 and moment_id = $2 and state in ('queued', 'held')";
/// What they heard from us, or may have, or are about to; but for the message that is asked about.
pub(crate) const HANDED: &str = "select state, state_at, class, channel, moment_id from messages
    where person_id = $1 and state_at > $2 and class <> '' and moment_id <> $3
    and state in ('leaving', 'left', 'later', 'unknown', 'bounced')";
pub(crate) const CAME: &str = "select purpose, count(*) from messages
    where person_id = $1 and state_at > $2 and state = 'left' group by purpose order by purpose";
pub(crate) const NEXT: &str =
    "select due_at, content from messages where person_id = $1 and state = 'held' order by due_at limit 1";
pub(crate) fn handed_to(marks: &str) -> String {
    format!(
        "select state, state_at, class, channel, moment_id, person_id from messages
         where state_at > $1 and class <> '' and state in ('leaving', 'left', 'later', 'unknown', 'bounced')
         and person_id in ({marks})"
    )
}
/// What was never said, although the timeline tells that it should be.
pub(crate) const UNSAID: &str =
    "select moment_id from messages where person_id = $1 and state in ('queued', 'held', 'refused')";
pub(crate) const KEEP: &str =
    "update messages set due_at = $3 where person_id = $1 and moment_id = $2 and state = 'leaving'";
pub(crate) const SETTLE: &str = "update messages set state = $3, state_at = $4, due_at = $5, outcome = $6
    where person_id = $1 and moment_id = $2";
/// While nothing came back before.
pub(crate) const SETTLE_LEAVING: Many = Many {
    each: "update messages set state = $3, state_at = $4, due_at = $5, outcome = $6
    where person_id = $1 and moment_id = $2 and state = 'leaving' and outcome = '{}'",
    at_once: "update messages m set state = v.state, state_at = v.state_at, due_at = v.due_at, outcome = v.outcome
    from unnest(cast($1 as uuid[]), cast($2 as uuid[]), cast($3 as text[]), cast($4 as bigint[]), cast($5 as bigint[]),
        cast($6 as text[])) as v (person_id, moment_id, state, state_at, due_at, outcome)
    where m.person_id = v.person_id and m.moment_id = v.moment_id and m.state = 'leaving' and m.outcome = '{}'",
};
pub(crate) const OUTCOME: &str = "update messages set outcome = $3 where person_id = $1 and moment_id = $2";
/// Whoever was sending them is gone, and nobody knows how far it came.
pub(crate) const LOST: &str = "update messages set state = 'unknown', state_at = $1
    where state = 'leaving' and due_at < $2 and lane = $3";
