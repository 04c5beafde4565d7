-- What a message is for and by which way it goes, so that what is enough can be counted; and what the gate said of it.
alter table messages add column purpose {text} not null default '';
alter table messages add column topic {text} not null default '';
alter table messages add column class {text} not null default '';
alter table messages add column channel {text} not null default '';
alter table messages add column word {json} not null default 'null';
update messages set channel = 'email';
drop index messages_due;
create index messages_due on messages (due_at) where state in ('queued', 'later', 'held');
create index messages_of_person on messages (person_id, state_at);

-- Whoever asked to be left in peace before has said so in their timeline; from now on it is read from there.
update moments set kind = 'permission', data = '{"said":"stop"}'
    where kind = 'note' and direction = 'heard' and title = 'They ask us to write to them only when they wrote first.'
    and exists (select 1 from stops s where s.person_id = moments.person_id);
drop table stops;
