//! PostgreSQL: a pool of connections, serialisable writes that are tried again when they lose a race, COPY and
//! pipelines for many rows, LISTEN/NOTIFY for live notices.

use std::{pin::pin, sync::Arc, time::Duration};

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod};
use futures_util::{StreamExt, stream};
use tokio::{runtime::Handle, sync::broadcast};
use tokio_postgres::{AsyncMessage, Config, NoTls, config::SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::{
    Notice, Read, Result, StoreError, Write,
    access::Connection,
    session::Session,
    sql,
    work::{attempt, panicked},
};

/// Connections of one process; PostgreSQL's default allows a hundred in all.
const CONNECTIONS: usize = 16;
/// How often a write that lost a race is tried before the caller is told to.
const TRIES: u32 = 12;
/// A row that is in the way is in the way again if it is no race: a serialisable transaction that asked for it first may still meet
/// it, says the manual of PostgreSQL (13.2.3).
const COLLISIONS: u32 = 2;

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
            .post_create(Hook::async_fn(|client, _| {
                Box::pin(async { client.batch_execute(sql::CONNECTED).await.map_err(HookError::Backend) })
            }))
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
        Ok(Session::new(Arc::new(self.pool.get().await?), Handle::current()))
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
            session.begin(sql::BEGIN_READ);
            let work = std::panic::AssertUnwindSafe(|| {
                work(&mut Read { connection: Connection::Postgres(&mut session) })
            });
            let outcome = std::panic::catch_unwind(work).unwrap_or_else(|p| Err(panicked(p.as_ref()).into()));
            session.leave();
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
        // Counted by themselves: whoever lost some races has as many tries left as anybody else.
        let mut collisions = 0;
        for attempt in 0..TRIES {
            let (work, mut session) = (work.clone(), self.session().await?);
            let run = tokio::task::spawn_blocking(move || transaction(&mut session, work.as_ref()));
            match run.await.unwrap_or_else(|e| Fate::Known(Err(StoreError::Panicked(e.to_string()).into()))) {
                Fate::Known(outcome) => return outcome,
                Fate::Collided(outcome) if collisions >= COLLISIONS => return outcome,
                ended => {
                    collisions += u32::from(matches!(ended, Fate::Collided(_)));
                    tokio::time::sleep(Duration::from_millis(1 << attempt.min(7))).await;
                }
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
    Collided(Result<T, E>),
}

fn transaction<T, E: From<StoreError>>(
    session: &mut Session,
    work: &impl Fn(&mut Write<'_>) -> Result<T, E>,
) -> Fate<T, E> {
    session.begin(sql::BEGIN_WRITE);
    let (outcome, notices) = attempt(work, Connection::Postgres(session));
    let ended = match outcome.is_ok() && !session.raced {
        true => session.end(sql::COMMIT, &notices).inspect_err(|_| {
            // What kept the commit from being sent must not leave the connection inside the transaction.
            let _ = session.command(sql::ROLLBACK);
        }),
        false => session.end(sql::ROLLBACK, &[]),
    };
    match (session.raced, ended) {
        (true, _) => Fate::Raced,
        _ if session.collided && outcome.is_err() => Fate::Collided(outcome),
        (false, Err(error)) if outcome.is_ok() => Fate::Known(Err(error.into())),
        _ => Fate::Known(outcome),
    }
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
