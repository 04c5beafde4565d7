//! What was found: where, in which sentence, why it matters, and what to say instead.

use std::{ops::Range, sync::Arc};

use serde::Serialize;

use crate::{language::Language, reading::Reading, rule::Rule, text::Role};

/// One thing that was found.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// By which rule.
    pub rule: Arc<Rule>,
    /// Where, in bytes.
    pub range: Range<usize>,
    /// On which line, from 1.
    pub line: usize,
    /// At which letter of the line, from 1.
    pub column: usize,
    /// As what it is written.
    pub role: Role,
    /// What was found, to the letter.
    pub found: String,
    /// The sentence it stands in, on one line.
    pub sentence: String,
    /// What could be said instead, the best first.
    pub say: Vec<String>,
    /// What may be put in its place without anybody looking.
    pub fix: Option<Fix>,
}

/// What may be put in the place of what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// In the place of these bytes.
    pub range: Range<usize>,
    /// This.
    pub text: String,
}

/// Everything that was found in a text, and what was seen on the way.
#[derive(Debug, Clone, Serialize)]
pub struct Audit {
    /// In the order of the text.
    pub findings: Vec<Finding>,
    /// In which language it was read. In one that is not covered, nothing is found.
    pub language: Language,
    /// How it reads, if that was asked for.
    pub reading: Option<Reading>,
}
