//! Statements about goodwill.

const COLUMNS: &str = "g.person_id, g.goodwill_id, g.moment_id, g.what, g.reason, g.is_gift, g.minor, g.currency, g.by_staff, g.at,
    g.taken_back_at, g.taken_back_why";

pub(crate) const ADD: &str = "insert into goodwill (person_id, goodwill_id, profile_id, moment_id, what, reason, is_gift, minor, currency,
    by_staff, at, taken_back_why)
    select m.person_id, $2, m.profile_id, m.moment_id, $3, $4, $5, $6, $7, $8, $9, '' from moments m
    where m.person_id = $1 and m.moment_id = $10 and m.at = (select d.at from moment_directory d where d.moment_id = $10)";
pub(crate) const TAKE_BACK: &str = "update goodwill set taken_back_at = $3, taken_back_why = $4
    where person_id = $1 and goodwill_id = $2 and taken_back_at is null";

pub(crate) fn one() -> String {
    format!("select {COLUMNS} from goodwill g where g.person_id = $1 and g.goodwill_id = $2")
}
pub(crate) fn of_person() -> String {
    format!("select {COLUMNS} from goodwill g where g.person_id = $1 order by g.at desc limit $2")
}
pub(crate) fn since() -> String {
    format!("select {COLUMNS} from goodwill g where g.at >= $1 order by g.at desc limit $2")
}
/// What somebody gave away in a time: money in one currency, and things.
pub(crate) const GIVEN: &str =
    "select cast(coalesce(sum(case when g.is_gift then 0 when g.currency = $4 then g.minor else 0 end), 0) as bigint),
    cast(coalesce(sum(case when g.is_gift then 1 else 0 end), 0) as bigint)
    from goodwill g where g.by_staff = $1 and g.at >= $2 and g.at < $3 and g.taken_back_at is null";

pub(crate) const BUDGETS: &str = "select whose, minor, gifts from goodwill_budgets order by whose";
pub(crate) const BUDGET: &str =
    "select minor, gifts from goodwill_budgets where whose = $1 or whose = 'everybody'
    order by case when whose = 'everybody' then 1 else 0 end limit 1";
pub(crate) const SET_BUDGET: &str = "insert into goodwill_budgets (whose, minor, gifts) values ($1, $2, $3)
    on conflict (whose) do update set minor = excluded.minor, gifts = excluded.gifts";
pub(crate) const DROP_BUDGET: &str = "delete from goodwill_budgets where whose = $1";
