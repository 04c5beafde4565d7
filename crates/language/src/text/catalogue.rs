//! Catalogues of messages: gettext, JSON, YAML and Fluent. What is shown is read, keys and originals are not.

use std::ops::Range;

use super::{Reads, Role, Span, lines};

/// Messages for gettext: translations, or the originals where there are none.
pub struct Po;
/// Messages in JSON.
pub struct Json;
/// Messages in YAML.
pub struct Yaml;
/// Messages for Fluent.
pub struct Ftl;

fn literal(text: &str, range: Range<usize>) -> Span {
    let role = if has_blanks(&text[range.clone()]) { Role::Bound } else { Role::Literal };
    Span { range: range.clone(), role, block: range }
}

// Whether something is put in later, whose name stands among the words: `{name}`, `%(name)s`, `:name`.
fn has_blanks(text: &str) -> bool {
    let begins = |at: usize| text[at + 1..].starts_with(|it: char| it.is_ascii_lowercase());
    let is_after_space = |at: usize| !text[..at].ends_with(|it: char| !it.is_whitespace());
    text.contains('{')
        || text.contains("%(")
        || memchr::memchr_iter(b':', text.as_bytes()).any(|at| begins(at) && is_after_space(at))
}

impl Reads for Po {
    fn spans(&self, text: &str) -> Vec<Span> {
        let mut all: Vec<Span> = Vec::new();
        // An original whose translation has not come yet.
        let (mut originals, mut translates) = (Vec::new(), false);
        for (at, line) in lines(text) {
            if line.starts_with("msgid") {
                (originals, translates) = (Vec::new(), false);
            } else if line.starts_with("msgstr") {
                translates = true;
            } else if line.is_empty() {
                all.append(&mut originals);
            }
            let is_read = !line.starts_with(['#', 'm']) || is_message(line);
            let Some(words) = quoted(at, line).filter(|_| is_read) else { continue };
            if translates {
                originals.clear();
                all.push(literal(text, words));
            } else {
                // By it the translation is looked up.
                originals.push(Span { role: Role::Bound, ..literal(text, words) });
            }
        }
        all.append(&mut originals);
        all
    }
}

fn is_message(line: &str) -> bool {
    line.starts_with("msgid") || line.starts_with("msgstr")
}

// What stands between the quotes of a line, if there is anything.
fn quoted(at: usize, line: &str) -> Option<Range<usize>> {
    let (start, end) = (line.find('"')? + 1, line.rfind('"')?);
    (start < end).then_some(at + start..at + end)
}

impl Reads for Json {
    fn spans(&self, text: &str) -> Vec<Span> {
        let bytes = text.as_bytes();
        let mut all = Vec::new();
        let mut here = 0;
        while let Some(start) = find(bytes, here, b'"').map(|it| it + 1) {
            let end = string_end(bytes, start);
            let after = bytes[end..].iter().skip(1).find(|it| !it.is_ascii_whitespace());
            if after != Some(&b':') && start < end {
                all.push(literal(text, start..end));
            }
            here = end + 1;
        }
        all
    }
}

fn find(bytes: &[u8], from: usize, wanted: u8) -> Option<usize> {
    memchr::memchr(wanted, bytes.get(from..)?).map(|it| it + from)
}

fn string_end(bytes: &[u8], from: usize) -> usize {
    let mut here = from;
    while here < bytes.len() && bytes[here] != b'"' {
        here += if bytes[here] == b'\\' { 2 } else { 1 };
    }
    here.min(bytes.len())
}

impl Reads for Yaml {
    fn spans(&self, text: &str) -> Vec<Span> {
        let mut all = Vec::new();
        // The indentation of the key whose text follows on lines of its own.
        let mut block: Option<usize> = None;
        for (at, line) in lines(text) {
            let indent = line.len() - line.trim_start().len();
            if line.trim().is_empty() {
                continue;
            }
            if block.is_some_and(|outer| indent > outer) {
                all.push(literal(text, at + indent..at + line.len()));
                continue;
            }
            block = None;
            let (value, start) = yaml_value(line);
            match value.as_bytes().first() {
                Some(b'|' | b'>') => block = Some(indent),
                Some(b'#' | b'&' | b'*' | b'{' | b'[') | None => {}
                Some(_) => all.push(literal(text, at + start..at + start + value.len())),
            }
        }
        all
    }
}

// What stands behind the key or the dash, without quotes.
fn yaml_value(line: &str) -> (&str, usize) {
    let key = line.find(": ").map(|it| it + 2).filter(|_| !line.trim_start().starts_with(['"', '\'', '#']));
    let item = line.trim_start().starts_with("- ").then(|| line.find("- ").unwrap_or(0) + 2);
    let start = key.or(item).unwrap_or(line.len());
    let value = line[start..].trim();
    let bare = value.trim_matches(['"', '\'']);
    (bare, start + line[start..].find(bare).unwrap_or(0))
}

impl Reads for Ftl {
    fn spans(&self, text: &str) -> Vec<Span> {
        let mut is_term = false;
        let told = lines(text).filter_map(|(at, line)| {
            // Terms are names that messages put in.
            is_term = line.starts_with('-') || (is_term && !line.starts_with(|it: char| it.is_alphabetic()));
            ftl_value(line).filter(|_| !is_term).map(|n| literal(text, at + n..at + line.len()))
        });
        told.collect()
    }
}

fn ftl_value(line: &str) -> Option<usize> {
    let is_more = line.starts_with([' ', '\t']) && !line.trim_start().starts_with(['{', '}', '*', '[']);
    let start = match line.find('=') {
        Some(at) if !line.starts_with('#') && is_key(&line[..at]) => at + 1,
        _ if is_more => 0,
        _ => return None,
    };
    (!line[start..].trim().is_empty()).then_some(start)
}

fn is_key(text: &str) -> bool {
    text.trim().bytes().all(|it| it.is_ascii_alphanumeric() || b"-_.".contains(&it))
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, told};

    #[test]
    fn translations_are_read_in_place_of_originals() {
        let text = "msgid \"\"\nmsgstr \"Language: de\"\n\n#: users.c\nmsgid \"users\"\nmsgstr \"Kunden\"\n\n\
                    msgid \"our users\"\nmsgstr \"\"\n";
        assert_eq!(told(Kind::Po, text), ["Language: de", "Kunden", "our users"]);
    }

    #[test]
    fn values_are_read_and_keys_are_not() {
        assert_eq!(
            told(Kind::Json, r#"{"users": "Our \"users\"", "a": ["b c"]}"#),
            ["Our \\\"users\\\"", "b c"]
        );
        let yaml = "users: Our users\nlist:\n  - 'a thing'\nlong: |\n  two words\n\n  more\n# users\nlast: \"x y\"\n";
        assert_eq!(told(Kind::Yaml, yaml), ["Our users", "a thing", "two words", "more", "x y"]);
        let ftl = "# users\n-users = Our users\n    wait\nusers = Our users\n    .title = Our title\nmore =\n    on a line\n";
        let words: Vec<&str> = told(Kind::Ftl, ftl).into_iter().map(str::trim).collect();
        assert_eq!(words, ["Our users", "Our title", "on a line"]);
    }
}
