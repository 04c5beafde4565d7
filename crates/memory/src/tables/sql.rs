//! What the engines say of their own tables.

pub(crate) const SQLITE: &str = "select t.name,
    (select group_concat(c.name, ', ') from pragma_table_info(t.name) c where c.name <> 'person_id')
    from sqlite_schema t where t.type = 'table'
    and exists (select 1 from pragma_table_info(t.name) c where c.name = 'person_id')
    and exists (select 1 from pragma_table_info(t.name) c where c.name = 'profile_id') order by t.name";
pub(crate) const POSTGRES: &str = "select cast(c.table_name as text),
    string_agg(cast(c.column_name as text), ', ' order by c.ordinal_position)
      filter (where c.column_name <> 'person_id')
    from information_schema.columns c where c.table_schema = current_schema() group by c.table_name
    having count(*) filter (where c.column_name = 'person_id') = 1
    and count(*) filter (where c.column_name = 'profile_id') = 1 order by c.table_name";
