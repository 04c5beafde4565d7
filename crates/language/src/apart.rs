//! What is left alone within prose: speech between quotation marks, and addresses, paths and names of code that
//! nobody marked as such.

use std::{collections::HashMap, ops::Range};

use crate::words::{floor, is_wordly};

/// A quotation that goes on for longer is a mark that somebody forgot.
const LONGEST: usize = 1_000;

/// An address or a path may be so long on either side of a word.
const TOKEN: usize = 80;

/// Says which places lie within quotation marks. Blocks may lie within each other, as what is shown of a picture within
/// its sentence does: each is walked through on its own.
#[derive(Debug, Default)]
pub(crate) struct Quotations(HashMap<Range<usize>, Walk>);

/// Walks through a block and never goes back, so that many questions cost no more than one.
#[derive(Debug, Default)]
struct Walk {
    block: Range<usize>,
    here: usize,
    // The last quotation that was seen.
    last: Range<usize>,
    // Up to where no end of each kind of quotation stands.
    endless: [usize; MARKS.len()],
}

/// How quotations begin and end.
const MARKS: [(char, &[char]); 5] = [
    ('"', &['"']),
    ('\u{201c}', &['\u{201d}', '\u{201c}']),
    ('\u{201e}', &['\u{201c}', '\u{201d}']),
    ('«', &['»']),
    ('»', &['«']),
];

impl Quotations {
    /// Whether a place is quoted. Places must be asked about in their order.
    pub fn hold(&mut self, text: &str, block: &Range<usize>, at: usize) -> bool {
        let begin = || Walk { block: block.clone(), here: block.start, ..Walk::default() };
        self.0.entry(block.clone()).or_insert_with(begin).holds(text, at)
    }
}

impl Walk {
    fn holds(&mut self, text: &str, at: usize) -> bool {
        while self.here <= at {
            match self.next(text, at) {
                Some(quotation) => {
                    self.here = quotation.end;
                    self.last = quotation;
                }
                None => self.here = at + 1,
            }
        }
        self.last.contains(&at)
    }

    // The next quotation that begins before `to`.
    fn next(&mut self, text: &str, to: usize) -> Option<Range<usize>> {
        let bytes = text.as_bytes();
        let mut here = self.here;
        while here < to.min(self.block.end) {
            match bytes[here] {
                b'`' => here = skip(bytes, here, b'`', self.block.end),
                b'<' if bytes.get(here + 1).is_some_and(|it| it.is_ascii_alphabetic() || *it == b'/') => {
                    here = skip(bytes, here, b'>', self.block.end);
                }
                b'"' | 0xc2 | 0xe2 => match self.quotation(text, here) {
                    Some(found) => return Some(found),
                    None => here += 1,
                },
                _ => here += 1,
            }
        }
        None
    }

    fn quotation(&mut self, text: &str, at: usize) -> Option<Range<usize>> {
        let mark = text.get(at..)?.chars().next()?;
        let kind = MARKS.iter().position(|it| it.0 == mark)?;
        if mark == '"' && !opens(text.as_bytes(), at) {
            return None;
        }
        let start = (at + mark.len_utf8()).max(self.endless[kind]);
        let end = floor(text, self.block.end.min(start + LONGEST)).max(start);
        let Some(length) = text[start..end].find(MARKS[kind].1) else {
            self.endless[kind] = end;
            return None;
        };
        let closing = text[start + length..].chars().next().map_or(0, char::len_utf8);
        (start + length - at <= LONGEST).then(|| at..start + length + closing)
    }
}

// Behind the next such byte, or on by one where there is none near.
fn skip(bytes: &[u8], from: usize, wanted: u8, end: usize) -> usize {
    let end = end.min(from + LONGEST);
    let found = bytes.get(from + 1..end).and_then(|it| memchr::memchr(wanted, it));
    found.map_or(from + 1, |n| from + n + 2)
}

