//! Rich text, as Outlook sends it: unpacked (LZFu, MS-OXRTFCP) and read as plain words.

use encoding_rs::{Encoding, WINDOWS_1252};

use super::charset;

/// Bytes of rich text; a letter is a few thousand.
const LIMIT: usize = 8 * 1024 * 1024;
/// Groups within groups.
const DEPTH: usize = 200;

/// What the dictionary of the compression holds before the first byte.
const BEFORE: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
/// Bytes of the dictionary.
const WINDOW: usize = 4096;

/// Groups that hold no words.
const SILENT: &[&str] = &[
    "fonttbl",
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "object",
    "themedata",
    "datastore",
    "listtable",
    "generator",
];

/// Rich text out of its compression; nothing if it is something else.
pub(super) fn unpack(bytes: &[u8]) -> Option<Vec<u8>> {
    let size = u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?) as usize;
    let packed = bytes.get(16..)?;
    match bytes.get(8..12)? {
        b"MELA" => Some(packed[..size.min(packed.len())].to_vec()),
        b"LZFu" => Some(inflate(packed, size.min(LIMIT))),
        _ => None,
    }
}

fn inflate(packed: &[u8], size: usize) -> Vec<u8> {
    let mut window = [b' '; WINDOW];
    window[..BEFORE.len()].copy_from_slice(BEFORE);
    let (mut at, mut bytes, mut plain) = (BEFORE.len(), packed.iter().copied(), Vec::new());
    let mut put = |byte: u8, window: &mut [u8; WINDOW], plain: &mut Vec<u8>| {
        window[at] = byte;
        at = (at + 1) % WINDOW;
        plain.push(byte);
        at
    };
    let mut end = BEFORE.len();
    while let Some(flags) = bytes.next() {
        for bit in 0..8 {
            if plain.len() >= size {
                return plain;
            }
            let Some(first) = bytes.next() else { return plain };
            if (flags >> bit) & 1 == 0 {
                end = put(first, &mut window, &mut plain);
                continue;
            }
            let Some(second) = bytes.next() else { return plain };
            let from = (usize::from(first) << 4) | (usize::from(second) >> 4);
            // A reference to where writing goes on is the end.
            if from == end {
                return plain;
            }
            for step in 0..usize::from(second & 15) + 2 {
                let byte = window[(from + step) % WINDOW];
                end = put(byte, &mut window, &mut plain);
            }
        }
    }
    plain
}

/// What holds within one pair of braces.
#[derive(Clone, Copy)]
struct Group {
    silent: bool,
    /// Inside what only RTF shows, where the text is HTML in disguise.
    hidden: bool,
    /// Characters that stand in for one that old readers do not know.
    instead: usize,
}

/// The words of rich text.
pub(super) fn text(rtf: &[u8]) -> String {
    let mut page = Page {
        text: String::new(),
        bytes: Vec::new(),
        charset: WINDOWS_1252,
        groups: vec![Group { silent: false, hidden: false, instead: 1 }],
        skip: 0,
        half: None,
    };
    let mut rest = &rtf[..rtf.len().min(LIMIT)];
    while let Some((first, after)) = rest.split_first() {
        rest = match first {
            b'{' => page.open(after),
            b'}' => page.close(after),
            b'\\' => page.control(after),
            b'\r' | b'\n' => after,
            byte => {
                page.byte(*byte);
                after
            }
        };
    }
    page.flush();
    page.text
}

struct Page {
    text: String,
    /// Letters not yet decoded: one may take two of them.
    bytes: Vec<u8>,
    charset: &'static Encoding,
    groups: Vec<Group>,
    skip: usize,
    /// The first half of a letter that takes two numbers.
    half: Option<u32>,
}

impl Page {
    fn now(&mut self) -> &mut Group {
        if self.groups.is_empty() {
            self.groups.push(Group { silent: false, hidden: false, instead: 1 });
        }
        let last = self.groups.len() - 1;
        &mut self.groups[last]
    }

