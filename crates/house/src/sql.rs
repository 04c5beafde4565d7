//! The house's statements.

pub(crate) const STAFF_ALL: &str = "select staff_id, name, email, role, photo, created_at, left_at from staff
    order by case when left_at is null then 0 else 1 end, created_at, staff_id";
pub(crate) const STAFF_FIND: &str =
    "select staff_id, name, email, role, photo, created_at, left_at from staff where staff_id = $1";
pub(crate) const STAFF_BY_EMAIL: &str = "select staff_id from staff where email = $1 and left_at is null";
pub(crate) const STAFF_TO_SIGN_IN: &str =
    "select staff_id, name, role, password from staff where email = $1 and left_at is null";
/// Somebody who left and comes back gets their old entry, so that what they said stays theirs.
pub(crate) const STAFF_ADD: &str = "insert into staff (staff_id, name, email, role, password, created_at)
    values ($1, $2, $3, $4, $5, $6)
    on conflict (email) do update set name = excluded.name, role = excluded.role, password = excluded.password,
        left_at = null
    where staff.left_at is not null
    returning staff_id";
pub(crate) const STAFF_SAMPLE: &str =
    "insert into staff (staff_id, name, email, role, password, created_at) values ($1, $2, $3, $4, $5, $6)";
pub(crate) const STAFF_ROLE: &str = "update staff set role = $2 where staff_id = $1";
pub(crate) const STAFF_NAME: &str = "update staff set name = $2 where staff_id = $1";
pub(crate) const STAFF_PHOTO: &str = "update staff set photo = $2 where staff_id = $1";
pub(crate) const STAFF_PASSWORD: &str = "update staff set password = $2 where staff_id = $1";
pub(crate) const STAFF_LEFT: &str = "update staff set left_at = $2, password = '' where staff_id = $1";
pub(crate) const PASSWORD_OF: &str = "select password from staff where staff_id = $1 and left_at is null";
pub(crate) const OWNERS: &str = "select count(*) from staff where role = 'owner' and left_at is null";

pub(crate) const LINK_ADD: &str =
    "insert into door_links (token_hash, kind, name, email, role, made_by, created_at, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)";
pub(crate) const LINK_FIND: &str = "select kind, name, email, role, expires_at from door_links
    where token_hash = $1 and used_at is null and expires_at > $2";
pub(crate) const LINK_USED: &str = "update door_links set used_at = $2 where token_hash = $1";
pub(crate) const LINKS_CLOSE: &str =
    "update door_links set used_at = $3 where kind = $1 and email = $2 and used_at is null";

pub(crate) const SESSION_ADD: &str =
    "insert into sessions (token_hash, session_id, staff_id, how, browser, created_at, seen_at, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)";
pub(crate) const SESSION_FIND: &str = "select s.session_id, s.staff_id, p.name, p.role, s.seen_at
    from sessions s join staff p on p.staff_id = s.staff_id
    where s.token_hash = $1 and s.expires_at > $2 and s.seen_at > $3 and p.left_at is null";
pub(crate) const SESSION_SEEN: &str = "update sessions set seen_at = $2 where token_hash = $1";
pub(crate) const SESSIONS_OF: &str = "select session_id, browser, how, created_at, seen_at from sessions
    where staff_id = $1 and expires_at > $2 and seen_at > $3 order by seen_at desc, session_id";
pub(crate) const SESSION_END: &str = "delete from sessions where session_id = $1 and staff_id = $2";
pub(crate) const SESSIONS_END: &str = "delete from sessions where staff_id = $1";
pub(crate) const SESSIONS_END_OTHERS: &str = "delete from sessions where staff_id = $1 and session_id <> $2";
pub(crate) const SESSIONS_PAST: &str = "delete from sessions where expires_at <= $1 or seen_at <= $2";

pub(crate) const TOKEN_ADD: &str = "insert into tokens (token_id, token_hash, staff_id, label, scopes, created_at) values ($1, $2, $3, $4, $5, $6)";
pub(crate) const TOKENS_OF: &str = "select token_id, label, scopes, created_at, used_at from tokens
    where staff_id = $1 and revoked_at is null order by token_id desc";
