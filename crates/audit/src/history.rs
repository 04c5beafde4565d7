//! How a repository or a mailbox speaks over time: a line of JSON for each audit, drawn as bars.

use std::{
    collections::BTreeMap,
    fs,
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
    process::Command,
};

use serde::{Deserialize, Serialize};

use crate::summary::{Summary, to_a_thousand};

/// So wide is the longest bar of text, in letters.
const BAR: usize = 40;

/// The height of a bar in a picture, with the room around it.
const ROW: usize = 24;

/// What one audit came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When, as 2026-01-31T12:00:00Z.
    pub when: String,
    /// The commit that was looked at, in a repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// How many files were read.
    pub files: usize,
    /// How many words for people stood in them.
    pub words: usize,
    /// How many findings, by pack.
    pub findings: BTreeMap<String, usize>,
}

impl Entry {
    /// What an audit came to, with words counted.
    pub fn of(summary: &Summary, when: String, commit: Option<String>) -> Self {
        let (files, words) = (summary.files, summary.words.unwrap_or_default());
        Self { when, commit, files, words, findings: summary.by_pack() }
    }

    fn count(&self) -> usize {
        self.findings.values().sum()
    }

    fn share(&self) -> f64 {
        to_a_thousand(self.count(), self.words).unwrap_or_default()
    }

    fn day(&self) -> &str {
        self.when.split('T').next().unwrap_or_default()
    }

    fn told(&self) -> String {
        let commit =
            self.commit.as_deref().map(|it| format!(", {}", it.get(..8).unwrap_or(it))).unwrap_or_default();
        format!("{:.1} to 1,000 words ({} of {} words{commit})", self.share(), self.count(), self.words)
    }
}

/// Adds a line to the file of a history.
///
/// # Errors
/// When it cannot be written.
pub fn append(file: &Path, entry: &Entry) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", file.display());
    let line = serde_json::to_string(entry).map_err(|error| failed(error.into()))? + "\n";
    let mut file = fs::OpenOptions::new().create(true).read(true).append(true).open(file).map_err(failed)?;
    // A line that was interrupted takes the next one not along.
    let is_whole = file.metadata().map_err(failed)?.len() == 0 || {
        let mut last = [0];
        file.seek(SeekFrom::End(-1)).and_then(|_| file.read_exact(&mut last)).map_err(failed)?;
        last == *b"\n"
    };
    let line = if is_whole { line } else { format!("\n{line}") };
    file.write_all(line.as_bytes()).map_err(failed)
}

/// Reads the file of a history.
///
/// # Errors
/// When it cannot be read, or a line is none; the message names file and line.
pub fn read(file: &Path) -> Result<Vec<Entry>, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let entry = |(at, line)| {
        serde_json::from_str(line).map_err(|error| format!("{}:{}: {error}", file.display(), at + 1))
    };
    lines.map(entry).collect()
}

/// The commit that is checked out where a path lies, if git knows.
pub fn commit(path: &Path) -> Option<String> {
    let folder = if path.is_dir() {
        path
    } else {
        path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."))
    };
    let output = Command::new("git").arg("-C").arg(folder).args(["rev-parse", "HEAD"]).output().ok()?;
    let told = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
    Some(told.trim().to_owned())
}

/// Findings to a thousand words, as bars of letters.
pub fn text(all: &[Entry]) -> String {
    let most = all.iter().map(Entry::share).fold(0.0, f64::max);
    let day = all.iter().map(|it| it.day().chars().count()).max().unwrap_or_default();
    let line = |it: &Entry| {
        let length = bar(it.share(), most, BAR);
        format!("{:<day$}  {}{}  {}\n", it.day(), "█".repeat(length), " ".repeat(BAR - length), it.told())
    };
    all.iter().map(line).collect()
}

