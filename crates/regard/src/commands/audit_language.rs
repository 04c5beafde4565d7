//! `regard audit-language`: whether texts speak of people as people.

use std::{
    io::{self, BufWriter, IsTerminal as _, Read as _, Write},
    path::PathBuf,
    process::ExitCode,
    sync::{Arc, atomic::AtomicUsize},
};

use audit::{Ask, Choice, Ear, Form, Outcome, Repair, Trouble, Voices, history, rules, run, visible};
use language::{Auditor, Kind, Language, Level, corpus};
use model::World;

use crate::progress;

/// So many texts are looked at at once, if nothing is said: each takes memory, and disks are not much quicker with more.
const THREADS: usize = 4;

/// The rules must be right at least so often where they speak of people.
const PRECISION: f64 = 0.95;

/// And must find at least so much of what is meant.
const RECALL: f64 = 0.85;

/// What was asked cannot be understood, or something could not be read.
const TROUBLE: u8 = 2;

const AFTER: &str = "\
Exit codes:
  0  nothing was found, or only what is in the baseline
  1  something was found, of the level of --fail-on or above; with --diff, something would change
  2  the command, a voice or a baseline cannot be understood, or a file could not be read

Files that git leaves aside, hidden files, and what is no text in UTF-8 are not read. What is found can be allowed
with a reason beside the words: <!-- regard: allow people/user - an account of the database -->";

/// How it is asked for.
#[derive(clap::Args)]
#[command(after_long_help = AFTER, after_help = "--help tells more, and what the exit codes mean.")]
pub struct Args {
    /// Files and folders to read
    #[arg(required_unless_present_any = ["lsp", "stdin", "rules", "explain", "corpus", "draw"])]
    paths: Vec<PathBuf>,

    /// Read one text from standard input
    #[arg(long, conflicts_with_all = ["paths", "by_author"], help_heading = "What is read")]
    stdin: bool,
    /// What the text from standard input is called; its ending tells its kind, its folder whose voice it has
    #[arg(long, value_name = "NAME", requires = "stdin", help_heading = "What is read")]
    path: Option<String>,
    /// Read everything as this kind of text: html, mail, rust, ... (a word that is none lists all)
    #[arg(long, value_parser = audit::kind_named, help_heading = "What is read")]
    kind: Option<Kind>,
    /// Read everything as in this language, whatever it says: en, de, fr, es
    #[arg(long, value_parser = language_named, help_heading = "What is read")]
    language: Option<Language>,
    /// Read what git leaves aside, too
    #[arg(long, help_heading = "What is read")]
    no_ignore: bool,

    /// The file that says how you speak, in place of the nearest .regard-language.toml
    #[arg(long, value_name = "FILE", help_heading = "What counts")]
    voice: Option<PathBuf>,
    /// Only this rule, or this pack of rules; may be given several times
    #[arg(long, value_name = "RULE", help_heading = "What counts")]
    only: Vec<String>,
    /// Not this rule, or this pack of rules; may be given several times
    #[arg(long, value_name = "RULE", help_heading = "What counts")]
    off: Vec<String>,
    /// Only what is of this level or above: note, warning, error
    #[arg(long, value_parser = level_named, help_heading = "What counts")]
    level: Option<Level>,
    /// What is in this file was there before and does not count
    #[arg(long, value_name = "FILE", help_heading = "What counts")]
    baseline: Option<PathBuf>,
    /// Write to the baseline what is found now
    #[arg(long, requires = "baseline", conflicts_with_all = ["diff", "fix"], help_heading = "What counts")]
    write_baseline: bool,
    /// Exit with 1 if something of this level or above was found: note, warning, error
    #[arg(long, value_name = "LEVEL", value_parser = level_named, default_value = "warning", help_heading = "What counts")]
    fail_on: Level,

    /// Put right what is safe, in the files; what came from standard input goes to standard output
    #[arg(long, help_heading = "What is done")]
    fix: bool,
    /// Show what --fix would change, as a patch, and change nothing
    #[arg(long, conflicts_with_all = ["fix", "json", "sarif"], help_heading = "What is done")]
    diff: bool,
    /// Look at so many texts at once [built in: 4, or as many as there are processors]
    #[arg(long, help_heading = "What is done")]
    threads: Option<usize>,

    /// Print for programs; docs/language.md says what
    #[arg(long, help_heading = "How it is told")]
    json: bool,
    /// Print as SARIF 2.1.0, which shows advice beside changes
    #[arg(long, conflicts_with = "json", help_heading = "How it is told")]
    sarif: bool,
    /// Only what it comes to
    #[arg(long, conflicts_with_all = ["sarif", "diff"], help_heading = "How it is told")]
    summary: bool,
    /// Say how easily long texts read
    #[arg(long, help_heading = "How it is told")]
    reading: bool,
    /// Say who wrote: by git, or by the senders of mail
    #[arg(long, help_heading = "How it is told")]
    by_author: bool,
    /// Add what it comes to as a line to this file, so that it can be drawn over time
    #[arg(long, value_name = "FILE", help_heading = "How it is told")]
    history: Option<PathBuf>,