pub(crate) const TOKENS_COUNT: &str =
    "select count(*) from tokens where staff_id = $1 and revoked_at is null";
pub(crate) const TOKEN_REVOKE: &str =
    "update tokens set revoked_at = $3 where token_id = $1 and staff_id = $2 and revoked_at is null";
pub(crate) const TOKENS_REVOKE_ALL: &str =
    "update tokens set revoked_at = $2 where staff_id = $1 and revoked_at is null";
pub(crate) const TOKEN_FIND: &str = "select t.token_id, t.staff_id, p.name, p.role, t.scopes, t.used_at
    from tokens t join staff p on p.staff_id = t.staff_id
    where t.token_hash = $1 and t.revoked_at is null and p.left_at is null";
pub(crate) const TOKEN_USED: &str = "update tokens set used_at = $2 where token_id = $1";

pub(crate) const PASSKEYS_DROP_ALL: &str = "delete from passkeys where staff_id = $1";
#[cfg(feature = "passkeys")]
pub(crate) const PASSKEY_ADD: &str =
    "insert into passkeys (credential, staff_id, label, passkey, created_at) values ($1, $2, $3, $4, $5)";
#[cfg(feature = "passkeys")]
pub(crate) const PASSKEYS_OF: &str = "select credential, label, passkey, created_at, used_at from passkeys
    where staff_id = $1 order by created_at, credential";
#[cfg(feature = "passkeys")]
pub(crate) const PASSKEY_FIND: &str = "select k.passkey, p.staff_id, p.name, p.role
    from passkeys k join staff p on p.staff_id = k.staff_id
    where k.credential = $1 and k.staff_id = $2 and p.left_at is null";
#[cfg(feature = "passkeys")]
pub(crate) const PASSKEY_USED: &str = "update passkeys set passkey = $2, used_at = $3 where credential = $1";
#[cfg(feature = "passkeys")]
pub(crate) const PASSKEY_DROP: &str = "delete from passkeys where credential = $1 and staff_id = $2";
#[cfg(feature = "passkeys")]
pub(crate) const CEREMONY_ADD: &str =
    "insert into ceremonies (token_hash, kind, staff_id, state, expires_at) values ($1, $2, $3, $4, $5)";
/// Taken out as it is used: a challenge is answered once.
#[cfg(feature = "passkeys")]
pub(crate) const CEREMONY_TAKE: &str =
    "delete from ceremonies where token_hash = $1 and kind = $2 returning staff_id, state, expires_at";
#[cfg(feature = "passkeys")]
pub(crate) const CEREMONIES_PAST: &str = "delete from ceremonies where expires_at <= $1";

pub(crate) const AUDIT_ADD: &str = "insert into audit (audit_id, at, staff_id, how, verb, about, detail) values ($1, $2, $3, $4, $5, $6, $7)";
pub(crate) const AUDIT_ALL: &str =
    "select a.audit_id, a.at, a.staff_id, p.name, a.how, a.verb, a.about, a.detail
    from audit a left join staff p on p.staff_id = a.staff_id
    where a.audit_id < $1 order by a.audit_id desc limit $2";
pub(crate) const AUDIT_OF: &str =
    "select a.audit_id, a.at, a.staff_id, p.name, a.how, a.verb, a.about, a.detail
    from audit a left join staff p on p.staff_id = a.staff_id
    where a.about = $1 and a.audit_id < $2 order by a.audit_id desc limit $3";

pub(crate) const SETTINGS_ALL: &str = "select name, value from settings";
pub(crate) const SETTING_KEEP: &str =
    "insert into settings (name, value, changed_at, changed_by) values ($1, $2, $3, $4)
    on conflict (name) do update set value = excluded.value, changed_at = excluded.changed_at,
        changed_by = excluded.changed_by";

pub(crate) const LIMIT_FIND: &str = "select arrives from limits where subject = $1";
pub(crate) const LIMIT_KEEP: &str = "insert into limits (subject, arrives) values ($1, $2)
    on conflict (subject) do update set arrives = excluded.arrives";
pub(crate) const LIMIT_DROP: &str = "delete from limits where subject = $1";
/// What has arrived limits nobody any more.
pub(crate) const LIMITS_PAST: &str = "delete from limits where arrives < $1";
