//! Exceptions that stand in the text itself, each with a reason:
//! `regard: allow people/user - the manual of another program` in a comment, for its line, or for the next where it
//! stands alone; `regard: allow-file people/user - …` for the whole text.

use std::{collections::HashSet, ops::Range};

use memchr::{memchr, memmem, memrchr};

use crate::{text::Kind, words::floor};

const SIGN: &str = "regard: allow";

/// An exception that says more is not read to its end.
const LONGEST: usize = 500;

/// What opens a comment, and what may close it on the same line.
const HTML: &[&str] = &["<!--"];
const OTHERS: &[&str] = &["<!--", "//", "///", "//!", "#", "/*", "*", "--", "{#", ";", "%", "{{!--", "{{!"];
const CLOSES: &[&str] = &["-->", "*/", "#}", "--}}", "}}"];

/// The exceptions of a text.
#[derive(Debug, Default)]
pub(crate) struct Exceptions {
    everywhere: HashSet<String>,
    // For which bytes, in their order, and for which rules.
    lines: Vec<(Range<usize>, HashSet<String>)>,
    // Without a reason: where, and for which rules.
    bare: Vec<(Range<usize>, Vec<String>)>,
}

/// A line, and where the next ends.
#[derive(Debug, Clone, Copy, Default)]
struct Line {
    start: usize,
    // Behind its indentation.
    first: usize,
    end: usize,
    next: usize,
}

impl Line {
    // The line of a place that does not stand before this one.
    fn on_to(self, text: &str, at: usize) -> Self {
        if self.next > 0 && at <= self.end {
            return self;
        }
        let bytes = text.as_bytes();
        let end_from =
            |from: usize| memchr(b'\n', &bytes[from.min(bytes.len())..]).map_or(bytes.len(), |n| from + n);
        let start = memrchr(b'\n', &bytes[self.end..at]).map_or(self.end, |n| self.end + n + 1);
        let end = end_from(at);
        let line = &text[start..end];
        let first = end - line.trim_start().len();
        Self { start, first, end, next: end_from((end + 1).min(bytes.len())).max(end) }
    }
}

impl Exceptions {
    /// Finds them.
    pub fn of(text: &str, kind: Kind) -> Self {
        let (mut all, mut line) = (Self::default(), Line::default());
        for at in memmem::find_iter(text.as_bytes(), SIGN) {
            line = line.on_to(text, at);
            all.take(text, kind, at, line);
        }
        all
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.everywhere.is_empty() && self.lines.is_empty() && self.bare.is_empty()
    }

    /// Whether what a rule found at a place may stay.
    pub fn allow(&self, rule: &str, at: usize) -> bool {
        let before = self.lines.partition_point(|it| it.0.start <= at);
        // Of those that begin before it, each may go on into the next line.
        let near = self.lines[..before].iter().rev().take(4);
        self.everywhere.contains(rule)
            || near.into_iter().any(|(lines, rules)| lines.contains(&at) && rules.contains(rule))
    }

    /// Where an exception for a rule that there is names no reason.
    pub fn without_reason(&self, is_rule: impl Fn(&str) -> bool) -> impl Iterator<Item = &Range<usize>> {
        self.bare.iter().filter(move |it| it.1.iter().any(|name| is_rule(name))).map(|it| &it.0)
    }

    fn take(&mut self, text: &str, kind: Kind, at: usize, line: Line) {
        let before = text[line.start..at].trim_end();
        let opens = if matches!(kind, Kind::Markdown | Kind::Html | Kind::Mail) { HTML } else { OTHERS };
        let Some(opening) = opens.iter().filter(|it| before.ends_with(*it)).max_by_key(|it| it.len()) else {
            return;
        };
        let rest = &text[at + SIGN.len()..line.end];
        let rest = &rest[..floor(rest, LONGEST)];
        let is_file = rest.starts_with("-file");
        let said = rest.strip_prefix("-file").unwrap_or(rest);
        let place = at + SIGN.len() + rest.len() - said.len();
        let close = CLOSES.iter().filter_map(|it| said.find(it)).min();
        let after = close.map_or("", |n| said[n..].trim_start_matches(|it: char| !it.is_whitespace()));
        let inner = &said[..close.unwrap_or(said.len())];
        let end = place + inner.trim_end().len();
        let said = inner.trim();
        let (names, reason) = names_and_reason(said);
        let is_alone = line.start + before.len() == line.first + opening.len() && after.trim().is_empty();
        let lines = line.start..if is_alone { line.next } else { line.end };
        if reason.chars().filter(|it| it.is_alphanumeric()).count() < 3 {
            self.bare.push((at..end, names));
        } else if is_file {
            self.everywhere.extend(names);
        } else {
            match self.lines.last_mut().filter(|it| it.0 == lines) {
                Some(same) => same.1.extend(names),
                None => self.lines.push((lines, names.into_iter().collect())),
            }
        }
    }
}

// Several rules may be named, with commas between.
fn names_and_reason(said: &str) -> (Vec<String>, &str) {
    let (mut names, mut rest) = (Vec::new(), said);
    loop {
        let (name, after) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
        names.extend(name.split(',').filter(|it| !it.is_empty()).map(str::to_owned));
        rest = after.trim_start();
        if !name.ends_with(',') {
            return (names, rest);
        }
    }
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
