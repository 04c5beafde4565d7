//! Rules as they are written: packs in TOML, each rule with why it matters and examples of what it must find and must not.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How grave it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Worth a thought.
    Note,
    /// Worth a change.
    #[default]
    Warning,
    /// Must not stay.
    Error,
}

impl Level {
    /// As it is printed, and as SARIF has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Rules that belong together, in one language.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// What it is called, and for whom it is.
    pub pack: Head,
    /// Lists of words that its phrases name.
    #[serde(default)]
    pub lists: BTreeMap<String, Vec<String>>,
    /// The rules.
    #[serde(default, rename = "rule")]
    pub rules: Vec<Rule>,
    /// Words of which a text should choose one.
    #[serde(default, rename = "consistent")]
    pub consistent: Vec<Consistent>,
}

/// What a pack is called, and for whom it is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Comes before the names of its rules.
    pub id: String,
    /// In which language it reads: `en`, `de`, `fr`, `es`, or `any`.
    pub language: String,
}

/// One rule.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name within the pack; with the pack's, once it is read.
    pub id: String,
    /// How grave it is.
    #[serde(default)]
    pub level: Level,
    /// Why it matters, in a sentence.
    pub why: String,
    /// Phrases it looks for.
    #[serde(default, rename = "match")]
    pub phrases: Vec<String>,
    /// One of these must hold, if there are any.
    #[serde(default)]
    pub when: Vec<String>,
    /// None of these may hold.
    #[serde(default)]
    pub unless: Vec<String>,
    /// What to say instead; `{people}` stands for the word that fits, `{people's}` for what is theirs.
    #[serde(default)]
    pub say: Vec<String>,
    /// What to say instead of which phrase; these are looked for, too.
    #[serde(default)]
    pub instead: BTreeMap<String, String>,
    /// Where the sentence stays right with it; everywhere if nothing is said.
    #[serde(default)]
    pub say_when: Vec<String>,
    /// Where it does not.
    #[serde(default)]
    pub say_unless: Vec<String>,
    /// What else to say, each only in some places.
    #[serde(default)]
    pub offer: Vec<Offer>,
    /// Whether the first of `say` or `instead` may be put in its place without anybody looking.
    #[serde(default)]
    pub safe: bool,
    /// Where else it may, if one of these holds.
    #[serde(default)]
    pub safe_when: Vec<String>,
    /// Where it may not, even so.
    #[serde(default)]
    pub safe_unless: Vec<String>,
    /// Whether a word with a capital within a sentence is a name and left alone.
    #[serde(default)]
    pub names: bool,
    /// Whether only exactly what `spelled` does not say is found.
    #[serde(default)]
    pub spelled: Option<String>,
    /// Texts in which it must be found.
    #[serde(default)]
    pub yes: Vec<String>,
    /// Texts in which it must not.
    #[serde(default)]
    pub no: Vec<String>,
    /// What becomes of texts in which it is found, with its first suggestion in place; the same where it has none.
    #[serde(default)]
    pub becomes: BTreeMap<String, String>,
    /// What becomes of texts when all that is safe is put right; the same where nothing is.
    #[serde(default)]
    pub fixed: BTreeMap<String, String>,
}

/// Something to say that is right only in some places.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// What to say.
    pub say: String,
    /// One of these must hold.
    pub when: Vec<String>,
    /// None of these may hold.
    #[serde(default)]
    pub unless: Vec<String>,
}

/// Words of which a text should choose one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consistent {
    /// Its name within the pack.
    pub id: String,
    /// Why it matters.
    pub why: String,
    /// The ways to say it, each with its phrases.
    pub ways: Vec<Vec<String>>,
    /// Where it is something else.
    #[serde(default)]
    pub unless: Vec<String>,
    /// A text that says it in two ways.
    #[serde(default)]
    pub yes: Vec<String>,
    /// A text that does not.
    #[serde(default)]
    pub no: Vec<String>,
}

/// Why rules cannot be used; it names the rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{rule}: {why}")]
pub struct RuleError {
    /// Which.
    pub rule: String,
    /// Why.
    pub why: String,
}

impl Pack {
    /// Reads a pack.
    ///
    /// # Errors
    /// [`RuleError`] when it is no TOML of this form.
    pub fn read(name: &str, text: &str) -> Result<Self, RuleError> {
        toml::from_str(text)
            .map_err(|error| RuleError { rule: name.into(), why: error.to_string().trim().to_owned() })
    }
}

macro_rules! shipped {
    ($($name:literal),*) => {
        /// The packs that come with the program, by name.
        pub const SHIPPED: &[(&str, &str)] = &[$(($name, include_str!(concat!("../packs/", $name, ".toml")))),*];
    };
}

shipped!(
    "people",
    "robotic",
    "jargon",
    "deceptive",
    "passive",
    "blame",
    "inclusive",
    "consistent",
    "de",
    "fr",
    "es"
);
