//! Statements of the bare peers. Those of a moment are what the memory runs, one row at a time.

/// A moment itself.
pub const MOMENT: &str =
    "insert into moments (person_id, at, moment_id, profile_id, recorded_at, kind, channel,
    direction, account_id, by_staff, thread, title, body, data, originals)
    values ($1, $2, $3, $4, $5, $6, $7, $8, null, null, $9, $10, $11, $12, '[]')";
/// Where it is found by its id and its place.
pub const DIRECTORY: &str =
    "insert into moment_directory (moment_id, person_id, at, doc) values ($1, $2, $3, $4)";
/// Its words, SQLite.
pub const WORDS_SQLITE: &str = "insert into moment_words (rowid, words) values ($1, $2)";
/// Its words, PostgreSQL.
pub const WORDS_POSTGRES: &str =
    "insert into moment_words (doc, words) values ($1, array_to_tsvector(string_to_array($2, ' ')))";
/// The counts of its person.
pub const MET: &str = "update people set
    moments = moments + $2,
    heard = heard + $3,
    first_at = case when first_at is null or first_at > $4 then $4 else first_at end,
    last_at = case when last_at < $5 then $5 else last_at end,
    kind = case when heard + $3 = 0 then 'address' when heard + $3 < 3 then 'wave'
                when heard + $3 < 10 then 'acquaintance' else 'regular' end,
    heard_at = $6, said_at = $7, waits_since = $8
    where person_id = $1";
/// The counts of its person's channel.
pub const MET_BY_CHANNEL: &str = "insert into person_channels (person_id, channel, last_at, moments)
    values ($1, $2, $3, $4) on conflict (person_id, channel) do update
    set last_at = case when person_channels.last_at < excluded.last_at then excluded.last_at else person_channels.last_at end,
        moments = person_channels.moments + excluded.moments";

/// Who is known by which mailbox.
pub const KNOWN: &str = "select key, person_id, profile_id from profiles where source = $1";

/// What is compared after a run: as much in one database as in the other.
pub const TALLIES: &[&str] = &[
    "select count(*) from moments",
    "select cast(sum(length(body) + length(title) + length(data)) as bigint) from moments",
    "select count(*) from moment_directory",
    "select cast(sum(doc / 4194304) as bigint) from moment_directory",
    "select cast(sum(moments * 3 + heard) as bigint) from people",
    "select cast(sum(moments) as bigint) from person_channels",
    "select cast(sum(coalesce(heard_at, 0) / 7 + coalesce(said_at, 0) / 11 + coalesce(waits_since, 0) / 13) as bigint) from people",
];
/// Moments found by one word: as many in one database as in the other.
pub const FOUND_SQLITE: &str = "select count(*) from moment_words where moment_words match 'invoice'";
/// The same.
pub const FOUND_POSTGRES: &str = "select count(*) from moment_words where words @@ 'invoice'::tsquery";

/// The tables that an import of people fills, each with the select that gives a range of people's rows in the order in
/// which the import writes them.
pub const TABLES_OF_IMPORT: &[(&str, &str)] = &[
    ("people", "select * from people where person_id > $1 and person_id <= $2 order by person_id"),
    ("profiles", "select * from profiles where person_id > $1 and person_id <= $2 order by person_id"),
    ("handles", "select * from handles where person_id > $1 and person_id <= $2 order by person_id"),
    (
        "directory",
        "select kind, value, person_id from handles where person_id > $1 and person_id <= $2
         group by person_id, kind, value order by person_id",
    ),
    (
        "person_words",
        "select * from person_words where person_id > $1 and person_id <= $2 order by person_id",
    ),
    ("word_variants", "select variant, word from word_variants order by word"),
];
/// The last of so many people.
pub const LAST_OF_CHUNK: &str = "select max(person_id) from
    (select person_id from people where person_id > $1 order by person_id limit $2) chunk";
