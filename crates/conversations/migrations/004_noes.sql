-- What we said no to, and relationships we ended: with the reason, so that it can be looked at.
create table noes (
  person_id {id} not null,
  refusal_id {id} not null,
  profile_id {id} not null,
  -- the moment in which it was said
  moment_id {id} not null,
  -- declined, ended
  how text not null,
  what text not null,
  reason text not null,
  by_staff {id} not null,
  at {time} not null,
  taken_back_at {time},
  primary key (person_id, refusal_id)
) {clustered};
create index noes_by_time on noes (at);
