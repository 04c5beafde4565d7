//! Migrations: numbered steps of each room, forward only, one text for both engines.
//!
//! Tokens stand for what the engines call differently: `{id}` `{int}` `{time}` `{real}` `{bool}` `{text}` (compared
//! byte by byte) `{json}` `{bytes}`; `{strict}` and `{clustered}` close a table. A block between `-- only: sqlite` or
//! `-- only: postgres` and `-- end` is for one engine.

use model::Time;
use sha2::{Digest, Sha256};

use crate::{Result, StoreError, Write, engine::Engine, params, sql};

/// One step.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Counted from 1 within its room.
    pub number: i64,
    /// What it is about.
    pub name: &'static str,
    /// Its text, with tokens.
    pub sql: &'static str,
}

/// The steps of one room of the house, in order.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// The crate.
    pub name: &'static str,
    /// Its steps.
    pub migrations: &'static [Migration],
}

/// Replaces tokens and leaves out the other engine's blocks.
pub fn for_engine(text: &str, engine: Engine) -> String {
    let tokens = match engine {
        Engine::Sqlite => [
            ("{id}", "blob"),
            ("{int}", "integer"),
            ("{time}", "integer"),
            ("{real}", "real"),
            ("{bool}", "integer"),
            ("{text}", "text"),
            ("{json}", "text"),
            ("{bytes}", "blob"),
            ("{strict}", "strict"),
            ("{clustered}", "without rowid, strict"),
        ],
        Engine::Postgres => [
            ("{id}", "uuid"),
            ("{int}", "bigint"),
            ("{time}", "bigint"),
            ("{real}", "double precision"),
            ("{bool}", "boolean"),
            ("{text}", "text collate \"C\""),
            ("{json}", "text"),
            ("{bytes}", "bytea"),
            ("{strict}", ""),
            ("{clustered}", ""),
        ],
    };
    let mut kept = String::with_capacity(text.len());
    let mut other = false;
    for line in text.lines() {
        match line.trim() {
            "-- only: sqlite" => other = engine != Engine::Sqlite,
            "-- only: postgres" => other = engine != Engine::Postgres,
            "-- end" => other = false,
            _ if other => {}
            _ => kept.extend([line, "\n"]),
        }
    }
    tokens.iter().fold(kept, |text, (token, word)| text.replace(token, word))
}

/// Cuts a script at the semicolons that end statements (those at the end of a line).
fn statements(script: &str) -> impl Iterator<Item = &str> {
    script
        .split(";\n")
        .map(|s| s.trim().trim_end_matches(';'))
        .filter(|s| s.lines().any(|line| !line.trim().is_empty() && !line.trim().starts_with("--")))
}

fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(12).map(|b| format!("{b:02x}")).collect()
}

/// Brings the database up to the program, or refuses where the database is ahead of it.
pub(crate) fn migrate(tx: &mut Write<'_>, rooms: &[Room], now: Time) -> Result<()> {
    let engine = tx.engine();
    if engine == Engine::Postgres {
        tx.rows(sql::MIGRATION_LOCK, &[], |_| Ok(()))?;
    }
    tx.run(&for_engine(sql::MIGRATIONS_TABLE, engine), &[])?;
    let done = tx.rows(sql::MIGRATIONS_DONE, &[], |row| {
        Ok((row.get::<String>(0)?, row.get::<i64>(1)?, row.get::<String>(2)?, row.get::<String>(3)?))
    })?;
    for (room, number, name, was) in &done {
        let known =
            rooms.iter().filter(|r| r.name == room).flat_map(|r| r.migrations).find(|m| m.number == *number);
        match known {
            None => return Err(StoreError::Newer { step: format!("{room} {number} {name}") }),
            Some(m) if digest(m.sql) != *was => {
                return Err(StoreError::Changed(format!("{room} {number} {name}")));
            }
            Some(_) => {}
        }
    }
    for room in rooms {
        for step in room.migrations {
            if !done.iter().any(|(r, n, ..)| r == room.name && *n == step.number) {
                take(tx, room, step, engine, now)?;
            }
        }
    }
    Ok(())
}

fn take(tx: &mut Write<'_>, room: &Room, step: &Migration, engine: Engine, now: Time) -> Result<()> {
    for statement in statements(&for_engine(step.sql, engine)) {
        tx.run(statement, &[])?;
    }
    tx.run(sql::MIGRATION_NOTE, params![room.name, step.number, step.name, digest(step.sql), now])?;
    tracing::debug!(room = room.name, number = step.number, name = step.name, "migrated");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_engine_sees_its_own_words_and_blocks() {
        let text = "create table t (id {id}) {clustered};\n-- only: sqlite\npragma x;\n-- end\n-- only: postgres\ncreate index i;\n-- end\n";
        assert_eq!(
            for_engine(text, Engine::Sqlite),
            "create table t (id blob) without rowid, strict;\npragma x;\n"
        );
        assert_eq!(for_engine(text, Engine::Postgres), "create table t (id uuid) ;\ncreate index i;\n");
        let script = for_engine(text, Engine::Sqlite);
        assert_eq!(statements(&script).count(), 2);
    }
}
