//! Speech between quotation marks: those of the languages that are covered, and as they are written in HTML and LaTeX.

use std::{collections::HashMap, ops::Range};

use crate::words::{floor, is_wordly};

/// A quotation that goes on for longer is a mark that somebody forgot.
const LONGEST: usize = 2_000;

/// What is set between single straight marks is short; what is longer holds two apostrophes.
const SHORT: usize = 300;

/// How quotations begin and end.
const MARKS: [(char, &[char]); 13] = [
    ('"', &['"']),
    ('\u{201c}', &['\u{201d}', '\u{201c}']),
    ('\u{201d}', &['\u{201d}']),
    ('\u{201e}', &['\u{201c}', '\u{201d}', '"']),
    ('\u{201f}', &['\u{201d}']),
    ('\u{2018}', &['\u{2019}']),
    ('\u{201a}', &['\u{2018}', '\u{2019}']),
    ('\'', &['\'']),
    ('\u{ab}', &['\u{bb}']),
    ('\u{bb}', &['\u{ab}', '\u{bb}']),
    ('\u{2039}', &['\u{203a}']),
    ('\u{203a}', &['\u{2039}', '\u{203a}']),
    ('\u{300c}', &['\u{300d}']),
];

/// The same marks by their names in HTML.
const NAMES: &[(&str, char)] = &[
    ("quot", '"'),
    ("ldquo", '\u{201c}'),
    ("rdquo", '\u{201d}'),
    ("bdquo", '\u{201e}'),
    ("lsquo", '\u{2018}'),
    ("rsquo", '\u{2019}'),
    ("sbquo", '\u{201a}'),
    ("apos", '\''),
    ("laquo", '\u{ab}'),
    ("raquo", '\u{bb}'),
    ("lsaquo", '\u{2039}'),
    ("rsaquo", '\u{203a}'),
];

/// A name in HTML is no longer.
const NAME: usize = 10;

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
    // The same for two backticks.
    endless_ticks: usize,
}

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
                b'`' => match self.between_ticks(text, here) {
                    Some(found) => return Some(found),
                    None => here = skip(bytes, here, b'`', self.block.end),
                },
                b'<' if bytes.get(here + 1).is_some_and(|it| it.is_ascii_alphabetic() || *it == b'/') => {
                    here = skip(bytes, here, b'>', self.block.end);
                }
                b'"' | b'\'' | b'&' | 0xc2 | 0xe2 | 0xe3 => match self.quotation(text, here) {
                    Some(found) => return Some(found),
                    None => here += 1,
                },
                _ => here += 1,
            }
        }
        None
    }

    fn quotation(&mut self, text: &str, at: usize) -> Option<Range<usize>> {
        let (mark, length) = mark_at(text, at)?;
        let kind = MARKS.iter().position(|it| it.0 == mark)?;
        if !opens(text.as_bytes(), mark, at, at + length) {
            return None;
        }
        let start = (at + length).max(self.endless[kind]);
        let longest = if mark == '\'' { SHORT } else { LONGEST };
        let end = floor(text, self.block.end.min(start + longest)).max(start);
        if let Some(close) = close(text, start..end, MARKS[kind]) {
            return (close - at <= longest).then_some(at..close);
        }
        self.endless[kind] = end;
        (end == self.block.end && mark != '\'' && goes_on(text, end, mark)).then_some(at..end)
    }

    // As LaTeX writes it: two backticks, and two straight marks.
    fn between_ticks(&mut self, text: &str, at: usize) -> Option<Range<usize>> {
        let rest = text[at..].strip_prefix("``").filter(|it| !it.starts_with('`'))?;
        let start = (text.len() - rest.len()).max(self.endless_ticks);
        let end = floor(text, self.block.end.min(start + LONGEST)).max(start);
        let Some(length) = memchr::memmem::find(&text.as_bytes()[start..end], b"''") else {
            self.endless_ticks = end;
            return None;
        };
        let is_code = text[at + 2..start + length].contains('`');
        (!is_code).then_some(at..start + length + 2)
    }
}

// Behind the next such byte, or on by one where there is none near.
fn skip(bytes: &[u8], from: usize, wanted: u8, end: usize) -> usize {
    let end = end.min(from + LONGEST).min(bytes.len());
    let found = bytes.get(from + 1..end).and_then(|it| memchr::memchr(wanted, it));
    found.map_or(from + 1, |n| from + n + 2)
}

// The mark that stands at a place, as itself or by its name in HTML, and its length.
fn mark_at(text: &str, at: usize) -> Option<(char, usize)> {
    let rest = text.get(at..)?;
    let letter = rest.chars().next()?;
    if letter != '&' {
        return Some((letter, letter.len_utf8()));
    }
    let length = rest.bytes().take(NAME).position(|it| it == b';')?;
    let name = &rest[1..length];
    let number = name.strip_prefix('#').and_then(|it| match it.strip_prefix(['x', 'X']) {
        Some(it) => u32::from_str_radix(it, 16).ok(),
        None => it.parse().ok(),
    });
    let named = || NAMES.iter().find(|it| it.0 == name).map(|it| it.1);
    number.and_then(char::from_u32).or_else(named).map(|it| (it, length + 1))
}

