-- Answers that programs may ask for again by the key they sent along, so that a request sent twice is done once. They
-- hold ids and counts, never what is known of somebody, and go after a day.
create table api_answers (
  staff_id {id} not null,
  key {text} not null,
  -- what was asked: method, address and body
  digest {bytes} not null,
  -- 0 while it is being done
  status {int} not null,
  body {text} not null,
  at {time} not null,
  primary key (staff_id, key)
) {strict};
create index api_answers_by_age on api_answers (at);
