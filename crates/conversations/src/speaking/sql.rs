//! Statements about how we speak.

pub(crate) const VOICE: &str = "select content, at, by_staff from voices where what = $1";
pub(crate) const VOICE_KEEP: &str = "insert into voices (what, content, at, by_staff) values ($1, $2, $3, $4)
    on conflict (what) do update set content = excluded.content, at = excluded.at, by_staff = excluded.by_staff";

pub(crate) const LEAVE: &str = "insert into advice_left (staff_id, rule, words, at) values ($1, $2, $3, $4)
    on conflict (staff_id, rule, words) do nothing";
pub(crate) const LEFT_COUNT: &str = "select count(*) from advice_left where staff_id = $1";
pub(crate) const LEFT_BY: &str =
    "select rule, words, at from advice_left where staff_id = $1 order by at desc, rule, words";
pub(crate) const TAKE_BACK: &str = "delete from advice_left where staff_id = $1 and rule = $2 and words = $3";
pub(crate) const LEFT_BY_SEVERAL: &str = "select rule, words, count(*) from advice_left
    group by rule, words having count(*) >= $1 order by count(*) desc, rule, words limit $2";

pub(crate) const KEEP: &str = "insert into spoken (what, at, content) values ($1, $2, $3)
    on conflict (what) do update set at = excluded.at, content = excluded.content";
pub(crate) const KEPT: &str = "select content, at from spoken where what = $1";
pub(crate) const DROP: &str = "delete from spoken where what = $1";
/// What we said, along the key of the table, so that each page begins where the last one ended.
pub(crate) const SAID: &str = "select person_id, at, moment_id, kind, by_staff, body, data from moments
    where (person_id, at, moment_id) > ($1, $2, $3) and direction = 'said' and at >= $4
    and kind in ('email', 'chat', 'message', 'outreach')
    order by person_id, at, moment_id limit $5";
