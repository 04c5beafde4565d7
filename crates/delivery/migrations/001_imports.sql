-- Each reading of a file. What is unfinished goes on where it stopped; what was refused is kept with its reason.
create table imports (
  import_id {id} not null primary key,
  -- the same file read the same way has the same digest
  digest {text} not null,
  name text not null,
  wish {json} not null,
  state {text} not null,
  position {int} not null,
  size {int},
  counts {json} not null,
  started_at {time} not null,
  changed_at {time} not null,
  by_staff {id},
  error text not null
) {clustered};
create index imports_by_digest on imports (digest, started_at);
create index imports_by_start on imports (started_at);

create table refusals (
  import_id {id} not null,
  at_byte {int} not null,
  number {int} not null,
  line {int} not null,
  -- refused, or kept with a warning
  refused {bool} not null,
  reason text not null,
  raw {bytes} not null,
  primary key (import_id, at_byte, number)
) {clustered};