/// The same as a picture that a screen reader can read.
pub fn svg(all: &[Entry]) -> String {
    let most = all.iter().map(Entry::share).fold(0.0, f64::max);
    let height = ROW * (all.len() + 2);
    let told: Vec<String> = all.iter().map(|it| format!("{}: {}", it.day(), it.told())).collect();
    let mut picture = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 900 {height}\" role=\"img\" aria-labelledby=\"title told\" \
         font-family=\"system-ui, sans-serif\" font-size=\"14\">\n\
         <title id=\"title\">Findings of the language audit to 1,000 words</title>\n\
         <desc id=\"told\">{}</desc>\n\
         <rect width=\"900\" height=\"{height}\" fill=\"#fff\"/>\n\
         <text x=\"12\" y=\"20\" fill=\"#1a1a1a\" font-weight=\"bold\">Findings to 1,000 words</text>\n",
        escaped(&told.join("; "))
    );
    for (row, it) in (1..).zip(all) {
        let (top, width) = (row * ROW + 8, bar(it.share(), most, 400));
        let base = top + 14;
        picture += &format!(
            "<text x=\"12\" y=\"{base}\" fill=\"#1a1a1a\">{}</text>\
             <rect x=\"120\" y=\"{top}\" width=\"{width}\" height=\"18\" fill=\"#2a6f97\"/>\
             <text x=\"{}\" y=\"{base}\" fill=\"#1a1a1a\">{}</text>\n",
            escaped(it.day()),
            128 + width,
            escaped(&it.told())
        );
    }
    picture + "</svg>\n"
}

fn bar(share: f64, most: f64, longest: usize) -> usize {
    if most > 0.0 { (share / most * longest as f64).round() as usize } else { 0 }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(when: &str, words: usize, count: usize) -> Entry {
        let commit = Some("0123456789abcdef".into());
        Entry { when: when.into(), commit, files: 1, words, findings: [("people".to_owned(), count)].into() }
    }

    #[test]
    fn a_history_is_read_as_it_was_written() {
        let top = tempfile::tempdir().unwrap();
        let file = top.path().join("history.jsonl");
        let all = [entry("2026-01-01T10:00:00Z", 1_000, 8), entry("2026-02-01T10:00:00Z", 2_000, 4)];
        all.iter().for_each(|it| append(&file, it).unwrap());
        assert_eq!(read(&file).unwrap(), all);
        fs::write(&file, "\n{}\n").unwrap();
        assert!(read(&file).unwrap_err().contains("history.jsonl:2: "));
    }

    #[test]
    fn a_line_that_was_interrupted_spoils_no_other() {
        let top = tempfile::tempdir().unwrap();
        let file = top.path().join("a.jsonl");
        append(&file, &entry("2026-01-01", 1_000, 8)).unwrap();
        append(&file, &entry("2026-02-01", 1_000, 8)).unwrap();
        let whole = fs::read_to_string(&file).unwrap();
        fs::write(&file, whole.trim_end()).unwrap();
        append(&file, &entry("2026-03-01", 1_000, 8)).unwrap();
        assert_eq!(read(&file).unwrap().len(), 3);
    }

    #[test]
    fn bars_are_as_long_as_what_they_stand_for() {
        let told = text(&[entry("2026-01-01T10:00:00Z", 1_000, 8), entry("2026-02-01", 2_000, 4)]);
        let bars: Vec<usize> = told.lines().map(|it| it.matches('█').count()).collect();
        assert_eq!(bars, [BAR, BAR / 4]);
        assert!(
            told.starts_with("2026-01-01  █")
                && told.contains("8.0 to 1,000 words (8 of 1000 words, 01234567)"),
            "{told}"
        );
        assert_eq!(text(&[entry("2026-01-01", 0, 0)]).matches('█').count(), 0);
    }

    #[test]
    fn the_picture_says_in_words_what_it_shows() {
        let told = svg(&[entry("<1>", 1_000, 8)]);
        assert!(
            told.contains("role=\"img\"") && told.contains("<desc id=\"told\">&lt;1&gt;: 8.0 to 1,000 words"),
            "{told}"
        );
        assert!(!told.contains("<1>"));
    }
}
