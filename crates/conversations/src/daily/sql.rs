//! Statements about whom we meet on a day.

pub(crate) const OF_DAY: &str = "select person_id, why from meetings where staff_id = $1 and day = $2";
pub(crate) const MET: &str = "select person_id from meetings where staff_id = $1 and day >= $2";
pub(crate) const MET_BY_OTHERS: &str = "select person_id from meetings where day = $1";
pub(crate) const MEET: &str = "insert into meetings (person_id, staff_id, day, profile_id, why)
    select p.person_id, $2, $3, p.profile_id, $4 from profiles p where p.person_id = $1 order by p.profile_id limit 1";
