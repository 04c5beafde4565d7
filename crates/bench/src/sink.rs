//! Where the quick loader writes: one connection, without promises of durability, since what is lost is loaded again.

use std::{fmt::Write as _, pin::Pin};

use anyhow::{Result, ensure};
use bytes::Bytes;
use futures_util::SinkExt as _;
use store::{Engine, Location};
use tokio_postgres::{Client, CopyInSink};
use uuid::Uuid;

use crate::{place, sql};

/// Bytes that are sent at once.
const PIECE: usize = 256 << 10;

/// One value of a row.
pub enum Cell<'a> {
    /// Nothing.
    Null,
    /// A number or a time.
    Int(i64),
    /// A text.
    Text(&'a str),
    /// An id.
    Id(Uuid),
}

/// A table's name and its columns.
pub type Table = (&'static str, &'static str);

/// A connection into which tables are poured.
pub enum Sink {
    /// SQLite: a prepared insert in one transaction.
    Sqlite(rusqlite::Connection, String, Location),
    /// PostgreSQL: COPY as text.
    Postgres(Client, Option<Pin<Box<CopyInSink<Bytes>>>>, String),
}

impl Sink {
    /// Opens a place, which nobody else may use meanwhile.
    pub async fn open(engine: Engine, location: &Location) -> Result<Self> {
        if engine == Engine::Postgres {
            let client = place::postgres(location).await?;
            client.batch_execute(sql::QUICK_POSTGRES).await?;
            return Ok(Self::Postgres(client, None, String::new()));
        }
        Self::quick_sqlite(location)
    }

    fn quick_sqlite(location: &Location) -> Result<Self> {
        let db = place::sqlite(location)?;
        db.execute_batch(sql::QUICK_SQLITE)?;
        Ok(Self::Sqlite(db, String::new(), location.clone()))
    }

    /// Whether this is SQLite.
    pub fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(..))
    }

    /// Runs a statement.
    pub async fn run(&mut self, text: &str) -> Result<()> {
        match self {
            Self::Sqlite(db, ..) => db.execute_batch(&text.replace("{id}", "blob"))?,
            Self::Postgres(client, ..) => client.batch_execute(&text.replace("{id}", "uuid")).await?,
        }
        Ok(())
    }

    /// Begins to pour into a table.
    pub async fn begin(&mut self, (table, columns): Table) -> Result<()> {
        match self {
            Self::Sqlite(db, statement, _) => {
                db.execute_batch("begin")?;
                *statement = sql::insert_named(table, columns);
            }
            Self::Postgres(client, sink, _) => {
                *sink = Some(Box::pin(client.copy_in(&sql::copy_in_text(table, columns)).await?));
            }
        }
        Ok(())
    }

    /// Pours one row.
    pub async fn put(&mut self, row: &[Cell<'_>]) -> Result<()> {
        match self {
            Self::Sqlite(db, statement, _) => {
                db.prepare_cached(statement)?.execute(rusqlite::params_from_iter(row))?;
            }
            Self::Postgres(_, sink, text) => {
                write_line(text, row);
                if let (true, Some(sink)) = (text.len() > PIECE, sink) {
                    sink.feed(Bytes::from(std::mem::take(text))).await?;
                }
            }
        }
        Ok(())
    }

    /// Ends the table.
    pub async fn end(&mut self) -> Result<()> {
        match self {
            Self::Sqlite(db, ..) => db.execute_batch("commit")?,
            Self::Postgres(_, sink, text) => {
                let Some(mut sink) = sink.take() else { return Ok(()) };
                sink.feed(Bytes::from(std::mem::take(text))).await?;
                sink.as_mut().finish().await?;
            }
        }
        Ok(())
    }

    /// Drops the indexes of tables; gives what makes them again.
    pub async fn take_indexes_away(&mut self, tables: &[&str]) -> Result<Vec<String>> {
        let mut found: Vec<(String, String)> = Vec::new();
        for table in tables {
            match self {
                Self::Sqlite(db, ..) => {
                    let mut statement = db.prepare(sql::INDEXES_SQLITE)?;
                    let rows = statement.query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))?;
                    found.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?);
                }
                Self::Postgres(client, ..) => {
                    let rows = client.query(sql::INDEXES_POSTGRES, &[table]).await?;
                    found.extend(rows.iter().map(|row| (row.get(0), row.get(1))));
                }
            }
        }
        ensure!(!found.is_empty(), "no indexes were found");
        for (name, _) in &found {
            self.run(&sql::drop_index(name)).await?;
        }
        Ok(found.into_iter().map(|(_, made)| made).collect())
    }

    /// Makes indexes again, and lets the engine look at what is there as it would by itself in time.
    pub async fn put_indexes_back(&mut self, made: &[String]) -> Result<()> {
        // The word index keeps a table open on its connection, which then cannot go back to its log.
        if let Self::Sqlite(_, _, location) = self {
            let location = location.clone();
            *self = Self::Sqlite(rusqlite::Connection::open_in_memory()?, String::new(), location.clone());
            *self = Self::quick_sqlite(&location)?;
        }
        for text in made {
            self.run(text).await?;
        }
        let settle = if self.is_sqlite() { sql::SETTLE_SQLITE } else { sql::SETTLE_POSTGRES };
        for text in settle {
            self.run(text).await?;
        }
        Ok(())
    }
}

impl rusqlite::ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, ValueRef};
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Id(id) => ValueRef::Blob(id.as_bytes()),
        }))
    }
}

/// A line of PostgreSQL's text format.
fn write_line(text: &mut String, row: &[Cell<'_>]) {
    for (n, cell) in row.iter().enumerate() {
        if n > 0 {
            text.push('\t');
        }
        match cell {
            Cell::Null => text.push_str("\\N"),
            Cell::Int(number) => drop(write!(text, "{number}")),
            Cell::Id(id) => drop(write!(text, "{id}")),
            Cell::Text(it) => it.chars().for_each(|c| match c {
                '\\' => text.push_str("\\\\"),
                '\n' => text.push_str("\\n"),
                '\t' => text.push_str("\\t"),
                '\r' => text.push_str("\\r"),
                c => text.push(c),
            }),
        }
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_with_tabs_and_line_ends_stays_one_cell() {
        let mut line = String::new();
        write_line(&mut line, &[Cell::Int(3), Cell::Null, Cell::Text("a\tb\nc\\d")]);
        assert_eq!(line, "3\t\\N\ta\\tb\\nc\\\\d\n");
    }
}
