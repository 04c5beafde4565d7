//! Text as files hold it: charsets, line ends and lines without an end, read one bounded line at a time.

use std::io::{self, SeekFrom};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use serde_json::Value;

use crate::Input;

/// Bytes looked at to tell charset and line ends: the first screens of any file show both.
const SNIFFED: usize = 64 * 1024;

/// How a file's bytes become text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charset(&'static Encoding);

/// Why a charset cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no charset is called \u{201c}{0}\u{201d}")]
pub struct CharsetError(String);

impl Charset {
    /// UTF-8; lines that are not are read as windows-1252, and said so.
    pub const UTF_8: Self = Self(UTF_8);

    /// By any of its names, such as `latin1` or `windows-1251`.
    pub fn named(label: &str) -> Result<Self, CharsetError> {
        Encoding::for_label(label.trim().as_bytes())
            .map(Self)
            .ok_or_else(|| CharsetError(label.chars().take(40).collect()))
    }

    /// Its usual name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// By the byte order mark, or by where the zero bytes of UTF-16 lie; UTF-8 otherwise.
    pub fn sniff(start: &[u8]) -> Self {
        if let Some((marked, _)) = Encoding::for_bom(start) {
            return Self(marked);
        }
        let zeroes = |odd: usize| start.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
        let (even, odd, half) = (zeroes(0), zeroes(1), start.len() / 2);
        match half >= 2 {
            true if odd * 5 > half * 2 && even * 20 < half => Self(UTF_16LE),
            true if even * 5 > half * 2 && odd * 20 < half => Self(UTF_16BE),
            _ => Self(UTF_8),
        }
    }

    /// The text, and what had to be done to read it. NUL bytes are left out: no database takes them.
    pub fn decode(self, bytes: &[u8]) -> (String, Option<String>) {
        let (text, warning) = match self.0.decode_without_bom_handling(bytes) {
            (text, false) => (text, None),
            (_, true) if self.0 == UTF_8 => {
                let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
                (text, Some("is not UTF-8 and was read as windows-1252".to_owned()))
            }
            (text, true) => (text, Some(format!("holds bytes that are not {}", self.name()))),
        };
        match memchr::memchr(0, text.as_bytes()) {
            None => (text.into_owned(), warning),
            Some(_) => {
                let also = warning.map(|w| format!("{w}, and ")).unwrap_or_default();
                (text.replace('\0', ""), Some(format!("{also}held NUL bytes, which were left out")))
            }
        }
    }

    fn is_wide(self) -> bool {
        self.0 == UTF_16LE || self.0 == UTF_16BE
    }

    /// Bytes of the mark at the file's start.
    fn mark(self, start: &[u8]) -> usize {
        Encoding::for_bom(start).filter(|(marked, _)| *marked == self.0).map_or(0, |(_, length)| length)
    }
}

/// JSON without NUL characters, which no database takes within text.
pub(crate) fn without_nul(value: Value) -> Value {
    match value {
        Value::String(text) if text.contains('\0') => Value::String(text.replace('\0', "")),
        Value::Array(all) => all.into_iter().map(without_nul).collect(),
        Value::Object(all) => {
            all.into_iter().map(|(key, v)| (key.replace('\0', ""), without_nul(v))).collect()
        }
        plain => plain,
    }
}

/// A line, without its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its number, from 1.
    pub number: u64,
    /// Where it begins.
    pub start: u64,
    /// Whether it is longer than the limit; the rest of it was passed over.
    pub overlong: bool,
}

/// The lines of a file, none held beyond a limit.
pub(crate) struct Lines<R> {
    input: R,
    charset: Charset,
    end: u8,
    keep_ends: bool,
    limit: usize,
    offset: u64,
    number: u64,
}

impl<R: Input> Lines<R> {
    /// Lines of text without their ends; the charset is told or found.
    pub fn of_text(mut input: R, charset: Option<Charset>, limit: usize) -> io::Result<Self> {
        let start = peek(&mut input)?;
        let charset = charset.unwrap_or_else(|| Charset::sniff(&start));
        let offset = charset.mark(&start) as u64;
        input.seek(SeekFrom::Start(offset))?;
        let old_mac = memchr::memchr(b'\n', &start).is_none() && memchr::memchr(b'\r', &start).is_some();
        let end = if old_mac { b'\r' } else { b'\n' };
        Ok(Self { input, charset, end, keep_ends: false, limit, offset, number: 0 })
    }

    /// Lines of bytes with their ends, as mail needs them.
    pub fn of_bytes(mut input: R, limit: usize) -> io::Result<Self> {
        input.rewind()?;
        let charset = Charset::UTF_8;
        Ok(Self { input, charset, end: b'\n', keep_ends: true, limit, offset: 0, number: 0 })
    }

    /// How the bytes become text.
    pub fn charset(&self) -> Charset {
        self.charset
    }

    /// The byte after the last line read.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The number of the last line read.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Goes back to the start of a line that was read before.
    pub fn go_back(&mut self, number: u64, start: u64) -> io::Result<()> {
        self.input.seek(SeekFrom::Start(start))?;
        (self.offset, self.number) = (start, number - 1);
        Ok(())
    }

    /// Whether the bytes at `offset` begin with one of these, or the file ends there. The place is kept.
    pub fn ends_or_begins(&mut self, offset: u64, wanted: &[&[u8]]) -> io::Result<bool> {
        let back = self.input.stream_position()?;
        self.input.seek(SeekFrom::Start(offset))?;
        let mut found = Vec::with_capacity(16);
        io::Read::read_to_end(&mut io::Read::take(&mut self.input, 16), &mut found)?;
        self.input.seek(SeekFrom::Start(back))?;
        Ok(found.iter().all(u8::is_ascii_whitespace) || wanted.iter().any(|start| found.starts_with(start)))
    }

