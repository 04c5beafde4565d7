//! Allowing what was found, in a comment of the kind of text. The reason is left to whoever writes it: until it stands
//! there, the audit asks for it.

use std::ops::Range;

use language::{Auditor, Family, Finding, Kind, Role, Span};

/// Stands where the reason shall.
const REASON: &str = "…";

/// Stands there while it is tried whether a comment in this place helps.
const TRIED: &str = "their own word";

/// What begins a comment.
const BEGINNINGS: &[&str] = &["//", "#", "/*", "\"\"\"", "'''"];

/// A comment that allows what was found.
pub(super) struct Allowing {
    /// Where it is put, in bytes.
    pub at: usize,
    /// What is put there.
    pub text: String,
    /// Whether it holds for the whole text.
    pub is_for_all: bool,
}

/// Where and how to allow it; nothing where no comment can stand. Each place is tried: what was found must be found no
/// more, and what people read must be the same.
pub(super) fn allow(text: &str, kind: Kind, found: &Finding, auditor: &Auditor) -> Option<Allowing> {
    let (open, close) = marks(kind)?;
    let end = text.len();
    let before = if text.is_empty() || text.ends_with('\n') { "" } else { line_end(text) };
    let whole = (end, format!("{before}{open}regard: allow-file"), format!("{close}{}", line_end(text)));
    let near = match close {
        "" => above(text, found.range.start, open),
        _ => beside(text, found.range.start, open, close),
    };
    let near = Some((near, false)).filter(|_| !is_within_comment(text, found));
    near.into_iter().chain([(whole, true)]).find_map(|((at, head, tail), is_for_all)| {
        let comment = |reason: &str| format!("{head} {} - {reason}{tail}", found.rule.id);
        let helps = helps(text, kind, found, auditor, at, &comment(TRIED));
        helps.then(|| Allowing { at, text: comment(REASON), is_for_all })
    })
}

fn marks(kind: Kind) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        Kind::Markdown | Kind::Html | Kind::Template => ("<!-- ", " -->"),
        Kind::Mdx => ("{/* ", " */}"),
        Kind::Plain | Kind::Markup | Kind::Po | Kind::Yaml | Kind::Ftl | Kind::Code(Family::Python) => {
            ("# ", "")
        }
        Kind::Code(_) => ("// ", ""),
        // JSON has no comments, and a letter goes as it is.
        Kind::Json | Kind::Mail => return None,
    })
}

// Whether a comment began on an earlier line and goes on here, so that one more would be part of it.
fn is_within_comment(text: &str, found: &Finding) -> bool {
    let before = &text[..found.range.start];
    let line = &before[before.rfind('\n').map_or(0, |it| it + 1)..];
    found.role == Role::Comment && !BEGINNINGS.iter().any(|it| line.contains(it))
}

