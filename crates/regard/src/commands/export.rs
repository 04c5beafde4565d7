//! `regard export`: writes what is known in open formats.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, bail};
use delivery::taking_along;
use memory::looks::{self, Looker, What};
use model::PersonId;
use serde_json::json;
use store::Store;

use crate::{
    config::Config,
    progress::{bar, count},
    rooms,
};

/// Whom, and where to.
#[derive(clap::Args)]
pub struct Args {
    /// The folder to write into; it is made, and must be empty.
    #[arg(required_unless_present = "zip")]
    folder: Option<PathBuf>,
    /// Only this person.
    #[arg(long, value_name = "ID")]
    person: Option<PersonId>,
    /// Instead of a folder: one ZIP of the person, to be handed to them.
    #[arg(long, value_name = "FILE", requires = "person", conflicts_with = "folder")]
    zip: Option<PathBuf>,
    /// Print for machines.
    #[arg(long)]
    json: bool,
}

/// Writes it.
pub async fn run(config: Config, args: Args) -> anyhow::Result<ExitCode> {
    let store = rooms::open(&config).await?;
    match (&args.folder, &args.zip, args.person) {
        (Some(folder), ..) => into_folder(&store, folder, &args).await,
        (_, Some(file), Some(person)) => into_zip(&store, file, person, args.json).await,
        _ => bail!("say where to"),
    }
}

async fn into_folder(store: &Store, folder: &Path, args: &Args) -> anyhow::Result<ExitCode> {
    let bar = bar(None);
    let tell = |people: u64| bar.set_message(count(people, "person", "people"));
    let written = delivery::exporting::export(store, args.person, folder, tell).await?;
    bar.finish_and_clear();
    if args.json {
        println!("{}", json!(written));
    } else {
        println!(
            "{}, {} and {} written to {}",
            count(written.people, "person", "people"),
            count(written.moments, "moment", "moments"),
            count(written.files, "file", "files"),
            folder.display()
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Under another name first, so that a half one is never handed out.
async fn into_zip(store: &Store, file: &Path, person: PersonId, json: bool) -> anyhow::Result<ExitCode> {
    if file.exists() {
        bail!("{} is there already; nothing is overwritten", file.display());
    }
    let half = file.with_extension("half");
    let packed = pack(store, &half, person).await;
    let packed = packed.inspect_err(|_| drop(fs::remove_file(&half)))?;
    fs::rename(&half, file)?;
    let world = store.world().clone();
    let (id, program) = (packed.person, Looker::program());
    store.write(move |tx| looks::note(tx, &world, id, &program, What::Export, 1)).await?;
    if json {
        println!("{}", json!(packed));
    } else {
        println!("{} written to {}", count(packed.files as u64, "file", "files"), file.display());
    }
    if !packed.not_here.is_empty() {
        eprintln!(
            "{} named and not here: see manifest.json",
            count(packed.not_here.len() as u64, "file", "files")
        );
    }
    Ok(ExitCode::SUCCESS)
}

async fn pack(store: &Store, half: &Path, person: PersonId) -> anyhow::Result<taking_along::Packed> {
    let out = fs::File::create_new(half).with_context(|| format!("{} cannot be made", half.display()))?;
    let (out, packed) = taking_along::take_along(store, person, out).await?;
    out.sync_all()?;
    Ok(packed)
}
