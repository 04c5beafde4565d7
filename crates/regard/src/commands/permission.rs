//! `regard permission`: what the policy says, as a table that people read, and what it decides of cases in a file.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, anyhow};
use gate::{Policy, cases, table};

/// What is asked of the policy.
#[derive(clap::Subcommand)]
pub enum Args {
    /// Print the whole policy as tables in Markdown.
    Table {
        /// Rows as somebody edited them; the house's own, if nothing is said.
        #[arg(long, value_name = "FILE.toml")]
        policy: Option<PathBuf>,
    },
    /// Decide the cases of a file, and print the answers as a JSON array in their order.
    Decide {
        /// Cases: defaults, and for each case what is given and asked.
        #[arg(long, value_name = "FILE.json")]
        cases: PathBuf,
    },
}

/// Prints; nothing is kept and nothing is sent.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match args {
        Args::Table { policy } => {
            let policy = match policy {
                None => Policy::of_the_house(),
                Some(file) => {
                    Policy::read(&read(file)?).map_err(|why| anyhow!("{}: {why}", file.display()))?
                }
            };
            print!("{}", table(&policy));
        }
        Args::Decide { cases } => {
            let all = cases::read(&read(cases)?).map_err(|why| anyhow!("{}: {why}", cases.display()))?;
            let answers: Vec<_> = all.iter().map(cases::Case::answer).collect();
            println!("{}", serde_json::to_string_pretty(&answers)?);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn read(file: &PathBuf) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}