// A straight mark opens where no word ends; a single one, which may be an apostrophe, only where one begins. What ends a
// quotation in one language opens it in another.
fn opens(bytes: &[u8], mark: char, at: usize, end: usize) -> bool {
    let is_free = at == 0 || !is_wordly(bytes[at - 1]);
    let begins = bytes.get(end).is_some_and(|it| is_wordly(*it));
    match mark {
        '"' => is_free,
        '\'' => {
            begins && (at == 0 || bytes[at - 1].is_ascii_whitespace() || b"([{>-".contains(&bytes[at - 1]))
        }
        '\u{201d}' | '\u{bb}' | '\u{203a}' => begins && (at == 0 || bytes[at - 1].is_ascii_whitespace()),
        _ => true,
    }
}

// Behind the mark that closes. An apostrophe does not, as far as one can tell it from the mark.
fn close(text: &str, within: Range<usize>, (open, marks): (char, &[char])) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut doubtful = None;
    let mut here = within.start;
    while let Some(n) = bytes.get(here..within.end)?.iter().position(|it| is_first(*it)) {
        here += n;
        let found = mark_at(text, here).filter(|it| here + it.1 <= within.end);
        let Some((mark, length)) = found.filter(|it| marks.contains(&it.0)) else {
            if doubtful.is_some() && found.is_some_and(|it| it.0 == open) {
                return doubtful;
            }
            here += 1;
            continue;
        };
        let end = here + length;
        let next = bytes.get(end).copied().unwrap_or(b' ');
        here = match mark {
            '\'' | '\u{2019}' if is_letter(text, end) => end,
            // "The users' homes" goes on.
            '\'' | '\u{2019}' if next == b' ' && bytes[..end - length].ends_with(b"s") => {
                doubtful = doubtful.or(Some(end));
                end
            }
            '\'' if bytes[..end - length].ends_with(b" ") => end,
            _ => return Some(end),
        };
    }
    doubtful
}

fn is_first(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'&' | 0xc2 | 0xe2 | 0xe3)
}

fn is_letter(text: &str, at: usize) -> bool {
    text.get(at..).and_then(|it| it.chars().next()).is_some_and(char::is_alphanumeric)
}

// Whether what stands behind a paragraph opens the same quotation again: so it is done where somebody speaks for
// several paragraphs, and only the last one closes.
fn goes_on(text: &str, end: usize, mark: char) -> bool {
    let bytes = text.as_bytes();
    let mut here = end;
    while let Some(byte) = bytes.get(here).filter(|_| here < end + SHORT) {
        match byte {
            b'<' => here = skip(bytes, here, b'>', end + SHORT),
            byte if byte.is_ascii_whitespace() || b"/*#!->".contains(byte) => here += 1,
            _ => break,
        }
    }
    mark_at(text, here).is_some_and(|it| it.0 == mark)
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
    fn so_it_is_between_the_marks_of_other_languages() {
        for text in ["‘%’", "‚%‘", "‚%’", "‹%›", "›%‹", "»%«", "”%”", "「%」", "``%''", "'%'"]
        {
            let text = format!("users say {} to users", text.replace('%', "the users' own users wait"));
            assert_eq!(quoted(&text), [false, true, true, false], "{text}");
        }
    }

    #[test]
    fn so_it_is_as_html_writes_them() {
        for text in [
            "&quot;%&quot;",
            "&ldquo;%&rdquo;",
            "&#8220;%&#8221;",
            "&#x201C;%&#x201d;",
            "&lsquo;%&rsquo;",
            "&laquo;%&raquo;",
            "&bdquo;%“",
            "&#34;%\"",
        ] {
            let text = format!("users &amp; say {} to users", text.replace('%', "our users wait"));
            assert_eq!(quoted(&text), [false, true, false], "{text}");
        }
    }

    #[test]
    fn an_apostrophe_is_no_quotation() {
        assert_eq!(quoted("don't ask users what users' friends don't say"), [false, false]);
        assert_eq!(quoted("users’ homes, and the users’ cats"), [false, false]);
        assert_eq!(quoted("`users' and rock 'n users"), [false, false]);
    }

    #[test]
    fn a_quotation_may_go_on_in_the_next_paragraph() {
        let told =
            |text: &str, end: usize| Quotations::default().hold(text, &(0..end), text.find("users").unwrap());
        for (text, end) in [
            ("“We ask users\n\n“And more.”", 15),
            ("\"We ask users\n\n\"And more.\"", 13),
            ("“We ask users\n> \n> “And more.”", 15),
            ("“We ask users</p>\n<p>“And more.”", 15),
            ("&ldquo;We ask users</p>\n<p>&ldquo;And more.”", 19),
        ] {
            assert!(told(text, end), "{text}");
        }
        assert!(!told("“We ask users\n\nAnd “more.”", 15));
    }

    #[test]
    fn many_marks_without_an_end_cost_no_more_than_their_bytes() {
        for mark in ["“", "‘a ", " 'a", "``a ", "&ldquo;", "„", "'a s' "] {
            let text = mark.repeat(100_000) + " users";
            assert_eq!(quoted(&text).len(), 1, "{mark}");
        }
        assert_eq!(quoted(&("“".repeat(100_000) + " users")), [false]);
    }
}
