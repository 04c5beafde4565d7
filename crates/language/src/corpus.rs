//! How often the rules are right: findings held against sentences that people labelled.
//!
//! A corpus is a text of JSON, one place to a line: the sentence (`text`), where in it the word in question stands
//! (`start`, in bytes; left out where there is none), and what is meant (`label`: `person` or `other`). More may stand
//! there, such as the source, the `kind` of text, and the `split` (`tune` to write rules by, `held` to judge them by).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{auditor::Auditor, language::Language, text::Kind};

/// One labelled place.
#[derive(Debug, Clone, Deserialize)]
pub struct Example {
    /// The sentence.
    pub text: String,
    /// Where the word stands that is judged, in bytes.
    #[serde(default)]
    pub start: Option<usize>,
    /// What is meant: `person`, or anything else.
    pub label: String,
    /// Where it was found: documentation, support, a manual.
    #[serde(default)]
    pub kind: String,
    /// To write rules by, or to judge them by.
    #[serde(default)]
    pub split: String,
}

/// How often the rules were right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Found, and meant.
    pub right: usize,
    /// Found, and not meant.
    pub wrong: usize,
    /// Meant, and not found.
    pub missed: usize,
    /// Neither.
    pub left: usize,
}

impl Count {
    /// How much of what was found was meant.
    pub fn precision(&self) -> f64 {
        share(self.right, self.right + self.wrong)
    }

    /// How much of what was meant was found.
    pub fn recall(&self) -> f64 {
        share(self.right, self.right + self.missed)
    }

    fn add(&mut self, is_found: bool, is_meant: bool) {
        *match (is_found, is_meant) {
            (true, true) => &mut self.right,
            (true, false) => &mut self.wrong,
            (false, true) => &mut self.missed,
            (false, false) => &mut self.left,
        } += 1;
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// What came out.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Measure {
    /// Over everything.
    pub all: Count,
    /// By split.
    pub by_split: BTreeMap<String, Count>,
    /// By the kind of text.
    pub by_kind: BTreeMap<String, Count>,
    /// Where the rules were not right.
    pub misses: Vec<Miss>,
}

/// Where the rules were not right.
#[derive(Debug, Clone, Serialize)]
pub struct Miss {
    /// On which line of the corpus, from 1.
    pub line: usize,
    /// In which split.
    pub split: String,
    /// Whether something was found that was not meant; otherwise it was the other way round.
    pub is_found: bool,
    /// The sentence.
    pub text: String,
}

/// Reads a corpus.
///
/// # Errors
/// When a line is no example; the message names the line.
pub fn read(text: &str) -> Result<Vec<Example>, String> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(at, line)| serde_json::from_str(line).map_err(|error| format!("line {}: {error}", at + 1)))
        .collect()
}

/// Holds the rules of a pack, such as `people`, against a corpus.
pub fn measure(auditor: &Auditor, pack: &str, examples: &[Example]) -> Measure {
    let mut measure = Measure::default();
    for (at, example) in examples.iter().enumerate() {
        let (is_found, is_meant) = (finds(auditor, pack, example), example.label == "person");
        measure.all.add(is_found, is_meant);
        measure.by_split.entry(example.split.clone()).or_default().add(is_found, is_meant);
        measure.by_kind.entry(example.kind.clone()).or_default().add(is_found, is_meant);
        if is_found != is_meant {
            let (split, text) = (example.split.clone(), example.text.clone());
            measure.misses.push(Miss { line: at + 1, split, is_found, text });
        }
    }
    measure
}

fn finds(auditor: &Auditor, pack: &str, example: &Example) -> bool {
    let audit = auditor.in_language(&example.text, Kind::Markdown, Language::En);
    let ours = |id: &str| id.split_once('/').is_some_and(|(head, _)| head == pack);
    let mut findings = audit.findings.iter().filter(|it| ours(&it.rule.id));
    findings.any(|it| example.start.is_none_or(|at| it.range.contains(&at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CORPUS: &str = r#"
{"text": "The user may ask.", "start": 4, "label": "person", "split": "tune", "kind": "docs"}
{"text": "The user interface is plain, users say.", "start": 4, "label": "other", "split": "tune", "kind": "docs"}
{"text": "The user interface is plain.", "start": 4, "label": "person", "split": "held", "kind": "support"}
{"text": "Users wait.", "start": 0, "label": "other", "split": "held", "kind": "support"}
"#;

    #[test]
    fn what_is_found_is_held_against_what_is_meant() {
        let measure = measure(Auditor::shipped(), "people", &read(CORPUS).unwrap());
        assert_eq!(measure.all, Count { right: 1, wrong: 1, missed: 1, left: 1 });
        assert_eq!((measure.all.precision(), measure.all.recall()), (0.5, 0.5));
        assert_eq!(measure.by_split["tune"], Count { right: 1, left: 1, ..Count::default() });
        assert_eq!(
            measure.misses.iter().map(|it| (it.line, it.is_found)).collect::<Vec<_>>(),
            [(3, false), (4, true)]
        );
    }

    #[test]
    fn a_line_that_is_no_example_is_named() {
        assert!(read("{\"text\": \"\", \"label\": \"other\"}\n{}\n").unwrap_err().starts_with("line 2"));
    }
}
