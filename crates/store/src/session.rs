//! Statements on one PostgreSQL connection, in use by one closure. A journey to the server and back takes as long as a
//! small statement, so what need not wait for an answer is sent along with what comes before it.

use std::{future::Future, pin::pin, sync::Arc};

use deadpool_postgres::Client;
use futures_util::{
    StreamExt, TryStreamExt,
    future::{LocalBoxFuture, join, join_all},
    stream,
};
use postgres_types::{ToSql, Type};
use tokio::runtime::Handle;
use tokio_postgres::{Statement, binary_copy::BinaryCopyInWriter, error::SqlState};

use crate::{Change, Many, Notice, Question, Result, Row, StoreError, Value, sql};

/// Statements sent ahead of their answers.
const PIPELINE: usize = 256;
/// The channel of live notices.
const CHANNEL: &str = "regard";

type Answer<T> = Result<T, tokio_postgres::Error>;

/// One connection in use by one closure.
pub(crate) struct Session {
    client: Arc<Client>,
    runtime: Handle,
    /// What begins the transaction, until its first statement takes it along.
    begin: Option<&'static str>,
    /// A statement lost a race, whatever the closure made of the error.
    pub(crate) raced: bool,
    /// A row was there already. Whoever asked first may have been told otherwise, by a transaction that had not ended.
    pub(crate) collided: bool,
}

impl Session {
    pub(crate) fn new(client: Arc<Client>, runtime: Handle) -> Self {
        Self { client, runtime, begin: None, raced: false, collided: false }
    }

    /// Begins a transaction, together with its first statement.
    pub(crate) fn begin(&mut self, sql: &'static str) {
        self.begin = Some(sql);
    }

    /// Ends it. Notices leave with the commit.
    pub(crate) fn end(&mut self, sql: &str, notices: &[Notice]) -> Result<()> {
        if notices.is_empty() {
            // If nothing was asked, nothing was begun.
            return if self.begin.is_some() { Ok(()) } else { self.command(sql) };
        }
        let lines: Vec<String> = notices
            .iter()
            .map(serde_json::to_string)
            .collect::<Result<_, _>>()
            .map_err(|error| StoreError::Engine(error.to_string()))?;
        let lines = lines.join("\n");
        let client = self.client.clone();
        self.wait(async {
            let notify = client.prepare_cached(sql::NOTIFY).await?;
            let told: [&(dyn ToSql + Sync); 2] = [&CHANNEL, &lines];
            // A commit after notices that failed is a rollback.
            let (told, ended) = join(client.execute(&notify, &told), client.batch_execute(sql)).await;
            told.and(ended)
        })
    }

    /// Ends a reading, without waiting: nothing hangs on it, and the connection is free once it has happened.
    pub(crate) fn leave(self) {
        if self.begin.is_none() {
            self.runtime.spawn(async move { self.client.batch_execute(sql::ROLLBACK).await });
        }
    }

    pub(crate) fn command(&mut self, sql: &str) -> Result<()> {
        let client = self.client.clone();
        self.wait(client.batch_execute(sql))
    }

    /// Waits for the server, which begins the transaction first if that is still to be done.
    fn wait<T>(&mut self, work: impl Future<Output = Answer<T>>) -> Result<T> {
        let (client, begin) = (self.client.clone(), self.begin.take());
        let answer = self.runtime.block_on(async {
            let Some(begin) = begin else { return work.await };
            let (begun, done) = join(client.batch_execute(begin), work).await;
            begun.and(done)
        });
        answer.map_err(|error| {
            self.collided |= error.code() == Some(&SqlState::UNIQUE_VIOLATION);
            let error = StoreError::from(error);
            self.raced |= matches!(error, StoreError::Busy);
            error
        })
    }

    pub(crate) fn rows<T>(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        mut each: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let client = self.client.clone();
        let answer = self.wait(query(&client, sql, params))?;
        answer.iter().map(|row| each(&Row::Postgres(row))).collect()
    }

    pub(crate) fn ask(&mut self, questions: Vec<Question<'_>>) -> Result<()> {
        if questions.iter().all(|question| question.parts.is_empty()) {
            return Ok(());
        }
        let client = self.client.clone();
        let parts = questions.iter().flat_map(|question| &question.parts);
        let answers = self.wait(async {
            let asked = join_all(parts.map(|(sql, params)| query(&client, sql, params)));
            asked.await.into_iter().collect::<Answer<Vec<_>>>()
        })?;
        let mut answers = answers.iter();
        for Question { parts, mut each } in questions {
            for row in answers.by_ref().take(parts.len()).flatten() {
                each(&Row::Postgres(row))?;
            }
        }
        Ok(())
    }

