-- Whom each of us meets on a day, and why; the team as a whole meets somebody, too.
create table meetings (
  person_id {id} not null,
  staff_id {id} not null,
  -- the calendar day, such as 2026-03-01
  day {text} not null,
  profile_id {id} not null,
  why {json} not null,
  primary key (person_id, staff_id, day)
) {clustered};
create index meetings_by_staff on meetings (staff_id, day);
create index meetings_by_day on meetings (day);
