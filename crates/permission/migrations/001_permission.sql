-- What people allow is in their timelines; it is read whenever something shall be said to them.
create index moments_of_permission on moments (person_id, at) where kind = 'permission';

-- Addresses at which nothing arrives, or from which somebody complained or asked for peace: a keyed hash of each, so that it
-- outlives whoever is forgotten and names nobody.
create table suppressed (
  hash {bytes} not null,
  -- hard_bounce, soft_bounce, complaint, address_opt_out
  kind {text} not null,
  at {time} not null,
  primary key (hash, kind)
) {clustered};

-- The house's policy as it was edited, each version for ever: an answer of the gate names the one it was given by.
create table policies (
  version {text} not null primary key,
  at {time} not null,
  by_staff {id},
  content text not null
) {clustered};

-- What people may choose to hear about.
create table topics (
  topic {text} not null primary key,
  -- as the policy calls it
  purpose {text} not null,
  name text not null,
  -- what comes under it, as people read it
  words text not null,
  made_at {time} not null,
  -- from then on nobody can choose it any more
  ended_at {time}
) {clustered};

-- Links that let somebody in work once; until they are too old to work anyway, it is kept that they were used.
create table used_links (
  hash {bytes} not null primary key,
  until_at {time} not null
) {clustered};
create index used_links_by_time on used_links (until_at);
