//! What people read here speaks of people as people: the language audit finds nothing in our own texts.

use language::{Audit, Auditor, Family, Kind, Level, Role, Span};

use crate::{File, Finding};

// By custom a file's tests are its end. Their texts are samples, of what not to say, too.
const TESTS: &str = "\n#[cfg(test)]\nmod tests {";

/// Whether a file holds words of ours for people, `others` being where words of others stand, with the reason.
pub fn is_ours(file: &File, others: &[(&str, &str)]) -> bool {
    let is_others = others.iter().any(|(place, _)| file.path.starts_with(place));
    let is_test = file.path.starts_with("tests/") || file.path.contains("/tests/");
    kind(&file.path).is_some() && !is_others && !is_test
}

/// What asks for a change in a file, with the sentence, why, and what to say instead.
pub fn check(file: &File, auditor: &Auditor) -> Vec<Finding> {
    let Some(kind) = kind(&file.path) else { return Vec::new() };
    let Audit { findings, .. } = auditor.audit(said(file), kind);
    let grave = findings.into_iter().filter(|it| it.rule.level >= Level::Warning);
    grave.map(|it| Finding::at(&file.path, it.line, told(&it))).collect()
}

/// How many words of a file are read.
pub fn words(file: &File) -> usize {
    let text = said(file);
    let spans = kind(&file.path).map_or_else(Vec::new, |it| it.spans(text));
    let is_word = |it: &&str| it.contains(char::is_alphanumeric);
    let read = |it: &Span| text[it.range.clone()].split_whitespace().filter(is_word).count();
    spans.iter().filter(|it| it.role != Role::Quoted).map(read).sum()
}

// Comments and texts in TOML are written as in Python.
fn kind(path: &str) -> Option<Kind> {
    if path.ends_with(".toml") { Some(Kind::Code(Family::Python)) } else { Kind::of(path) }
}

fn said(file: &File) -> &str {
    file.text.find(TESTS).map_or(&file.text, |at| &file.text[..at])
}

fn told(found: &language::Finding) -> String {
    let say = if found.say.is_empty() { String::new() } else { format!(" Say: {}.", found.say.join(", ")) };
    let (words, rule, sentence, why) = (&found.found, &found.rule.id, &found.sentence, &found.rule.why);
    format!("{sentence:?} says {words:?} ({rule}). {why}{say}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const OTHERS: &[(&str, &str)] = &[("data/", "as they were written")];

    fn lines(path: &str, text: &str) -> Vec<usize> {
        let file = File::sample(path, text);
        check(&file, Auditor::shipped()).iter().map(|it| it.line).collect()
    }

    #[test]
    fn what_holds_people_at_a_distance_is_found_where_people_read_it() {
        let page =
            "fn page() -> Markup { html! { p { \"All is well.\" }\np { \"Our users can read.\" } } }\n";
        assert_eq!(lines("a.rs", page), [2]);
        assert_eq!(lines("a.md", "All is well.\n\nOur users can read.\n"), [3]);
        assert_eq!(lines("a.toml", "a = 1\n# Our users can read.\nb = \"Our users can write.\"\n"), [2, 3]);
        assert_eq!(lines("a.js", "say('All is well.')\nsay('Our users can read.')\n"), [2]);
        let found = check(&File::sample("a.md", "Our users can read.\n"), Auditor::shipped());
        let told = found[0].to_string();
        assert!(told.starts_with("a.md:1: \"Our users can read.\" says \"users\" (people/"), "{told}");
        assert!(told.contains(" Say: "), "{told}");
    }

    #[test]
    fn samples_in_tests_and_words_of_others_are_left_alone() {
        let samples = format!("fn a() {{}}\n{TESTS}\n// Our users can read.\n}}\n");
        assert_eq!(check(&File::sample("a.rs", &samples), Auditor::shipped()), []);
        let is_ours = |path: &str| is_ours(&File::sample(path, ""), OTHERS);
        assert!(is_ours("README.md") && is_ours("crates/a/src/b.rs"));
        assert!(
            !is_ours("tests/a.js")
                && !is_ours("data/a.md")
                && !is_ours("crates/a/tests/b.rs")
                && !is_ours("a.png")
        );
    }

    #[test]
    fn words_that_are_read_are_counted() {
        assert_eq!(words(&File::sample("a.md", "Four words, and `some code`.")), 3);
    }
}
