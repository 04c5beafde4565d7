-- The last mail that a mailbox sent to itself, and what its own server found out about it.
create table mailbox_trials (
  mailbox_id {id} not null primary key,
  trial {id} not null,
  asked_at {time} not null,
  -- what kept it from leaving
  trouble text not null,
  came_at {time},
  -- what our own server says of it; nothing if it says nothing
  verdicts {json}
) {strict};