    fn open<'a>(&mut self, after: &'a [u8]) -> &'a [u8] {
        let group = *self.now();
        if self.groups.len() < DEPTH {
            self.groups.push(group);
        }
        after
    }

    fn close<'a>(&mut self, after: &'a [u8]) -> &'a [u8] {
        self.flush();
        self.groups.pop();
        self.skip = 0;
        after
    }

    fn byte(&mut self, byte: u8) {
        let group = *self.now();
        if self.skip > 0 {
            self.skip -= 1;
        } else if !group.silent && !group.hidden {
            self.bytes.push(byte);
        }
    }

    fn say(&mut self, text: &str) {
        let group = *self.now();
        if !group.silent && !group.hidden {
            self.flush();
            self.text.push_str(text);
        }
    }

    fn flush(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        self.text.push_str(&self.charset.decode_without_bom_handling(&bytes).0);
    }

    /// What stands behind a backslash; gives back what follows it.
    fn control<'a>(&mut self, after: &'a [u8]) -> &'a [u8] {
        let Some((sign, rest)) = after.split_first() else { return after };
        match sign {
            b'\'' => {
                let code = rest.get(..2).and_then(|it| std::str::from_utf8(it).ok());
                if let Some(byte) = code.and_then(|it| u8::from_str_radix(it, 16).ok()) {
                    self.byte(byte);
                }
                rest.get(2..).unwrap_or_default()
            }
            b'*' => {
                self.now().silent = true;
                rest
            }
            b'~' => {
                self.say("\u{a0}");
                rest
            }
            b'\\' | b'{' | b'}' => {
                self.byte(*sign);
                rest
            }
            sign if sign.is_ascii_alphabetic() => self.word(after),
            _ => rest,
        }
    }

    fn word<'a>(&mut self, after: &'a [u8]) -> &'a [u8] {
        let letters = after.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (word, rest) = after.split_at(letters);
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'-').count();
        let number = std::str::from_utf8(&rest[..digits]).ok().and_then(|it| it.parse::<i32>().ok());
        let rest = &rest[digits..];
        self.obey(std::str::from_utf8(word).unwrap_or_default(), number);
        rest.strip_prefix(b" ").unwrap_or(rest)
    }

    fn obey(&mut self, word: &str, number: Option<i32>) {
        match (word, number) {
            ("par" | "line" | "row" | "sect" | "page", _) => self.say("\n"),
            ("tab" | "cell", _) => self.say("\t"),
            ("emdash", _) => self.say("\u{2014}"),
            ("endash", _) => self.say("\u{2013}"),
            ("bullet", _) => self.say("\u{2022}"),
            ("lquote", _) => self.say("\u{2018}"),
            ("rquote", _) => self.say("\u{2019}"),
            ("ldblquote", _) => self.say("\u{201c}"),
            ("rdblquote", _) => self.say("\u{201d}"),
            ("htmlrtf", number) => {
                self.flush();
                self.now().hidden = number != Some(0);
            }
            ("ansicpg", Some(page)) => {
                let found = u32::try_from(page).ok().and_then(charset::of_codepage);
                self.charset = found.unwrap_or(self.charset);
            }
            ("uc", Some(count)) => self.now().instead = usize::try_from(count).unwrap_or(1).min(10),
            ("u", Some(code)) => {
                self.letter(code);
                self.skip = self.now().instead;
            }
            (word, _) if SILENT.contains(&word) => self.now().silent = true,
            _ => {}
        }
    }

    /// A letter by its number, which is written as one of 16 bits with a sign.
    fn letter(&mut self, code: i32) {
        let unit = code.rem_euclid(0x1_0000) as u32;
        if matches!(unit, 0xd800..=0xdbff) {
            self.half = Some(unit);
            return;
        }
        let whole = self.half.take().map(|high| 0x1_0000 + ((high - 0xd800) << 10) + (unit & 0x3ff));
        let letter = char::from_u32(whole.unwrap_or(unit)).unwrap_or('\u{fffd}');
        self.say(letter.encode_utf8(&mut [0; 4]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rich_text_is_unpacked_as_the_standard_shows() {
        let packed = [
            0x2d, 0x00, 0x00, 0x00, 0x2b, 0x00, 0x00, 0x00, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7,
            0x03, 0x00, 0x0a, 0x00, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20,
            0x68, 0x65, 0x6c, 0x09, 0x00, 0x20, 0x62, 0x77, 0x05, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f,
            0xa0,
        ];
        let plain = unpack(&packed).unwrap_or_default();
        assert_eq!(String::from_utf8_lossy(&plain), "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
        assert_eq!(text(&plain), "hello world");
        assert_eq!(unpack(b"short"), None);
    }

    #[test]
    fn words_come_out_of_rich_text() {
        let rtf = br"{\rtf1\ansi\ansicpg1251{\fonttbl{\f0 Arial;}}\f0 \'cf\'f0\'e8\'e2\'e5\'f2\par{\*\generator x}\u8364?\{x\} {\htmlrtf hidden\htmlrtf0}shown}";
        assert_eq!(text(rtf), "Привет\n€{x} shown");
        assert_eq!(text(b"}}}{{\\"), "");
    }
}
