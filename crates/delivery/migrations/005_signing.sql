-- Keys with which our mail is signed, so that nobody else can write in our name unnoticed; one for each domain of our mailboxes.
create table signing_keys (
  domain {text} not null primary key,
  -- which of the domain's keys it is: the first part of the record's name
  selector text not null,
  -- what the domain shows the world of it
  record text not null,
  -- the secret half, sealed with a key kept outside of the database
  sealed {bytes} not null,
  made_at {time} not null,
  -- since when mail is signed with it; nothing until somebody said that the record is published
  signs_since {time}
) {strict};
