//! Statements about where somebody stands.

pub(crate) const HEARD: &str = "select p.heard_at, (select max(m.at) from moments m where m.person_id = $1
    and m.direction = 'heard' and m.kind = 'message') from people p where p.person_id = $1";
pub(crate) const PROVEN: &str = "select value from handles where person_id = $1 and kind = $2 and verified";
