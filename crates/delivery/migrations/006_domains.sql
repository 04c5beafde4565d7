-- What the world was last seen to be told of each domain that our mail is from.
create table domain_looks (
  domain {text} not null primary key,
  looked_at {time} not null,
  findings {json} not null
) {strict};
