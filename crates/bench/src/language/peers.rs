//! The peers, in Node with packages from its registry, installed beside what is built.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;

use super::{Done, texts::Texts};

const SCRIPT: &str = include_str!("../../language/peers.mjs");
/// What is installed, and where npm must look for nothing else.
const WANTED: &[(&str, &str)] = &[
    ("package.json", include_str!("../../language/package.json")),
    ("package-lock.json", include_str!("../../language/package-lock.json")),
    (".npmrc", include_str!("../../language/npmrc")),
];
/// One text may take a peer long, after its time is up.
const MORE: Duration = Duration::from_secs(300);

/// The folder of what is built.
pub fn built() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    Ok(program.ancestors().nth(2).context("this program lies nowhere")?.to_owned())
}

/// A program kept to the last core.
pub fn on_one_core(program: &Path) -> Result<Command> {
    let core = std::thread::available_parallelism()?.get() - 1;
    let mut command = Command::new("taskset");
    command.args(["-c", &core.to_string()]).arg(program).kill_on_drop(true);
    Ok(command)
}

async fn install() -> Result<PathBuf> {
    let home = built()?.join("bench-peers/language");
    let ready = home.join("installed.txt");
    let lock = WANTED[1].1;
    if !std::fs::read_to_string(&ready).is_ok_and(|it| it == lock) {
        eprintln!("installing into {}", home.display());
        std::fs::create_dir_all(&home)?;
        for (name, text) in WANTED {
            std::fs::write(home.join(name), text)?;
        }
        quietly(Command::new("npm").arg("ci").current_dir(&home)).await?;
        std::fs::write(ready, lock)?;
    }
    std::fs::write(home.join("peers.mjs"), SCRIPT)?;
    Ok(home)
}

async fn quietly(command: &mut Command) -> Result<Vec<u8>> {
    let said = command.output().await?;
    let last = String::from_utf8_lossy(&said.stderr).lines().last().unwrap_or_default().to_owned();
    ensure!(said.status.success(), "{last}");
    Ok(said.stdout)
}

/// Lets a peer read texts from all over the folder, until its time is up.
pub async fn of(name: &str, texts: &Texts, time: Duration) -> Result<Done> {
    let home = install().await?;
    let list = home.join("texts.txt");
    let names: Vec<String> = scattered(&texts.paths).into_iter().map(|it| it.display().to_string()).collect();
    std::fs::write(&list, names.join("\n"))?;
    let mut command = on_one_core(Path::new("node"))?;
    command.arg("peers.mjs").arg(name).arg(&list).arg(time.as_secs().to_string()).current_dir(&home);
    let ended = tokio::time::timeout(time + MORE, quietly(&mut command)).await;
    let said = ended.context("it does not come to an end")??;
    serde_json::from_slice(&said).context("it does not say what it did")
}

// Near ones are of one package, so that those of a few would speak for all.
fn scattered(paths: &[PathBuf]) -> Vec<&PathBuf> {
    let mut all: Vec<(u64, &PathBuf)> =
        (1_u64..).map(|it| it.wrapping_mul(0x9e37_79b9_7f4a_7c15)).zip(paths).collect();
    all.sort_unstable();
    all.into_iter().map(|it| it.1).collect()
}
