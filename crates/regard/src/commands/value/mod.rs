//! `regard value`: what customers are worth, learnt from who bought when. Everything but `report` reads a file and needs no data.

mod fit;
mod predict;
mod report;
mod summarise;

use std::{fs::File, path::Path, process::ExitCode};

use anyhow::Context as _;

use crate::config::Config;

/// What is asked.
#[derive(clap::Subcommand)]
pub enum Args {
    /// Learn a model from summaries of customers (columns x, t_x, T and, for spending, m_x).
    Fit(fit::Args),
    /// Say of each customer in a file whether they are still there, and what is expected of them.
    Predict(predict::Args),
    /// Sum up purchases (columns customer, date, amount) to one row for each customer.
    Summarise(summarise::Args),
    /// Learn from everybody in the memory, and say what they are worth.
    Report(report::Args),
}

/// Answers on the terminal.
pub async fn run(config: Config, args: &Args) -> anyhow::Result<ExitCode> {
    match args {
        Args::Report(args) => report::run(&config, args).await?,
        Args::Fit(args) => fit::run(args)?,
        Args::Predict(args) => predict::run(args)?,
        Args::Summarise(args) => summarise::run(args)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn open(file: &Path) -> anyhow::Result<File> {
    File::open(file).with_context(|| format!("{} cannot be read", file.display()))
}

/// What is wrong is said with the file it stands in.
fn within<T, E: std::error::Error + Send + Sync + 'static>(
    file: &Path,
    it: Result<T, E>,
) -> anyhow::Result<T> {
    it.with_context(|| file.display().to_string())
}
