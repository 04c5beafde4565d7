-- Who of us looked at somebody: one row for each who looks, day and what was looked at. Only its count and its last time change.
create table looks (
  person_id {id} not null,
  -- one row for each side of a joining, so that both know of it when they are two again
  profile_id {id} not null,
  -- the calendar day, UTC, such as 2026-03-01
  day {text} not null,
  -- the id of a program's key, else that of one of us, or the program itself
  looker {text} not null,
  -- page, file, export, program
  what {text} not null,
  staff_id {id},
  -- by what right: their role here at that time
  role {text} not null,
  first_at {time} not null,
  last_at {time} not null,
  times {int} not null,
  primary key (person_id, profile_id, day, looker, what)
) {clustered};
create index looks_by_day on looks (day);
