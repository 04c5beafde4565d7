//! `regard export`: writes what is known in open formats.

use std::{path::PathBuf, process::ExitCode};

use model::PersonId;
use serde_json::json;

use crate::{
    config::Config,
    progress::{bar, count},
    rooms,
};

/// Whom, and where to.
#[derive(clap::Args)]
pub struct Args {
    /// The folder to write into; it is made, and must be empty.
    folder: PathBuf,
    /// Only this person.
    #[arg(long, value_name = "ID")]
    person: Option<PersonId>,
    /// Print for machines.
    #[arg(long)]
    json: bool,
}

/// Writes it.
pub async fn run(config: Config, args: Args) -> anyhow::Result<ExitCode> {
    let store = rooms::open(&config).await?;
    let bar = bar(None);
    let tell = |people: u64| bar.set_message(count(people, "person", "people"));
    let written = delivery::exporting::export(&store, args.person, &args.folder, tell).await?;
    bar.finish_and_clear();
    if args.json {
        println!("{}", json!(written));
    } else {
        println!(
            "{}, {} and {} written to {}",
            count(written.people, "person", "people"),
            count(written.moments, "moment", "moments"),
            count(written.files, "file", "files"),
            args.folder.display()
        );
    }
    Ok(ExitCode::SUCCESS)
}
