//! The language audit: on real documentation, on one core, beside programs that look at words, and beside only
//! searching the same bytes for one word; and how much memory a large tree takes.

mod peers;
pub mod search;
mod texts;

use std::{path::Path, process::Stdio, time::Duration};

use anyhow::{Context as _, Result, ensure};
use model::Stopwatch;
use serde::Deserialize;
use tokio::process::Command;

use self::texts::Texts;
use crate::{
    machine, program,
    report::{Line, Report, median},
};

/// How many times the throughput of a peer is aimed at.
const PEERS: &[(&str, f64)] = &[("alex", 50.0), ("write-good", 50.0)];
/// Which share of the speed of a mere search.
const OF_SEARCH: f64 = 0.2;
/// The most memory, in megabytes.
const MEMORY: f64 = 100.0;
/// Each is timed so often; the one in the middle counts.
const ROUNDS: usize = 5;

/// How much is done.
struct Size {
    texts: u64,
    tree: u64,
    peers: Duration,
}

const FULL: Size = Size { texts: 100_000_000, tree: 1_000_000_000, peers: Duration::from_secs(120) };
const QUICK: Size = Size { texts: 10_000_000, tree: 50_000_000, peers: Duration::from_secs(8) };

/// What any side says of what it did.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    bytes: u64,
    messages: usize,
    seconds: f64,
}

impl Done {
    fn speed(&self) -> f64 {
        self.bytes as f64 / self.seconds / 1e6
    }
}

/// Measures all of it.
pub async fn measure(quick: bool, report: &mut Report) -> Result<()> {
    let size = if quick { &QUICK } else { &FULL };
    let built = peers::built()?;
    let texts = Texts::make(&built.join("bench-language"), size.texts)?;
    let what = format!(
        "the language audit of {:.0} MB of Markdown ({} files; {:.0} MB are different), one core",
        texts.bytes as f64 / 1e6,
        texts.paths.len(),
        texts.different as f64 / 1e6
    );
    let (ours, searched) = in_turns(&texts).await?;
    add(report, &format!("{what}; beside a search for one word"), &ours, &searched, OF_SEARCH);
    for (name, goal) in PEERS {
        match peers::of(name, &texts, size.peers).await {
            Ok(theirs) => {
                let part = 100.0 * theirs.bytes as f64 / texts.bytes as f64;
                let what = format!("the same; beside {name}, which was given {part:.0} % of it for its time");
                add(report, &what, &ours, &theirs, *goal);
            }
            Err(why) => eprintln!("{name} is left out: {why:#}"),
        }
    }
    let tree = texts.tree(size.tree)?;
    let memory = memory(&tree).await;
    texts::fell(&tree)?;
    add_memory(report, size.tree, memory?);
    Ok(())
}

// Taking turns, so that what else the machine does falls on both.
async fn in_turns(texts: &Texts) -> Result<(Done, Done)> {
    let mut searched = Done::default();
    let (mut our_seconds, mut their_seconds) = (Vec::new(), Vec::new());
    let program = program::beside_us()?;
    let messages = findings(&program, &texts.folder).await?;
    for _ in 0..ROUNDS {
        let watch = Stopwatch::start();
        let mut command = peers::on_one_core(&program)?;
        let asked = ["audit-language", "--json", "--threads", "1", "--no-ignore"];
        let status = command.args(asked).arg(&texts.folder).stdout(Stdio::null()).status().await?;
        our_seconds.push(watch.elapsed().as_secs_f64());
        ensure!(status.code().is_some_and(|it| it < 2), "the audit did not end well");
        let mut child = peers::on_one_core(&std::env::current_exe()?)?;
        let said = child.arg("--child-search").arg(&texts.folder).stderr(Stdio::inherit()).output().await?;
        searched = serde_json::from_slice(&said.stdout).context("the search did not end well")?;
        their_seconds.push(searched.seconds);
    }
    searched.seconds = median(&their_seconds);
    let ours = Done { bytes: texts.bytes, messages, seconds: median(&our_seconds) };
    ensure!(searched.bytes == ours.bytes, "both sides do not read the same");
    Ok((ours, searched))
}

// Not timed: so that one sees that something is found, and the files are where they are read quickest.
async fn findings(program: &Path, folder: &Path) -> Result<usize> {
    let asked = ["audit-language", "--json", "--summary", "--no-ignore"];
    let said = Command::new(program).args(asked).arg(folder).output().await?;
    let told: serde_json::Value =
        serde_json::from_slice(&said.stdout).context("the audit did not end well")?;
    let levels = told["summary"]["findings"].as_object().context("the audit tells of no findings")?;
    Ok(levels.values().filter_map(serde_json::Value::as_u64).sum::<u64>() as usize)
}

fn add(report: &mut Report, what: &str, ours: &Done, theirs: &Done, goal: f64) {
    let ratio = ours.speed() / theirs.speed();
    let words = |it: &Done| format!("{:.2} MB/s ({} found)", it.speed(), it.messages);
    report.add(Line {
        what: what.to_owned(),
        engine: None,
        ours: words(ours),
        bare: words(theirs),
        ratio: Some(ratio),
        goal: format!("at least {goal} times"),
        met: Some(ratio >= goal),
    });
}

// The kernel keeps the most that was held; what is asked last before the end is as good as the end.
async fn memory(tree: &Path) -> Result<f64> {
    let mut command = Command::new(program::beside_us()?);
    command
        .args(["audit-language", "--json", "--no-ignore"])
        .arg(tree)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let mut running = command.spawn()?;
    let process = running.id().context("the audit stopped by itself")?.to_string();
    let mut most = 0.0_f64;
    loop {
        tokio::select! {
            status = running.wait() => {
                ensure!(status?.code().is_some_and(|it| it < 2), "the audit did not end well");
                return Ok(most);
            }
            () = tokio::time::sleep(Duration::from_millis(20)) => {
                most = most.max(machine::memory_of(&process, "VmHWM").unwrap_or_default());
            }
        }
    }
}

fn add_memory(report: &mut Report, bytes: u64, megabytes: f64) {
    report.add(Line {
        what: format!("the language audit of a tree of {:.0} MB; most memory held", bytes as f64 / 1e6),
        engine: None,
        ours: format!("{megabytes:.0} MB"),
        bare: String::new(),
        ratio: None,
        goal: format!("below {MEMORY:.0} MB"),
        met: Some(megabytes > 0.0 && megabytes < MEMORY),
    });
}
