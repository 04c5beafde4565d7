//! Reads a file of any kind and says how much of it was told, refused and warned of:
//! `cargo run -p channels --example tell -- mail archive.mbox`.

use std::{collections::BTreeMap, fs::File, io::BufReader, path::Path, process::ExitCode};

use channels::{
    Context, Heard, Source,
    lines::JsonLines,
    mail::{Maildir, Mbox, Ours},
    people::{Mapping, People, Subject},
    table::{Options, Table},
    vcard::Cards,
};
use model::Time;

type Failure = Box<dyn std::error::Error>;

fn open(kind: &str, path: &Path) -> Result<Box<dyn Source>, Failure> {
    let context =
        Context { source: path.display().to_string(), seen_at: Time::from_seconds(0), country: None };
    if path.is_dir() {
        return Ok(Box::new(Maildir::open(path, Ours::default(), context, 0)?));
    }
    let input = BufReader::with_capacity(256 * 1024, File::open(path)?);
    Ok(match kind {
        "mail" => Box::new(Mbox::open(input, Ours::default(), context, 0)?),
        "cards" => Box::new(Cards::open(input, context, 0)?),
        "lines" => Box::new(JsonLines::open(input, context, 0)?),
        "people" => {
            let table = Table::open(input, &Options::default())?;
            let mapping = Mapping::guess(table.sheet(), Subject::People, "file");
            Box::new(People::open(table, mapping, context, 0)?)
        }
        other => return Err(format!("{other} is none of mail, cards, lines, people").into()),
    })
}

fn run() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, path] = arguments.as_slice() else { return Err("tell KIND FILE".into()) };
    let mut source = open(kind, Path::new(path))?;
    let (mut told, mut warned, mut refused) = (0u64, 0u64, BTreeMap::<String, u64>::new());
    while let Some(heard) = source.next()? {
        match heard {
            Heard::Told { warnings, .. } => {
                told += 1;
                warned += u64::from(!warnings.is_empty());
            }
            Heard::Refused { place, reason, .. } => {
                let count = refused.entry(reason.clone()).or_default();
                *count += 1;
                if *count <= 3 {
                    println!("line {}: {reason}", place.line);
                }
            }
        }
    }
    println!("{told} told, {warned} of them with a warning, {} refused", refused.values().sum::<u64>());
    refused.iter().for_each(|(reason, count)| println!("  {count} \u{d7} {reason}"));
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