    /// Puts the next line into `bytes`, which is cleared first.
    pub fn next(&mut self, bytes: &mut Vec<u8>) -> io::Result<Option<Line>> {
        bytes.clear();
        let (start, mut length, mut overlong, mut last) = (self.offset, 0u64, false, 0u8);
        loop {
            let chunk = match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                chunk => chunk?,
            };
            if chunk.is_empty() {
                break;
            }
            let found = memchr::memchr(self.end, chunk);
            let taken = found.map_or(chunk.len(), |at| at + 1);
            let room = self.limit.saturating_sub(bytes.len());
            bytes.extend_from_slice(&chunk[..taken.min(room)]);
            overlong |= taken > room;
            let before = if taken >= 2 { chunk[taken - 2] } else { last };
            last = chunk[taken - 1];
            self.input.consume(taken);
            length += taken as u64;
            if found.is_some() && (!self.charset.is_wide() || self.wide_end(bytes, length, before)?) {
                break;
            }
        }
        if length == 0 {
            return Ok(None);
        }
        self.offset += length;
        self.number += 1;
        if !self.keep_ends && !overlong {
            self.trim_end(bytes);
        }
        Ok(Some(Line { number: self.number, start, overlong }))
    }

    /// Whether the byte just read ends a line of UTF-16. Lines begin on a mark or after an end, so an even
    /// number of bytes leads up to every unit. In little endian the unit's second byte is fetched as well.
    fn wide_end(&mut self, bytes: &mut Vec<u8>, length: u64, before: u8) -> io::Result<bool> {
        let little = self.charset.0 == UTF_16LE;
        if little != (length % 2 == 1) {
            return Ok(false);
        }
        if !little {
            return Ok(before == 0);
        }
        if self.input.fill_buf()?.first() != Some(&0) {
            return Ok(false);
        }
        if bytes.len() < self.limit {
            bytes.push(0);
        }
        self.input.consume(1);
        self.offset += 1;
        Ok(true)
    }

    /// Takes off the line's end.
    fn trim_end(&self, bytes: &mut Vec<u8>) {
        let units: [&[u8]; 2] = match () {
            () if self.charset.0 == UTF_16LE => [&[self.end, 0], b"\r\0"],
            () if self.charset.0 == UTF_16BE => [&[0, self.end], b"\0\r"],
            () => [&[self.end], b"\r"],
        };
        for unit in units {
            if bytes.ends_with(unit) {
                bytes.truncate(bytes.len() - unit.len());
            }
        }
    }
}

/// The first bytes; the input is left at its start.
fn peek(input: &mut impl Input) -> io::Result<Vec<u8>> {
    input.rewind()?;
    let mut start = Vec::new();
    io::Read::read_to_end(&mut io::Read::take(&mut *input, SNIFFED as u64), &mut start)?;
    input.rewind()?;
    Ok(start)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn lines(bytes: &[u8], limit: usize) -> Vec<(String, bool)> {
        let mut lines = Lines::of_text(Cursor::new(bytes.to_vec()), None, limit).unwrap();
        let (mut all, mut line) = (Vec::new(), Vec::new());
        while let Some(found) = lines.next(&mut line).unwrap() {
            all.push((lines.charset().decode(&line).0, found.overlong));
        }
        assert_eq!(lines.offset(), bytes.len() as u64);
        all
    }

    fn texts(bytes: &[u8]) -> Vec<String> {
        lines(bytes, 1000).into_iter().map(|(text, _)| text).collect()
    }

    #[test]
    fn every_line_end_and_charset_gives_the_same_lines() {
        let text = "Zoë,1\nŁukasz,2\nlast";
        for end in ["\n", "\r\n", "\r"] {
            let text = text.replace('\n', end);
            let wide = |big: bool| -> Vec<u8> {
                let pair = |u: u16| if big { u.to_be_bytes() } else { u.to_le_bytes() };
                text.encode_utf16().flat_map(pair).collect()
            };
            let marked = |mark: &[u8], body: Vec<u8>| [mark, &body].concat();
            for bytes in [
                text.as_bytes().to_vec(),
                marked(b"\xef\xbb\xbf", text.as_bytes().to_vec()),
                marked(b"\xff\xfe", wide(false)),
                marked(b"\xfe\xff", wide(true)),
                wide(false),
                wide(true),
            ] {
                assert_eq!(texts(&bytes), ["Zoë,1", "Łukasz,2", "last"], "{end:?} {bytes:?}");
            }
        }
    }

    #[test]
    fn letters_whose_units_contain_the_line_end_do_not_end_a_line() {
        let wide: Vec<u8> = "ਊĊ\nb".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(texts(&[b"\xff\xfe", &wide[..]].concat()), ["ਊĊ", "b"]);
    }

    #[test]
    fn a_line_without_end_is_passed_over_without_being_held() {
        let mut bytes = vec![b'x'; 100_000];
        bytes.extend_from_slice(b"\nnext");
        let all = lines(&bytes, 100);
        assert_eq!((all[0].0.len(), all[0].1), (100, true));
        assert_eq!(all[1], ("next".to_owned(), false));
    }

    #[test]
    fn a_line_that_is_not_utf8_is_read_as_windows_1252_and_said_so() {
        let (text, warning) = Charset::UTF_8.decode(b"Andr\xe9 \x80 5\0");
        assert_eq!(text, "André € 5");
        assert!(warning.unwrap().contains("windows-1252"));
        assert_eq!(Charset::named("latin1").unwrap().name(), "windows-1252");
        assert!(Charset::named("klingon").is_err());
    }
}
