//! `regard permission`: what the policy says, as a table that people read; its versions; and what it decides of cases in a file.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, anyhow};
use gate::{Policy, cases, table};
use house::{Act, note};
use permission::policies;
use store::{Location, Store};

use crate::{config::Config, rooms};

/// What is asked of the policy.
#[derive(clap::Subcommand)]
pub enum Args {
    /// Print the whole policy as tables in Markdown.
    Table {
        /// Rows as somebody edited them; those that hold in this house, if nothing is said.
        #[arg(long, value_name = "FILE.toml")]
        policy: Option<PathBuf>,
    },
    /// Keep edited rows as a new version, which holds from now on, and print its name.
    Adopt {
        /// The rows.
        #[arg(value_name = "FILE.toml")]
        file: PathBuf,
    },
    /// Print all versions, the newest first: each with its name, since when and by whom.
    Versions,
    /// Decide the cases of a file, and print the answers as a JSON array in their order.
    Decide {
        /// Cases: defaults, and for each case what is given and asked.
        #[arg(long, value_name = "FILE.json")]
        cases: PathBuf,
    },
}

/// Prints, or keeps a version; nothing is sent.
pub async fn run(config: Config, args: &Args) -> anyhow::Result<ExitCode> {
    match args {
        Args::Table { policy: Some(file) } => {
            let policy = Policy::read(&read(file)?).map_err(|why| anyhow!("{}: {why}", file.display()))?;
            print!("{}", table(&policy));
        }
        Args::Table { policy: None } => match at_hand(&config).await? {
            Some(store) => print!("{}", table(&store.read(policies::current).await?.policy)),
            None => print!("{}", table(&Policy::of_the_house())),
        },
        Args::Adopt { file } => println!("{}", adopt(&config, file).await?),
        Args::Versions => versions(&config).await?,
        Args::Decide { cases } => {
            let all = cases::read(&read(cases)?).map_err(|why| anyhow!("{}: {why}", cases.display()))?;
            let answers: Vec<_> = all.iter().map(cases::Case::answer).collect();
            println!("{}", serde_json::to_string_pretty(&answers)?);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// This house, if it has data: whoever only asks makes none.
async fn at_hand(config: &Config) -> anyhow::Result<Option<Store>> {
    if !config.data().exists() {
        return Ok(None);
    }
    match config.location()? {
        Location::Folder(folder) if !folder.join("regard.db").exists() => Ok(None),
        _ => rooms::open(config).await.map(Some),
    }
}

async fn adopt(config: &Config, file: &Path) -> anyhow::Result<String> {
    let (text, store) = (read(file)?, rooms::open(config).await?);
    let world = store.world().clone();
    let kept = store
        .write(move |tx| {
            let before = policies::current(tx)?.name;
            let name = policies::adopt(tx, &text, None, world.now())?;
            if name != before {
                let act = Act::by_program("policy.adopted", &name);
                let act = act.with(serde_json::json!({ "before": before }));
                note(tx, &world, &act).map_err(memory::MemoryError::from)?;
            }
            Ok::<_, permission::PermissionError>(name)
        })
        .await;
    kept.with_context(|| format!("{} was not kept", file.display()))
}

async fn versions(config: &Config) -> anyhow::Result<()> {
    let Some(store) = at_hand(config).await? else {
        println!("{}", policies::OF_THE_HOUSE);
        return Ok(());
    };
    let names = house::House::new(store.clone()).staff_names().await?;
    for it in store.read(policies::all).await? {
        let who = it.by.and_then(|by| names.iter().find(|(id, _)| *id == by).map(|(_, name)| name.as_str()));
        let by = who.map_or("from the command line", |it| it);
        match it.at {
            Some(at) => println!("{}  since {at}  {by}", it.name),
            None => println!("{}", it.name),
        }
    }
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}
