//! Statements about promises.

pub(crate) const COLUMNS: &str =
    "p.person_id, p.promise_id, p.moment_id, p.what, p.due_at, p.keeper, p.made_at, p.made_by, p.moved,
    p.state, p.settled_at, p.settled_by, p.reason";

pub(crate) const ADD: &str = "insert into promises (person_id, promise_id, profile_id, moment_id, what, due_at, keeper, made_at, made_by,
    moved, state, reason)
    select m.person_id, $2, m.profile_id, $3, $4, $5, $6, $7, $8, 0, 'open', ''
    from moments m where m.person_id = $1 and m.moment_id = $9
    and m.at = (select d.at from moment_directory d where d.moment_id = $9)";
pub(crate) const SETTLE: &str =
    "update promises set state = $3, settled_at = $4, settled_by = $5, reason = $6
    where person_id = $1 and promise_id = $2 and state = 'open'";
pub(crate) const MOVE: &str = "update promises set due_at = $3, keeper = $4, moved = moved + 1
    where person_id = $1 and promise_id = $2 and state = 'open'";

pub(crate) fn one() -> String {
    format!("select {COLUMNS} from promises p where p.person_id = $1 and p.promise_id = $2")
}
pub(crate) fn of_person() -> String {
    format!(
        "select {COLUMNS} from promises p where p.person_id = $1
         order by case when p.state = 'open' then 0 else 1 end, p.due_at desc limit $2"
    )
}
/// Open ones, the soonest due first; all keepers', or one's.
pub(crate) fn open(keeper: bool) -> String {
    let whose = if keeper { "and p.keeper = $3" } else { "" };
    format!(
        "select {COLUMNS} from promises p where p.state = 'open' and p.due_at < $1 {whose} order by p.due_at limit $2"
    )
}
pub(crate) fn settled() -> String {
    format!(
        "select {COLUMNS} from promises p where p.state <> 'open' and p.settled_at >= $1
         order by p.settled_at desc limit $2"
    )
}
pub(crate) const COUNTS: &str =
    "select p.state, count(*), cast(sum(case when p.settled_at > p.due_at then 1 else 0 end) as bigint),
    cast(sum(case when p.moved > 0 then 1 else 0 end) as bigint)
    from promises p where p.state <> 'open' and p.settled_at >= $1 group by p.state";
pub(crate) const OPEN: &str =
    "select count(*), cast(coalesce(sum(case when p.due_at < $1 then 1 else 0 end), 0) as bigint)
    from promises p where p.state = 'open'";
