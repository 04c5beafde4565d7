//! `regard forget`: forgets a person, with a receipt; checks receipts; forgets again whoever a backup brought back.

use std::{
    fs,
    io::{BufRead, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, bail};
use house::{Act, note};
use memory::forgetting::{self, AskedBy, Receipt};
use model::{PersonId, Time};
use serde_json::json;
use store::Store;

use crate::{config::Config, rooms};

/// Whom.
#[derive(clap::Args)]
pub struct Args {
    /// The person's id, as it stands in the address of their page.
    #[arg(required_unless_present_any = ["check", "again"])]
    person: Option<PersonId>,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    /// When they asked for it, as 2026-03-01T09:30:00Z [otherwise: now]
    #[arg(long, value_name = "TIME")]
    asked: Option<String>,
    /// Write the receipt to a file, to be handed to them.
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
    /// Print the receipt for machines.
    #[arg(long)]
    json: bool,
    /// Instead: say whether a receipt is good, and stands in the chain of this house.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["person", "again"])]
    check: Option<PathBuf>,
    /// With --check: the public key of the house that gave it; then this house's data is not looked at.
    #[arg(long, value_name = "HEX", requires = "check")]
    key: Option<String>,
    /// Instead: forget again whoever the list in this folder names, since a backup brought them back.
    #[arg(long, value_name = "FOLDER", conflicts_with = "person")]
    again: Option<PathBuf>,
}

/// Does what was asked for.
pub async fn run(config: Config, args: Args) -> anyhow::Result<ExitCode> {
    match (&args.check, &args.again, args.person) {
        (Some(file), ..) => check(&config, file, args.key.as_deref()).await,
        (_, Some(folder), _) => again(&config, folder).await,
        (.., Some(person)) => forget(&config, person, &args).await,
        _ => bail!("say whom"),
    }
}

/// Shows what would go, asks, and does it.
async fn forget(config: &Config, id: PersonId, args: &Args) -> anyhow::Result<ExitCode> {
    let store = rooms::open(config).await?;
    let asked = asked(args.asked.as_deref(), store.world().now())?;
    let (person, goes) = store
        .read(move |db| {
            Ok::<_, memory::MemoryError>((memory::people::person(db, id)?, forgetting::preview(db, id)?))
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
    let receipt = delivery::forgetting::forget_as(&store, id, asked).await?;
    let (world, about) = (store.world().clone(), person.id.to_string());
    store.write(move |tx| note(tx, &world, &Act::by_program("forget", &about))).await?;
    if let Some(file) = &args.receipt {
        fs::write(file, format!("{:#}\n", json!(receipt))).with_context(|| {
            format!("{} cannot be written; the receipt is {}", file.display(), json!(receipt))
        })?;
    }
    tell(&receipt, args.json);
    Ok(ExitCode::SUCCESS)
}

fn asked(at: Option<&str>, now: Time) -> anyhow::Result<AskedBy> {
    let Some(at) = at else { return Ok(AskedBy::Us(None)) };
    let at = Time::parse(at).context("asked")?;
    if at > now {
        bail!("asked: {at} is still to come");
    }
    Ok(AskedBy::UsFor(None, at))
}

fn tell(receipt: &Receipt, for_machines: bool) {
    if for_machines {
        println!("{}", json!(receipt));
        return;
    }
    println!("Forgotten. Receipt {} (number {}) of {}", receipt.id, receipt.number, receipt.at);
    receipt.gone.iter().for_each(|(what, number)| println!("  gone: {number} {what}"));
    for it in &receipt.stays {
        let until = it.until.map_or(String::new(), |at| format!(" Until {}.", at.date()));
        println!("  stays: {} {}{until}", it.what, it.basis);
    }
    println!("Signed with {}", receipt.key);
}

async fn check(config: &Config, file: &Path, key: Option<&str>) -> anyhow::Result<ExitCode> {
    let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    if let Some(key) = key {
        let receipt = forgetting::verify(&text, Some(key))?;
        println!(
            "Good: receipt {} (number {}) of {} is as it was given.",
            receipt.id, receipt.number, receipt.at
        );
        return Ok(ExitCode::SUCCESS);
    }
    let store = rooms::open(config).await?;
    let key = store.read(forgetting::public_key).await?.context("nobody was ever forgotten in this house")?;
    let receipt = forgetting::verify(&text, Some(&key))?;
    let (id, chain) = (receipt.id, store.read(forgetting::check).await?);
    let kept = store.read(move |db| forgetting::of_id(db, id)).await?;
    let kept: Option<Receipt> = kept.and_then(|text| serde_json::from_str(&text).ok());
    if kept.is_none_or(|it| it.digest() != receipt.digest()) {
        bail!("it is signed with this house's key, but the house has no such receipt any more");
    }
    if let Some((number, why)) = chain.broken.filter(|(number, _)| *number <= receipt.number) {
        bail!("it is good, but the chain of receipts is broken at number {number}: {why}");
    }
    println!(
        "Good: receipt {id} is number {} of {} in the chain of this house.",
        receipt.number, chain.whole
    );
    Ok(ExitCode::SUCCESS)
}

async fn again(config: &Config, folder: &Path) -> anyhow::Result<ExitCode> {
    let store: Store = rooms::open(config).await?;
    if !folder.join(forgetting::again::LIST).exists() {
        bail!("there is no {} in {}", forgetting::again::LIST, folder.display());
    }
    let people = delivery::forgetting::again(&store, folder).await?;
    println!("{people} who were forgotten before are forgotten again.");
    Ok(ExitCode::SUCCESS)
}
