//! Tables: what is about a person is kept with that person, and both engines keep the same.

use std::collections::BTreeMap;

use crate::{File, Finding};

/// The two engines, by the names migrations use.
pub const ENGINES: [&str; 2] = ["sqlite", "postgres"];

const ALLOWED: &str = "crates/tidy/src/allowed.rs";

/// A table as the migrations leave it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// The migration that made it.
    pub made_in: String,
    /// Its columns, in order.
    pub columns: Vec<String>,
    /// The columns of its primary key, in order.
    pub key: Vec<String>,
}

/// Tables by name.
pub type Tables = BTreeMap<String, Table>;

/// The tables of one engine after all migrations have run, in the order of their names.
pub fn after(migrations: &[&File], engine: &str) -> Tables {
    let mut sorted = migrations.to_vec();
    sorted.sort_by(|a, b| a.name().cmp(b.name()));
    let mut tables = Tables::new();
    for file in sorted {
        for statement in statements(&text_for(&file.text, engine)) {
            apply(&statement, &file.path, &mut tables);
        }
    }
    tables
}

/// Tables with a `person_id` whose key does not start with it, unless listed with a reason; and reasons for
/// tables that are not there.
pub fn check_keys(tables: &Tables, otherwise: &[(&str, &str)]) -> Vec<Finding> {
    let is_listed = |name: &str| otherwise.iter().any(|(listed, _)| *listed == name);
    let is_wrong = |name: &str, table: &Table| {
        table.columns.iter().any(|it| it == "person_id")
            && table.key.first().is_none_or(|it| it != "person_id")
            && !is_listed(name)
    };
    let wrong = tables.iter().filter(|(name, table)| is_wrong(name, table));
    let complain = |(name, table): (&String, &Table)| {
        Finding::about(
            &table.made_in,
            format!("table {name} is about a person: its key must start with person_id"),
        )
    };
    wrong.map(complain).chain(stale(tables, otherwise)).collect()
}

/// Tables with a `person_id` and no `profile_id`, unless listed with a reason: their rows would stay behind when two people
/// are taken apart, and when somebody is forgotten.
pub fn check_carried(tables: &Tables, otherwise: &[(&str, &str)]) -> Vec<Finding> {
    let has = |table: &Table, column: &str| table.columns.iter().any(|it| it == column);
    let is_listed = |name: &str| otherwise.iter().any(|(listed, _)| *listed == name);
    let wrong = tables.iter().filter(|(name, table)| {
        has(table, "person_id") && !has(table, "profile_id") && !is_listed(name.as_str())
    });
    let complain = |(name, table): (&String, &Table)| {
        Finding::about(&table.made_in, format!("table {name} is about a person: its rows need a profile_id"))
    };
    wrong.map(complain).chain(stale(tables, otherwise)).collect()
}

fn stale(tables: &Tables, otherwise: &[(&str, &str)]) -> Vec<Finding> {
    let gone = otherwise.iter().filter(|(name, _)| !tables.contains_key(*name));
    gone.map(|(name, _)| Finding::about(ALLOWED, format!("there is no table {name}"))).collect()
}

/// Columns that only one engine has, unless listed as `table.column` with a reason; and reasons for columns
/// that both have, or neither.
pub fn check_same(sqlite: &Tables, postgres: &Tables, listed: &[(&str, &str)]) -> Vec<Finding> {
    let (sqlite, postgres) = (columns(sqlite), columns(postgres));
    let alone = only_in(&sqlite, &postgres, "sqlite").chain(only_in(&postgres, &sqlite, "postgres"));
    let unlisted = alone.filter(|(name, _)| !listed.iter().any(|(it, _)| it == name)).map(|(_, found)| found);
    let needless =
        listed.iter().filter(|(name, _)| sqlite.contains_key(*name) == postgres.contains_key(*name));
    let needless =
        needless.map(|(name, _)| Finding::about(ALLOWED, format!("{name} is not on one engine only")));
    unlisted.chain(needless).collect()
}

type Columns = BTreeMap<String, String>;

fn only_in<'a>(
    has: &'a Columns,
    lacks: &'a Columns,
    engine: &'a str,
) -> impl Iterator<Item = (&'a String, Finding)> {
    let alone = has.iter().filter(|(name, _)| !lacks.contains_key(*name));
    alone.map(move |(name, place)| (name, Finding::about(place, format!("only {engine} has {name}"))))
}

fn columns(tables: &Tables) -> Columns {
    let of = |(name, table): (&String, &Table)| {
        let columns = table.columns.iter().map(|column| (format!("{name}.{column}"), table.made_in.clone()));
        columns.collect::<Vec<_>>()
    };
    tables.iter().flat_map(of).collect()
}

/// The text that one engine runs: without the blocks of the other, and without comments.
fn text_for(text: &str, engine: &str) -> String {
    let mut ours = true;
    let mut kept = String::new();
    for line in text.lines() {
        let trimmed = line.trim();
        match trimmed.strip_prefix("-- only:") {
            Some(only) => ours = only.trim() == engine,
            None if trimmed == "-- end" => ours = true,
            None if ours => kept.extend([line.split("--").next().unwrap_or_default(), "\n"]),
            None => {}
        }
    }
    kept
}

fn statements(text: &str) -> Vec<String> {
    text.split(';').map(|it| it.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()).collect()
}

