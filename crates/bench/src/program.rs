//! The program itself on the big database: how soon it answers, what it holds while nobody asks, how large it is.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use house::{House, Newcomer};
use model::{StaffId, Stopwatch};
use store::{Engine, Location, Store};
use tokio::process::{Child, Command};

use crate::{
    machine,
    report::{Line, Report, median},
    wire,
};

/// Starts that are timed.
const STARTS: usize = 5;
/// Goals: seconds, megabytes held, megabytes on disk.
const READY: f64 = 0.5;
const IDLE: f64 = 60.0;
const LARGE: f64 = 40.0;
/// Longest wait for an answer: the first start may make tables.
const PATIENCE: u64 = 60;

/// Starts the program on these data, several times.
pub async fn measure(engine: Engine, location: &Location, told: &str, report: &mut Report) -> Result<()> {
    let program = beside_us()?;
    // The first start makes the tables of rooms that the benchmark does not know.
    start(&program, location, &[]).await?.0.kill().await?;
    let (mut seconds, mut megabytes) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let (mut running, port, ready) = start(&program, location, &[]).await?;
        seconds.push(ready);
        ensure!(wire::get(port, "/", "").await?.starts_with("HTTP/1.1 "), "the program does not answer");
        tokio::time::sleep(Duration::from_secs(2)).await;
        let process = running.id().context("the program stopped by itself")?;
        megabytes.push(machine::memory_of(&process.to_string(), "VmRSS")?);
        running.kill().await?;
    }
    let size = fs::metadata(&program)?.len() as f64 / 1e6;
    let mut tell = |what: &str, value: f64, shown: String, goal: f64, wanted: String| {
        report.add(Line {
            what: what.to_owned(),
            engine: Some(engine),
            ours: shown,
            bare: String::new(),
            ratio: None,
            goal: wanted,
            met: Some(value <= goal),
        });
    };
    let (ready, idle) = (median(&seconds), median(&megabytes));
    let what = format!("from start to answering, {told}");
    tell(&what, ready, format!("{ready:.2} s"), READY, format!("at most {READY} s"));
    tell("memory after one page, idle", idle, format!("{idle:.0} MB"), IDLE, format!("at most {IDLE:.0} MB"));
    tell("the program's file", size, format!("{size:.1} MB"), LARGE, format!("at most {LARGE:.0} MB"));
    Ok(())
}

/// `regard`, built beside this program.
pub fn beside_us() -> Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name("regard");
    ensure!(program.exists(), "{} is not built: cargo build --release -p regard", program.display());
    Ok(program)
}

/// Starts it; gives the port it listens on and the seconds until it is ready.
pub async fn start(program: &Path, location: &Location, more: &[&str]) -> Result<(Child, u16, f64)> {
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let mut command = Command::new(program);
    command.arg("serve").args(more).arg("--listen").arg(format!("127.0.0.1:{port}"));
    match location {
        Location::Folder(folder) => command.arg("--data").arg(folder),
        Location::Server { url, folder } => command.arg("--data").arg(folder).arg("--database").arg(url),
    };
    command.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let watch = Stopwatch::start();
    let running = command.spawn()?;
    while !wire::get(port, "/readyz", "").await.is_ok_and(|answer| answer.starts_with("HTTP/1.1 200")) {
        ensure!(watch.elapsed().as_secs() < PATIENCE, "the program was not ready after {PATIENCE} s");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok((running, port, watch.elapsed().as_secs_f64()))
}

/// Ines, who works there: what her browser shows, and who she is.
pub async fn sign_in(store: &Store) -> Result<(String, StaffId)> {
    let house = House::new(store.clone());
    let (secret, _) = house.first_link().await?.context("somebody works here already")?;
    let newcomer = Newcomer {
        name: "Ines Okafor".into(),
        email: "ines@roastery.example".into(),
        password: "the kettle sings at noon".into(),
        browser: "a bench".into(),
    };
    let entered = house.enter(&secret, newcomer).await?;
    Ok((format!("regard={}", entered.secret.expose()), entered.viewer.staff()))
}
