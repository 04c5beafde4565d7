-- Which messages wait, and which are in trouble: said without a list, since SQLite builds such a list anew for every row that is written.
-- only: sqlite
-- A table that is one with its key keeps a quarter of a page of a row in place, and a message is longer: every one had a page of its
-- own, written when it was taken and again when it had left.
alter table messages rename to clustered_messages;
create table messages (
  person_id {id} not null,
  moment_id {id} not null,
  profile_id {id} not null,
  through_id {id} not null,
  -- queued, leaving, left, later, held, refused, unknown, bounced
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
  purpose {text} not null default '',
  topic {text} not null default '',
  class {text} not null default '',
  channel {text} not null default '',
  word {json} not null default 'null',
  lane {text} not null default '',
  primary key (person_id, moment_id)
) {strict};
insert into messages (person_id, moment_id, profile_id, through_id, state, state_at, due_at, tries, outcome, content, asked_at,
    by_staff, purpose, topic, class, channel, word, lane)
    select person_id, moment_id, profile_id, through_id, state, state_at, due_at, tries, outcome, content, asked_at,
    by_staff, purpose, topic, class, channel, word, lane from clustered_messages;
drop table clustered_messages;
create index messages_leaving on messages (lane, due_at) where state = 'leaving';
create index messages_of_person on messages (person_id, state_at);
-- end
-- only: postgres
drop index messages_due;
drop index messages_in_trouble;
-- end
create index messages_due on messages (lane, due_at) where state = 'queued' or state = 'later' or state = 'held';
create index messages_in_trouble on messages (state_at) where state = 'refused' or state = 'unknown' or state = 'bounced';
