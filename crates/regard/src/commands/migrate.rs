//! `regard migrate`: brings the database up to this version.

use std::process::ExitCode;

use crate::{config::Config, rooms};

/// Opens the data, which migrates it.
pub async fn run(config: Config) -> anyhow::Result<ExitCode> {
    rooms::open(&config).await?;
    println!("The data is as this version wants it.");
    Ok(ExitCode::SUCCESS)
}
