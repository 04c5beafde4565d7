//! Statements about drafts.

/// Where two people became one, the later draft counts.
pub(crate) const MINE: &str =
    "select draft_id, content, at from drafts where person_id = $1 and staff_id = $2
    order by at desc, draft_id limit 1";
pub(crate) const CHANGE: &str =
    "update drafts set content = $3, at = $4 where person_id = $1 and draft_id = $2";
pub(crate) const ADD: &str = "insert into drafts (person_id, draft_id, profile_id, staff_id, content, at)
    select p.person_id, $2, p.profile_id, $3, $4, $5 from profiles p where p.person_id = $1 order by p.profile_id limit 1";
pub(crate) const DROP: &str = "delete from drafts where person_id = $1 and staff_id = $2";
pub(crate) const BEGUN: &str = "select person_id, max(at) from drafts where staff_id = $1
    group by person_id order by max(at) desc, person_id limit $2";
