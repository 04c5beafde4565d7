//! What was measured, as a table.

use std::fmt::Write as _;

use store::Engine;

/// One measurement.
pub struct Line {
    /// What was done.
    pub what: String,
    /// On which engine; nothing if none is asked.
    pub engine: Option<Engine>,
    /// What Regard needed.
    pub ours: String,
    /// What the bare peer needed.
    pub bare: String,
    /// Regard to peer.
    pub ratio: Option<f64>,
    /// What is aimed at.
    pub goal: String,
    /// Whether it is reached; nothing if there is no aim.
    pub met: Option<bool>,
}

/// All measurements of a run.
#[derive(Default)]
pub struct Report {
    lines: Vec<Line>,
}

impl Report {
    /// Keeps a measurement, and tells it at once: the next may take long.
    pub fn add(&mut self, line: Line) {
        eprintln!("{}", row(&line));
        self.lines.push(line);
    }

    /// The whole as Markdown.
    pub fn table(&self) -> String {
        let mut text =
            "| what | engine | Regard | bare | ratio | goal | reached |\n|---|---|---|---|---|---|---|\n"
                .to_owned();
        for line in &self.lines {
            let _ = writeln!(text, "{}", row(line));
        }
        text
    }
}

fn row(line: &Line) -> String {
    let engine = match line.engine {
        Some(Engine::Sqlite) => "SQLite",
        Some(Engine::Postgres) => "PostgreSQL",
        None => "",
    };
    let reached = match line.met {
        None => "",
        Some(true) => "yes",
        Some(false) => "**no**",
    };
    let ratio = line.ratio.map(|r| format!("{r:.2}")).unwrap_or_default();
    format!(
        "| {} | {engine} | {} | {} | {ratio} | {} | {reached} |",
        line.what, line.ours, line.bare, line.goal
    )
}

/// The one in the middle.
pub fn median(of: &[f64]) -> f64 {
    percentile(of, 0.5)
}

/// The value that this share of all lie below.
pub fn percentile(of: &[f64], share: f64) -> f64 {
    let mut sorted = of.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(place.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_value_that_was_measured() {
        let values: Vec<f64> = (1..=100).map(f64::from).rev().collect();
        assert_eq!(percentile(&values, 0.99), 99.0);
        assert_eq!(median(&values), 50.0);
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
    }
}
