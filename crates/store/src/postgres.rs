//! PostgreSQL: a pool of connections, serialisable writes that are tried again when they lose a race, COPY and
//! pipelines for many rows, LISTEN/NOTIFY for live notices.

use std::{pin::pin, sync::Arc, time::Duration};

use deadpool_postgres::{Client, Manager, ManagerConfig, Pool, RecyclingMethod};
use futures_util::{StreamExt, future::join_all, stream};
use postgres_types::ToSql;
use tokio::{runtime::Handle, sync::broadcast};
use tokio_postgres::{AsyncMessage, Config, NoTls, binary_copy::BinaryCopyInWriter, config::SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::{
    Notice, Read, Result, Row, StoreError, Value, Write,
    access::Connection,
    sql,
    work::{attempt, panicked},
};

/// Connections of one process; PostgreSQL's default allows a hundred in all.
const CONNECTIONS: usize = 16;
/// How often a write that lost a race is tried before the caller is told to.
const TRIES: u32 = 12;
/// Statements sent ahead of their answers.
const PIPELINE: usize = 256;
/// PostgreSQL refuses longer payloads for a notice.
const CHANNEL: &str = "regard";

#[derive(Clone)]
pub(crate) struct Postgres {
    pool: Pool,
}

impl Postgres {
    pub(crate) async fn open(url: &str, notices: broadcast::Sender<Notice>) -> Result<Self> {
        let config: Config =
            url.parse().map_err(|e: tokio_postgres::Error| StoreError::Unreachable(e.to_string()))?;
        let manager_config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = match tls(&config) {
            Some(tls) => Manager::from_config(config.clone(), tls, manager_config),
            None => Manager::from_config(config.clone(), NoTls, manager_config),
        };
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .build()
            .map_err(|e| StoreError::Unreachable(e.to_string()))?;
        let version = pool.get().await?.query_one("show server_version_num", &[]).await?.get::<_, String>(0);
        if version.parse().unwrap_or(0) < 150_000 {
            return Err(StoreError::Unreachable(format!(
                "PostgreSQL 15 or newer is needed, this is {version}"
            )));
        }
        tokio::spawn(listen(config, notices));
        Ok(Self { pool })
    }

    async fn session(&self) -> Result<Session> {
        Ok(Session { client: Arc::new(self.pool.get().await?), runtime: Handle::current(), raced: false })
    }

    pub(crate) async fn read<T, E>(
        &self,
        work: impl FnOnce(&mut Read<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let mut session = self.session().await?;
        let run = tokio::task::spawn_blocking(move || {
            session.command(sql::BEGIN_READ)?;
            let work = std::panic::AssertUnwindSafe(|| {
                work(&mut Read { connection: Connection::Postgres(&mut session) })
            });
            let outcome = std::panic::catch_unwind(work).unwrap_or_else(|p| Err(panicked(p.as_ref()).into()));
            session.command(sql::ROLLBACK)?;
            outcome
        });
        run.await.unwrap_or_else(|e| Err(StoreError::Panicked(e.to_string()).into()))
    }

    pub(crate) async fn write<F, T, E>(&self, work: F) -> Result<T, E>
    where
        F: Fn(&mut Write<'_>) -> Result<T, E> + Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let work = Arc::new(work);
        for attempt in 0..TRIES {
            let (work, mut session) = (work.clone(), self.session().await?);
            let run = tokio::task::spawn_blocking(move || session.transaction(work.as_ref()));
            match run.await.unwrap_or_else(|e| Fate::Known(Err(StoreError::Panicked(e.to_string()).into()))) {
                Fate::Known(outcome) => return outcome,
                Fate::Raced => tokio::time::sleep(Duration::from_millis(1 << attempt.min(7))).await,
            }
        }
        Err(StoreError::Busy.into())
    }

    /// Runs what cannot run inside a transaction, such as VACUUM.
    pub(crate) async fn command(&self, sql: &str) -> Result<()> {
        Ok(self.pool.get().await?.batch_execute(sql).await?)
    }
}

/// How a transaction ended.
enum Fate<T, E> {
    Known(Result<T, E>),
    Raced,
}

/// One connection in use by one closure.
pub(crate) struct Session {
    client: Arc<Client>,
    runtime: Handle,
    raced: bool,
}

impl Session {
    fn transaction<T, E: From<StoreError>>(
        &mut self,
        work: &impl Fn(&mut Write<'_>) -> Result<T, E>,
    ) -> Fate<T, E> {
        if let Err(error) = self.command(sql::BEGIN_WRITE) {
            return Fate::Known(Err(error.into()));
        }
        let (outcome, _) = attempt(work, Connection::Postgres(self));
        let ended = self.command(if outcome.is_ok() && !self.raced { sql::COMMIT } else { sql::ROLLBACK });
        match (self.raced, ended) {
            (true, _) => Fate::Raced,
            (false, Err(error)) if outcome.is_ok() => Fate::Known(Err(error.into())),
            _ => Fate::Known(outcome),
        }
    }

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
            let sink = self.client.copy_in(&sql::copy_in(table, &columns)).await?;
            let mut writer = pin!(BinaryCopyInWriter::new(sink, &types));
            for row in rows {
                writer.as_mut().write_raw(row.iter()).await?;
            }
            writer.finish().await.map(|_| ())
        });
        self.noted(answer)
    }

    pub(crate) fn notify(&mut self, notice: &Notice) -> Result<()> {
        let payload = serde_json::to_string(notice).map_err(|e| StoreError::Engine(e.to_string()))?;
        self.rows(sql::NOTIFY, crate::params![CHANNEL, payload], |_| Ok(())).map(|_| ())
    }
}

