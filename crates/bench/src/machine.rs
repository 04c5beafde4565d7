//! On what was measured: cores, memory, and how long the disk takes to promise.

use std::{fs, io::Write as _, path::Path};

use anyhow::Result;
use model::Stopwatch;

use crate::report::median;

/// Times that the disk is asked.
const SYNCS: usize = 200;

/// One line about this machine.
pub fn describe(folder: &Path) -> Result<String> {
    let cores = std::thread::available_parallelism()?;
    let field = |file: &str, name: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(name)).and_then(|line| line.split_once(':'));
        line.map_or("unknown".to_owned(), |(_, value)| value.trim().to_owned())
    };
    let kilobytes: f64 =
        field("/proc/meminfo", "MemTotal").trim_end_matches(" kB").parse().unwrap_or(f64::NAN);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<&str> = load.split(' ').take(2).collect();
    Ok(format!(
        "{cores} cores ({}), {:.0} GiB of memory, {:.2} ms to sync 4 KiB, load before the run {}",
        field("/proc/cpuinfo", "model name"),
        kilobytes / 1024.0 / 1024.0,
        sync_time(folder)?,
        load.join(" "),
    ))
}

/// How long the file system takes to bring 4 KiB to the disk, in milliseconds.
fn sync_time(folder: &Path) -> Result<f64> {
    let mut file = tempfile::tempfile_in(folder)?;
    let mut times = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        let watch = Stopwatch::start();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        times.push(watch.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(median(&times))
}

/// A number of kilobytes that the kernel keeps of a process (`VmHWM`, `VmRSS`), in megabytes.
pub fn memory_of(process: &str, what: &str) -> Result<f64> {
    let text = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(what)?.strip_prefix(':'));
    let kilobytes = line.and_then(|it| it.trim().trim_end_matches(" kB").parse::<f64>().ok());
    Ok(kilobytes.unwrap_or(f64::NAN) / 1024.0)
}
