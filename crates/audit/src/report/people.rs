//! For people: each sentence with the words marked, why once for each rule, what to say instead; and what it comes to.

use std::{
    collections::HashSet,
    fmt::Write as _,
    io::{self, Write},
};

use language::Level;

use super::{Report, visible};
use crate::{
    look::{Found, Told},
    summary::{Part, Summary, rate},
};

/// So many names are told of many; programs get all.
const NAMED: usize = 5;

/// So many texts are told by how they read, the hardest first.
const HARDEST: usize = 10;

/// A letter to everybody should read at least as easily.
const EASY: f64 = 60.0;

const PLAIN: &str = "\u{1b}[0m";

/// Tells people.
pub struct People<W> {
    out: W,
    colour: bool,
    explained: HashSet<String>,
    path: String,
}

impl<W: Write> People<W> {
    /// With colours, if it is for a terminal that shows them.
    pub fn new(out: W, colour: bool) -> Self {
        Self { out, colour, explained: HashSet::new(), path: String::new() }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}{PLAIN}") } else { text.to_owned() }
    }

    fn level(&self, level: Level) -> String {
        let code = match level {
            Level::Error => "1;31",
            Level::Warning => "33",
            Level::Note => "36",
        };
        self.paint(code, level.name())
    }

    fn finding(&mut self, it: &Found, all: &mut String) {
        let rule = &it.finding.rule;
        let author = it.author.as_deref().map(|it| format!("  ({})", visible(it))).unwrap_or_default();
        let (line, column, level) = (it.finding.line, it.finding.column, self.level(rule.level));
        let _ = writeln!(all, "  {line}:{column}  {level}  {}{author}", visible(&rule.id));
        let _ = writeln!(all, "      {}", self.sentence(it));
        if self.explained.insert(rule.id.clone()) {
            let _ = writeln!(all, "      Why: {}", visible(&rule.why));
        }
        let say: Vec<String> =
            it.finding.say.iter().map(|it| format!("\u{201c}{}\u{201d}", visible(it))).collect();
        if !say.is_empty() {
            let _ = writeln!(all, "      Say: {}", say.join(", "));
        }
    }

    // Brackets that hardly stand in a text mark the words where colour cannot.
    fn sentence(&self, it: &Found) -> String {
        let (sentence, marked) = (&it.finding.sentence, &it.marked);
        let found = visible(&sentence[marked.clone()]);
        let found = if self.colour { self.paint("1;4", &found) } else { format!("\u{2039}{found}\u{203a}") };
        format!("{}{found}{}", visible(&sentence[..marked.start]), visible(&sentence[marked.end..]))
    }
}

impl<W: Write> Report for People<W> {
    fn text(&mut self, told: &Told) -> io::Result<()> {
        let mut all = String::new();
        for it in told.findings.iter().filter(|it| !it.is_old) {
            if self.path != told.path {
                all.push_str(if self.path.is_empty() { "" } else { "\n" });
                let _ = writeln!(all, "{}", self.paint("1", &visible(&told.path)));
                self.path.clone_from(&told.path);
            }
            self.finding(it, &mut all);
        }
        self.out.write_all(all.as_bytes())
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        let parts = [
            Some(total(summary)),
            most_frequent(summary),
            mended(summary),
            old(summary),
            parts("Mail by month", &summary.months),
            parts("By author", &summary.authors),
            readings(summary),
            uncovered(summary),
            unread(summary),
        ];
        if !self.path.is_empty() {
            writeln!(self.out)?;
        }
        for part in parts.into_iter().flatten() {
            writeln!(self.out, "{part}")?;
        }
        self.out.flush()
    }
}

fn total(it: &Summary) -> String {
    let files = count(it.files, "file", "files");
    if it.count() == 0 {
        return format!("Nothing{} found in {files}.", if it.old > 0 { " new" } else { "" });
    }
    let levels = [Level::Error, Level::Warning, Level::Note];
    let told = |level: &Level| {
        let many = it.by_level.get(level).copied()?;
        Some(count(many, level.name(), &format!("{}s", level.name())))
    };
    let levels: Vec<String> = levels.iter().filter_map(told).collect();
    let share = it.words.and_then(|words| rate(it.count(), words));
    let share = share.map(|it| format!("; {it:.1} to 1,000 words")).unwrap_or_default();
    let findings = count(it.count(), "finding", "findings");
    format!("{findings} in {} of {files}: {}{share}.", thousands(it.with_findings), levels.join(", "))
}

