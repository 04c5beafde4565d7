-- A message may leave by a messenger as well as by a mailbox; its content says which of the two this is.
alter table messages rename column mailbox_id to through_id;
