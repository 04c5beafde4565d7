//! Statements about who of us wants to hear of somebody.

pub(crate) const FOLLOWS: &str = "select 1 from followers where person_id = $1 and staff_id = $2 limit 1";
pub(crate) const FOLLOWERS: &str =
    "select distinct staff_id from followers where person_id = $1 order by staff_id";
pub(crate) const FOLLOW: &str =
    "insert into followers (person_id, follower_id, profile_id, staff_id, since, seen_at)
    select p.person_id, $2, p.profile_id, $3, $4, $4 from profiles p where p.person_id = $1 order by p.profile_id limit 1";
pub(crate) const UNFOLLOW: &str = "delete from followers where person_id = $1 and staff_id = $2";
pub(crate) const MENTION: &str =
    "insert into mentions (person_id, moment_id, staff_id, profile_id, by_staff, at, seen)
    select m.person_id, m.moment_id, $3, m.profile_id, $4, $5, false from moments m
    where m.person_id = $1 and m.moment_id = $2 and m.at = (select d.at from moment_directory d where d.moment_id = $2)
    on conflict (person_id, moment_id, staff_id) do nothing";
pub(crate) const MENTIONED: &str = "select person_id, moment_id, by_staff, at from mentions
    where staff_id = $1 and not seen order by at desc, moment_id limit $2";
/// Where two people became one and both were followed, whoever looked last has looked.
pub(crate) const SPOKE: &str = "select f.person_id, p.heard_at from followers f join people p on p.person_id = f.person_id
    where f.staff_id = $1 and p.heard_at is not null group by f.person_id, p.heard_at having max(f.seen_at) < p.heard_at
    order by p.heard_at desc, f.person_id limit $2";
pub(crate) const SEEN: &str =
    "update mentions set seen = true where person_id = $1 and staff_id = $2 and not seen";
pub(crate) const LOOKED: &str = "update followers set seen_at = $3 where person_id = $1 and staff_id = $2";
