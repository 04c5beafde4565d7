//! Progress of long commands, for people; silent when the output is not a terminal.

use std::{
    io::{self, IsTerminal as _, Write},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread,
    time::Duration,
};

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar over bytes, or a counter where nobody knows how many there are.
pub fn bar(size: Option<u64>) -> ProgressBar {
    let bar = match size {
        Some(size) => ProgressBar::new(size)
            .with_style(style("{bar:40} {percent:>3}%  {binary_bytes_per_sec}  {eta} left  {msg}")),
        None => ProgressBar::new_spinner().with_style(style("{spinner} {elapsed}  {msg}")),
    };
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Whoever waits for less than this need not be told that something happens.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often it is told to what is no terminal, such as the log of a build.
const SOMETIMES: Duration = Duration::from_secs(10);

/// How often a terminal is told.
const OFTEN: Duration = Duration::from_millis(200);

/// Tells on standard error how many files were read, from when it takes a while until it is dropped.
pub struct Waiting {
    bar: ProgressBar,
    _until: Sender<()>,
}

impl Waiting {
    /// Begins to wait.
    pub fn new(read: &Arc<AtomicUsize>) -> Self {
        let (until, dropped) = mpsc::channel();
        let (read, bar) = (Arc::clone(read), ProgressBar::hidden());
        let (shown, is_terminal) = (bar.clone(), io::stderr().is_terminal());
        thread::spawn(move || {
            let mut pause = PATIENCE;
            while dropped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                let told = format!("{} read", count(read.load(Ordering::Relaxed) as u64, "file", "files"));
                if is_terminal {
                    shown.set_draw_target(ProgressDrawTarget::stderr());
                    shown.set_style(style("{spinner} {elapsed}  {msg}"));
                    shown.set_message(told);
                    shown.tick();
                } else {
                    eprintln!("{told} so far");
                }
                pause = if is_terminal { OFTEN } else { SOMETIMES };
            }
        });
        Self { bar, _until: until }
    }

    /// Writes without the two getting into each other's way.
    pub fn beside<W: Write>(&self, out: W) -> Beside<W> {
        Beside { bar: self.bar.clone(), out }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// What is written while somebody waits.
pub struct Beside<W> {
    bar: ProgressBar,
    out: W,
}

impl<W: Write> Write for Beside<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let out = &mut self.out;
        self.bar.suspend(|| out.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// `1 person`, `1,234 people`.
pub fn count(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", HumanCount(number), if number == 1 { one } else { many })
}
