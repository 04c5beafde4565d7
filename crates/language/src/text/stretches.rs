//! Where a Markdown text can be cut so that each stretch reads alone as it reads within the whole. Most of a text holds
//! nothing that is looked for, and to parse it would take longer than everything else together.

use std::{ops::Range, sync::LazyLock};

use aho_corasick::{AhoCorasick, MatchKind};

/// What may begin a block that blank lines do not end. All others end where a line without indentation follows a blank
/// one.
const OPENERS: &[&str] =
    &["```", "~~~", "<!--", "<![CDATA[", "<!", "<?", "<pre", "<script", "<style", "<textarea"];

/// What ends each of them, but for fences.
const CLOSERS: [&str; 10] =
    ["", "", "-->", "]]>", ">", "?>", "</pre>", "</script>", "</style>", "</textarea>"];

/// A paragraph that is no longer is looked at for HTML before a fence.
const FAR: usize = 2_000;

static FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let builder = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .build(OPENERS);
    builder.ok()
});

/// The blocks of a text that blank lines do not end, in their order.
#[derive(Debug)]
pub(super) struct Stretches<'a> {
    text: &'a str,
    start: usize,
    closed: Vec<Range<usize>>,
    // Of these, the ones that are surely code.
    silent: Vec<Range<usize>>,
}

impl<'a> Stretches<'a> {
    /// Walks through the marks of a text from behind its front matter.
    pub fn of(text: &'a str, start: usize) -> Self {
        let mut all = Self { text, start, closed: Vec::new(), silent: Vec::new() };
        let mut here = start;
        if has_bare_returns(text) {
            all.closed.push(start..text.len());
            return all;
        }
        let (mut line, mut seen) = (start, start);
        let mut before = None;
        for found in FINDER.iter().flat_map(|it| it.find_iter(&text[start..])) {
            let at = start + found.start();
            // Never back over the same bytes: a line may be as long as the text.
            line = memchr::memrchr(b'\n', &text.as_bytes()[seen..at]).map_or(line, |n| seen + n + 1);
            seen = at;
            // What stands before the first mark of a line may open a block; the first mark itself may not stand there.
            let is_first = before.replace(line) != Some(line);
            if at < here || !is_first {
                continue;
            }
            if let Some(block) = all.block(line, at, found.pattern().as_usize()) {
                here = block.end;
                all.closed.push(block);
            }
        }
        all
    }

    /// The stretch in which a place lies.
    pub fn around(&self, place: usize) -> Range<usize> {
        self.before(place)..self.after(place)
    }

    /// What is surely code.
    pub fn silent(self) -> Vec<Range<usize>> {
        self.silent
    }

    fn before(&self, place: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut here = place;
        while let Some(line) = memchr::memrchr(b'\n', &bytes[self.start..here]).map(|n| self.start + n + 1) {
            if self.is_cut(line) {
                return line;
            }
            here = line - 1;
        }
        self.start
    }

    fn after(&self, place: usize) -> usize {
        let bytes = self.text.as_bytes();
        let lines = memchr::memchr_iter(b'\n', &bytes[place..]).map(|n| place + n + 1);
        lines.into_iter().find(|line| self.is_cut(*line)).unwrap_or(bytes.len())
    }

    // A line of words without indentation behind a blank one ends every list, quotation and block of HTML; and an item
    // of a list ends the one before it.
    fn is_cut(&self, line: usize) -> bool {
        let bytes = self.text.as_bytes();
        let is_plain =
            bytes.get(line).is_some_and(|it| it.is_ascii_alphabetic() || *it == b'#' || *it >= 0x80);
        let is_cut = match bullet(&bytes[line..]) {
            Some(mark) => self.is_after_blank(line) || self.follows(line, mark),
            None => is_plain && self.is_after_blank(line),
        };
        is_cut && !self.is_closed(line)
    }

    // Whether the line before is an item of the same list.
    fn follows(&self, line: usize, mark: u8) -> bool {
        let Some(end) = line.checked_sub(1).filter(|it| *it > self.start) else { return false };
        let before = self.line_start(end);
        bullet(&self.text.as_bytes()[before..end]) == Some(mark) && !self.is_in_html(line)
    }

    fn is_after_blank(&self, line: usize) -> bool {
        let before = &self.text.as_bytes()[self.start..line];
        let without = before.strip_suffix(b"\n").unwrap_or(before);
        let blank = without.iter().rposition(|it| !matches!(it, b' ' | b'\t' | b'\r'));
        blank.is_none_or(|at| without[at] == b'\n')
    }

    fn is_closed(&self, at: usize) -> bool {
        let next = self.closed.partition_point(|it| it.end <= at);
        self.closed.get(next).is_some_and(|it| it.start < at)
    }

