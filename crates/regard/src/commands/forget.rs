//! `regard forget`: forgets a person, with a receipt.

use std::{
    io::{BufRead, Write},
    process::ExitCode,
};

use anyhow::bail;
use house::{Act, note};
use model::PersonId;
use serde_json::json;

use crate::{config::Config, rooms};

/// Whom.
#[derive(clap::Args)]
pub struct Args {
    /// The person's id, as it stands in the address of their page.
    person: PersonId,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    /// Print the receipt for machines.
    #[arg(long)]
    json: bool,
}

/// Shows what would go, asks, and does it.
pub async fn run(config: Config, args: Args) -> anyhow::Result<ExitCode> {
    let store = rooms::open(&config).await?;
    let id = args.person;
    let (person, goes) = store
        .read(move |db| {
            Ok::<_, memory::MemoryError>((
                memory::people::person(db, id)?,
                memory::forgetting::preview(db, id)?,
            ))
        })
        .await?;
    if !args.yes {
        println!("{} would be forgotten:", person.name);
        goes.iter().for_each(|(what, number)| println!("  {number} {what}"));
        print!("There is no way back. Type the name to go on: ");
        std::io::stdout().flush()?;
        let mut typed = String::new();
        std::io::stdin().lock().read_line(&mut typed)?;
        if typed.trim() != person.name {
            bail!("nothing was forgotten");
        }
    }
    let receipt = delivery::forgetting::forget(&store, id, None).await?;
    let (world, about) = (store.world().clone(), person.id.to_string());
    store.write(move |tx| note(tx, &world, &Act::by_program("forget", &about))).await?;
    if args.json {
        println!("{}", json!(receipt));
    } else {
        println!("Forgotten. Receipt {} of {}", receipt.id, receipt.at);
        receipt.gone.iter().for_each(|(what, number)| println!("  gone: {number} {what}"));
        receipt.stays.iter().for_each(|what| println!("  stays: {what}"));
    }
    Ok(ExitCode::SUCCESS)
}
