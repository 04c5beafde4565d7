//! Statements about accounts.

pub(crate) const ROLES_OF: &str =
    "select r.role_id, r.person_id, r.account_id, a.name, a.kind, p.name, r.role, r.since, r.until, r.profile_id
     from roles r join accounts a on a.account_id = r.account_id join people p on p.person_id = r.person_id
     where r.person_id = $1 order by case when r.until is null then 0 else 1 end, a.sort_name, r.role, r.role_id";
pub(crate) const PEOPLE_OF: &str =
    "select r.role_id, r.person_id, r.account_id, a.name, a.kind, p.name, r.role, r.since, r.until, r.profile_id
     from roles r join accounts a on a.account_id = r.account_id join people p on p.person_id = r.person_id
     where r.account_id = $1 order by case when r.until is null then 0 else 1 end, r.role, p.sort_name, r.role_id";
pub(crate) const ACCOUNT: &str =
    "select account_id, kind, name, about, fields, created_at from accounts where account_id = $1";
pub(crate) const LIST: &str = "select account_id, kind, name, about, fields, created_at from accounts
    where sort_name > $1 order by sort_name, account_id limit $2";
pub(crate) const FIND: &str = "select account_id, kind, name, about, fields, created_at from accounts
    where sort_name like $1 escape '!' or sort_name like $2 escape '!'
    order by case when sort_name like $1 escape '!' then 0 else 1 end, sort_name, account_id limit $3";
pub(crate) const NAMED: &str =
    "select account_id from accounts where sort_name = $1 order by account_id limit 1";
pub(crate) const MAKE: &str =
    "insert into accounts (account_id, kind, name, sort_name, about, fields, created_at)
    values ($1, $2, $3, $4, $5, $6, $7)";
pub(crate) const DESCRIBE: &str = "update accounts set about = $2, fields = $3 where account_id = $1";
pub(crate) const END_ROLE: &str = "update roles set until = $3 where person_id = $1 and role_id = $2";
pub(crate) const ADD_ROLE: &str =
    "insert into roles (person_id, role_id, profile_id, account_id, role, since, until, at, by_staff)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (person_id, role_id) do nothing";
