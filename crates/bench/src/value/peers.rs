//! Both sides of the models: ours in a process of its own, the peers in Python with packages from its index, all on one
//! and the same core.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use tokio::process::Command;

/// The script that calls the peers, and what it needs.
const SCRIPT: &str = include_str!("../../value/peers.py");
const LIFETIMES: &str = include_str!("../../value/lifetimes.txt");
const PYMC: &str = include_str!("../../value/pymc.txt");
/// Interpreters for which those packages exist, the likeliest first.
const PYTHONS: &[&str] = &["python3.11", "python3", "python3.10", "python3.9"];
/// The longest that a peer may take; on two cores all of lifetimes takes five minutes.
const PATIENCE: Duration = Duration::from_secs(1200);
/// Libraries that would take more than one core.
const ALONE: &[&str] = &["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"];

/// What came of one thing that was done.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Done {
    /// Seconds of CPU, at best.
    pub seconds: f64,
    /// What was fitted.
    pub parameters: Vec<f64>,
    /// Sums of what was scored: P(alive), purchases, money.
    pub sums: Vec<f64>,
    /// Why there is none.
    pub failed: Option<String>,
}

/// All that one side did, by name.
pub type Told = BTreeMap<String, Done>;

/// Which peer.
#[derive(Debug, Clone, Copy)]
pub enum Peer {
    /// lifetimes 0.11.3.
    Lifetimes,
    /// pymc-marketing.
    Pymc,
}

impl Peer {
    fn name(self) -> &'static str {
        match self {
            Self::Lifetimes => "lifetimes",
            Self::Pymc => "pymc",
        }
    }
    fn packages(self) -> &'static str {
        match self {
            Self::Lifetimes => LIFETIMES,
            Self::Pymc => PYMC,
        }
    }
}

/// Where the peers are installed: beside what is built.
fn home(peer: Peer) -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let built = program.ancestors().nth(2).context("this program lies nowhere")?;
    Ok(built.join("bench-peers").join(peer.name()))
}

/// Installs a peer if it is not there as it should be; gives its interpreter.
pub async fn install(peer: Peer) -> Result<PathBuf> {
    let home = home(peer)?;
    let (python, ready) = (home.join("bin/python"), home.join("installed.txt"));
    if std::fs::read_to_string(&ready).is_ok_and(|it| it == peer.packages()) {
        return Ok(python);
    }
    let mut why = "no Python was found".to_owned();
    for interpreter in PYTHONS {
        match into(&home, interpreter, peer.packages()).await {
            Ok(()) => {
                std::fs::write(ready, peer.packages())?;
                return Ok(python);
            }
            Err(error) => why = format!("{error:#}"),
        }
    }
    bail!(why)
}

async fn into(home: &Path, interpreter: &str, packages: &str) -> Result<()> {
    eprintln!("installing into {} with {interpreter}", home.display());
    quietly(Command::new(interpreter).args(["-m", "venv", "--clear"]).arg(home)).await?;
    let list = home.join("wanted.txt");
    std::fs::write(&list, packages)?;
    let mut pip = Command::new(home.join("bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check", "-r"]).arg(list);
    quietly(&mut pip).await
}

async fn quietly(command: &mut Command) -> Result<()> {
    let said = command.output().await?;
    let last = String::from_utf8_lossy(&said.stderr).lines().last().unwrap_or_default().to_owned();
    ensure!(said.status.success(), "{last}");
    Ok(())
}

/// Lets a peer do everything.
pub async fn of(peer: Peer, columns: &Path) -> Result<Told> {
    let python = install(peer).await?;
    let script = columns.with_extension("py");
    std::fs::write(&script, SCRIPT)?;
    let answer = columns.with_extension("json");
    let mut command = on_one_core(&python)?;
    command.arg(&script).arg(peer.name()).arg(columns).arg(&answer).kill_on_drop(true);
    let ended = tokio::time::timeout(PATIENCE, quietly(&mut command)).await;
    ended.with_context(|| format!("it took longer than {} minutes", PATIENCE.as_secs() / 60))??;
    Ok(serde_json::from_slice(&std::fs::read(answer)?)?)
}

/// Does everything ourselves, in a process like the peers'.
pub async fn ours(columns: &Path) -> Result<Told> {
    let said = on_one_core(&std::env::current_exe()?)?
        .arg("--child-columns")
        .arg(columns)
        .stderr(std::process::Stdio::inherit())
        .output()
        .await?;
    serde_json::from_slice(&said.stdout).context("our side did not end well")
}

/// A program kept to the last core, with libraries that stay on it.
fn on_one_core(program: &Path) -> Result<Command> {
    let core = std::thread::available_parallelism()?.get() - 1;
    let mut command = Command::new("taskset");
    command.args(["-c", &core.to_string()]).arg(program);
    for name in ALONE {
        command.env(name, "1");
    }
    Ok(command)
}
