//! Comments: those that follow each other are one text, and that text is Markdown. Code that was set aside is none.

use std::ops::Range;

use super::{Reads, Role, Span, markdown::Markdown, prose};

/// What a comment begins with, the longest first.
const MARKS: &[&str] = &["///", "//!", "//", "/**", "/*!", "/*", "\"\"\"", "'''", "#:", "#"];

/// What a docstring stands between.
const QUOTES: [&str; 2] = ["\"\"\"", "'''"];

/// Words of a licence are its authors' own.
const LICENCES: &[&str] = &[
    "SPDX-License-Identifier",
    "Permission is hereby granted",
    "Licensed under",
    "All rights reserved",
    "licensed under the",
    "governed by a",
    "Redistribution and use",
    "hereby granted",
    "licenses this file",
    "copy of the License",
    "DISCLAIM",
    "written prior permission",
    "WITHOUT WARRANTY",
];

/// Lines that speak to programs.
const ORDERS: &[&str] = &[
    "eslint",
    "prettier-ignore",
    "go:",
    "+build",
    "nolint",
    "noqa",
    "type:",
    "pylint",
    "mypy:",
    "fmt:",
    "isort:",
    "swiftlint",
    "swift-tools-version",
    "ktlint",
    "istanbul",
    "@ts-",
    "ts-",
    "region",
    "endregion",
    "jshint",
    "pragma:",
    "sourceMappingURL",
    "-*-",
    "vim:",
    "rustfmt",
    "clippy",
    "regard:",
    "nosec",
    "lint",
    "global ",
    "export ",
    "!/",
    "NOSONAR",
    "<reference",
    "webpackChunkName",
    "@__PURE__",
    "coverage:",
    "language=",
];

/// Words with which code begins, if marks of code follow.
const KEYWORDS: &[&str] = &[
    "let", "const", "var", "val", "return", "if", "for", "while", "fn", "func", "fun", "def", "class",
    "import", "from", "pub", "use", "private", "public", "static", "else", "await", "print", "elif", "case",
    "struct", "impl", "match", "guard", "try", "throw", "raise", "new", "assert", "override", "async",
    "export", "package", "type",
];

/// The words of all comments of a text, which stand at these places.
pub(super) fn spans(text: &str, comments: &[Range<usize>]) -> Vec<Span> {
    groups(text, comments).into_iter().flat_map(|it| told(text, &it)).collect()
}

/// Whether a literal is set as a docstring is.
pub(super) fn is_docstring(literal: &str) -> bool {
    QUOTES.iter().any(|it| literal.ends_with(it))
}

/// Lines without their marks, with the place where each begins.
type Lines<'a> = Vec<(usize, &'a str)>;

fn groups<'a>(text: &'a str, comments: &[Range<usize>]) -> Vec<Lines<'a>> {
    let mut all: Vec<Lines<'_>> = Vec::new();
    let mut last: Option<(usize, &str)> = None;
    for range in comments {
        let comment = text[range.clone()].trim_end();
        let mark = mark_of(comment);
        let lines = bare(comment, mark, range.start);
        let follows =
            last.is_some_and(|(end, before)| before == mark && is_next_line(&text[end..range.start]));
        match all.last_mut() {
            Some(group) if follows && is_line(mark) => group.extend(lines),
            _ => all.push(lines),
        }
        last = Some((range.start + comment.len(), mark));
    }
    all
}

fn mark_of(comment: &str) -> &'static str {
    MARKS.iter().find(|it| comment.starts_with(**it)).copied().unwrap_or("")
}

fn is_line(mark: &str) -> bool {
    mark.starts_with("//") || mark.starts_with('#')
}

fn is_next_line(between: &str) -> bool {
    between.trim().is_empty() && between.matches('\n').count() == 1
}

fn bare<'a>(comment: &'a str, mark: &str, start: usize) -> Lines<'a> {
    let inner = &comment[mark.len()..];
    if is_line(mark) {
        return vec![one_space(start + mark.len(), inner)];
    }
    let closes = QUOTES.iter().find_map(|it| inner.strip_suffix(it));
    let inner = inner.strip_suffix("*/").or(closes).unwrap_or(inner);
    // A docstring may have a letter before its quotes.
    let quotes = QUOTES.iter().filter_map(|it| inner.find(it)).min();
    let quotes = quotes.filter(|it| mark.is_empty() && *it <= 2).map_or(0, |it| it + 3);
    let at = start + mark.len() + quotes;
    let lines: Vec<(usize, &str)> = super::lines(&inner[quotes..]).map(|(n, line)| (at + n, line)).collect();
    let indent = indent_of(&lines);
    let within = lines.into_iter().enumerate().map(|(n, (at, line))| match n {
        0 => one_space(at, line),
        _ => starless(at, line, indent),
    });
    within.collect()
}

fn indent_of(lines: &[(usize, &str)]) -> usize {
    let told = lines.iter().skip(1).filter(|it| !it.1.trim().is_empty());
    told.map(|it| it.1.len() - it.1.trim_start().len()).min().unwrap_or(0)
}

fn starless(at: usize, line: &str, indent: usize) -> (usize, &str) {
    let cut = line.len().min(indent);
    let cut = if line.is_char_boundary(cut) { cut } else { 0 };
    let rest = &line[cut..];
    match rest.trim_start().strip_prefix('*').filter(|it| !it.starts_with('*')) {
        Some(inner) => one_space(at + line.len() - inner.len(), inner),
        None => (at + cut, rest),
    }
}

fn one_space(at: usize, line: &str) -> (usize, &str) {
    line.strip_prefix(' ').map_or((at, line), |it| (at + 1, it))
}

