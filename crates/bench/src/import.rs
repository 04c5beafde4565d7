//! Importing a table of people, beside bare bulk inserts of the very rows that the import wrote.

use std::{
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};
use delivery::importing::{self, Wish};
use model::Stopwatch;
use serde::{Deserialize, Serialize};
use store::{Engine, Location};

use crate::{
    bulk,
    folk::Folk,
    machine,
    place::{self, Place},
    report::{Line, Report},
};

/// The name of the table: the source of its people.
pub const TABLE: &str = "people.csv";
/// The importing program stays below this, in megabytes.
const MEMORY: f64 = 300.0;

/// What the importing process tells when it is done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Told {
    people: u64,
    warnings: u64,
    seconds: f64,
    /// The most memory it held at any time.
    megabytes: f64,
}

/// Imports so many people, and compares.
pub async fn measure(
    engine: Engine,
    below: &Path,
    folk: &Folk,
    people: usize,
    report: &mut Report,
) -> Result<()> {
    let table = write_table(below, folk, people)?;
    let ours = Place::fresh(engine, below).await?;
    let told = in_a_child(&ours.location, &table, people).await?;
    let peer = Place::fresh(engine, below).await?;
    drop(peer.open().await?);
    let bare = bulk::copy(engine, &ours.location, &peer.location).await?;
    std::fs::remove_file(&table)?;
    let rate = |seconds: f64| format!("{:.0}/s ({seconds:.0} s)", people as f64 / seconds);
    report.add(Line {
        what: format!("import of {people} people; beside bare bulk inserts of the same {} rows", bare.rows),
        engine: Some(engine),
        ours: rate(told.seconds),
        bare: rate(bare.seconds),
        ratio: Some(bare.seconds / told.seconds),
        goal: "at least 0.3".into(),
        met: Some(bare.seconds / told.seconds >= 0.3),
    });
    report.add(Line {
        what: format!("import of {people} people; most memory held by the process"),
        engine: Some(engine),
        ours: format!("{:.0} MB", told.megabytes),
        bare: String::new(),
        ratio: None,
        goal: format!("below {MEMORY:.0} MB"),
        met: Some(told.megabytes < MEMORY),
    });
    Ok(())
}

/// Writes the table that is imported.
pub fn write_table(below: &Path, folk: &Folk, people: usize) -> Result<PathBuf> {
    let path = below.join(TABLE);
    let mut out = BufWriter::new(std::fs::File::create(&path)?);
    writeln!(out, "Name,Email,Phone,City")?;
    for number in 0..people {
        let it = folk.neighbour(number);
        writeln!(out, "{},{},{},{}", it.name, it.email, it.phone, it.city)?;
    }
    out.flush()?;
    Ok(path)
}

/// Imports in a process of its own, whose memory can be told from ours.
pub async fn in_a_child(location: &Location, table: &Path, people: usize) -> Result<Told> {
    let mut command = tokio::process::Command::new(std::env::current_exe()?);
    command.arg("--child-table").arg(table);
    match location {
        Location::Folder(folder) => command.arg("--child-folder").arg(folder),
        Location::Server { url, folder } => {
            command.arg("--child-folder").arg(folder).arg("--child-url").arg(url)
        }
    };
    let said = command.stderr(std::process::Stdio::inherit()).output().await?;
    let told: Told = serde_json::from_slice(&said.stdout).context("the import did not end well")?;
    ensure!(told.people == people as u64, "{} of {people} people were imported", told.people);
    ensure!(told.warnings == 0, "{} rows were doubtful", told.warnings);
    Ok(told)
}

/// The importing process.
pub async fn child(table: PathBuf, location: Location) -> Result<()> {
    let store = place::open(&location).await?;
    let wish = Wish { path: table, ..Wish::default() };
    let watch = Stopwatch::start();
    let import = importing::import(&store, wish, None, |_| {}).await?;
    let told = Told {
        people: import.counts.new_people,
        warnings: import.counts.warnings + import.counts.refused,
        seconds: watch.elapsed().as_secs_f64(),
        megabytes: machine::memory_of("self", "VmHWM")?,
    };
    println!("{}", serde_json::to_string(&told)?);
    Ok(())
}