fn borrowed<'a>(params: &'a [Value<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    params.iter().map(|p| p as &(dyn ToSql + Sync)).collect()
}

fn tls(config: &Config) -> Option<MakeRustlsConnect> {
    if config.get_ssl_mode() == SslMode::Disable {
        return None;
    }
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client =
        rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().ok()?;
    Some(MakeRustlsConnect::new(client.with_root_certificates(roots).with_no_client_auth()))
}

/// Hands on what other processes announce; connects again when the line breaks.
async fn listen(config: Config, notices: broadcast::Sender<Notice>) {
    loop {
        let ended = match tls(&config) {
            Some(tls) => match config.connect(tls).await {
                Ok((client, connection)) => relay(client, connection, &notices).await,
                Err(error) => Err(error),
            },
            None => match config.connect(NoTls).await {
                Ok((client, connection)) => relay(client, connection, &notices).await,
                Err(error) => Err(error),
            },
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "live notices are interrupted; connecting again");
        }
        if notices.receiver_count() == 0 && notices.strong_count() <= 1 {
            return;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn relay<S, T>(
    client: tokio_postgres::Client,
    mut connection: tokio_postgres::Connection<S, T>,
    notices: &broadcast::Sender<Notice>,
) -> Result<(), tokio_postgres::Error>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send,
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send,
{
    let messages = stream::poll_fn(move |context| connection.poll_message(context));
    let mut messages = pin!(messages);
    let subscribe = client.batch_execute(sql::LISTEN);
    let mut subscribe = pin!(subscribe);
    let mut subscribed = false;
    loop {
        tokio::select! {
            done = &mut subscribe, if !subscribed => { done?; subscribed = true; }
            message = messages.next() => match message {
                Some(Ok(AsyncMessage::Notification(note))) => {
                    if let Ok(notice) = serde_json::from_str(note.payload()) {
                        let _ = notices.send(notice);
                    }
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error),
                None => return Ok(()),
            },
            // The store is gone when only this task holds the sending end.
            () = tokio::time::sleep(Duration::from_secs(5)) => if notices.strong_count() <= 1 { return Ok(()) },
        }
    }
}