// A straight mark opens where no word ends.
fn opens(bytes: &[u8], at: usize) -> bool {
    at == 0 || !is_wordly(bytes[at - 1])
}

/// Whether a word is part of an address, a path, or a name of code.
pub(crate) fn is_token(text: &str, word: &Range<usize>, span: &Range<usize>) -> bool {
    let bytes = text.as_bytes();
    let is_end = |it: &u8| it.is_ascii_whitespace() || matches!(*it, b'<' | b'>' | b'"' | b'|' | b',' | b';');
    let from = span.start.max(word.start.saturating_sub(TOKEN));
    let to = span.end.min(word.end + TOKEN);
    let before = bytes[from..word.start].iter().rposition(is_end).map_or(from, |n| from + n + 1);
    let after = bytes[word.end..to].iter().position(is_end).map_or(to, |n| word.end + n);
    let outer = |it: &u8| b".:!?()[]'*_~`".contains(it);
    let start = bytes[before..word.start].iter().position(|it| !outer(it)).map_or(word.start, |n| before + n);
    let end = bytes[word.end..after].iter().rposition(|it| !outer(it)).map_or(word.end, |n| word.end + n + 1);
    looks_like_code(&bytes[start..end]) || touches_code(bytes, word)
}

fn looks_like_code(token: &[u8]) -> bool {
    let has = |marks: &[u8]| token.iter().any(|it| marks.contains(it));
    let joined = |mark: u8| {
        (1..token.len().saturating_sub(1))
            .filter(|at| token[*at] == mark && is_wordly(token[at - 1]) && is_wordly(token[at + 1]))
            .count()
    };
    has(b"_@\\={}$#^+")
        || token.starts_with(b"/")
        || token.starts_with(b"-")
        || token.windows(2).any(|it| it == b"::" || it == b"//" || it == b"->" || it == b"()")
        || joined(b'/') > 1
        || joined(b'.') > 0
        || joined(b':') > 0
}

// "user_id" where the line was cut before it, "--user", "user()", "$user".
fn touches_code(bytes: &[u8], word: &Range<usize>) -> bool {
    let before = word.start.checked_sub(1).map_or(b' ', |it| bytes[it]);
    let after = bytes.get(word.end).copied().unwrap_or(b' ');
    b"$@#&%\\=".contains(&before) || b"=@\\".contains(&after) || bytes[word.end..].starts_with(b"()")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(text: &str) -> Vec<bool> {
        let mut quotations = Quotations::default();
        let block = 0..text.len();
        text.match_indices("users").map(|(at, _)| quotations.hold(text, &block, at)).collect()
    }

    #[test]
    fn what_stands_between_quotation_marks_is_quoted() {
        assert_eq!(quoted("users said \"users wait\" to users"), [false, true, false]);
        assert_eq!(
            quoted("“users” and „users“ and «users» and »users« users"),
            [true, true, true, true, false]
        );
        assert_eq!(quoted("a 5\" users and <a href=\"x\">users</a> or `\"` users"), [false, false, false]);
        assert_eq!(quoted("a \"mark that nobody closed, users"), [false]);
    }

    #[test]
    fn many_marks_without_an_end_cost_no_more_than_their_bytes() {
        let text = "“".repeat(100_000) + " users";
        assert_eq!(quoted(&text), [false]);
    }

    #[test]
    fn names_of_code_are_told_from_words() {
        let token = |text: &str| {
            let at = text.find("user").unwrap();
            let end = text[at..].find(|it: char| !it.is_alphanumeric()).map_or(text.len(), |n| at + n);
            is_token(text, &(at..end), &(0..text.len()))
        };
        for code in
            ["user_id", "/users/1", "user.name", "a@user.org", "--user", "$user", "users/all/new", "a::user"]
        {
            assert!(token(&format!("see {code} there")), "{code}");
        }
        for words in
            ["_users_", "**user**", "(users)", "users.", "users/customers", "users:", "end-user", "user's"]
        {
            assert!(!token(&format!("see {words} there")), "{words}");
        }
    }
}
