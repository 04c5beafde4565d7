//! Statements about who is looked after, and who waits.

pub(crate) const ADD: &str =
    "insert into care (person_id, care_id, profile_id, keeper, set_aside_until, note, at, by_staff)
    values ($1, $2, $3, $4, $5, $6, $7, $8)";
pub(crate) const NOW: &str = "select keeper, set_aside_until from people where person_id = $1";
pub(crate) const HISTORY: &str = "select keeper, set_aside_until, note, at, by_staff from care
    where person_id = $1 order by at desc, care_id desc";
/// Whoever spoke since is set aside no longer.
pub(crate) const SETTLE: &str = "update people set
    keeper = (select c.keeper from care c where c.person_id = $1 order by c.at desc, c.care_id desc limit 1),
    set_aside_until = (select case when people.heard_at > c.at then null else c.set_aside_until end
      from care c where c.person_id = $1 order by c.at desc, c.care_id desc limit 1)
    where person_id = $1";

/// Since when somebody waits, as it is asked for. Of the few who are set aside all are read: with a plus before it no index of
/// those who wait is walked through for them.
fn since_when(few: bool) -> &'static str {
    if few { "+p.waits_since" } else { "p.waits_since" }
}

/// A page of those who wait, who waits longest first; `few` if they are looked for among those who are set aside.
pub(crate) fn waiting(conditions: &[String], limit: usize, few: bool) -> String {
    let since = since_when(few);
    format!(
        "select p.person_id, p.waits_since, p.keeper, p.set_aside_until from people p
         where {since} is not null {} order by {since}, p.person_id limit ${limit}",
        conditions.concat()
    )
}
/// How many, up to a limit: beyond it nobody counts.
pub(crate) fn count(conditions: &[String], limit: usize, few: bool) -> String {
    format!(
        "select count(*) from (select 1 from people p where {} is not null {} limit ${limit}) as some_people",
        since_when(few),
        conditions.concat()
    )
}
pub(crate) fn kept_by(n: usize) -> String {
    format!(" and p.keeper = ${n}")
}
pub(crate) const KEPT_BY_NOBODY: &str = " and p.keeper is null";
pub(crate) fn since(n: usize) -> String {
    format!(" and p.waits_since >= ${n}")
}
pub(crate) fn before(n: usize) -> String {
    format!(" and p.waits_since < ${n}")
}
pub(crate) fn set_aside(n: usize, wanted: bool) -> String {
    match wanted {
        true => format!(" and p.set_aside_until > ${n}"),
        false => format!(" and (p.set_aside_until is null or p.set_aside_until <= ${n})"),
    }
}
pub(crate) fn after(n: usize) -> String {
    format!(" and (p.waits_since, p.person_id) > (${n}, ${})", n + 1)
}
/// The first of what somebody said that waits for an answer; what a machine sent is left to the reader.
pub(crate) const ASKED: &str =
    "select m.person_id, m.at, m.moment_id, m.profile_id, m.recorded_at, m.kind, m.channel,
    m.direction, m.account_id, m.by_staff, m.thread, m.title, m.body, m.data, m.originals
    from moments m where m.person_id = $1 and m.at >= $2 and m.direction = 'heard'
    order by m.at desc, m.moment_id desc limit 8";
