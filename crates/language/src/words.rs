//! The words around a place: cut only near a candidate, and never beyond its sentence or block.

use std::ops::Range;

/// Words looked at on either side. A longer sentence is judged by what stands near.
const REACH: usize = 14;

/// Bytes looked at on either side, so that a line without an end costs no more than others.
const REACH_BYTES: usize = 200;

/// What stands between a word and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gap {
    /// The sentence begins here.
    Start,
    /// Space, or marks that nobody reads aloud.
    Space,
    /// A hyphen, or a dot as in the name of a file, without space.
    Hyphen,
    /// A comma, a dash, a bracket, a colon.
    Mark,
}

/// One word, as it is compared.
#[derive(Debug, Clone)]
pub(crate) struct Word<'a> {
    /// Where it stands, without a possessive ending.
    pub range: Range<usize>,
    /// As it is written.
    pub text: &'a str,
    /// What stands before it.
    pub gap: Gap,
    /// Whether it stands in backticks.
    pub code: bool,
    /// Whether a possessive ending was left out.
    pub owns: bool,
    /// Whether a line ends before it.
    pub breaks: bool,
}

impl Word<'_> {
    /// In small letters, apostrophes straight.
    pub fn lower(&self) -> String {
        lower(self.text)
    }
}

/// The words of one sentence near a place.
#[derive(Debug, Default)]
pub(crate) struct Near<'a> {
    /// In their order.
    pub words: Vec<Word<'a>>,
    /// Which of them is the one asked about.
    pub at: usize,
    /// Whether the last word is followed by the end of the sentence, and not by more words out of reach.
    pub ends: bool,
}

/// Whether a byte is part of a word. Everything beyond ASCII is, but for a few marks that [`cut`] knows.
pub(crate) fn is_wordly(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// The words of the sentence around the word that begins at `start`, within `block`.
pub(crate) fn near<'a>(text: &'a str, start: usize, block: &Range<usize>) -> Near<'a> {
    let from = floor(text, block.start.max(start.saturating_sub(REACH_BYTES)));
    let to = floor(text, block.end.min(start + REACH_BYTES));
    let begin = sentence_start(text, from, start);
    let end = sentence_end(text, start, to);
    let mut words = Vec::with_capacity(2 * REACH);
    let (mut place, mut goes_on) = (None, false);
    for word in Cutter::of(text, begin..end) {
        goes_on = place.is_some_and(|at: usize| words.len() == at + REACH);
        if goes_on {
            break;
        }
        if word.range.start == start {
            place = Some(words.len());
        }
        words.push(word);
    }
    let Some(at) = place else { return Near::default() };
    let first = at.saturating_sub(REACH);
    let whole = !goes_on && (end < to || end == block.end);
    words.drain(..first);
    if let Some(word) = words.first_mut() {
        let is_start = first == 0 && (begin > from || begin == block.start);
        word.gap = if is_start { Gap::Start } else { Gap::Mark };
    }
    Near { words, at: at - first, ends: whole }
}

/// The nearest place before or at `at` where a letter begins.
pub(crate) fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Where the sentence begins in which `at` stands.
pub(crate) fn sentence_start(text: &str, from: usize, at: usize) -> usize {
    let bytes = text.as_bytes();
    let mut here = at;
    while here > from {
        here -= 1;
        if ends_sentence(bytes, here, from) {
            return here + 1;
        }
    }
    from
}

/// Where the sentence ends in which `at` stands, its mark included.
pub(crate) fn sentence_end(text: &str, at: usize, to: usize) -> usize {
    let bytes = text.as_bytes();
    (at..to).find(|here| ends_sentence(bytes, *here, 0)).map_or(to, |here| here + 1)
}

#[inline]
fn ends_sentence(bytes: &[u8], at: usize, from: usize) -> bool {
    matches!(bytes[at], b'.' | b'!' | b'?' | b'\n') && is_end(bytes, at, from)
}

fn is_end(bytes: &[u8], at: usize, from: usize) -> bool {
    match bytes[at] {
        b'.' => is_full_stop(bytes, at, from),
        // The mark of a comment.
        b'!' if at > from && b"/*".contains(&bytes[at - 1]) => false,
        b'!' | b'?' => bytes.get(at + 1).is_none_or(|next| !is_wordly(*next)),
        b'\n' => is_blank_line(bytes, at),
        _ => false,
    }
}

