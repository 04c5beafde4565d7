-- Work to be done after a commit. One row until it is done; a dead row stays until somebody looks.
create table jobs (
  job_id {id} not null primary key,
  kind {text} not null,
  -- two jobs of one kind with the same key are one
  key {text} not null,
  payload {json} not null,
  created_at {time} not null,
  due_at {time} not null,
  leased_until {time} not null,
  attempts {int} not null,
  dead {bool} not null,
  last_error text not null,
  unique (kind, key)
) {strict};
create index jobs_due on jobs (dead, due_at, leased_until);
