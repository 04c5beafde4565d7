-- What is worth passing on: our own, others', and what people we know have told.
create table pieces (
  piece_id {id} not null primary key,
  -- own, other, story
  kind {text} not null,
  topic {text} not null,
  -- empty for every language
  language {text} not null,
  title text not null,
  words text not null,
  link {text} not null,
  -- why it is worth their time
  why text not null,
  recommended_by {id},
  made_at {time} not null,
  made_by {id} not null,
  ready_at {time},
  ended_at {time}
) {clustered};

-- What somebody told us and lets us pass on; it goes when they go.
create table stories (
  person_id {id} not null,
  piece_id {id} not null,
  profile_id {id} not null,
  -- where they allowed it
  moment_id {id} not null,
  title text not null,
  words text not null,
  primary key (person_id, piece_id)
) {clustered};
create index stories_by_piece on stories (piece_id);

create table digests (
  digest_id {id} not null primary key,
  subject text not null,
  intro text not null,
  question text not null,
  -- a list of topics; empty for all
  topics {json} not null,
  mailbox_id {id} not null,
  -- the named person who sends it
  by_staff {id} not null,
  -- draft, planning, going, paused, done, stopped
  state {text} not null,
  starts_at {time} not null,
  -- what has not left by then is of no use any more
  expires_at {time} not null,
  per_minute {int} not null,
  -- up to whom it is planned
  planned_to {id},
  planned {bool} not null,
  made_at {time} not null
) {clustered};

-- Who gets a digest, or why not: once each.
create table digest_posts (
  person_id {id} not null,
  digest_id {id} not null,
  profile_id {id} not null,
  contact {text} not null,
  -- waits, taken, nothing, refused
  state {text} not null,
  due_at {time} not null,
  -- the reason's name, where it does not leave or not yet
  why {text} not null,
  moment_id {id},
  -- two who become one may both have one
  primary key (person_id, digest_id, profile_id)
) {clustered};
create index digest_posts_due on digest_posts (digest_id, due_at) where state = 'waits';
create index digest_posts_by_state on digest_posts (digest_id, state, why);

-- What somebody was told already.
create table seen_pieces (
  person_id {id} not null,
  piece_id {id} not null,
  profile_id {id} not null,
  moment_id {id} not null,
  primary key (person_id, piece_id, profile_id)
) {clustered};

-- Digests leave by a way of their own, so that a thousand of them keep no answer waiting.
alter table messages add column lane {text} not null default '';
drop index messages_due;
create index messages_due on messages (lane, due_at) where state in ('queued', 'later', 'held');
drop index messages_leaving;
create index messages_leaving on messages (lane, due_at) where state = 'leaving';
