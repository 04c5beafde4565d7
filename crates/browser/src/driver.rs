//! chromedriver as a process that never outlives the test that wanted it.

use std::{
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use anyhow::{Context, Result, bail};

/// A running chromedriver, with an empty profile for its Chromium.
pub(crate) struct Driver {
    watch: Child,
    // Closing it is what ends the watch; see watch.sh.
    alive: Option<ChildStdin>,
    // Kept open, or chromedriver dies of its next line.
    _output: BufReader<ChildStdout>,
    port: u16,
    profile: PathBuf,
}

impl Driver {
    /// Starts one and waits until it listens.
    pub(crate) fn start() -> Result<Self> {
        let profile = tempfile::Builder::new().prefix("regard-browser-").tempdir()?.keep();
        let mut watch = watch(&profile).spawn().context("sh does not start")?;
        let alive = watch.stdin.take();
        let output = watch.stdout.take().context("chromedriver has no output")?;
        let mut driver = Self { watch, alive, _output: BufReader::new(output), port: 0, profile };
        driver.port = port(&mut driver._output)?;
        Ok(driver)
    }
    /// Where it listens.
    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
    /// The folder Chromium keeps its things in.
    pub(crate) fn profile(&self) -> &Path {
        &self.profile
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.alive = None;
        let _ = self.watch.wait();
    }
}

// In a process group of its own: Ctrl-C at the terminal ends the test, and the watch then cleans up behind it.
fn watch(profile: &Path) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", include_str!("watch.sh"), "watch.sh"])
        .arg(profile)
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    command
}

fn port(output: &mut impl BufRead) -> Result<u16> {
    for line in output.lines() {
        if let Some(port) = line?.strip_prefix("ChromeDriver was started successfully on port ") {
            return port.trim_end_matches('.').parse().context("chromedriver names no port");
        }
    }
    bail!("chromedriver did not start; is it installed? (apt-get install chromium chromium-driver)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_what_chromedriver_says() {
        let mut said: &[u8] = b"Starting\nChromeDriver was started successfully on port 40123.\n";
        assert_eq!(port(&mut said).unwrap(), 40123);
    }

    #[test]
    fn a_chromedriver_that_dies_is_reported_instead_of_waited_for() {
        let mut said: &[u8] = b"sh: chromedriver: not found\n";
        assert!(port(&mut said).unwrap_err().to_string().contains("did not start"));
    }
}
