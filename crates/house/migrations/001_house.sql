-- Those who work here.
create table staff (
  staff_id {id} not null primary key,
  name text not null,
  -- in normal form; one account for each address, also after somebody left
  email {text} not null unique,
  role {text} not null,
  -- argon2id; empty while only passkeys are used
  password {text} not null,
  -- digest of a picture kept beside the database
  photo {text},
  created_at {time} not null,
  left_at {time}
) {strict};

-- Links that open the door once: the first owner's, and invitations. Only the digest is kept.
create table door_links (
  token_hash {bytes} not null primary key,
  kind {text} not null,
  name text not null,
  email {text} not null,
  role {text} not null,
  made_by {id},
  created_at {time} not null,
  expires_at {time} not null,
  used_at {time}
) {strict};

create table sessions (
  token_hash {bytes} not null primary key,
  session_id {id} not null unique,
  staff_id {id} not null,
  how {text} not null,
  browser text not null,
  created_at {time} not null,
  seen_at {time} not null,
  expires_at {time} not null
) {strict};
create index sessions_of_staff on sessions (staff_id, seen_at);

create table passkeys (
  credential {bytes} not null primary key,
  staff_id {id} not null,
  label text not null,
  passkey {json} not null,
  created_at {time} not null,
  used_at {time}
) {strict};
create index passkeys_of_staff on passkeys (staff_id);

-- What a passkey ceremony needs to remember between its two halves; minutes old at most.
create table ceremonies (
  token_hash {bytes} not null primary key,
  kind {text} not null,
  staff_id {id},
  state {json} not null,
  expires_at {time} not null
) {strict};

create table tokens (
  token_id {id} not null primary key,
  token_hash {bytes} not null unique,
  staff_id {id} not null,
  label text not null,
  -- separated by spaces
  scopes {text} not null,
  created_at {time} not null,
  used_at {time},
  revoked_at {time}
) {strict};
create index tokens_of_staff on tokens (staff_id);

-- Who did what; only ever added to. Ids rise with time, so the key is also the order.
create table audit (
  audit_id {id} not null primary key,
  at {time} not null,
  staff_id {id},
  how {text} not null,
  verb {text} not null,
  about {text} not null,
  detail {json} not null
) {strict};
create index audit_by_subject on audit (about, audit_id);

create table settings (
  name {text} not null primary key,
  value {json} not null,
  changed_at {time} not null,
  changed_by {id}
) {strict};

-- When the next try would arrive at an even pace (GCRA); the subject is a digest.
create table limits (
  subject {bytes} not null primary key,
  arrives {time} not null
) {strict};
create index limits_by_time on limits (arrives);