    /// Draw what --history wrote, as bars of text
    #[arg(long, value_name = "FILE", help_heading = "Instead of reading")]
    draw: Option<PathBuf>,
    /// Draw it as a picture (SVG)
    #[arg(long, requires = "draw", help_heading = "Instead of reading")]
    svg: bool,
    /// List all rules and why each matters
    #[arg(long, help_heading = "Instead of reading")]
    rules: bool,
    /// Tell all of one rule, with examples
    #[arg(long, value_name = "RULE", help_heading = "Instead of reading")]
    explain: Option<String>,
    /// Say how often the rules are right about "user" in sentences that people labelled
    #[arg(long, value_name = "FILE", help_heading = "Instead of reading")]
    corpus: Option<PathBuf>,
    /// Serve an editor by the Language Server Protocol, over standard input and output
    #[arg(long, help_heading = "Instead of reading")]
    lsp: bool,
}

/// Reads and tells, or serves an editor until it takes its leave.
pub fn run(args: &Args) -> ExitCode {
    let outcome = match args {
        Args { lsp: true, .. } => lsp(),
        Args { draw: Some(file), .. } => draw(args, file),
        Args { corpus: Some(file), .. } => hold_against(args, file),
        Args { rules: true, .. } | Args { explain: Some(_), .. } => tell_rules(args),
        _ => read(args),
    };
    outcome.unwrap_or_else(|why| {
        // Some reasons go over several lines.
        let lines: Vec<String> = why.lines().map(visible).collect();
        eprintln!("regard: {}", lines.join("\n"));
        ExitCode::from(TROUBLE)
    })
}

