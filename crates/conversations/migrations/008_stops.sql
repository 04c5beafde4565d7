-- Addresses whose owner asked for no mail that they did not ask for.
create table stops (
  person_id {id} not null,
  address {text} not null,
  profile_id {id} not null,
  said_at {time} not null,
  primary key (person_id, address)
) {clustered};
create index stops_by_address on stops (address);
