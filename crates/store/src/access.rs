//! What a closure given to [`crate::Store::read`] or [`crate::Store::write`] holds.

use std::ops::{Deref, DerefMut};

use crate::{
    Notice, Result, Row, Value,
    engine::Engine,
    session::Session,
    statements,
    together::{Change, Many, Question},
};

/// A view of the data at one point in time.
pub struct Read<'a> {
    pub(crate) connection: Connection<'a>,
}

pub(crate) enum Connection<'a> {
    Sqlite(&'a rusqlite::Connection),
    Postgres(&'a mut Session),
}

impl Read<'_> {
    /// Which engine answers; for the few texts that must differ.
    pub fn engine(&self) -> Engine {
        match self.connection {
            Connection::Sqlite(_) => Engine::Sqlite,
            Connection::Postgres(_) => Engine::Postgres,
        }
    }

    /// Every row of the answer.
    pub fn rows<T>(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        each: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        match &mut self.connection {
            Connection::Sqlite(db) => statements::rows(db, sql, params, each),
            Connection::Postgres(session) => session.rows(sql, params, each),
        }
    }

    /// Asks several questions; on PostgreSQL all of them are on their way at once.
    pub fn ask(&mut self, questions: Vec<Question<'_>>) -> Result<()> {
        match &mut self.connection {
            Connection::Sqlite(db) => {
                for Question { parts, mut each } in questions {
                    for (sql, params) in parts {
                        statements::rows(db, &sql, &params, &mut each)?;
                    }
                }
                Ok(())
            }
            Connection::Postgres(session) => session.ask(questions),
        }
    }

    /// The first row of the answer, if there is one.
    pub fn first<T>(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        each: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.rows(sql, params, each)?.into_iter().next())
    }

    /// The number an aggregate gives; 0 where it gives nothing.
    pub fn number(&mut self, sql: &str, params: &[Value<'_>]) -> Result<i64> {
        Ok(self.first(sql, params, |row| row.get::<Option<i64>>(0))?.flatten().unwrap_or(0))
    }
}

/// A transaction. It is kept whole or not at all.
pub struct Write<'a> {
    pub(crate) read: Read<'a>,
    pub(crate) notices: Vec<Notice>,
}

impl<'a> Write<'a> {
    pub(crate) fn on(connection: Connection<'a>) -> Self {
        Self { read: Read { connection }, notices: Vec::new() }
    }

    /// Runs a statement; gives the number of rows it touched.
    pub fn run(&mut self, sql: &str, params: &[Value<'_>]) -> Result<u64> {
        match &mut self.read.connection {
            Connection::Sqlite(db) => statements::run(db, sql, params),
            Connection::Postgres(session) => session.run(sql, params),
        }
    }

    /// Runs one statement for each set of parameters, in order (on PostgreSQL without waiting in between); gives the
    /// rows touched by each.
    pub fn each(&mut self, sql: &str, sets: &[Vec<Value<'_>>]) -> Result<Vec<u64>> {
        match &mut self.read.connection {
            Connection::Sqlite(db) => statements::each(db, sql, sets),
            Connection::Postgres(session) => session.each(sql, sets),
        }
    }

    /// Runs a statement for many sets of parameters that do not meet each other; gives the number of rows it touched.
    pub fn many(&mut self, many: &Many, sets: &[Vec<Value<'_>>]) -> Result<u64> {
        match &mut self.read.connection {
            Connection::Sqlite(db) => Ok(statements::each(db, many.each, sets)?.into_iter().sum()),
            Connection::Postgres(session) => session.many(many, sets),
        }
    }

    /// Puts many new rows into a table by the engine's fastest way. A conflict fails the transaction.
    pub fn load(&mut self, table: &str, columns: &[&str], rows: &[Vec<Value<'_>>]) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        match &mut self.read.connection {
            Connection::Sqlite(db) => statements::load(db, table, columns, rows),
            Connection::Postgres(session) => session.load(table, columns, rows),
        }
    }

    /// Makes several changes, in order; on PostgreSQL all of them are on their way at once.
    pub fn all(&mut self, changes: &[Change<'_>]) -> Result<()> {
        match &mut self.read.connection {
            Connection::Sqlite(db) => changes.iter().try_for_each(|change| match change {
                Change::Load { table, columns, rows } => statements::load(db, table, columns, rows),
                Change::Each { sql, sets } => statements::each(db, sql, sets).map(drop),
                Change::Many { many, sets } => statements::each(db, many.each, sets).map(drop),
            }),
            Connection::Postgres(session) => session.all(changes),
        }
    }

    /// Tells every process, once this is committed, that something changed.
    pub fn announce(&mut self, notice: Notice) -> Result<()> {
        self.notices.push(notice);
        Ok(())
    }
}

impl<'a> Deref for Write<'a> {
    type Target = Read<'a>;
    fn deref(&self) -> &Self::Target {
        &self.read
    }
}
impl DerefMut for Write<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.read
    }
}
