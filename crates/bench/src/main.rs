//! The speed of Regard beside bare engines. `bin/bench` runs it; `bin/bench --help` says how.

mod append;
mod bare;
mod big;
mod bulk;
mod desk;
mod dice;
mod digests;
mod folk;
mod gate;
mod import;
mod language;
mod load;
mod machine;
mod mail;
mod pages;
mod place;
mod program;
mod report;
mod rows;
mod screen;
mod search;
mod sink;
mod sql;
mod value;
mod widgets;
mod wire;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Result;
use clap::{Parser, ValueEnum};
use store::{Engine, Location};

use crate::{folk::Folk, report::Report};

/// Measures Regard beside bare SQLite and bare PostgreSQL, in one run.
#[derive(Parser)]
struct Arguments {
    /// What to measure; everything, if nothing is said.
    #[arg(value_enum)]
    parts: Vec<Part>,
    /// Small sizes: to see that it runs, not how fast it is.
    #[arg(long)]
    quick: bool,
    /// Only on this engine.
    #[arg(long, value_enum)]
    engine: Option<Which>,
    /// Where the data lies meanwhile; the system's folder for temporary files, if nothing is said.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// How many people are imported, and are there when pages are read.
    #[arg(long, default_value_t = 1_000_000)]
    people: usize,
    /// How many moments are there when pages are read.
    #[arg(long, default_value_t = 10_000_000)]
    moments: usize,
    /// Keeps SQLite's big database for the next run.
    #[arg(long)]
    keep: bool,
    #[arg(long, hide = true)]
    child_table: Option<PathBuf>,
    #[arg(long, hide = true)]
    child_folder: Option<PathBuf>,
    #[arg(long, hide = true)]
    child_url: Option<String>,
    #[arg(long, hide = true)]
    child_columns: Option<PathBuf>,
    #[arg(long, hide = true)]
    child_search: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Part {
    /// Moments by 64 callers at once.
    Append,
    /// A table of people.
    Import,
    /// A person's page, and both searches.
    Pages,
    /// The program itself: how soon it answers, what it holds.
    Program,
    /// A thousand talks on websites.
    Widgets,
    /// Mail that comes in, and its way to the screen.
    Mail,
    /// Whether something may be said: the gate, with what is known of a person in hand.
    Gate,
    /// A digest to a hundred thousand people.
    Digests,
    /// The inbox and its searches with a hundred thousand open conversations.
    Desk,
    /// What customers are worth: the models beside lifetimes, and reading the memory for them.
    Value,
    /// Of that, only the reading.
    Lives,
    /// The language audit beside other programs, on documentation of what is installed here.
    Language,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Which {
    Sqlite,
    Postgres,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if let (Some(table), Some(folder)) = (arguments.child_table.clone(), arguments.child_folder.clone()) {
        let location = match arguments.child_url.clone() {
            None => Location::Folder(folder),
            Some(url) => Location::Server { url, folder },
        };
        return import::child(table, location).await;
    }
    if let Some(columns) = &arguments.child_columns {
        return value::ours::child(columns);
    }
    if let Some(folder) = &arguments.child_search {
        return language::search::child(folder);
    }
    let folder = arguments.folder.clone().unwrap_or_else(|| std::env::temp_dir().join("regard-bench"));
    std::fs::create_dir_all(&folder)?;
    println!("{}\n", machine::describe(&folder)?);
    let (folk, mut report) = (Arc::new(Folk::new()), Report::default());
    if arguments.wants(Part::Gate) {
        gate::measure(arguments.quick, &mut report)?;
    }
    if arguments.wants(Part::Language) {
        language::measure(arguments.quick, &mut report).await?;
    }
    if arguments.wants(Part::Value) {
        let customers = if arguments.quick { 20_000 } else { arguments.people };
        value::measure(&folder, customers, &mut report).await?;
    }
    for engine in engines(&arguments) {
        if arguments.wants(Part::Append) {
            let size = append::Size {
                people: if arguments.quick { 1000 } else { 10_000 },
                moments: if arguments.quick { 2000 } else { 20_000 },
            };
            append::measure(engine, &folder, &folk, &size, &mut report).await?;
        }
        if arguments.wants(Part::Import) {
            let people = if arguments.quick { 20_000 } else { arguments.people };
            import::measure(engine, &folder, &folk, people, &mut report).await?;
        }
        if arguments.wants(Part::Pages) || arguments.wants(Part::Program) {
            on_the_big_one(&arguments, engine, &folder, &folk, &mut report).await?;
        }
        if arguments.wants(Part::Widgets) {
            widgets::measure(engine, &folder, arguments.quick, &mut report).await?;
        }
        if arguments.wants(Part::Mail) {
            mail::measure(engine, &folder, arguments.quick, &mut report).await?;
            screen::measure(engine, &folder, arguments.quick, &mut report).await?;
        }
        if arguments.wants(Part::Digests) {
            digests::measure(engine, &folder, arguments.quick, &mut report).await?;
        }
        if arguments.wants(Part::Desk) {
            desk::measure(engine, &folder, &folk, arguments.quick, &mut report).await?;
        }
        if arguments.wants(Part::Value) || arguments.wants(Part::Lives) {
            let quick = (20_000, 200_000);
            let (people, purchases) =
                if arguments.quick { quick } else { (arguments.people, arguments.moments) };
            value::measure_reading(engine, &folder, &folk, people, purchases, &mut report).await?;
        }
    }
    println!("{}", report.table());
    Ok(())
}

async fn on_the_big_one(
    arguments: &Arguments,
    engine: Engine,
    folder: &Path,
    folk: &Arc<Folk>,
    report: &mut Report,
) -> Result<()> {
    let quick = (20_000, 100_000);
    let (people, moments) = if arguments.quick { quick } else { (arguments.people, arguments.moments) };
    let big = big::open(engine, folder, folk, people, moments, arguments.keep).await?;
    if arguments.wants(Part::Pages) {
        pages::measure(&big.store, folk, &big.people, moments, report).await?;
        search::measure(&big.store, folk, people, report).await?;
    }
    if arguments.wants(Part::Program) {
        let told = format!("{people} people, {moments} moments");
        // The place stays until the end; the store is closed, so that the program is alone with the data.
        let (location, _place) = big.close();
        program::measure(engine, &location, &told, report).await?;
    }
    Ok(())
}

fn engines(arguments: &Arguments) -> Vec<Engine> {
    match arguments.engine {
        Some(Which::Sqlite) => vec![Engine::Sqlite],
        Some(Which::Postgres) => vec![Engine::Postgres],
        None => vec![Engine::Sqlite, Engine::Postgres],
    }
}

impl Arguments {
    fn wants(&self, part: Part) -> bool {
        self.parts.is_empty() || self.parts.contains(&part)
    }
}
