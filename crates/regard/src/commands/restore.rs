//! `regard restore`: puts a backup in place of the data.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use anyhow::{Context, bail};
use memory::forgetting::again;
use store::Location;

use crate::{commands::backup::copy_tree, config::Config, rooms};

/// Where from.
#[derive(clap::Args)]
pub struct Args {
    /// The folder of a backup.
    folder: PathBuf,
    /// Where the list of what was forgotten since lies, if not in the folder of the data
    #[arg(long, value_name = "FOLDER")]
    forgotten: Option<PathBuf>,
}

/// Copies a backup into an empty place. It overwrites nothing: move the old data aside first.
pub async fn run(config: Config, args: Args) -> anyhow::Result<ExitCode> {
    let folder = &args.folder;
    let label = fs::read_to_string(folder.join("backup.json"))
        .with_context(|| format!("{} is not a backup: it has no backup.json", folder.display()))?;
    let label: serde_json::Value = serde_json::from_str(&label).context("backup.json cannot be read")?;
    match (config.location()?, label["engine"].as_str()) {
        (Location::Folder(data), Some("sqlite")) => {
            let target = data.join("regard.db");
            if target.exists() {
                bail!("{} is there already; move it aside first, nothing is overwritten", target.display());
            }
            place(&folder.join("regard.db"), &target)?;
            copy_tree(&folder.join("files"), &data.join("files"))?;
        }
        (Location::Server { url, folder: data }, Some("postgres")) => {
            load(&url, &folder.join("regard.dump"))?;
            copy_tree(&folder.join("files"), &data.join("files"))?;
        }
        (_, Some(engine)) => bail!(
            "this backup is of {engine}, and --database says another engine; to change engines, export and import"
        ),
        (_, None) => bail!("backup.json does not say of which engine this is"),
    }
    let store = rooms::open(&config).await?;
    let list = args.forgotten.as_deref().unwrap_or_else(|| store.location().folder());
    let known = list.join(again::LIST).exists();
    if args.forgotten.is_some() && !known {
        bail!(
            "there is no {} in {}; the data is restored, and nobody was forgotten again",
            again::LIST,
            list.display()
        );
    }
    let forgotten = delivery::forgetting::again(&store, list).await?;
    let people = store.read(memory::people::count).await?;
    println!("Restored: {people} people are remembered.");
    if known {
        println!("{forgotten} who were forgotten after this backup was taken are forgotten again.");
    } else {
        println!(
            "Whoever was forgotten after this backup was taken is back. If you still have the old data: regard forget --again FOLDER, where its {} lies.",
            again::LIST
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Copies under another name first, so that a copy cut short is never taken for the data.
fn place(from: &Path, to: &Path) -> anyhow::Result<()> {
    let half = to.with_extension("restoring");
    fs::copy(from, &half).with_context(|| format!("{} cannot be copied", from.display()))?;
    fs::File::open(&half)?.sync_all()?;
    fs::rename(&half, to)?;
    Ok(())
}

fn load(url: &str, from: &Path) -> anyhow::Result<()> {
    let (url, password) = store::part_password(url);
    let status = Command::new("pg_restore")
        .envs(password.map(|password| ("PGPASSWORD", password)))
        .args(["--no-owner", "--exit-on-error", "--single-transaction", "--dbname", &url])
        .arg(from)
        .status()
        .context("pg_restore is needed to restore a PostgreSQL database, and was not found")?;
    if !status.success() {
        bail!("pg_restore failed ({status}); the database must be empty");
    }
    Ok(())
}
