-- Our sides of messengers: services and programs through which people write to us.
create table messengers (
  messenger_id {id} not null primary key,
  -- generic, telegram, whatsapp, twilio
  service {text} not null,
  -- what our side is called there
  name text not null,
  -- who we are there and how each proves itself to the other, sealed with a key kept outside of the database
  sealed {bytes} not null,
  created_at {time} not null,
  removed_at {time},
  -- why nothing can be sent, since when
  trouble text not null,
  since {time} not null,
  heard_at {time}
) {strict};

-- What a service told us and we could not read; the bytes lie beside the database under their digest.
create table messenger_unread (
  messenger_id {id} not null,
  digest {text} not null,
  reason text not null,
  at {time} not null,
  primary key (messenger_id, digest)
) {clustered};
