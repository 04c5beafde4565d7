-- What somebody of us is about to say, so that nothing is lost when they are called away.
create table drafts (
  person_id {id} not null,
  draft_id {id} not null,
  profile_id {id} not null,
  staff_id {id} not null,
  content {json} not null,
  at {time} not null,
  primary key (person_id, draft_id)
) {clustered};

-- What is said again and again, with fields for what differs.
create table saved_replies (
  reply_id {id} not null primary key,
  name {text} not null,
  words text not null,
  by_staff {id} not null,
  at {time} not null
) {clustered};
