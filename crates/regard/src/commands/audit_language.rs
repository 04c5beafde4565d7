//! `regard audit-language`: whether texts speak of people as people.

use std::{io, process::ExitCode};

/// How it is asked for.
#[derive(clap::Args)]
pub struct Args {
    /// Serve an editor by the Language Server Protocol, over standard input and output.
    #[arg(long, required = true)]
    lsp: bool,
}

/// Serves an editor until it takes its leave.
pub fn run(_args: &Args) -> anyhow::Result<ExitCode> {
    let was_agreed = audit::editor::serve(io::BufReader::new(io::stdin()), io::stdout().lock())?;
    Ok(if was_agreed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
