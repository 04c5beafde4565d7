//! The bare peer of importing: the rows that an import wrote, read from its tables and written into empty ones of the
//! same shape, table by table in transactions of fifty thousand people. Only the writing is timed. SQLite runs prepared
//! inserts; PostgreSQL is sent, by COPY, the very bytes it gave by COPY. The order is the import's own: person by
//! person, so that neither has an easier way through the directories.

use anyhow::{Context as _, Result};
use bytes::Bytes;
use futures_util::{SinkExt as _, TryStreamExt as _};
use model::Stopwatch;
use rusqlite::types::Value;
use store::{Engine, Location};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::{place, sql};

/// People in one transaction.
const TOGETHER: i64 = 50_000;

/// How long the bare inserts took.
#[derive(Debug, Default)]
pub struct Copied {
    /// In seconds.
    pub seconds: f64,
    /// Rows of all tables.
    pub rows: u64,
}

/// Writes what one place holds into another, empty one.
pub async fn copy(engine: Engine, from: &Location, to: &Location) -> Result<Copied> {
    match engine {
        Engine::Sqlite => sqlite(from, to),
        Engine::Postgres => postgres(from, to).await,
    }
}

fn sqlite(from: &Location, to: &Location) -> Result<Copied> {
    let (from, mut to) = (place::sqlite(from)?, place::sqlite(to)?);
    let mut copied = Copied::default();
    let mut after = vec![0u8; 16];
    let mut tables = sql::TABLES_OF_IMPORT.to_vec();
    loop {
        let last: Option<Vec<u8>> =
            from.query_row(sql::LAST_OF_CHUNK, rusqlite::params![after, TOGETHER], |row| row.get(0))?;
        let Some(last) = last else { return Ok(copied) };
        let mut batches = Vec::new();
        for (table, select) in &tables {
            let mut statement = from.prepare(select)?;
            let (columns, bounds) = (statement.column_count(), statement.parameter_count());
            let params: &[&dyn rusqlite::ToSql] = if bounds == 2 { &[&after, &last] } else { &[] };
            let rows = statement.query_map(params, |row| (0..columns).map(|n| row.get(n)).collect())?;
            batches.push((*table, columns, rows.collect::<rusqlite::Result<Vec<Vec<Value>>>>()?));
        }
        let watch = Stopwatch::start();
        insert(&mut to, &batches)?;
        copied.seconds += watch.elapsed().as_secs_f64();
        copied.rows += batches.iter().map(|(.., rows)| rows.len() as u64).sum::<u64>();
        after = last;
        // What is not any one person's is written once.
        tables.retain(|(_, select)| select.contains("$1"));
    }
}

fn insert(to: &mut rusqlite::Connection, batches: &[(&str, usize, Vec<Vec<Value>>)]) -> Result<()> {
    let tx = to.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    for (table, columns, rows) in batches {
        let mut statement = tx.prepare_cached(&sql::insert(table, *columns))?;
        for row in rows {
            statement.execute(rusqlite::params_from_iter(row))?;
        }
    }
    Ok(tx.commit()?)
}

async fn postgres(from: &Location, to: &Location) -> Result<Copied> {
    let (from, to) = (place::postgres(from).await?, place::postgres(to).await?);
    let mut copied = Copied::default();
    let mut after = Uuid::nil();
    let mut tables = sql::TABLES_OF_IMPORT.to_vec();
    loop {
        let last: Option<Uuid> =
            from.query_one(sql::LAST_OF_CHUNK_POSTGRES, &[&after, &TOGETHER]).await?.get(0);
        let Some(last) = last else { return Ok(copied) };
        let mut batches = Vec::new();
        for (table, select) in &tables {
            let select = select.replace("$1", &format!("'{after}'")).replace("$2", &format!("'{last}'"));
            batches.push((*table, take_out(&from, &select).await?));
        }
        let watch = Stopwatch::start();
        to.batch_execute("begin").await?;
        for (table, bytes) in batches {
            copied.rows +=
                put_in(&to, table, bytes).await.with_context(|| format!("copying into {table}"))?;
        }
        to.batch_execute("commit").await?;
        copied.seconds += watch.elapsed().as_secs_f64();
        after = last;
        tables.retain(|(_, select)| select.contains("$1"));
    }
}

async fn take_out(from: &Client, select: &str) -> Result<Vec<Bytes>> {
    let rows = from.copy_out(&sql::copy_out(select)).await?;
    Ok(rows.try_collect().await?)
}

async fn put_in(to: &Client, table: &str, bytes: Vec<Bytes>) -> Result<u64> {
    let mut sink = std::pin::pin!(to.copy_in::<_, Bytes>(&sql::copy_in_binary(table)).await?);
    for chunk in together(bytes) {
        sink.feed(chunk).await?;
    }
    Ok(sink.finish().await?)
}

/// Rows come one by one; they go in larger pieces.
fn together(rows: Vec<Bytes>) -> Vec<Bytes> {
    const PIECE: usize = 64 << 10;
    let mut pieces = Vec::new();
    let mut piece = Vec::with_capacity(PIECE);
    for row in rows {
        piece.extend_from_slice(&row);
        if piece.len() >= PIECE {
            pieces.push(Bytes::from(std::mem::replace(&mut piece, Vec::with_capacity(PIECE))));
        }
    }
    pieces.push(Bytes::from(piece));
    pieces
}