// Not in a number, a name of a file, or after "e.g." and its like.
fn is_full_stop(bytes: &[u8], at: usize, from: usize) -> bool {
    let after = bytes.get(at + 1).copied().unwrap_or(b' ');
    let closes = after.is_ascii_whitespace() || b"\"')]*_`<".contains(&after);
    // One letter more than the longest has: a word may be as long as the text.
    let before = &bytes[from.max(at.saturating_sub(4))..at];
    let last = before.iter().rposition(|it| !it.is_ascii_alphabetic()).map_or(0, |it| it + 1);
    let word = &before[last..];
    let short =
        ["e", "g", "i", "eg", "ie", "vs", "etc", "Mr", "Mrs", "Ms", "Dr", "cf", "z", "B", "bzw", "ca"];
    closes && !(short.iter().any(|it| it.as_bytes() == word) && after == b' ')
}

// A line with nothing on it, but perhaps the mark of a comment.
fn is_blank_line(bytes: &[u8], at: usize) -> bool {
    let may_stand = |it: &u8| *it != b'\n' && (it.is_ascii_whitespace() || b"/#*>!".contains(it));
    bytes[at + 1..].iter().find(|it| !may_stand(it)) == Some(&b'\n')
}

/// Cuts a stretch of text into words.
pub(crate) fn cut(text: &str, range: Range<usize>) -> Vec<Word<'_>> {
    Cutter::of(text, range).collect()
}

struct Cutter<'a> {
    text: &'a str,
    end: usize,
    here: usize,
    gap: Gap,
    code: bool,
    breaks: bool,
}

impl<'a> Iterator for Cutter<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        while self.here < self.end {
            let byte = self.text.as_bytes()[self.here];
            if byte == b' ' || byte == b'\n' {
                self.here += 1;
                self.breaks |= byte == b'\n';
                continue;
            }
            if byte.is_ascii_alphanumeric() {
                return Some(self.word());
            }
            let letter = self.text[self.here..self.end].chars().next()?;
            if letter.is_alphanumeric() {
                return Some(self.word());
            }
            self.pass(letter);
        }
        None
    }
}

impl<'a> Cutter<'a> {
    fn of(text: &'a str, range: Range<usize>) -> Self {
        Self { text, end: range.end, here: range.start, gap: Gap::Start, code: false, breaks: false }
    }

    fn word(&mut self) -> Word<'a> {
        let start = self.here;
        let rest = &self.text[start..self.end];
        let length = word_length(rest);
        let kept = without_possessive(&rest[..length]);
        let gap = std::mem::replace(&mut self.gap, Gap::Space);
        self.here = start + length;
        let breaks = std::mem::take(&mut self.breaks);
        Word {
            range: start..start + kept,
            text: &rest[..kept],
            gap,
            code: self.code,
            owns: kept < length,
            breaks,
        }
    }

    // What stands between words decides whether they still belong together.
    fn pass(&mut self, letter: char) {
        let start = self.here;
        self.here += letter.len_utf8();
        match letter {
            '<' => self.pass_tag(start),
            '`' => self.code = !self.code,
            '-' | '.' if self.is_hyphen(start) => self.gap = self.worse(Gap::Hyphen),
            '*' | '_' | '~' | '\\' | '/' | '#' | '"' | '\u{201c}' | '\u{201d}' => {}
            '\'' | '\u{2019}' if self.is_theirs(start) => {}
            _ if letter.is_whitespace() => {}
            '!' if self.text[..start].ends_with("//") => {}
            _ => self.gap = self.worse(Gap::Mark),
        }
    }

    fn pass_tag(&mut self, start: usize) {
        let rest = &self.text.as_bytes()[start..self.end];
        let is_tag = rest.get(1).is_some_and(|it| it.is_ascii_alphabetic() || *it == b'/');
        match rest.iter().position(|it| *it == b'>').filter(|_| is_tag) {
            Some(length) => self.here = start + length + 1,
            None => self.gap = self.worse(Gap::Mark),
        }
    }

    // "The users' own": nothing is set off by it.
    fn is_theirs(&self, at: usize) -> bool {
        self.text[..at].ends_with('s') && self.text[at..].chars().nth(1) == Some(' ')
    }

    fn is_hyphen(&self, at: usize) -> bool {
        let bytes = self.text.as_bytes();
        at > 0 && is_wordly(bytes[at - 1]) && bytes.get(at + 1).is_some_and(|it| is_wordly(*it))
    }

    fn worse(&self, gap: Gap) -> Gap {
        match self.gap {
            Gap::Space => gap,
            kept => kept,
        }
    }
}

