//! Literals in source code: whether people read them, and which of their bytes are words.

use std::ops::Range;

use super::{Role, Span, comments::looks_like_code, html, prose};

/// Words at least, so that names, settings and keys are not taken for sentences.
const FEW: usize = 2;

/// Queries begin with these.
const QUERIES: &[&str] = &[
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "CREATE",
    "ALTER",
    "DROP",
    "WITH",
    "BEGIN",
    "COMMIT",
    "GRANT",
    "TRUNCATE",
    "EXPLAIN",
    "FROM",
    "WHERE",
    "JOIN",
    "LEFT",
    "INNER",
    "ORDER",
    "GROUP",
    "VALUES",
    "SET",
    "ON",
    "AND",
    "MATCH",
    "RETURNING",
];

/// No sentence has these, but patterns, formats and code do.
const FOREIGN: &[&str] = &[
    "\\s", "\\d", "\\w", "\\b", "(?:", "[^", ".*", ".+", "]+", "=>", "();", "&&", "||", "::", "/*", "*/",
    "%%", "--x",
];

/// Whether people read it: words with spaces between, and no query, pattern, list of classes, header or code.
pub(super) fn is_prose(text: &str) -> bool {
    let trimmed = text.trim();
    !FOREIGN.iter().any(|it| trimmed.contains(it))
        && !is_query(trimmed)
        && !is_data(trimmed)
        && is_mostly_words(trimmed)
        && !trimmed.lines().any(looks_like_code)
}

fn is_query(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or("");
    let begins = QUERIES.contains(&first.trim_matches(|it: char| !it.is_alphabetic()));
    // A heading in capitals is no query.
    let rest = &text[text.find(first).unwrap_or(0) + first.len()..];
    begins && rest.chars().any(|it| it.is_lowercase() || "*=(),".contains(it))
}

fn is_data(text: &str) -> bool {
    let opens = text.starts_with(['{', '[']) && text.ends_with(['}', ']']);
    opens && text.contains("\":") || text.starts_with("---\n") || text.starts_with("<?")
}

fn is_mostly_words(text: &str) -> bool {
    let text = without_tags(text);
    let tokens: Vec<&str> =
        text.split_whitespace().filter(|it| it.chars().any(char::is_alphanumeric)).collect();
    let words = tokens.iter().filter(|it| is_word(it)).count();
    words >= FEW && words * 10 >= tokens.len() * 6
}

fn without_tags(text: &str) -> String {
    let spans = if has_tags(text) { html::within(text, 0) } else { return text.to_owned() };
    spans.into_iter().map(|it| &text[it.range]).collect::<Vec<_>>().join(" ")
}

fn is_word(token: &str) -> bool {
    let bare = token.trim_matches(|it: char| !it.is_alphanumeric());
    let letters = bare.chars().filter(|it| it.is_alphabetic()).count();
    let is_plain = bare.chars().all(|it| it.is_alphabetic() || matches!(it, '\'' | '\u{2019}' | '-'));
    let is_class = bare.contains('-') && bare == bare.to_lowercase() && token.len() == bare.len();
    letters > 0 && is_plain && !is_class && !token.starts_with(['.', '-', '$', '#', '/', '@'])
}

fn has_tags(text: &str) -> bool {
    let bytes = text.as_bytes();
    text.match_indices('<')
        .any(|(at, _)| bytes.get(at + 1).is_some_and(|it| it.is_ascii_alphabetic() || *it == b'/'))
        && text.contains('>')
}

/// The words of a literal that consists of these pieces.
pub(super) fn spans(text: &str, pieces: &[Range<usize>]) -> Vec<Span> {
    pieces_by_paragraph(text, pieces).into_iter().flat_map(|it| paragraph(text, &it)).collect()
}

// What stands behind an escaped end of line is said anew.
fn pieces_by_paragraph<'a>(text: &str, pieces: &'a [Range<usize>]) -> Vec<Vec<&'a Range<usize>>> {
    let mut all: Vec<Vec<&Range<usize>>> = Vec::new();
    for piece in pieces {
        let between = all.last().and_then(|it| it.last()).and_then(|it| text.get(it.end..piece.start));
        match all.last_mut() {
            Some(paragraph) if between.is_some_and(|it| !it.contains("\\n") && !it.contains("\\t")) => {
                paragraph.push(piece);
            }
            _ => all.push(vec![piece]),
        }
    }
    all
}

fn paragraph(text: &str, pieces: &[&Range<usize>]) -> Vec<Span> {
    let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else { return Vec::new() };
    let block = first.start..last.end;
    let whole = &text[block.clone()];
    let told: Vec<Range<usize>> = if has_tags(whole) {
        html::within(whole, block.start).into_iter().map(|it| it.range).collect()
    } else {
        vec![block.clone()]
    };
    let within = |range: Range<usize>| {
        let first = pieces.partition_point(|it| it.end <= range.start);
        let near = pieces[first..].iter().take_while(move |it| it.start < range.end);
        near.map(move |it| it.start.max(range.start)..it.end.min(range.end))
    };
    let words = told.into_iter().flat_map(within).flat_map(|it| prose::without_names(text, it, true));
    words.map(|range| Span { range, role: Role::Literal, block: block.clone() }).collect()
}
