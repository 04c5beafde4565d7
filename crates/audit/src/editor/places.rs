//! Places in a text: bytes as the audit counts them, lines and letters as editors do.

use lsp_types::{Position, Range};

/// In what the letters of a line are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Units {
    /// Bytes.
    Utf8,
    /// Pairs of bytes, as every editor can.
    Utf16,
}

impl Units {
    fn of(self, letter: char) -> u32 {
        let count = match self {
            Self::Utf8 => letter.len_utf8(),
            Self::Utf16 => letter.len_utf16(),
        };
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    fn count(self, text: &str) -> u32 {
        match self {
            Self::Utf8 => u32::try_from(text.len()).unwrap_or(u32::MAX),
            Self::Utf16 => text.chars().map(|it| self.of(it)).sum(),
        }
    }

    /// Which byte is meant. Beyond the end of a line its end is, beyond the end of the text that.
    pub fn byte(self, text: &str, place: Position) -> usize {
        let line = usize::try_from(place.line).unwrap_or(usize::MAX);
        let start = match line.checked_sub(1) {
            None => 0,
            Some(before) => match ends(text).nth(before) {
                Some(end) => end,
                None => return text.len(),
            },
        };
        let mut passed = 0_u32;
        for (at, letter) in text[start..].char_indices() {
            passed = passed.saturating_add(self.of(letter));
            if passed > place.character || letter == '\n' || letter == '\r' {
                return start + at;
            }
        }
        text.len()
    }

    /// Which bytes are meant, whichever end comes first.
    pub fn bytes(self, text: &str, range: Range) -> std::ops::Range<usize> {
        let (a, b) = (self.byte(text, range.start), self.byte(text, range.end));
        a.min(b)..a.max(b)
    }
}

// Behind each end of a line. A carriage return ends one where no line feed follows.
fn ends(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let is_end = move |at: &usize| bytes[*at] == b'\n' || bytes.get(at + 1) != Some(&b'\n');
    memchr::memchr2_iter(b'\n', b'\r', bytes).filter(is_end).map(|at| at + 1)
}

/// Walks through a text and says where a byte is, without going over the same letters twice.
#[derive(Debug, Clone)]
pub(super) struct Walk<'a> {
    text: &'a str,
    units: Units,
    here: usize,
    place: Position,
}

impl<'a> Walk<'a> {
    /// Begins at the first letter.
    pub fn new(text: &'a str, units: Units) -> Self {
        Self { text, units, here: 0, place: Position::new(0, 0) }
    }

    /// Where a byte is. One that was passed already is where the walk is now.
    pub fn at(&mut self, byte: usize) -> Position {
        let byte = byte.min(self.text.len());
        if byte <= self.here {
            return self.place;
        }
        // What follows may join a carriage return to a line feed, so one letter more is looked at.
        let passed = &self.text[self.here..];
        let mut line_start = None;
        for end in ends(passed).take_while(|it| self.here + it <= byte) {
            self.place.line += 1;
            line_start = Some(self.here + end);
        }
        if line_start.is_some() {
            self.place.character = 0;
        }
        self.place.character += self.units.count(&self.text[line_start.unwrap_or(self.here)..byte]);
        self.here = byte;
        self.place
    }

    /// Where bytes are. Ranges must be asked about in the order of their beginnings.
    pub fn range(&mut self, bytes: &std::ops::Range<usize>) -> Range {
        let start = self.at(bytes.start);
        Range::new(start, self.clone().at(bytes.end))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn letters_beyond_the_first_plane_count_twice() {
        let text = "a😀b\r\nc\rd\ne";
        let place = |units, byte| Walk::new(text, units).at(byte);
        assert_eq!(place(Units::Utf16, 5), Position::new(0, 3));
        assert_eq!(place(Units::Utf8, 5), Position::new(0, 5));
        let starts: Vec<Position> = [8, 10, 12].map(|it| place(Units::Utf16, it)).into();
        assert_eq!(starts, [Position::new(1, 0), Position::new(2, 0), Position::new(3, 0)]);
        assert_eq!(Units::Utf16.byte(text, Position::new(0, 2)), 1, "half a letter is none");
        assert_eq!(Units::Utf16.byte(text, Position::new(0, 99)), 6, "a line has an end");
        assert_eq!(Units::Utf16.byte(text, Position::new(99, 0)), text.len());
    }

    proptest! {
        #[test]
        fn there_and_back_is_the_same_place(text in "[a\r\nü😀]{0,30}", utf8: bool) {
            let units = if utf8 { Units::Utf8 } else { Units::Utf16 };
            let mut walk = Walk::new(&text, units);
            for (byte, _) in text.char_indices() {
                let place = walk.at(byte);
                // Between a carriage return and its line feed is the end of the line.
                let is_between = text[..byte].ends_with('\r') && text[byte..].starts_with('\n');
                prop_assert_eq!(units.byte(&text, place), byte - usize::from(is_between));
                prop_assert_eq!(place, Walk::new(&text, units).at(byte));
            }
        }
    }
}
