-- What making an order ready took is no longer kept beside the order; lives are made anew from moments.
delete from lives;
-- only: sqlite
-- A table that is one with its key keeps a quarter of a page of a row in place, and a life is longer: half of what was read of it were
-- pages with nothing else on them.
drop table lives;
create table lives (
  person_id {id} not null,
  profile_id {id} not null,
  moments {int} not null,
  last_at {time} not null,
  life {json} not null,
  primary key (person_id, profile_id)
) {strict};
create index lives_state on lives (person_id, moments, last_at);
-- end
