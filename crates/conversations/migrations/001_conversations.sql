-- What shall be said to somebody, by the moment that says it, and how far it came.
create table messages (
  person_id {id} not null,
  moment_id {id} not null,
  profile_id {id} not null,
  mailbox_id {id} not null,
  -- queued, leaving, left, later, refused, unknown, bounced
  state {text} not null,
  state_at {time} not null,
  -- not before; while it is leaving, when whoever sends it must have said so again
  due_at {time} not null,
  tries {int} not null,
  -- how it went for each recipient
  outcome {json} not null,
  content {json} not null,
  asked_at {time} not null,
  by_staff {id},
  primary key (person_id, moment_id)
) {clustered};
create index messages_due on messages (due_at) where state in ('queued', 'later');
create index messages_leaving on messages (due_at) where state = 'leaving';
create index messages_in_trouble on messages (state_at) where state in ('refused', 'unknown', 'bounced');

-- What we said we would do, for whom, by when, and who of us keeps it. Every act on it is also a moment of the person.
create table promises (
  person_id {id} not null,
  promise_id {id} not null,
  profile_id {id} not null,
  -- where it was given
  moment_id {id},
  what text not null,
  due_at {time} not null,
  keeper {id} not null,
  made_at {time} not null,
  made_by {id} not null,
  -- how often it was moved
  moved {int} not null,
  -- open, kept, broken
  state {text} not null,
  settled_at {time},
  settled_by {id},
  reason text not null,
  primary key (person_id, promise_id)
) {clustered};
create index promises_open on promises (due_at) where state = 'open';
create index promises_settled on promises (settled_at) where state <> 'open';

-- Who of us looks at somebody's page just now, and whether they write; a row means nothing after half a minute.
create table presence (
  person_id {id} not null,
  staff_id {id} not null,
  writing {bool} not null,
  seen_at {time} not null,
  primary key (person_id, staff_id)
) {clustered};
create index presence_by_time on presence (seen_at);