fn line_end(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

fn above(text: &str, at: usize, open: &str) -> (usize, String, String) {
    let start = text[..at].rfind('\n').map_or(0, |it| it + 1);
    let line = &text[start..];
    let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
    (start, format!("{indent}{open}regard: allow"), line_end(text).into())
}

fn beside(text: &str, at: usize, open: &str, close: &str) -> (usize, String, String) {
    let rest = &text[at..];
    let line = &rest[..rest.find(['\n', '\r']).unwrap_or(rest.len())];
    (at + line.trim_end().len(), format!(" {open}regard: allow"), close.into())
}

fn helps(text: &str, kind: Kind, found: &Finding, auditor: &Auditor, at: usize, comment: &str) -> bool {
    let changed = format!("{}{comment}{}", &text[..at], &text[at..]);
    let inserted = at..at + comment.len();
    let moved = if found.range.start < at { found.range.start } else { found.range.start + comment.len() };
    let is_found = |it: &Finding| it.range.start == moved && it.rule.id == found.rule.id;
    let spans = kind.spans(&changed);
    !is_read(&changed, &spans, &inserted)
        && words(&changed, &spans, &inserted) == words(text, &kind.spans(text), &(at..at))
        && !auditor.audit(&changed, kind).findings.iter().any(is_found)
}

// Whether a place holds words that are read and are no comment.
fn is_read(text: &str, spans: &[Span], place: &Range<usize>) -> bool {
    let within = |it: &Span| it.range.start.max(place.start)..it.range.end.min(place.end);
    let told = spans.iter().filter(|it| it.role != Role::Comment).map(within);
    told.filter_map(|it| text.get(it)).any(|it| !it.trim().is_empty())
}

// What people read elsewhere than in a place.
fn words<'a>(text: &'a str, spans: &[Span], without: &Range<usize>) -> Vec<&'a str> {
    let around = |it: &Span| {
        let Range { start, end } = it.range;
        let (before, after) = (start..end.min(without.start), start.max(without.end)..end);
        [text.get(before), text.get(after)].into_iter().flatten().flat_map(str::split_whitespace)
    };
    spans.iter().flat_map(around).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(path: &str, text: &str) -> Option<String> {
        let (kind, auditor) = (Kind::of(path).unwrap(), Auditor::shipped());
        let found =
            auditor.audit(text, kind).findings.into_iter().find(|it| it.rule.id.starts_with("people/"));
        let it = allow(text, kind, &found.expect("something is found"), auditor)?;
        Some(format!("{}{}{}", &text[..it.at], it.text, &text[it.at..]).replace("people/users", "RULE"))
    }

    #[test]
    fn a_comment_of_the_kind_of_text_stands_where_it_holds() {
        let beside = allowed("a.md", "# All\n\nOur users can read  \nand write.\n");
        let expected = "# All\n\nOur users can read <!-- regard: allow RULE - … -->  \nand write.\n";
        assert_eq!(beside.as_deref(), Some(expected));
        let above = allowed("a.rs", "fn a() {\r\n    // Our users can read.\r\n}\r\n");
        let expected = "fn a() {\r\n    // regard: allow RULE - …\r\n    // Our users can read.\r\n}\r\n";
        assert_eq!(above.as_deref(), Some(expected));
        let above = allowed("a.py", "a = say(\"Our users can read.\")\n");
        assert_eq!(above.as_deref(), Some("# regard: allow RULE - …\na = say(\"Our users can read.\")\n"));
        let above = allowed("locales/en.yml", "a:\n  b: Our users can read.\n");
        assert_eq!(above.as_deref(), Some("a:\n  # regard: allow RULE - …\n  b: Our users can read.\n"));
    }

    #[test]
    fn where_a_comment_would_become_text_it_stands_at_the_end() {
        let texts = [
            ("a.rs", "const A: &str = \"\\\n    All is well.\n    Our users can read.\";\n"),
            ("a.tsx", "const a = <div>\n  Our users can read.\n</div>;\n"),
            ("a.tsx", "const a = <div>\n  <p title=\"Our users can read.\">{b}</p>\n</div>;\n"),
            ("a.py", "def a():\n    \"\"\"All is well.\n\n    Our users can read.\n    \"\"\"\n"),
            ("a.js", "/**\n * All is well.\n * Our users can read.\n */\n"),
            ("a.html", "<p class=\"a\"\n title=\"Our users can read.\"\n id=\"b\">All is well.</p>\n"),
            ("locales/en.yml", "a: |\n  All is well.\n  Our users can read.\n"),
        ];
        for (path, text) in texts {
            let allowed = allowed(path, text).unwrap_or_else(|| panic!("nowhere in {path}"));
            let rest = allowed.strip_prefix(text).unwrap_or_else(|| panic!("{path}: {allowed}"));
            assert!(rest.contains("regard: allow-file RULE - …") && rest.ends_with('\n'), "{path}: {rest}");
        }
    }

    #[test]
    fn where_no_comment_can_stand_nothing_is_allowed() {
        assert_eq!(allowed("locales/en.json", "{\"a\": \"Our users can read.\"}\n"), None);
    }
}