fn apply(statement: &str, path: &str, tables: &mut Tables) {
    if let Some(rest) = statement.strip_prefix("create table ") {
        if let Some((name, table)) = created(rest.trim_start_matches("if not exists "), path) {
            tables.insert(name, table);
        }
    } else if let Some(rest) = statement.strip_prefix("drop table ") {
        tables.remove(rest.trim_start_matches("if exists ").trim());
    } else if let Some((name, change)) =
        statement.strip_prefix("alter table ").and_then(|it| it.split_once(' '))
    {
        altered(name, change, tables);
    }
}

fn created(rest: &str, path: &str) -> Option<(String, Table)> {
    let (name, body) = rest.split_once('(')?;
    let mut table = Table { made_in: path.to_owned(), ..Table::default() };
    for part in parts(body) {
        add_part(part.trim(), &mut table);
    }
    Some((name.trim().trim_matches('"').to_owned(), table))
}

/// The parts between commas, up to the parenthesis that closes the table.
fn parts(body: &str) -> Vec<&str> {
    let (mut depth, mut from, mut parts) = (0, 0, Vec::new());
    for (at, character) in body.char_indices() {
        match character {
            '(' => depth += 1,
            ')' if depth == 0 => {
                parts.push(&body[from..at]);
                return parts;
            }
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&body[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts
}

fn add_part(part: &str, table: &mut Table) {
    let first = part.split([' ', '(']).next().unwrap_or_default().trim_matches('"');
    let is_rule = ["primary", "unique", "foreign", "check", "constraint", "exclude"].contains(&first);
    if !is_rule && !first.is_empty() {
        table.columns.push(first.to_owned());
    }
    match part.split_once("primary key") {
        Some((_, columns)) if is_rule => table.key = key(columns),
        Some(_) => table.key = vec![first.to_owned()],
        None => {}
    }
}

fn key(columns: &str) -> Vec<String> {
    let inside = columns.trim().trim_start_matches('(').split(')').next().unwrap_or_default();
    inside.split(',').filter_map(|it| it.split_whitespace().next()).map(str::to_owned).collect()
}

fn altered(name: &str, change: &str, tables: &mut Tables) {
    let words: Vec<&str> = change.split(' ').collect();
    let Some(mut table) = tables.remove(name) else { return };
    let mut name = name.to_owned();
    match words.as_slice() {
        ["add", "column", "if", "not", "exists", column, ..] | ["add", "column", column, ..] => {
            table.columns.push((*column).to_owned());
        }
        ["drop", "column", column, ..] => table.columns.retain(|it| it != column),
        ["rename", "column", old, "to", new] => rename(&mut table, old, new),
        ["rename", "to", new] => name = (*new).to_owned(),
        _ => {}
    }
    tables.insert(name, table);
}

fn rename(table: &mut Table, old: &str, new: &str) {
    for column in table.columns.iter_mut().chain(&mut table.key).filter(|it| *it == old) {
        new.clone_into(column);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "-- People.
create table people (
    person_id {id} primary key, -- who, and when
    score {int} not null default (coalesce(1, 2)),
    name {text}
) {norowid};
create table moments (person_id {id} not null, moment_id {id}, primary key (person_id, moment_id));
create table directory (handle {text} primary key, person_id {id});
-- only: postgres
alter table moments add column words tsvector;
-- end
-- only: sqlite
create virtual table words using fts5(text);
-- end";

    fn tables(engine: &str) -> Tables {
        let second = File::sample("m/0002.sql", "alter table people rename column name to called;");
        after(&[&second, &File::sample("m/0001.sql", FIRST)], engine)
    }

    #[test]
    fn migrations_are_read_as_each_engine_runs_them() {
        let sqlite = tables("sqlite");
        assert_eq!(sqlite.keys().collect::<Vec<_>>(), ["directory", "moments", "people"]);
        assert_eq!(sqlite["people"].columns, ["person_id", "score", "called"]);
        assert_eq!(sqlite["moments"].key, ["person_id", "moment_id"]);
        assert_eq!(tables("postgres")["moments"].columns, ["person_id", "moment_id", "words"]);
    }

    #[test]
    fn a_table_about_a_person_with_another_key_is_found_unless_it_has_a_reason() {
        let found = check_keys(&tables("sqlite"), &[]);
        assert_eq!(
            found[0].to_string(),
            "m/0001.sql: table directory is about a person: its key must start with person_id"
        );
        assert_eq!(found.len(), 1);
        assert_eq!(check_keys(&tables("sqlite"), &[("directory", "it finds the person")]), []);
        assert_eq!(
            check_keys(&Tables::new(), &[("directory", "it finds the person")]).len(),
            1,
            "a stale reason"
        );
    }

    #[test]
    fn a_table_whose_rows_would_stay_behind_is_found_unless_it_has_a_reason() {
        let listed = [("directory", "it is made anew"), ("moments", "so are they")];
        let found = check_carried(&tables("sqlite"), &listed);
        assert_eq!(
            found[0].to_string(),
            "m/0001.sql: table people is about a person: its rows need a profile_id"
        );
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn a_column_that_only_one_engine_has_is_found_unless_it_has_a_reason() {
        let (sqlite, postgres) = (tables("sqlite"), tables("postgres"));
        let found = check_same(&sqlite, &postgres, &[]);
        assert_eq!(found[0].to_string(), "m/0001.sql: only postgres has moments.words");
        let listed = ("moments.words", "tsvector");
        assert_eq!(check_same(&sqlite, &postgres, &[listed]), []);
        assert_eq!(
            check_same(&sqlite, &postgres, &[listed, ("people.score", "hm")]).len(),
            1,
            "a needless reason"
        );
    }
}
