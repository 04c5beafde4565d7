//! Statements on one PostgreSQL connection, in use by one closure.

use std::{pin::pin, sync::Arc};

use deadpool_postgres::Client;
use futures_util::future::join_all;
use postgres_types::ToSql;
use tokio::runtime::Handle;
use tokio_postgres::binary_copy::BinaryCopyInWriter;

use crate::{Notice, Result, Row, StoreError, Value, sql};

/// Statements sent ahead of their answers.
const PIPELINE: usize = 256;
/// The channel of live notices.
const CHANNEL: &str = "regard";

/// One connection in use by one closure.
pub(crate) struct Session {
    pub(crate) client: Arc<Client>,
    pub(crate) runtime: Handle,
    pub(crate) raced: bool,
}

impl Session {
    /// Remembers a lost race, whatever the closure makes of the error.
    fn noted<T>(&mut self, outcome: Result<T, tokio_postgres::Error>) -> Result<T> {
        outcome.map_err(|error| {
            let error = StoreError::from(error);
            self.raced |= matches!(error, StoreError::Busy);
            error
        })
    }

    pub(crate) fn command(&mut self, sql: &str) -> Result<()> {
        let outcome = self.runtime.block_on(self.client.batch_execute(sql));
        self.noted(outcome)
    }

    pub(crate) fn rows<T>(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        mut each: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let answer = self.runtime.block_on(async {
            let statement = self.client.prepare_cached(sql).await?;
            self.client.query(&statement, &borrowed(params)).await
        });
        self.noted(answer)?.iter().map(|row| each(&Row::Postgres(row))).collect()
    }

    pub(crate) fn run(&mut self, sql: &str, params: &[Value<'_>]) -> Result<u64> {
        let answer = self.runtime.block_on(async {
            let statement = self.client.prepare_cached(sql).await?;
            self.client.execute(&statement, &borrowed(params)).await
        });
        self.noted(answer)
    }

    pub(crate) fn each(&mut self, sql: &str, sets: &[Vec<Value<'_>>]) -> Result<Vec<u64>> {
        let mut touched = Vec::with_capacity(sets.len());
        for chunk in sets.chunks(PIPELINE) {
            let answers = self.runtime.block_on(async {
                let statement = self.client.prepare_cached(sql).await?;
                // Polled together they are written one behind the other and answered in order.
                let sent = chunk.iter().map(|params| self.client.execute_raw(&statement, params.iter()));
                join_all(sent).await.into_iter().collect::<Result<Vec<u64>, _>>()
            });
            touched.extend(self.noted(answers)?);
        }
        Ok(touched)
    }

    pub(crate) fn load(&mut self, table: &str, columns: &[&str], rows: &[Vec<Value<'_>>]) -> Result<()> {
        let columns = columns.join(",");
        let answer = self.runtime.block_on(async {
            let shape = self.client.prepare_cached(&sql::shape(table, &columns)).await?;
            let types: Vec<_> = shape.columns().iter().map(|c| c.type_().clone()).collect();
            let copy = self.client.prepare_cached(&sql::copy_in(table, &columns)).await?;
            let sink = self.client.copy_in(&copy).await?;
            let mut writer = pin!(BinaryCopyInWriter::new(sink, &types));
            for row in rows {
                writer.as_mut().write_raw(row.iter()).await?;
            }
            writer.finish().await.map(|_| ())
        });
        self.noted(answer)
    }

    /// Sends notices, which leave with the commit; all at once, since waiting for each would take longer than the
    /// rest of a transaction.
    pub(crate) fn notify(&mut self, notices: &[Notice]) -> Result<()> {
        let mut sets = Vec::with_capacity(notices.len());
        for notice in notices {
            let payload = serde_json::to_string(notice).map_err(|e| StoreError::Engine(e.to_string()))?;
            sets.push(vec![Value::Text(CHANNEL.into()), Value::Text(payload.into())]);
        }
        self.each(sql::NOTIFY, &sets).map(|_| ())
    }
}

fn borrowed<'a>(params: &'a [Value<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    params.iter().map(|p| p as &(dyn ToSql + Sync)).collect()
}