fn word_length(rest: &str) -> usize {
    // Nearly all words are of ASCII, which needs no decoding.
    let mut end = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let begun = end;
    if rest.as_bytes().get(end).is_none_or(|it| it.is_ascii() && *it != b'\'') {
        return end;
    }
    for (at, letter) in rest[end..].char_indices() {
        let at = begun + at;
        let inside = matches!(letter, '\'' | '\u{2019}')
            && at > 0
            && rest[at + letter.len_utf8()..].chars().next().is_some_and(char::is_alphabetic);
        if !letter.is_alphanumeric() && !inside {
            break;
        }
        end = at + letter.len_utf8();
    }
    end
}

fn without_possessive(word: &str) -> usize {
    let kept = ["'s", "\u{2019}s"].iter().find_map(|it| word.strip_suffix(it));
    kept.unwrap_or(word).len()
}

/// Marks between two words at which a glance ends: what stands behind them may be no word.
const STRANGE: &[u8] = b"<>`&";

/// So many bytes between two words are looked at.
const BETWEEN: usize = 16;

/// The word behind a place; nothing where a glance does not tell.
pub(crate) fn after(text: &str, at: usize) -> Option<Option<Range<usize>>> {
    let bytes = text.as_bytes();
    let mut here = at;
    if let Some(own) = ["'s", "\u{2019}s"].iter().find(|it| text[at..].starts_with(**it)) {
        here += own.len();
    }
    while here < bytes.len() && !bytes[here].is_ascii_alphanumeric() {
        if !bytes[here].is_ascii() || STRANGE.contains(&bytes[here]) || here - at > BETWEEN {
            return None;
        }
        here += 1;
    }
    let length = word_length(&text[here..]);
    let kept = without_possessive(&text[here..here + length]);
    Some((length > 0).then(|| here..here + kept))
}

/// The word before a place; nothing where a glance does not tell.
pub(crate) fn before(text: &str, at: usize) -> Option<Option<Range<usize>>> {
    let bytes = text.as_bytes();
    let mut end = at;
    while end > 0 && !bytes[end - 1].is_ascii_alphanumeric() {
        end -= 1;
        if !bytes[end].is_ascii() || STRANGE.contains(&bytes[end]) || at - end > BETWEEN {
            return None;
        }
    }
    let mut start = end;
    while start > 0 && bytes[start - 1].is_ascii_alphanumeric() {
        start -= 1;
    }
    // An apostrophe may belong to the word, and so may a letter beyond ASCII.
    let is_whole = start == 0 || (bytes[start - 1].is_ascii() && bytes[start - 1] != b'\'');
    is_whole.then(|| (start < end).then_some(start..end))
}

/// A word as it is compared.
pub(crate) fn lower(word: &str) -> String {
    if word.is_ascii() { word.to_ascii_lowercase() } else { word.to_lowercase().replace('\u{2019}', "'") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(text: &str, word: &str) -> Vec<(String, Gap)> {
        let near = near(text, text.find(word).unwrap(), &(0..text.len()));
        near.words.into_iter().map(|it| (it.lower(), it.gap)).collect()
    }

    #[test]
    fn a_sentence_is_cut_at_its_own_ends() {
        let text = "We asked Ada, e.g. by phone. Our end-users' **own** words (v1.2) count! Next.";
        let words = around(text, "users");
        let told: Vec<&str> = words.iter().map(|it| it.0.as_str()).collect();
        assert_eq!(told, ["our", "end", "users", "own", "words", "v1", "2", "count"]);
        assert_eq!((words[0].1, words[2].1, words[5].1), (Gap::Start, Gap::Hyphen, Gap::Mark));
        assert_eq!(around(text, "phone")[0].0, "we", "e.g. ends no sentence");
    }

    #[test]
    fn a_possessive_ending_is_not_part_of_the_word() {
        let words = around("the user\u{2019}s own, don't", "user");
        assert_eq!(words[1].0, "user");
        assert_eq!(words[3].0, "don't");
    }

    #[test]
    fn tags_and_backticks_are_passed_over() {
        let near = near("the <b class=x>`root`</b> user", 26, &(0..30));
        assert_eq!(near.words.len(), 3);
        assert!(near.words[1].code && near.ends);
    }
}
