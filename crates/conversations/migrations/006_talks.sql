-- A place on a website where people can talk with us.
create table chat_sites (
  site_id {id} not null primary key,
  name {text} not null,
  -- the origins of pages that may show it, such as https://shop.example
  origins {json} not null,
  -- how often the key with which the site vouches for people was changed
  turns {int} not null,
  -- whether only those whom the site vouches for may talk
  vouched_only {bool} not null,
  -- through which mailbox answers go to those who have left
  mailbox_id {id},
  greeting text not null,
  created_at {time} not null,
  removed_at {time}
) {clustered};

-- One talk of a visitor, or of somebody whom the site vouches for, on whatever device. Its lines are moments of the person.
create table talks (
  person_id {id} not null,
  talk_id {id} not null,
  -- all that is said in it, by either side, belongs to this profile, so that it stays together
  profile_id {id} not null,
  site_id {id} not null,
  began_at {time} not null,
  -- when one of us first said a word in it
  answered_at {time},
  -- the number of the newest line
  newest {int} not null,
  -- up to which line they have seen, and when they last looked
  seen {int} not null,
  looked_at {time} not null,
  -- whether they were writing then
  writing {bool} not null,
  -- up to which line our answers went by mail
  mailed {int} not null,
  -- where answers go when they have left: what they told us
  address text,
  -- whether the site vouched for who they are
  vouched {bool} not null,
  primary key (person_id, talk_id)
) {clustered};

create index talks_of_site on talks (site_id, began_at);

-- Which browsers may open a talk: a digest of the key of each, never the key.
create table talk_keys (
  person_id {id} not null,
  key {text} not null,
  talk_id {id} not null,
  profile_id {id} not null,
  primary key (person_id, key)
) {clustered};
create index talk_keys_by_key on talk_keys (key);

create table talk_lines (
  person_id {id} not null,
  talk_id {id} not null,
  -- counted from 1, without gaps
  number {int} not null,
  profile_id {id} not null,
  moment_id {id} not null,
  primary key (person_id, talk_id, number)
) {clustered};