fn told(text: &str, lines: &Lines<'_>) -> Vec<Span> {
    if lines.iter().any(|it| LICENCES.iter().any(|licence| it.1.contains(licence))) {
        return Vec::new();
    }
    let (mut copy, mut example) = (Copy::default(), None);
    for (at, line) in lines {
        example = Example::of(example, line);
        let is_silent = example.is_some() || looks_like_code(line) || is_order(line);
        copy.add(*at, if is_silent { "" } else { line });
    }
    Markdown.spans(&copy.text).into_iter().flat_map(|it| copy.back(text, &it)).collect()
}

/// Code and what it prints, set between words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Example {
    /// A dialogue with a program, up to a blank line.
    Dialogue,
    /// What stands behind `@example`, up to the next such mark.
    Marked,
}

impl Example {
    // Whether a line belongs to one, after the line before.
    fn of(before: Option<Self>, line: &str) -> Option<Self> {
        let bare = line.trim_start();
        match before {
            _ if bare.starts_with("@example") => Some(Self::Marked),
            Some(Self::Marked) if !bare.starts_with('@') => before,
            Some(Self::Dialogue) if !bare.is_empty() => before,
            _ => bare.starts_with(">>>").then_some(Self::Dialogue),
        }
    }
}

fn is_order(line: &str) -> bool {
    ORDERS.iter().any(|it| line.trim_start().starts_with(it))
}

/// Whether a line is code that was set aside: better a sentence too few than a name too many.
pub(super) fn looks_like_code(line: &str) -> bool {
    let line = line.trim();
    let first = &line[..line.find(|it: char| !it.is_alphanumeric() && it != '_').unwrap_or(line.len())];
    let has_marks = line.contains('(') || line.contains(" = ") || line.contains('"');
    let closes = line.ends_with([';', '{', ',']) || line.ends_with("):") || line.ends_with(')');
    let is_statement = line.ends_with(';') && (has_marks || !line.contains(' '));
    let is_alone = !line.is_empty() && line.bytes().all(|it| b"{}()[];,".contains(&it));
    let is_keyword =
        KEYWORDS.contains(&first) && ((has_marks && closes) || line.contains(" = ") || is_import(line));
    is_statement || is_alone || line.ends_with(" {") || is_keyword || is_call(line) || is_assignment(line)
}

fn is_import(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let is_alone = matches!(words.next(), Some("import" | "use" | "package")) && words.clone().count() == 1;
    is_alone || (line.starts_with("from ") && line.contains(" import "))
}

fn is_call(line: &str) -> bool {
    let name =
        &line[..line.find(|it: char| !(it.is_alphanumeric() || "_.:".contains(it))).unwrap_or(line.len())];
    let rest = &line[name.len()..];
    !name.is_empty() && rest.starts_with('(') && rest.trim_end_matches([';', ',', '?']).ends_with(')')
}

fn is_assignment(line: &str) -> bool {
    let Some((left, _)) = line.split_once(" = ").or_else(|| line.split_once(" := ")) else { return false };
    left.split_whitespace().count() <= 2 && !left.contains('`')
}

/// Lines put together as one text, and where each of them came from.
#[derive(Default)]
struct Copy {
    text: String,
    // Where a line begins here, and where it does in the source.
    lines: Vec<(usize, usize)>,
}

impl Copy {
    fn add(&mut self, at: usize, line: &str) {
        self.lines.push((self.text.len(), at));
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn source(&self, at: usize) -> usize {
        let line = self.lines.partition_point(|it| it.0 <= at).saturating_sub(1);
        self.lines.get(line).map_or(at, |(here, there)| there + at - here)
    }

    // The end of a line is not the beginning of the next one.
    fn source_end(&self, range: &Range<usize>) -> usize {
        let told = self.text[range.clone()].trim_end_matches('\n').len();
        self.source(range.start + told.saturating_sub(1)) + usize::from(told > 0)
    }

    fn back(&self, text: &str, span: &Span) -> Vec<Span> {
        let role = if span.role == Role::Quoted { Role::Quoted } else { Role::Comment };
        let block = self.source(span.block.start)..self.source_end(&span.block);
        let lines = super::lines(&self.text[span.range.clone()]);
        let ranges = lines.map(|(n, line)| {
            let start = self.source(span.range.start + n);
            start..start + line.len()
        });
        let words = ranges.filter(|it| !it.is_empty()).flat_map(|it| prose::without_names(text, it, false));
        words.map(|range| Span { range, role, block: block.clone() }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Family, Kind, told};

    #[test]
    fn what_an_example_prints_is_left_alone() {
        let text = "def ask():\n    \"\"\"Asks them.\n\n    >>> told = ask()\n    Our users can wait.\n    \
                    Our users can go.\n\n    Then it waits.\n    \"\"\"\n";
        assert_eq!(told(Kind::Code(Family::Python), text), ["Asks them.", "Then it waits."]);
    }

    #[test]
    fn what_stands_behind_example_is_left_alone() {
        let text = "/**\n * Asks them.\n * @example\n * Our users can wait\n *\n * and go\n * @returns what they say\n */\n";
        assert_eq!(told(Kind::Code(Family::JavaScript), text), ["Asks them.", " what they say"]);
    }

    #[test]
    fn both_kinds_of_docstring_are_comments() {
        let text = "def ask():\n    r'''Asks them\n    now.'''\n    '''Twice.'''\n";
        let kind = Kind::Code(Family::Python);
        assert_eq!(told(kind, text), ["Asks them", "now.", "Twice."]);
        assert!(kind.spans(text).iter().all(|it| it.role == super::Role::Comment));
    }
}
