//! What was found, added up.

use std::{collections::BTreeMap, sync::Arc};

use language::{Ease, Language, Level, Rule};
use serde::Serialize;

use crate::{
    baseline::Gone,
    look::{Found, Told},
    text::Unread,
};

/// What was found in part of it: in a month's mail, or by one author.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Part {
    /// How many mails it is made of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mails: Option<usize>,
    /// How many words, if they were counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<usize>,
    /// How many findings.
    pub findings: usize,
}

/// What was found, added up.
#[derive(Debug, Default)]
pub struct Summary {
    /// How many files were read.
    pub files: usize,
    /// In how many of them something was found that counts.
    pub with_findings: usize,
    /// How many words for people stand in them, if they were counted.
    pub words: Option<usize>,
    /// How many findings count, by level.
    pub by_level: BTreeMap<Level, usize>,
    /// By rule.
    pub by_rule: BTreeMap<String, usize>,
    /// The rules that found something, old or new.
    pub rules: BTreeMap<String, Arc<Rule>>,
    /// How many were there before and do not count.
    pub old: usize,
    /// What was there before and is no more.
    pub gone: Vec<Gone>,
    /// Texts in a language of which there are no rules.
    pub uncovered: Vec<String>,
    /// What was not read.
    pub unread: Vec<Unread>,
    /// How long texts read, if that was asked for.
    pub readings: Vec<(String, Ease)>,
    /// Mail by month.
    pub months: BTreeMap<String, Part>,
    /// By author, if that was asked for.
    pub authors: BTreeMap<String, Part>,
    /// How many places were put right, or would be.
    pub mended: usize,
    /// In how many files.
    pub mended_files: usize,
    last: Option<(String, bool)>,
}

impl Summary {
    /// Adds what was found in a text.
    pub fn add(&mut self, told: &Told) {
        let new: Vec<&Found> = told.findings.iter().filter(|it| !it.is_old).collect();
        self.add_file(told, !new.is_empty());
        self.old += told.findings.len() - new.len();
        for it in &told.findings {
            let rule = &it.finding.rule;
            self.rules.entry(rule.id.clone()).or_insert_with(|| Arc::clone(rule));
        }
        for it in &new {
            *self.by_level.entry(it.finding.rule.level).or_default() += 1;
            *self.by_rule.entry(it.finding.rule.id.clone()).or_default() += 1;
            if let Some(author) = &it.author {
                self.authors.entry(author.to_string()).or_default().findings += 1;
            }
        }
        self.add_words(told, new.len());
        self.mended += told.mended;
        self.mended_files += usize::from(told.mended > 0);
    }

    fn add_file(&mut self, told: &Told, has_findings: bool) {
        if !told.is_more {
            self.files += 1;
            self.last = Some((told.path.clone(), false));
        }
        if let Some((_, had)) = self.last.as_mut().filter(|it| has_findings && !it.1) {
            *had = true;
            self.with_findings += 1;
        }
        if told.language == Language::Other && self.uncovered.last() != Some(&told.path) {
            self.uncovered.push(told.path.clone());
        }
    }

    fn add_words(&mut self, told: &Told, findings: usize) {
        // Where nothing can be found, words would only make the rest look better.
        let words = told.reading.filter(|_| told.language.is_covered()).map(|it| it.words);
        self.words = words.map(|it| it + self.words.unwrap_or_default()).or(self.words);
        if let Some(ease) = told.reading.and_then(|it| it.ease).filter(|_| told.mail.is_none()) {
            self.readings.push((told.path.clone(), ease));
        }
        if let Some(head) = &told.mail {
            let month = self.months.entry(head.month.clone()).or_default();
            month.mails = Some(month.mails.unwrap_or_default() + 1);
            month.words = words.map(|it| it + month.words.unwrap_or_default()).or(month.words);
            month.findings += findings;
        }
    }

    /// How many findings count.
    pub fn count(&self) -> usize {
        self.by_level.values().sum()
    }

    /// How many of this level or above.
    pub fn at_least(&self, level: Level) -> usize {
        self.by_level.iter().filter(|it| *it.0 >= level).map(|it| it.1).sum()
    }

    /// The rules that found most, the most frequent first.
    pub fn most_frequent(&self) -> Vec<(&str, usize)> {
        let mut all: Vec<(&str, usize)> = self.by_rule.iter().map(|it| (it.0.as_str(), *it.1)).collect();
        all.sort_by_key(|it| std::cmp::Reverse(it.1));
        all
    }

    /// Findings by pack.
    pub fn by_pack(&self) -> BTreeMap<String, usize> {
        let mut all = BTreeMap::new();
        for (rule, count) in &self.by_rule {
            *all.entry(rule.split('/').next().unwrap_or_default().to_owned()).or_default() += count;
        }
        all
    }
}

/// Of fewer words each finding would weigh too much.
const ENOUGH: usize = 300;

/// How many findings to a thousand words, where there are enough to tell.
pub fn rate(findings: usize, words: usize) -> Option<f64> {
    to_a_thousand(findings, words).filter(|_| words >= ENOUGH)
}

/// How many findings to a thousand words.
pub fn to_a_thousand(findings: usize, words: usize) -> Option<f64> {
    (words > 0).then(|| findings as f64 * 1_000.0 / words as f64)
}