fn lsp() -> Result<ExitCode, String> {
    let was_agreed = audit::editor::serve(io::BufReader::new(io::stdin()), io::stdout().lock());
    let was_agreed = was_agreed.map_err(|error| error.to_string())?;
    Ok(if was_agreed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn read(args: &Args) -> Result<ExitCode, String> {
    let ask = args.ask();
    let outcome = if args.stdin { from_input(args, &ask) } else { from_files(&ask) };
    let outcome = match outcome {
        // Whoever read it has seen enough, as `head` does.
        Err(Trouble::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            return Ok(ExitCode::FAILURE);
        }
        it => it.map_err(|it| it.to_string())?,
    };
    note(args, &ask, &outcome)?;
    // The report for people says so itself.
    let is_silent = ask.form.is_for_people() && ask.repair != Repair::Show && !args.stdin;
    for it in outcome.failures().filter(|_| !is_silent) {
        eprintln!("regard: {} was not read: {}", visible(&it.path), visible(&it.why.told()));
    }
    Ok(if outcome.failures().next().is_some() {
        ExitCode::from(TROUBLE)
    } else {
        ExitCode::from(u8::from(outcome.has_found(&ask, args.fail_on)))
    })
}

fn from_input(args: &Args, ask: &Ask) -> Result<Outcome, Trouble> {
    let name = args.path.as_deref().unwrap_or("standard input");
    let kind = args.kind.or_else(|| Kind::of(name));
    let kind = kind
        .ok_or(Trouble::Wrong("say with --kind what kind of text it is, or with --path its name".into()))?;
    let mut bytes = Vec::new();
    io::stdin().lock().take(audit::LONGEST + 1).read_to_end(&mut bytes)?;
    run::text(ask, name, kind, bytes, BufWriter::new(io::stdout().lock()))
}

fn from_files(ask: &Ask) -> Result<Outcome, Trouble> {
    let read = Arc::new(AtomicUsize::new(0));
    let waiting = progress::Waiting::new(&read);
    let outcome = run::files(ask, BufWriter::new(waiting.beside(io::stdout())), &read);
    drop(waiting);
    outcome
}

// What is said beside the report, where it does not get into the way of programs.
fn note(args: &Args, ask: &Ask, outcome: &Outcome) -> Result<(), String> {
    if let (Some(count), Some(file)) = (outcome.noted, &args.baseline) {
        let file = visible(&file.display().to_string());
        eprintln!("{} noted in {file}", progress::count(count, "finding is", "findings are"));
    }
    if args.fix && args.stdin && outcome.summary.mended > 0 {
        eprintln!("{} put right", progress::count(outcome.summary.mended as u64, "place was", "places were"));
    }
    let Some(file) = &args.history else { return Ok(()) };
    let when = World::real().now().to_string();
    let commit = ask.paths.first().and_then(|it| history::commit(it));
    history::append(file, &history::Entry::of(&outcome.summary, when, commit))
}

fn draw(args: &Args, file: &std::path::Path) -> Result<ExitCode, String> {
    let all = history::read(file)?;
    print(&if args.svg { history::svg(&all) } else { history::text(&all) })
}

fn tell_rules(args: &Args) -> Result<ExitCode, String> {
    let here = std::path::Path::new("");
    let voices = args.voice.as_deref().map_or_else(|| Ok(Voices::default()), Voices::only);
    let ear: Ear = voices.and_then(|it| it.of(here)).map_err(|error| error.to_string())?;
    let Some(id) = &args.explain else {
        return print(&if args.json { format!("{:#}\n", rules::list_json(&ear)) } else { rules::list(&ear) });
    };
    let unknown = || match rules::like(&ear, id).as_slice() {
        [] => format!("no rule is called “{id}”; --rules lists them"),
        like => format!("no rule is called “{id}”; there are: {}", like.join(", ")),
    };
    print(&rules::explain(&ear, id).ok_or_else(unknown)?)
}

fn hold_against(args: &Args, file: &std::path::Path) -> Result<ExitCode, String> {
    let failed = |error: String| format!("{}: {error}", file.display());
    let text = std::fs::read_to_string(file).map_err(|error| failed(error.to_string()))?;
    let examples = corpus::read(&text).map_err(failed)?;
    let measure = corpus::measure(Auditor::shipped(), "people", &examples);
    print(&if args.json { format!("{}\n", json(&measure)?) } else { measured(&measure) })?;
    let is_well = measure.all.precision() >= PRECISION && measure.all.recall() >= RECALL;
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn json(measure: &corpus::Measure) -> Result<String, String> {
    let mut told = serde_json::to_value(measure).map_err(|error| error.to_string())?;
    told["precision"] = measure.all.precision().into();
    told["recall"] = measure.all.recall().into();
    Ok(format!("{told:#}"))
}

fn measured(measure: &corpus::Measure) -> String {
    let row = |name: &str, it: &corpus::Count| {
        let (precision, recall) = (it.precision(), it.recall());
        let all = it.right + it.wrong + it.missed + it.left;
        format!(
            "{name:<14} {all:>9} {:>6} {:>6} {:>7} {:>6} {precision:>10.3} {recall:>7.3}\n",
            it.right, it.wrong, it.missed, it.left
        )
    };
    let head = format!(
        "{:<14} {:>9} {:>6} {:>6} {:>7} {:>6} {:>10} {:>7}\n",
        "", "sentences", "right", "wrong", "missed", "left", "precision", "recall"
    );
    let parts = measure.by_split.iter().chain(&measure.by_kind).map(|(name, it)| row(name, it));
    let goals = format!("goals: precision {PRECISION}, recall {RECALL}\n");
    [head, row("all", &measure.all)].into_iter().chain(parts).chain([goals]).collect()
}

fn print(text: &str) -> Result<ExitCode, String> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.to_string()),
        _ => Ok(ExitCode::SUCCESS),
    }
}

impl Args {
    fn ask(&self) -> Ask {
        let form = self.form();
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Ask {
            paths: self.paths.clone(),
            no_ignore: self.no_ignore,
            kind: self.kind,
            language: self.language,
            voice: self.voice.clone(),
            choice: Choice { only: self.only.clone(), off: self.off.clone(), level: self.level },
            baseline: self.baseline.clone(),
            write_baseline: self.write_baseline,
            repair: match (self.fix, self.diff) {
                (true, _) => Repair::Write,
                (_, true) => Repair::Show,
                _ => Repair::None,
            },
            // To count every word takes longer than to look for some, so programs must ask for it.
            counts: (form.is_for_people() && !self.diff) || self.reading || self.history.is_some(),
            reading: self.reading,
            by_author: self.by_author,
            form,
            short: self.summary,
            threads: self.threads.unwrap_or(processors.min(THREADS)),
        }
    }

    fn form(&self) -> Form {
        let wants_colour = std::env::var_os("NO_COLOR").is_none_or(|it| it.is_empty());
        match (self.json, self.sarif) {
            (true, _) => Form::Json,
            (_, true) => Form::Sarif,
            _ => Form::People { colour: wants_colour && io::stdout().is_terminal() },
        }
    }
}

fn level_named(name: &str) -> Result<Level, String> {
    let all = [Level::Note, Level::Warning, Level::Error];
    all.into_iter().find(|it| it.name() == name).ok_or_else(|| "there are: note, warning, error".into())
}

fn language_named(code: &str) -> Result<Language, String> {
    Some(Language::of_code(code))
        .filter(|it| it.is_covered())
        .ok_or_else(|| "there are: en, de, fr, es".into())
}