/// The same; PostgreSQL has no greatest of ids.
pub const LAST_OF_CHUNK_POSTGRES: &str = "select (array_agg(person_id order by person_id desc))[1] from
    (select person_id from people where person_id > $1 order by person_id limit $2) chunk";

/// Puts one row into a table.
pub fn insert(table: &str, columns: usize) -> String {
    format!("insert into {table} values ({})", vec!["?"; columns].join(","))
}
/// Takes rows out as they are.
pub fn copy_out(select: &str) -> String {
    format!("copy ({select}) to stdout (format binary)")
}
/// Puts them in as they are.
pub fn copy_in_binary(table: &str) -> String {
    format!("copy {table} from stdin (format binary)")
}

/// Everybody with their fragment, in order.
pub const PEOPLE: &str = "select person_id, profile_id from profiles order by person_id";
/// The loader is alone, and what a crash takes is loaded again.
pub const QUICK_SQLITE: &str =
    "pragma wal_checkpoint(truncate); pragma journal_mode = off; pragma synchronous = off;
    pragma locking_mode = exclusive; pragma cache_size = -1000000; pragma secure_delete = off;";
/// The same.
pub const QUICK_POSTGRES: &str = "set synchronous_commit = off; set maintenance_work_mem = '1GB'";
/// Back to what the store keeps.
pub const SETTLE_SQLITE: &[&str] = &[
    "pragma optimize; pragma locking_mode = normal; pragma journal_mode = wal; pragma wal_checkpoint(truncate);",
];
/// What the server does by itself after a while.
pub const SETTLE_POSTGRES: &[&str] = &["vacuum analyze", "checkpoint"];

/// The tables of moments, in the loader's order of columns.
pub const LOAD_MOMENTS: (&str, &str) = (
    "moments",
    "person_id, at, moment_id, profile_id, recorded_at, kind, channel, direction, account_id, by_staff, thread, title, body, data, originals",
);
/// The directory.
pub const LOAD_DIRECTORY: (&str, &str) = ("moment_directory", "moment_id, person_id, at, doc");
/// Words.
pub const LOAD_WORDS_SQLITE: (&str, &str) = ("moment_words", "rowid, words");
/// Words; a text of words is read as one lexeme each.
pub const LOAD_WORDS_POSTGRES: (&str, &str) = ("moment_words", "doc, words");
/// Channels.
pub const LOAD_CHANNELS: (&str, &str) = ("person_channels", "person_id, channel, last_at, moments");
/// Counts go by a table of their own.
pub const MAKE_MET: &str = "create temporary table met (person_id {id} primary key, moments bigint, heard bigint, first_at bigint, last_at bigint,
    heard_at bigint, said_at bigint, waits_since bigint)";
/// The same.
pub const LOAD_MET: (&str, &str) =
    ("met", "person_id, moments, heard, first_at, last_at, heard_at, said_at, waits_since");
/// Counts to where they belong.
pub const TAKE_OVER_MET: &str =
    "update people set moments = met.moments, heard = met.heard, first_at = met.first_at,
    last_at = met.last_at, kind = case when met.heard = 0 then 'address' when met.heard < 3 then 'wave'
                                       when met.heard < 10 then 'acquaintance' else 'regular' end,
    heard_at = met.heard_at, said_at = met.said_at, waits_since = met.waits_since
    from met where met.person_id = people.person_id";
/// People of whom only their purchases are known.
pub const LOAD_PEOPLE: (&str, &str) =
    ("people", "person_id, created_at, name, sort_name, named, kind, first_at, last_at, moments, heard");
/// All that was bought, person by person.
pub const PURCHASES: &str =
    "select person_id, at, data from moments where kind = 'purchase' order by person_id, at";
/// What makes the indexes of a table.
pub const INDEXES_SQLITE: &str =
    "select name, sql from sqlite_master where type = 'index' and sql is not null and tbl_name = $1";