    // The block that begins with a mark, if one does.
    fn block(&mut self, line: usize, at: usize, kind: usize) -> Option<Range<usize>> {
        let prefix = &self.text.as_bytes()[line..at];
        let is_opening = prefix.iter().all(|it| it.is_ascii_whitespace() || b">-*+.)0123456789".contains(it));
        if !is_opening || !is_whole(&self.text.as_bytes()[at + OPENERS[kind].len()..], kind) {
            return None;
        }
        let end = if kind < 2 { self.fence_end(at, prefix.is_empty())? } else { self.html_end(at, kind) };
        // Where it is not sure what a block belongs to, nothing behind it is cut.
        let is_plain = prefix.is_empty() && !self.is_in_html(line);
        let is_sure = is_plain || !self.leaves(at, end);
        if is_plain && kind < 2 {
            self.silent.push(line..end);
        }
        Some(line..if is_sure { end } else { self.text.len() })
    }

    fn line_start(&self, at: usize) -> usize {
        memchr::memrchr(b'\n', &self.text.as_bytes()[self.start..at])
            .map_or(self.start, |n| self.start + n + 1)
    }

    fn line_end(&self, at: usize) -> usize {
        memchr::memchr(b'\n', &self.text.as_bytes()[at..]).map_or(self.text.len(), |n| at + n + 1)
    }

    fn html_end(&self, at: usize, kind: usize) -> usize {
        let rest = &self.text.as_bytes()[at..];
        let end = find_lower(rest, CLOSERS[kind].as_bytes());
        end.map_or(self.text.len(), |n| self.line_end(at + n))
    }

    // Nothing where three marks do not begin a block, but code within a line.
    fn fence_end(&self, at: usize, is_plain: bool) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mark = bytes[at];
        let length = run(&bytes[at..], mark);
        let first = self.line_end(at);
        if mark == b'`' && bytes[at + length..first].contains(&b'`') {
            return None;
        }
        let mut here = first;
        while here < bytes.len() {
            let end = self.line_end(here);
            let line = &self.text[here..end];
            let bare = line.trim_start_matches([' ', '\t', '>']);
            let indent = &line[..line.len() - bare.len()];
            let bare = bare.trim_end().as_bytes();
            let may_close = !is_plain || (indent.len() < 4 && !indent.contains(['\t', '>']));
            if may_close && run(bare, mark) >= length && run(bare, mark) == bare.len() {
                return Some(end);
            }
            here = end;
        }
        Some(bytes.len())
    }

    // Whether a line without indentation stands in between or at the end, so that it may have ended what is around.
    fn leaves(&self, from: usize, to: usize) -> bool {
        let lines = memchr::memchr_iter(b'\n', &self.text.as_bytes()[from..to]).map(|n| from + n + 1);
        lines
            .filter(|it| *it < to)
            .any(|line| !matches!(self.text.as_bytes()[line], b' ' | b'\t' | b'\r' | b'\n' | b'>'))
            || to == self.text.len()
    }

    // Whether a line before it, without a blank one between, begins with a tag.
    fn is_in_html(&self, line: usize) -> bool {
        let from = self.start.max(line.saturating_sub(FAR));
        let before = &self.text.as_bytes()[from..line];
        let lines = before.split(|it| *it == b'\n').rev().skip(1);
        lines
            .map(<[u8]>::trim_ascii)
            .take_while(|it| !it.is_empty())
            .any(|it| it.starts_with(b"<") || it.len() > FAR / 2)
    }
}

// Returns without a new line end lines, too, but nobody writes them any more.
fn has_bare_returns(text: &str) -> bool {
    memchr::memchr_iter(b'\r', text.as_bytes()).any(|at| text.as_bytes().get(at + 1) != Some(&b'\n'))
}

// Whether what follows a mark lets it be one: a declaration has a name, and that of an element ends.
fn is_whole(behind: &[u8], kind: usize) -> bool {
    let next = behind.first();
    match OPENERS[kind] {
        "<!" => next.is_some_and(u8::is_ascii_alphabetic),
        it if it.ends_with(char::is_alphabetic) => {
            next.is_none_or(|it| it.is_ascii_whitespace() || *it == b'>')
        }
        _ => true,
    }
}

fn bullet(line: &[u8]) -> Option<u8> {
    line.first().copied().filter(|it| b"*-+".contains(it) && line.get(1) == Some(&b' '))
}

fn run(bytes: &[u8], mark: u8) -> usize {
    bytes.iter().take_while(|it| **it == mark).count()
}

fn find_lower(text: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memchr_iter(wanted[0], text)
        .find(|at| text[*at..].get(..wanted.len()).is_some_and(|it| it.eq_ignore_ascii_case(wanted)))
}
