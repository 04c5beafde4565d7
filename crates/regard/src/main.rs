//! Regard: a memory of every person you deal with.

mod commands;
mod config;
mod logs;
mod progress;
mod rooms;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use config::Flags;

/// A memory of every person you deal with: one program, your own data.
#[derive(Parser)]
#[command(name = "regard", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the desk, and do the work that waits.
    Serve(commands::serve::Args),
    /// Do only the work that waits, beside other processes on one PostgreSQL database.
    Work,
    /// Bring the database up to this version, and stop.
    Migrate,
    /// Read an address book, a mail archive, orders or moments into the memory.
    Import(Box<commands::import::Args>),
    /// Write everything, or everything of one person, in open formats.
    Export(commands::export::Args),
    /// Forget a person, with a receipt.
    Forget(commands::forget::Args),
    /// Copy the data while it is in use.
    Backup(commands::backup::Args),
    /// Put a backup in place of the data.
    Restore(commands::restore::Args),
    /// Say what may be said to whom, and why.
    #[command(subcommand)]
    Permission(commands::permission::Args),
    /// Say what customers are worth, from who bought when.
    #[command(subcommand)]
    Value(commands::value::Args),
    /// Look how texts speak of people.
    AuditLanguage(Box<commands::audit_language::Args>),
    /// Say what is set, from where, and whether all is well.
    Doctor(commands::doctor::Args),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    // Needs neither data nor settings.
    if let Command::AuditLanguage(args) = &cli.command {
        return commands::audit_language::run(args);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    let outcome = runtime.block_on(run(cli));
    // Work on blocking threads that nobody waits for any more must not keep the program.
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    match outcome {
        Ok(code) => code,
        Err(error) => fail(&error),
    }
}

async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    // The one TLS provider of the house; a second call would only say that it is there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = config::Config::load(&cli.flags)?;
    logs::start(&config)?;
    match cli.command {
        Command::Serve(args) => commands::serve::run(config, args).await,
        Command::Work => commands::work::run(config).await,
        Command::Migrate => commands::migrate::run(config).await,
        Command::Import(args) => commands::import::run(config, *args).await,
        Command::Export(args) => commands::export::run(config, args).await,
        Command::Forget(args) => commands::forget::run(config, args).await,
        Command::Backup(args) => commands::backup::run(config, args).await,
        Command::Restore(args) => commands::restore::run(config, args).await,
        Command::Permission(args) => commands::permission::run(config, &args).await,
        Command::Value(args) => commands::value::run(config, &args).await,
        Command::Doctor(args) => commands::doctor::run(config, args).await,
        Command::AuditLanguage(args) => Ok(commands::audit_language::run(&args)),
    }
}

fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("regard: {error:#}");
    ExitCode::FAILURE
}
