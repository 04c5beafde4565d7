-- What one of us did for somebody without asking, and why. Every act is also a moment of the person.
create table goodwill (
  person_id {id} not null,
  goodwill_id {id} not null,
  profile_id {id} not null,
  moment_id {id} not null,
  what text not null,
  reason text not null,
  -- a thing counts as one, money by its amount; both have what they cost us
  is_gift {bool} not null,
  minor {int} not null,
  currency text not null,
  by_staff {id} not null,
  at {time} not null,
  taken_back_at {time},
  taken_back_why text not null,
  primary key (person_id, goodwill_id)
) {clustered};
create index goodwill_by_staff on goodwill (by_staff, at);
create index goodwill_by_time on goodwill (at);

-- What each of us may give away in a month; `everybody` is for those who have no line of their own.
create table goodwill_budgets (
  whose {text} not null primary key,
  minor {int} not null,
  gifts {int} not null
) {clustered};
