//! `regard import`: reads a file into the memory.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use delivery::importing::{self, Counts, Format, Import, Preview, Step, Wish};
use house::House;
use indicatif::ProgressBar;
use serde_json::json;
use store::Store;

use crate::{
    config::Config,
    progress::{bar, count},
    rooms,
};

/// What is read, and how. What is left out is guessed; `--preview` shows the guess.
#[derive(clap::Args)]
pub struct Args {
    /// The file, or the folder of a Maildir.
    file: PathBuf,
    /// What it holds: people, orders, cards, mbox, maildir, lines.
    #[arg(long)]
    format: Option<Format>,
    /// The name under which its records are known again [built in: the file's name]
    #[arg(long)]
    name: Option<String>,
    /// What a column means, as `email=E-mail 1` or `person=customer_id`; may be said several times.
    #[arg(long, value_name = "MEANING=COLUMN")]
    map: Vec<String>,
    /// How dates are written, as %Y%m%d or %d.%m.%Y.
    #[arg(long)]
    date_format: Option<String>,
    /// The currency of amounts without one.
    #[arg(long)]
    currency: Option<String>,
    /// The country of telephone numbers without a code, as DE.
    #[arg(long)]
    country: Option<String>,
    /// Where the clock of the file's times stands, as Europe/Berlin.
    #[arg(long)]
    zone: Option<String>,
    /// What parts the cells: comma, semicolon, tab, pipe, space.
    #[arg(long)]
    separator: Option<String>,
    /// How bytes become text, as windows-1252.
    #[arg(long)]
    charset: Option<String>,
    /// Our own mail address or domain; may be said several times.
    #[arg(long)]
    own: Vec<String>,
    /// Show how the file is understood, and stop.
    #[arg(long)]
    preview: bool,
    /// Read everything, keep nothing.
    #[arg(long)]
    dry_run: bool,
    /// Where to write what was refused [built in: FILE.refused.csv, if anything was]
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Print for machines.
    #[arg(long)]
    json: bool,
}

/// Shows, tries or does it.
pub async fn run(config: Config, args: Args) -> anyhow::Result<ExitCode> {
    let store = rooms::open_to_work(&config).await?;
    let wish = wish(&store, &args).await?;
    if args.preview {
        return preview(&store, wish).await;
    }
    let shown = importing::preview(wish.clone(), store.world().now()).await?;
    if let Some(missing) = shown.missing {
        anyhow::bail!("{missing}");
    }
    if !args.json {
        println!("{}", understood(&shown));
    }
    let bar = bar(std::fs::metadata(&args.file).ok().filter(|m| m.is_file()).map(|m| m.len()));
    let tell = |step: &Step| advance(&bar, step);
    if args.dry_run {
        let (counts, refusals) = importing::dry_run(&store, wish, tell).await?;
        bar.finish_and_clear();
        if args.json {
            println!("{}", json!({ "dry_run": true, "counts": counts, "refusals": refusals }));
        } else {
            println!("This would be the outcome; nothing was kept.\n{}", outcome(&counts));
            refusals.iter().take(20).for_each(|r| println!("  line {}: {}", r.line, r.reason));
        }
        return Ok(ExitCode::SUCCESS);
    }
    let import = importing::import(&store, wish, None, tell).await?;
    bar.finish_and_clear();
    finish(&store, &args, &import).await
}

/// The wish, with what the house's settings say where the command says nothing.
async fn wish(store: &Store, args: &Args) -> anyhow::Result<Wish> {
    let settings = House::new(store.clone()).settings().await?;
    let mut own = args.own.clone();
    own.extend(settings.own_addresses);
    own.extend(settings.own_domains);
    let country = args.country.clone().or(Some(settings.country)).filter(|c| !c.is_empty());
    Ok(Wish {
        path: args.file.clone(),
        name: args.name.clone(),
        format: args.format,
        map: args.map.clone(),
        date_format: args.date_format.clone(),
        currency: args.currency.clone(),
        country,
        zone: args.zone.clone(),
        separator: args.separator.clone(),
        charset: args.charset.clone(),
        own,
    })
}

async fn preview(store: &Store, wish: Wish) -> anyhow::Result<ExitCode> {
    let preview = importing::preview(wish, store.world().now()).await?;
    println!("{}", understood(&preview));
    for fragment in &preview.first {
        println!("\n{}", serde_json::to_string_pretty(fragment)?);
    }
    preview.refused.iter().for_each(|why| println!("\n{why}"));
    if let Some(missing) = &preview.missing {
        println!("\nIt cannot be read yet: {missing}");
    }
    Ok(ExitCode::SUCCESS)
}

fn understood(preview: &Preview) -> String {
    let mut lines = vec![format!("Read as {}.", preview.format)];
    if let Some(sheet) = &preview.sheet {
        lines.push(format!("Columns are parted by {}, text is {}.", sheet.separator, sheet.charset));
    }
    let widest = preview.mapping.iter().map(|(column, _)| column.chars().count()).max().unwrap_or(0);
    let columns = preview.mapping.iter().map(|(column, meaning)| format!("  {column:widest$}  {meaning}"));
    lines.extend(columns);
    lines.join("\n")
}

fn advance(bar: &ProgressBar, step: &Step) {
    bar.set_position(step.position);
    let counts = &step.counts;
    bar.set_message(format!(
        "{}, {}, {} refused",
        count(counts.new_people, "new person", "new people"),
        count(counts.moments, "moment", "moments"),
        counts.refused
    ));
}

async fn finish(store: &Store, args: &Args, import: &Import) -> anyhow::Result<ExitCode> {
    let counts = &import.counts;
    let mut report = None;
    if counts.refused + counts.warnings > 0 || args.report.is_some() {
        let path = args.report.clone().unwrap_or_else(|| beside(&args.file));
        importing::write_refusals(store, import.id, &path).await?;
        report = Some(path);
    }
    if args.json {
        println!(
            "{}",
            json!({ "import": import.id, "state": import.state, "counts": counts, "report": report })
        );
    } else {
        println!("{}", outcome(counts));
        if let Some(path) = report {
            println!("What was refused, and why: {}", path.display());
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn beside(file: &Path) -> PathBuf {
    let name = file.file_name().map_or_else(|| "import".into(), |n| n.to_string_lossy().into_owned());
    PathBuf::from(format!("{name}.refused.csv"))
}

fn outcome(counts: &Counts) -> String {
    let mut lines = vec![
        format!("{} read.", count(counts.records, "record", "records")),
        format!(
            "{}, {} about people already known, {} known already.",
            count(counts.new_people, "new person", "new people"),
            counts.new_profiles,
            counts.known
        ),
        format!(
            "{} kept, {} known already.",
            count(counts.moments, "moment", "moments"),
            counts.known_moments
        ),
    ];
    if counts.refused > 0 {
        lines.push(format!(
            "{} could not be read; nothing of them is lost.",
            count(counts.refused, "record", "records")
        ));
    }
    if counts.warnings > 0 {
        lines.push(format!("{} to look at.", count(counts.warnings, "remark", "remarks")));
    }
    if counts.forgotten > 0 {
        lines.push(format!("{} left out: these people asked to be forgotten.", counts.forgotten));
    }
    lines.join("\n")
}
