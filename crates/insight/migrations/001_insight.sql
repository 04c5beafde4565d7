-- One person's life with us, condensed from their moments: days, amounts and counts, no words. Made anew where the person's moments
-- are no longer those it was made from.
create table lives (
  person_id {id} not null,
  profile_id {id} not null,
  moments {int} not null,
  last_at {time} not null,
  life {json} not null,
  primary key (person_id, profile_id)
) {clustered};
-- Says whose life is up to date without reading it.
create index lives_state on lives (person_id, moments, last_at);

-- What all lives together come to, as it was last reckoned. People stand in it by their ids only, until it is reckoned anew.
create table reckonings (
  what {text} not null primary key,
  at {time} not null,
  content {json} not null
) {clustered};

-- What analyses assume that no moment says: minutes and costs, in versions. None is ever changed.
create table insight_prices (
  version {text} not null primary key,
  at {time} not null,
  by_staff {id},
  content text not null
) {clustered};

-- Where one of us says what a relationship is, other than it looks from behaviour. The newest holds; one without a kind takes it back.
create table kind_corrections (
  person_id {id} not null,
  profile_id {id} not null,
  at {time} not null,
  moment_id {id} not null,
  kind text,
  why text not null,
  by_staff {id} not null,
  primary key (person_id, profile_id, at)
) {clustered};
