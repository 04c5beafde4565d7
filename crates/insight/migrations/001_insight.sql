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

-- What all lives together come to, as it was last reckoned. It names nobody.
create table reckonings (
  what {text} not null primary key,
  at {time} not null,
  content {json} not null
) {clustered};
