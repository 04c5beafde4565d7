//! `regard work`: does the work that waits.

use std::process::ExitCode;

use store::{Store, jobs::Worker};
use tokio::{signal::unix::SignalKind, sync::watch};

use crate::{config::Config, rooms};

/// Works until told to stop.
pub async fn run(config: Config) -> anyhow::Result<ExitCode> {
    let store = rooms::open_to_work(&config).await?;
    tracing::info!("working");
    work(store, config.public_url()?, stop_signal()?).await;
    Ok(ExitCode::SUCCESS)
}

/// Does everything that waits: jobs, mailboxes, what shall be sent.
pub async fn work(store: Store, address: String, stop: watch::Receiver<bool>) {
    let worker = delivery::jobs(Worker::new(store.clone()), &store, &address);
    let worker = insight::reckoning::jobs(worker, &store);
    let worker = conversations::speaking::jobs(worker, &store);
    if let Err(error) = delivery::morning::schedule(&store).await {
        tracing::warn!(%error, "the next morning could not be planned");
    }
    if let Err(error) = delivery::retaining::schedule(&store).await {
        tracing::warn!(%error, "the coming night could not be planned");
    }
    if let Err(error) = insight::reckoning::schedule(&store).await {
        tracing::warn!(%error, "the next reckoning could not be planned");
    }
    if let Err(error) = conversations::speaking::schedule(&store).await {
        tracing::warn!(%error, "how we speak could not be planned");
    }
    tokio::join!(
        worker.run(stop.clone()),
        delivery::mailboxes::watch(store.clone(), stop.clone()),
        delivery::sending::send(store.clone(), &address, stop.clone()),
        delivery::digesting::send(store, &address, stop),
    );
}

/// Turns true when the program is asked to stop, by the keyboard or by the system.
pub fn stop_signal() -> anyhow::Result<watch::Receiver<bool>> {
    let (tell, told) = watch::channel(false);
    let mut end = tokio::signal::unix::signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = end.recv() => {}
        }
        tracing::info!("stopping");
        let _ = tell.send(true);
        // Who asks twice means it.
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = end.recv() => {}
        }
        std::process::exit(1);
    });
    Ok(told)
}