/// The same, without those of primary keys.
pub const INDEXES_POSTGRES: &str = "select i.indexname::text, i.indexdef from pg_indexes i
    where i.schemaname = current_schema() and i.tablename = $1
    and not exists (select 1 from pg_constraint c where c.conname = i.indexname
                    and c.connamespace = current_schema()::regnamespace)";

/// Puts a row with named columns into a table.
pub fn insert_named(table: &str, columns: &str) -> String {
    format!("insert into {table} ({columns}) values ({})", vec!["?"; columns.split(',').count()].join(","))
}
/// Takes rows as text.
pub fn copy_in_text(table: &str, columns: &str) -> String {
    format!("copy {table} ({columns}) from stdin")
}
/// Drops an index.
pub fn drop_index(name: &str) -> String {
    format!("drop index {name}")
}

/// What the memory asks for a person's page, each with the person's id: where the id leads, who they are, what is known
/// from where, how to reach them, what they are to whom, by which channels we met, what was joined, and the newest moments.
pub const PAGE: &[&str] = &[
    "select person_id from redirects where old_id = $1",
    "select profile_id, home_id, source, key, seen_at, recorded_at, fields, matched from profiles
     where person_id = $1 order by seen_at desc, profile_id",
    "select field, value, by_staff, at from entries where person_id = $1 order by at desc, entry_id desc",
    "select person_id, created_at, name, named, kind, first_at, last_at, moments, heard from people where person_id = $1",
    "select h.kind, h.value, h.profile_id, h.raw, h.verified, h.seen_at,
     (select count(*) from directory d where d.kind = h.kind and d.value = h.value),
     (select g.state from guards g where g.kind = h.kind and g.value = h.value)
     from handles h where h.person_id = $1 order by h.kind, h.verified desc, h.seen_at desc, h.value, h.profile_id",
    "select r.role_id, r.person_id, r.account_id, a.name, a.kind, p.name, r.role, r.since, r.until, r.profile_id
     from roles r join accounts a on a.account_id = r.account_id join people p on p.person_id = r.person_id
     where r.person_id = $1 order by case when r.until is null then 0 else 1 end, a.sort_name, r.role, r.role_id",
    "select channel, last_at, moments from person_channels where person_id = $1 order by last_at desc, channel",
    "select merge_id, one_id, other_id, reason, at, by_staff from merges
     where undone_at is null and (one_id = $1 or other_id = $1)",
    "select person_id, at, moment_id, profile_id, recorded_at, kind, channel, direction, account_id, by_staff,
     thread, title, body, data, originals from moments where person_id = $1
     order by at desc, moment_id desc limit 51",
];

/// Messages in the memory, whoever wrote them.
pub const MAILS_KEPT: &str = "select count(*) from journal where state = 'kept'";
/// What the bare loop keeps of mail.
pub const BARE_MAILS_SQLITE: &str = "create table bare_mails (id integer primary key, raw blob not null,
    sender text not null, subject text not null, date integer not null, headers text not null) strict;
    create virtual table bare_words using fts5(words, content='', tokenize='unicode61')";
/// The same.
pub const BARE_MAILS_POSTGRES: &str = "create table bare_mails (id bigint primary key, raw bytea not null,
    sender text not null, subject text not null, date bigint not null, headers text not null);
    create table bare_words (id bigint primary key, words tsvector not null);
    create index bare_words_index on bare_words using gin (words)";
/// One mail.
pub const BARE_MAIL: &str =
    "insert into bare_mails (id, raw, sender, subject, date, headers) values (?1, ?2, ?3, ?4, ?5, ?6)";
/// Its words, SQLite.
pub const BARE_MAIL_WORDS_SQLITE: &str = "insert into bare_words (rowid, words) values (?1, ?2)";
/// Its words, PostgreSQL.
pub const BARE_MAIL_WORDS_POSTGRES: &str =
    "insert into bare_words (id, words) values ($1, to_tsvector('simple', $2))";
/// Some of those who wait.
pub const WHO_WAITS: &str =
    "select person_id from people where waits_since is not null order by waits_since desc limit 5000";
