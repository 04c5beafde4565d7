-- only: postgres
-- Handles are asked for by their values, many at once. With the kind first, PostgreSQL read every handle of the kind
-- as long as it had no statistics, which is so while a large file is being imported.
alter table directory drop constraint directory_pkey;
alter table directory add primary key (value, kind, person_id);
-- end
