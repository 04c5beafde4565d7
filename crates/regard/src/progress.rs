//! Progress of long commands, for people; silent when the output is not a terminal.

use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressStyle};

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

/// `1 person`, `1,234 people`.
pub fn count(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", HumanCount(number), if number == 1 { one } else { many })
}
