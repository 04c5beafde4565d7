//! For programs: one JSON document, written text by text. docs/language.md says what stands in it, and it only grows.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use language::Reading;
use serde::Serialize;

use super::Report;
use crate::{
    kinds,
    look::{Found, Told},
    summary::Summary,
};

/// The form of the document; another number when something in it changes its meaning.
const VERSION: u32 = 1;

/// Tells programs.
pub struct Json<W> {
    out: W,
    is_open: bool,
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    kind: &'static str,
    language: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    month: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reading: Option<Reading>,
    findings: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Finding<'a> {
    rule: &'a str,
    level: &'static str,
    line: usize,
    column: usize,
    start: usize,
    end: usize,
    found: &'a str,
    sentence: &'a str,
    say: &'a [String],
    fix: Option<Fix<'a>>,
    old: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<&'a str>,
}

#[derive(Serialize)]
struct Fix<'a> {
    start: usize,
    end: usize,
    text: &'a str,
}

#[derive(Serialize)]
struct Total<'a> {
    files: usize,
    words: Option<usize>,
    findings: BTreeMap<&'static str, usize>,
    by_rule: &'a BTreeMap<String, usize>,
    old: usize,
    mended: usize,
    months: &'a BTreeMap<String, crate::summary::Part>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    authors: &'a BTreeMap<String, crate::summary::Part>,
}

impl<W: Write> Json<W> {
    /// Begins the document with the first text, or with the end.
    pub fn new(out: W) -> Self {
        Self { out, is_open: false }
    }

    fn open(&mut self) -> io::Result<&'static str> {
        if self.is_open {
            return Ok(",\n");
        }
        self.is_open = true;
        write!(self.out, "{{\"version\":{VERSION},\n\"files\":[\n")?;
        Ok("")
    }
}

impl<W: Write> Report for Json<W> {
    fn text(&mut self, told: &Told) -> io::Result<()> {
        if told.findings.is_empty() && told.reading.is_none() {
            return Ok(());
        }
        let between = self.open()?;
        self.out.write_all(between.as_bytes())?;
        let file = File {
            path: &told.path,
            kind: kinds::name(told.kind),
            language: told.language.code(),
            month: told.mail.as_ref().map(|it| it.month.as_str()),
            reading: told.reading,
            findings: told.findings.iter().map(finding).collect(),
        };
        Ok(serde_json::to_writer(&mut self.out, &file)?)
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        self.open()?;
        self.out.write_all(b"\n]")?;
        let mut part = |name: &str, it: serde_json::Value| write!(self.out, ",\n\"{name}\":{it}");
        let rules = summary.rules.iter().map(|(id, rule)| {
            (id.clone(), serde_json::json!({ "level": rule.level.name(), "why": rule.why }))
        });
        let unread =
            summary.unread.iter().map(|it| serde_json::json!({ "path": it.path, "why": it.why.told() }));
        let total = Total {
            files: summary.files,
            words: summary.words,
            findings: [language::Level::Note, language::Level::Warning, language::Level::Error]
                .map(|it| (it.name(), summary.by_level.get(&it).copied().unwrap_or_default()))
                .into(),
            by_rule: &summary.by_rule,
            old: summary.old,
            mended: summary.mended,
            months: &summary.months,
            authors: &summary.authors,
        };
        part("rules", serde_json::Value::Object(rules.collect()))?;
        part("unread", unread.collect())?;
        part("uncovered", summary.uncovered.clone().into())?;
        part("gone", serde_json::to_value(&summary.gone)?)?;
        part("summary", serde_json::to_value(total)?)?;
        self.out.write_all(b"}\n")?;
        self.out.flush()
    }
}

fn finding(it: &Found) -> Finding<'_> {
    let found = &it.finding;
    Finding {
        rule: &found.rule.id,
        level: found.rule.level.name(),
        line: found.line,
        column: found.column,
        start: found.range.start,
        end: found.range.end,
        found: &found.found,
        sentence: &found.sentence,
        say: &found.say,
        fix: found.fix.as_ref().map(|it| Fix { start: it.range.start, end: it.range.end, text: &it.text }),
        old: it.is_old,
        author: it.author.as_deref(),
    }
}
