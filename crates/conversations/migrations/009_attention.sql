-- Who of us wants to hear of somebody, and until when they have looked.
create table followers (
  person_id {id} not null,
  follower_id {id} not null,
  profile_id {id} not null,
  staff_id {id} not null,
  since {time} not null,
  seen_at {time} not null,
  primary key (person_id, follower_id)
) {clustered};
create index followers_by_staff on followers (staff_id, person_id);

-- Who of us was called by name in a note, until they have looked.
create table mentions (
  person_id {id} not null,
  moment_id {id} not null,
  staff_id {id} not null,
  profile_id {id} not null,
  by_staff {id} not null,
  at {time} not null,
  seen {bool} not null,
  primary key (person_id, moment_id, staff_id)
) {clustered};
create index mentions_unseen on mentions (staff_id, at) where not seen;