fn most_frequent(it: &Summary) -> Option<String> {
    let all = it.most_frequent();
    let told: Vec<String> = all
        .iter()
        .take(NAMED)
        .map(|(rule, many)| format!("{} ({})", visible(rule), thousands(*many)))
        .collect();
    let is_telling = all.len() > 1 && all[0].1 > 1;
    is_telling.then(|| format!("Most often: {}.", told.join(", ")))
}

fn mended(it: &Summary) -> Option<String> {
    let (places, files) = (count(it.mended, "place", "places"), count(it.mended_files, "file", "files"));
    (it.mended > 0).then(|| format!("Put right: {places} in {files}."))
}

fn old(it: &Summary) -> Option<String> {
    let old = (it.old > 0).then(|| {
        format!(
            "{} in the baseline, which {} not count.",
            count(it.old, "more is", "more are"),
            if it.old == 1 { "does" } else { "do" }
        )
    });
    let many: u64 = it.gone.iter().map(|it| it.count).sum();
    let gone = (many > 0).then(|| {
        let names = it.gone.iter().map(|it| format!("{} in {}", it.rule, it.path));
        let many = usize::try_from(many).unwrap_or(usize::MAX);
        let many = count(many, "finding of the baseline is", "findings of the baseline are");
        format!("{many} no longer there; --write-baseline takes note: {}.", some(names))
    });
    Some([old, gone].into_iter().flatten().collect::<Vec<_>>().join("\n")).filter(|it| !it.is_empty())
}

fn parts(title: &str, all: &std::collections::BTreeMap<String, Part>) -> Option<String> {
    let width = all.keys().map(|it| it.chars().count()).max()?;
    let mut told = format!("{title}:");
    for (name, it) in all {
        let name = visible(name);
        let _ = write!(told, "\n  {name:<width$}  {}", count(it.findings, "finding", "findings"));
        if let Some(mails) = it.mails {
            let _ = write!(told, " in {}", count(mails, "mail", "mails"));
        }
        if let Some(share) = it.words.and_then(|words| rate(it.findings, words)) {
            let _ = write!(told, "; {share:.1} to 1,000 words");
        }
    }
    Some(told)
}

fn readings(it: &Summary) -> Option<String> {
    let mut all: Vec<_> = it.readings.iter().collect();
    all.sort_by(|a, b| a.1.score.total_cmp(&b.1.score));
    let first = all.first()?;
    let hard = all.iter().filter(|it| it.1.score < EASY).count();
    let of = count(all.len(), "long text", "long texts");
    let mut told = format!(
        "How it reads, from 0 (hard) to 100 (easy): {} of {of} below {EASY:.0}, which a letter to everybody should have.",
        thousands(hard)
    );
    let width = all.iter().take(HARDEST).map(|it| it.0.chars().count()).max().unwrap_or(first.0.len());
    for (path, ease) in all.iter().take(HARDEST) {
        let years = ease.grade.map(|it| format!(", {:.0} years at school", it.max(1.0))).unwrap_or_default();
        let _ = write!(told, "\n  {:<width$}  {:>3.0}{years} ({})", visible(path), ease.score, ease.formula);
    }
    Some(told)
}

fn uncovered(it: &Summary) -> Option<String> {
    let many = count(it.uncovered.len(), "text is", "texts are");
    (!it.uncovered.is_empty()).then(|| {
        format!(
            "{many} in a language that is not covered, so nothing was found there: {}.",
            some(it.uncovered.iter().cloned())
        )
    })
}

fn unread(it: &Summary) -> Option<String> {
    let names = it.unread.iter().map(|it| format!("{} ({})", it.path, it.why.told()));
    let many = count(it.unread.len(), "file was", "files were");
    (!it.unread.is_empty()).then(|| format!("{many} not read: {}.", some(names)))
}

fn some(names: impl Iterator<Item = String>) -> String {
    let all: Vec<String> = names.collect();
    let told = all.iter().take(NAMED).map(|it| visible(it)).collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(NAMED) {
        0 => told,
        more => format!("{told}, and {} more", thousands(more)),
    }
}

fn count(many: usize, one: &str, several: &str) -> String {
    format!("{} {}", thousands(many), if many == 1 { one } else { several })
}

fn thousands(many: usize) -> String {
    let digits = many.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_as_people_write_them() {
        assert_eq!([0, 12, 1_234, 1_000_000].map(thousands), ["0", "12", "1,234", "1,000,000"]);
        assert_eq!(count(1, "file", "files"), "1 file");
    }
}
