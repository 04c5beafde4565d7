//! Exceptions that stand in the text itself, each with a reason:
//! `regard: allow people/user - the manual of another program` in a comment, for its line, or for the next where it
//! stands alone; `regard: allow-file people/user - …` for the whole text.

use std::ops::Range;

use memchr::memmem;

use crate::text::Kind;

const SIGN: &str = "regard: allow";

/// What opens a comment, and what may close it on the same line.
const HTML: &[&str] = &["<!--"];
const OTHERS: &[&str] = &["<!--", "//", "///", "//!", "#", "/*", "*", "--", "{#", ";", "%", "{{!--", "{{!"];
const CLOSES: &[&str] = &["-->", "*/", "#}", "--}}", "}}"];

/// The exceptions of a text.
#[derive(Debug, Default)]
pub(crate) struct Exceptions {
    all: Vec<Exception>,
}

#[derive(Debug)]
struct Exception {
    rules: Vec<String>,
    // For which bytes; for all, if none are named.
    lines: Option<Range<usize>>,
    has_reason: bool,
    at: Range<usize>,
}

impl Exceptions {
    /// Finds them.
    pub fn of(text: &str, kind: Kind) -> Self {
        let found = memmem::find_iter(text.as_bytes(), SIGN);
        Self { all: found.filter_map(|at| exception(text, at, kind)).collect() }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether what a rule found at a place may stay.
    pub fn allow(&self, rule: &str, at: usize) -> bool {
        self.all.iter().any(|it| {
            it.has_reason
                && it.lines.as_ref().is_none_or(|lines| lines.contains(&at))
                && it.rules.iter().any(|name| name == rule)
        })
    }

    /// Where an exception for a rule that there is names no reason.
    pub fn without_reason(&self, is_rule: impl Fn(&str) -> bool) -> impl Iterator<Item = &Range<usize>> {
        let named = move |it: &&Exception| it.rules.iter().any(|name| is_rule(name));
        self.all.iter().filter(|it| !it.has_reason).filter(named).map(|it| &it.at)
    }
}

fn exception(text: &str, at: usize, kind: Kind) -> Option<Exception> {
    let start = text[..at].rfind('\n').map_or(0, |it| it + 1);
    let end = text[at..].find('\n').map_or(text.len(), |it| at + it);
    let before = text[start..at].trim();
    let opens = match kind {
        Kind::Markdown | Kind::Html | Kind::Mail => HTML,
        _ => OTHERS,
    };
    let opening = opens.iter().filter(|it| before.ends_with(*it)).max_by_key(|it| it.len())?;
    let rest = &text[at + SIGN.len()..end];
    let is_file = rest.starts_with("-file");
    let rest = rest.strip_prefix("-file").unwrap_or(rest);
    let close = CLOSES.iter().filter_map(|it| rest.find(it)).min();
    let said = rest[..close.unwrap_or(rest.len())].trim();
    let after = close.map_or("", |n| rest[n..].trim_start_matches(|it: char| !it.is_whitespace()));
    let (names, reason) = said.split_once([' ', '\t']).unwrap_or((said, ""));
    let (names, reason) = names_and_reason(names, reason);
    let is_alone = before.len() == opening.len() && after.trim().is_empty();
    let next = text[end..].char_indices().skip(1).find(|it| it.1 == '\n').map_or(text.len(), |it| end + it.0);
    let lines = if is_alone { start..next.max(end) } else { start..end };
    Some(Exception {
        rules: names,
        lines: (!is_file).then_some(lines),
        has_reason: reason.chars().filter(|it| it.is_alphanumeric()).count() > 2,
        at: at..at
            + SIGN.len()
            + (rest.len() - rest.trim_start().len())
            + said.len()
            + if is_file { 5 } else { 0 },
    })
}

// Several rules may be named, with commas between.
fn names_and_reason<'a>(first: &str, rest: &'a str) -> (Vec<String>, &'a str) {
    let mut names: Vec<String> = first.split(',').filter(|it| !it.is_empty()).map(str::to_owned).collect();
    let mut rest = rest.trim_start();
    let mut goes_on = first.ends_with(',');
    while goes_on {
        let (name, after) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
        names.extend(name.split(',').filter(|it| !it.is_empty()).map(str::to_owned));
        goes_on = name.ends_with(',');
        rest = after.trim_start();
    }
    (names, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(text: &str, kind: Kind, place: &str) -> bool {
        Exceptions::of(text, kind).allow("people/user", text.find(place).unwrap())
    }

    #[test]
    fn an_exception_holds_for_its_line_or_for_the_next() {
        let alone = "a\n<!-- regard: allow people/user - their word -->\nhere\nthere\n";
        assert!(allows(alone, Kind::Markdown, "here") && !allows(alone, Kind::Markdown, "there"));
        let beside = "here <!-- regard: allow people/other, people/user - their word -->\nthere\n";
        assert!(allows(beside, Kind::Markdown, "here") && !allows(beside, Kind::Markdown, "there"));
        let file = "<!-- regard: allow-file people/user - their word -->\n\nhere\n";
        assert!(allows(file, Kind::Markdown, "here"));
        assert!(allows("# regard: allow people/user — their word\nhere", Kind::Yaml, "here"));
    }

    #[test]
    fn without_a_comment_or_a_reason_it_does_not_count() {
        assert!(!allows("regard: allow people/user - their word\nhere", Kind::Markdown, "here"));
        let bare = "<!-- regard: allow people/user -->\nhere";
        assert!(!allows(bare, Kind::Markdown, "here"));
        let exceptions = Exceptions::of(bare, Kind::Markdown);
        let named: Vec<&str> =
            exceptions.without_reason(|it| it == "people/user").map(|it| &bare[it.clone()]).collect();
        assert_eq!(named, ["regard: allow people/user"]);
        assert_eq!(exceptions.without_reason(|it| it == "another").count(), 0);
    }
}
