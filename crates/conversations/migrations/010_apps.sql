-- Whether apps may show the talk: they have no origin that could be checked, so any page may then.
alter table chat_sites add column apps {bool} not null default false;
