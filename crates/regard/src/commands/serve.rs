//! `regard serve`: the desk, and the work that waits.

use std::process::ExitCode;

use anyhow::Context;
use house::House;
use store::{Engine, Store};

use crate::{
    commands::{
        demo::{self, Sample},
        work,
    },
    config::Config,
    rooms,
};

/// How it is served.
#[derive(clap::Args)]
pub struct Args {
    /// Fill an empty house with a sample company, so that there is somebody to meet: `coffee`, a roaster with a shop, where nothing is
    /// said; or `cdnow`, 23,570 people and what they bought in eighteen months.
    #[arg(long, value_name = "COMPANY", num_args = 0..=1, default_missing_value = "coffee")]
    demo: Option<Sample>,
    /// Leave the work that waits to `regard work`.
    #[arg(long)]
    no_work: bool,
}

/// Serves until told to stop.
pub async fn run(config: Config, args: Args) -> anyhow::Result<ExitCode> {
    let store = rooms::open_to_work(&config).await?;
    let (listen, url) = (config.listen()?, config.public_url()?);
    let listener = tokio::net::TcpListener::bind(listen).await.with_context(|| {
        format!("{listen} cannot be listened on; another program may hold it (try --listen)")
    })?;
    if let Some(sample) = args.demo {
        demo::fill(&store, sample).await?;
    }
    let house = House::new(store.clone());
    welcome(&house, &store, &url).await?;
    let stop = work::stop_signal()?;
    let arriving = match config.lmtp()? {
        Some(address) => {
            let listener = tokio::net::TcpListener::bind(address).await;
            let listener = listener.with_context(|| format!("lmtp: {address} cannot be listened on"))?;
            Some(tokio::spawn(delivery::arriving::listen(store.clone(), listener, stop.clone())))
        }
        None => None,
    };
    let working = (!args.no_work).then(|| tokio::spawn(work::work(store.clone(), url.clone(), stop.clone())));
    let reached = web::Config {
        address: url,
        behind_proxy: config.behind_proxy()?,
        dns: config.dns()?,
        ..web::Config::default()
    };
    web::serve(web::State::new(store.clone(), reached, stop), listener).await?;
    for task in working.into_iter().chain(arriving) {
        task.await?;
    }
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// Says where the desk is, and how its first owner gets in.
async fn welcome(house: &House, store: &Store, url: &str) -> anyhow::Result<()> {
    let engine = if store.engine() == Engine::Sqlite { "SQLite" } else { "PostgreSQL" };
    println!("Regard is at {url} (on {engine})");
    if let Some((secret, door)) = house.first_link().await? {
        println!();
        println!("Nobody works here yet. Open this once to make the owner's account:");
        println!("  {url}/door/{}", secret.expose());
        println!(
            "It works until {} and then a new one is printed at the next start.",
            door.expires_at.date()
        );
    }
    Ok(())
}
