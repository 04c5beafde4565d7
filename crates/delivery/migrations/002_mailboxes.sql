-- Mailboxes that are read and written from.
create table mailboxes (
  mailbox_id {id} not null primary key,
  address {text} not null unique,
  -- what stands beside the address in mail we send
  name text not null,
  -- where its servers are, and how we prove who we are; secrets are sealed with a key kept outside of the database
  servers {json} not null,
  sealed {bytes} not null,
  created_at {time} not null,
  removed_at {time},
  -- fine, new, away, refused
  state {text} not null,
  trouble text not null,
  -- since when it is in this state
  since {time} not null,
  seen_at {time},
  -- which process reads it, and until when it has said so
  held_by {id},
  held_until {time}
) {strict};

-- How far each folder was read.
create table mailbox_folders (
  mailbox_id {id} not null,
  folder {text} not null,
  purpose {text} not null,
  validity {int} not null,
  next_uid {int} not null,
  -- how many messages the server had when they were last counted, and how many of them we have
  on_server {int},
  here {int},
  counted_at {time},
  primary key (mailbox_id, folder)
) {clustered};

-- Every message that was fetched, before anybody looked into it; the bytes lie beside the database under their digest.
create table journal (
  mailbox_id {id} not null,
  folder {text} not null,
  validity {int} not null,
  uid {int} not null,
  digest {text} not null,
  size {int} not null,
  fetched_at {time} not null,
  -- new, kept, ours (we sent it from here), report, refused, forgotten
  state {text} not null,
  reason text not null,
  primary key (mailbox_id, folder, validity, uid)
) {clustered};
create index journal_new on journal (mailbox_id, fetched_at) where state = 'new';
create index journal_refused on journal (fetched_at) where state = 'refused';
