//! `regard backup`: copies the data while it is in use.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use anyhow::{Context, bail};
use serde_json::json;
use store::{Engine, Location};

use crate::{config::Config, rooms};

/// Where to.
#[derive(clap::Args)]
pub struct Args {
    /// The folder to write into; it is made, and must be empty.
    folder: PathBuf,
}

/// Copies the database first and the files after it: a file is always there before the row that names it.
pub async fn run(config: Config, args: Args) -> anyhow::Result<ExitCode> {
    let store = rooms::open(&config).await?;
    let folder = &args.folder;
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    if fs::read_dir(folder)?.next().is_some() {
        bail!("{} is not empty; a backup must not mix with another", folder.display());
    }
    match store.location() {
        Location::Folder(_) => store.copy_to(folder.join("regard.db")).await?,
        Location::Server { url, .. } => dump(url, &folder.join("regard.dump"))?,
    }
    let files = copy_tree(store.files().folder(), &folder.join("files"))?;
    let engine = if store.engine() == Engine::Sqlite { "sqlite" } else { "postgres" };
    let label = json!({ "program": env!("CARGO_PKG_VERSION"), "engine": engine, "at": store.world().now() });
    fs::write(folder.join("backup.json"), format!("{label:#}\n"))?;
    println!("The data and {files} files are copied to {}.", folder.display());
    let days = config.backups_kept_days()?;
    println!(
        "Whoever is forgotten from now on is still in this copy: throw it away by {}, as receipts promise.",
        store.world().now().plus_days(days).date()
    );
    Ok(ExitCode::SUCCESS)
}

fn dump(url: &str, to: &Path) -> anyhow::Result<()> {
    let (url, password) = store::part_password(url);
    let status = Command::new("pg_dump")
        .envs(password.map(|password| ("PGPASSWORD", password)))
        .args(["--format=custom", "--no-owner", "--file"])
        .arg(to)
        .arg(url)
        .status()
        .context("pg_dump is needed to copy a PostgreSQL database, and was not found")?;
    if !status.success() {
        bail!("pg_dump failed ({status}); nothing usable was written");
    }
    Ok(())
}

/// Copies a folder of files that are never changed; gives how many.
pub fn copy_tree(from: &Path, to: &Path) -> anyhow::Result<u64> {
    fs::create_dir_all(to)?;
    let mut copied = 0;
    for entry in fs::read_dir(from).with_context(|| format!("{} cannot be read", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copied += copy_tree(&entry.path(), &target)?;
        } else if !entry.file_name().to_string_lossy().starts_with('.') {
            fs::copy(entry.path(), &target)?;
            copied += 1;
        }
    }
    Ok(copied)
}
