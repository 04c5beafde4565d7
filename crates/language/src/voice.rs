//! The organisation's own voice: the word it has for the people it deals with, what it always and never says, and
//! how names are spelled.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::rule::{Head, Level, Pack, Rule, RuleError};

/// How an organisation speaks. Everything may be left out.
///
/// ```
/// let voice = language::Voice::read(r#"
/// people = "guest"                              # the word for the people you deal with
/// names = ["Regard", "GitHub"]                  # found when spelled otherwise
/// off = ["people/end-user"]                     # rules that are not for you
/// packs = ["our-words.toml"]                    # rules of your own, in the same form as ours
///
/// [always]                                      # what you say, and what is said in its place
/// "sign in" = ["log in", "log on"]
///
/// [[never]]
/// say = "cheap"
/// instead = ["good value"]
/// why = "It speaks of the price as if that were all."
/// "#)?;
/// assert_eq!(voice.people.as_deref(), Some("guest"));
/// # Ok::<(), language::RuleError>(())
/// ```
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Voice {
    /// The word for one of the people it deals with: customer, member, reader, guest, patient, student.
    pub people: Option<String>,
    /// The same for several of them, where that is not made as usual.
    pub several: Option<String>,
    /// What is always said, and what is said in its place.
    pub always: BTreeMap<String, Vec<String>>,
    /// What is never said.
    pub never: Vec<Never>,
    /// Names as they are spelled.
    pub names: Vec<String>,
    /// Rules that are not looked at.
    pub off: Vec<String>,
    /// Files with rules of its own, beside this one. Whoever reads this file reads them too: [`Voice::add`].
    pub packs: Vec<String>,
    /// What stood in them.
    #[serde(skip)]
    pub own: Vec<Pack>,
}

/// What is never said.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Never {
    /// This; a phrase as in rules.
    pub say: String,
    /// What to say instead, if anything.
    #[serde(default)]
    pub instead: Vec<String>,
    /// Why, in a sentence.
    #[serde(default)]
    pub why: Option<String>,
}

impl Voice {
    /// What its file is called.
    pub const FILE: &str = ".regard-language.toml";

    /// Reads what stands in such a file.
    ///
    /// # Errors
    /// [`RuleError`], which names the line.
    pub fn read(text: &str) -> Result<Self, RuleError> {
        toml::from_str(text)
            .map_err(|error| RuleError { rule: Self::FILE.into(), why: error.to_string().trim().to_owned() })
    }

    /// Adds rules of its own.
    ///
    /// # Errors
    /// [`RuleError`], which names the line.
    pub fn add(&mut self, name: &str, text: &str) -> Result<(), RuleError> {
        self.own.push(Pack::read(name, text)?);
        Ok(())
    }

    /// All of it as rules.
    pub(crate) fn rules(&self) -> Vec<Pack> {
        let mut all = self.own.clone();
        all.push(Pack {
            pack: Head { id: "voice".into(), language: "any".into() },
            lists: BTreeMap::new(),
            rules: self.always().chain(self.never()).chain(self.names()).collect(),
            consistent: Vec::new(),
        });
        all
    }

    fn always(&self) -> impl Iterator<Item = Rule> {
        self.always.iter().map(|(ours, others)| Rule {
            why: format!("We say “{ours}”."),
            phrases: others.clone(),
            say: vec![ours.clone()],
            ..rule(format!("always-{}", slug(ours)))
        })
    }

    fn never(&self) -> impl Iterator<Item = Rule> {
        self.never.iter().map(|it| Rule {
            why: it.why.clone().unwrap_or_else(|| format!("We never say “{}”.", it.say)),
            phrases: vec![it.say.clone()],
            say: it.instead.clone(),
            ..rule(format!("never-{}", slug(&it.say)))
        })
    }

    fn names(&self) -> impl Iterator<Item = Rule> {
        self.names.iter().map(|name| Rule {
            why: format!("The name is spelled “{name}”."),
            phrases: vec![name.clone()],
            say: vec![name.clone()],
            spelled: Some(name.clone()),
            ..rule(format!("name-{}", slug(name)))
        })
    }
}

fn rule(id: String) -> Rule {
    Rule { id, level: Level::Warning, ..Rule::default() }
}

fn slug(words: &str) -> String {
    let plain = words.to_lowercase().replace(|it: char| !it.is_alphanumeric(), "-");
    plain.split('-').filter(|it| !it.is_empty()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_in_the_file_is_named_by_its_line() {
        let error = Voice::read("people = \"guest\"\npeeple = 1\n").unwrap_err().to_string();
        assert!(error.contains("line 2") && error.contains("peeple"), "{error}");
    }

    #[test]
    fn what_it_says_becomes_rules_with_names() {
        let voice = Voice::read("names = [\"GitHub\"]\n[always]\n\"sign in\" = [\"log in\"]\n").unwrap();
        let packs = voice.rules();
        let ids: Vec<&str> = packs[0].rules.iter().map(|it| it.id.as_str()).collect();
        assert_eq!(ids, ["always-sign-in", "name-github"]);
    }
}