    pub(crate) fn run(&mut self, sql: &str, params: &[Value<'_>]) -> Result<u64> {
        let client = self.client.clone();
        self.wait(async {
            let statement = client.prepare_cached(sql).await?;
            client.execute_raw(&statement, params).await
        })
    }

    pub(crate) fn each(&mut self, sql: &str, sets: &[Vec<Value<'_>>]) -> Result<Vec<u64>> {
        if sets.is_empty() {
            return Ok(Vec::new());
        }
        let client = self.client.clone();
        self.wait(async {
            let statement = client.prepare_cached(sql).await?;
            let sent = sets.iter().map(|set| client.execute_raw(&statement, set));
            stream::iter(sent).buffered(PIPELINE).try_collect().await
        })
    }

    pub(crate) fn load(&mut self, table: &str, columns: &[&str], rows: &[Vec<Value<'_>>]) -> Result<()> {
        let client = self.client.clone();
        self.wait(async {
            let (types, statement) = prepare_copy(&client, table, columns).await?;
            copy(&client, &types, &statement, rows).await
        })
    }

    pub(crate) fn all(&mut self, changes: &[Change<'_>]) -> Result<()> {
        let client = self.client.clone();
        self.wait(async {
            // Preparing may wait; all of it comes first, so that the changes are sent in their order.
            let mut prepared = Vec::with_capacity(changes.len());
            for change in changes {
                prepared.push(match change {
                    Change::Load { table, columns, .. } => prepare_copy(&client, table, columns).await?,
                    Change::Each { sql, .. } => (Vec::new(), client.prepare_cached(sql).await?),
                    Change::Many { many, .. } => (Vec::new(), client.prepare_cached(many.at_once).await?),
                });
            }
            let sent = changes.iter().zip(&prepared).flat_map(|(change, (types, statement))| match change {
                Change::Load { rows, .. } => {
                    let copied: LocalBoxFuture<'_, _> = Box::pin(copy(&client, types, statement, rows));
                    vec![copied]
                }
                Change::Each { sets, .. } => sets
                    .iter()
                    .map(|set| -> LocalBoxFuture<'_, _> {
                        let client = &client;
                        Box::pin(async move { client.execute_raw(statement, set).await.map(drop) })
                    })
                    .collect(),
                Change::Many { sets, .. } => {
                    let changed: LocalBoxFuture<'_, _> =
                        Box::pin(async { at_once(&client, statement, sets).await.map(drop) });
                    vec![changed]
                }
            });
            stream::iter(sent).buffered(PIPELINE).try_collect().await
        })
    }

    pub(crate) fn many(&mut self, many: &Many, sets: &[Vec<Value<'_>>]) -> Result<u64> {
        if sets.is_empty() {
            return Ok(0);
        }
        let client = self.client.clone();
        self.wait(async {
            let statement = client.prepare_cached(many.at_once).await?;
            at_once(&client, &statement, sets).await
        })
    }
}

async fn at_once(client: &Client, statement: &Statement, sets: &[Vec<Value<'_>>]) -> Answer<u64> {
    let Some(first) = sets.first() else { return Ok(0) };
    let column = |n: usize| sets.iter().filter_map(|set| set.get(n)).collect::<Vec<_>>();
    client.execute_raw(statement, (0..first.len()).map(column)).await
}

async fn query(client: &Client, sql: &str, params: &[Value<'_>]) -> Answer<Vec<tokio_postgres::Row>> {
    let statement = client.prepare_cached(sql).await?;
    let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|p| p as &(dyn ToSql + Sync)).collect();
    client.query(&statement, &params).await
}

async fn prepare_copy(client: &Client, table: &str, columns: &[&str]) -> Answer<(Vec<Type>, Statement)> {
    let columns = columns.join(",");
    let shape = client.prepare_cached(&sql::shape(table, &columns)).await?;
    let types = shape.columns().iter().map(|c| c.type_().clone()).collect();
    Ok((types, client.prepare_cached(&sql::copy_in(table, &columns)).await?))
}

async fn copy(client: &Client, types: &[Type], statement: &Statement, rows: &[Vec<Value<'_>>]) -> Answer<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let sink = client.copy_in(statement).await?;
    let mut writer = pin!(BinaryCopyInWriter::new(sink, types));
    for row in rows {
        writer.as_mut().write_raw(row.iter()).await?;
    }
    writer.finish().await.map(drop)
}
