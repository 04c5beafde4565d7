//! winmail.dat: the envelope (TNEF, MS-OXTNEF) in which Outlook packs text and attachments for its own kind, unpacked
//! for everybody else. Read here, because the one crate for it (`tnef`, of 2019) knows neither long names nor text.

use encoding_rs::{Encoding, UTF_16LE, WINDOWS_1252};

use super::{charset, rtf};

const SIGNATURE: [u8; 4] = [0x78, 0x9f, 0x3e, 0x22];
/// Messages within messages within an envelope; people forward three or four.
const DEPTH: usize = 5;
/// Files in one envelope, and properties of one object: more is an attack.
const FILES: usize = 1000;
const PROPERTIES: u32 = 10_000;

/// Attributes of the envelope, by the low half of their number.
mod attribute {
    pub const BODY: u16 = 0x800c;
    pub const CODEPAGE: u16 = 0x9007;
    pub const MESSAGE: u16 = 0x9003;
    pub const NEXT_FILE: u16 = 0x9002;
    pub const TITLE: u16 = 0x8010;
    pub const DATA: u16 = 0x800f;
    pub const FILE: u16 = 0x9005;
}

/// Properties (MAPI), by number.
mod property {
    pub const BODY: u16 = 0x1000;
    pub const RTF: u16 = 0x1009;
    pub const HTML: u16 = 0x1013;
    pub const NAME: u16 = 0x3001;
    pub const DATA: u16 = 0x3701;
    pub const SHORT_NAME: u16 = 0x3704;
    pub const LONG_NAME: u16 = 0x3707;
    pub const MEDIA_TYPE: u16 = 0x370e;
    pub const CODEPAGE: u16 = 0x3fde;
}

/// What an envelope holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Envelope {
    pub text: Option<String>,
    pub html: Option<String>,
    pub files: Vec<Enclosed>,
}

/// A file in an envelope.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Enclosed {
    pub name: String,
    pub media_type: Option<String>,
    pub bytes: Vec<u8>,
}

/// Opens an envelope; nothing if it is none. One that breaks off gives what it holds up to there.
pub(super) fn open(bytes: &[u8]) -> Option<Envelope> {
    open_at(bytes, DEPTH)
}

fn open_at(bytes: &[u8], depth: usize) -> Option<Envelope> {
    let mut reader = Reader { rest: bytes.strip_prefix(&SIGNATURE)?, charset: WINDOWS_1252 };
    reader.take(2)?;
    let mut envelope = Envelope::default();
    while let Some((id, data)) = reader.attribute() {
        envelope.read(id, data, &mut reader.charset, depth);
    }
    envelope.files.retain(|file| !file.name.is_empty() || !file.bytes.is_empty());
    Some(envelope)
}

impl Envelope {
    fn read(&mut self, id: u16, data: &[u8], charset: &mut &'static Encoding, depth: usize) {
        match id {
            attribute::CODEPAGE => {
                let told = data.get(..4).and_then(|it| it.try_into().ok()).map(u32::from_le_bytes);
                *charset = told.and_then(charset::of_codepage).unwrap_or(*charset);
            }
            attribute::BODY => self.text = Some(text(data, charset)),
            attribute::MESSAGE => self.read_message(data, charset),
            attribute::NEXT_FILE if self.files.len() < FILES => self.files.push(Enclosed::default()),
            _ => {
                let Some(file) = self.files.last_mut() else { return };
                let inner = file.read(id, data, charset, depth);
                if let Some(inner) = inner {
                    let name = std::mem::take(&mut file.name);
                    self.files.pop();
                    self.take_in(inner, &name);
                }
            }
        }
    }

    fn read_message(&mut self, data: &[u8], charset: &'static Encoding) {
        let mut html_charset = charset;
        let mut html = None;
        for (id, value) in (Reader { rest: data, charset }).properties() {
            match (id, value) {
                (property::CODEPAGE, Value::Number(told)) => {
                    html_charset = charset::of_codepage(told).unwrap_or(charset);
                }
                (property::BODY, Value::Text(text)) => self.text = Some(text),
                (property::HTML, Value::Text(text)) => self.html = Some(text),
                (property::HTML, Value::Bytes(bytes)) => html = Some(bytes),
                (property::RTF, Value::Bytes(bytes)) if self.text.is_none() => {
                    self.text = rtf::unpack(bytes).map(|plain| rtf::text(&plain));
                }
                _ => {}
            }
        }
        let html = html.map(|it| html_charset.decode_without_bom_handling(it).0.into_owned());
        self.html = html.or(self.html.take());
    }

    /// A message within: its text as a file of its own, and its files beside it.
    fn take_in(&mut self, inner: Envelope, name: &str) {
        let name = if name.is_empty() { "message" } else { name };
        let as_file = |ending: &str, media_type: &str, text: String| Enclosed {
            name: format!("{name}.{ending}"),
            media_type: Some(media_type.to_owned()),
            bytes: text.into_bytes(),
        };
        let letter = match (inner.text, inner.html) {
            (Some(text), _) if !text.trim().is_empty() => Some(as_file("txt", "text/plain", text)),
            (_, Some(html)) => Some(as_file("html", "text/html", html)),
            _ => None,
        };
        self.files.extend(letter.into_iter().chain(inner.files));
        self.files.truncate(FILES);
    }
}

impl Enclosed {
    /// Takes an attribute of the file; gives back the message it turns out to be.
    fn read(&mut self, id: u16, data: &[u8], charset: &'static Encoding, depth: usize) -> Option<Envelope> {
        match id {
            attribute::TITLE if self.name.is_empty() => self.name = text(data, charset),
            attribute::DATA => self.bytes = data.to_vec(),
            attribute::FILE => return self.read_properties(data, charset, depth),
            _ => {}
        }
        None
    }

    fn read_properties(&mut self, data: &[u8], charset: &'static Encoding, depth: usize) -> Option<Envelope> {
        let (mut names, mut inner) = ([None, None, None], None);
        for (id, value) in (Reader { rest: data, charset }).properties() {
            match (id, value) {
                (property::LONG_NAME, Value::Text(name)) => names[0] = Some(name),
                (property::SHORT_NAME, Value::Text(name)) => names[1] = Some(name),
                (property::NAME, Value::Text(name)) => names[2] = Some(name),
                (property::MEDIA_TYPE, Value::Text(told)) => self.media_type = Some(told),
                (property::DATA, Value::Bytes(bytes)) => {
                    // An object begins with the number of its interface.
                    let object = bytes.get(16..).filter(|it| it.starts_with(&SIGNATURE) && depth > 0);
                    inner = object.and_then(|it| open_at(it, depth - 1));
                    if inner.is_none() && self.bytes.is_empty() {
                        self.bytes = bytes.to_vec();
                    }
                }
                _ => {}
            }
        }
        let [long, short, display] = names;
        let told = long.or_else(|| Some(std::mem::take(&mut self.name)).filter(|it| !it.is_empty()));
        self.name = told.or(display).or(short).unwrap_or_default();
        inner
    }
}

fn text(bytes: &[u8], charset: &'static Encoding) -> String {
    charset.decode_without_bom_handling(bytes).0.trim_end_matches('\0').to_owned()
}

/// A value of a property, as far as it is of use here.
enum Value<'a> {
    Number(u32),
    Text(String),
    Bytes(&'a [u8]),
    Other,
}

/// Reads numbers and lengths, never past the end.
struct Reader<'a> {
    rest: &'a [u8],
    charset: &'static Encoding,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    /// As many bytes as are told, or as are left.
    fn take_most(&mut self, length: usize) -> &'a [u8] {
        self.take(length.min(self.rest.len())).unwrap_or_default()
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn length(&mut self) -> Option<usize> {
        usize::try_from(self.u32()?).ok()
    }

    /// The next attribute of the envelope.
    fn attribute(&mut self) -> Option<(u16, &'a [u8])> {
        self.take(1)?;
        let id = self.u16()?;
        self.u16()?;
        let length = self.length()?;
        let data = self.take_most(length);
        // A checksum that does not fit is no reason to withhold what was sent.
        self.take_most(2);
        Some((id, data))
    }

    fn properties(mut self) -> Vec<(u16, Value<'a>)> {
        let count = self.u32().unwrap_or_default().min(PROPERTIES);
        (0..count).map_while(|_| self.property()).collect()
    }

    fn property(&mut self) -> Option<(u16, Value<'a>)> {
        let (kind, id) = (self.u16()?, self.u16()?);
        if id >= 0x8000 {
            self.skip_name()?;
        }
        let is_list = kind & 0x1000 != 0;
        let has_length = matches!(kind & 0x0fff, 0x000d | 0x001e | 0x001f | 0x0102);
        let count = if is_list || has_length { self.u32()?.min(PROPERTIES) } else { 1 };
        let mut first = None;
        for _ in 0..count {
            let value = self.value(kind & 0x0fff)?;
            first.get_or_insert(value);
        }
        Some((id, first.unwrap_or(Value::Other)))
    }

    /// The name of a property that has no number of its own.
    fn skip_name(&mut self) -> Option<()> {
        self.take(16)?;
        if self.u32()? == 0 {
            self.take(4)?;
        } else {
            let length = self.length()?;
            self.padded(length)?;
        }
        Some(())
    }

    fn value(&mut self, kind: u16) -> Option<Value<'a>> {
        match kind {
            0x0002 | 0x000b => self.take(4).map(|_| Value::Other),
            0x0003 => Some(Value::Number(self.u32()?)),
            0x0004 | 0x000a => self.take(4).map(|_| Value::Other),
            0x0005 | 0x0006 | 0x0007 | 0x0014 | 0x0040 => self.take(8).map(|_| Value::Other),
            0x0048 => self.take(16).map(|_| Value::Other),
            0x000d | 0x0102 => self.sized().map(Value::Bytes),
            0x001e => self.sized().map(|it| Value::Text(text(it, self.charset))),
            0x001f => self.sized().map(|it| Value::Text(text(it, UTF_16LE))),
            _ => None,
        }
    }

    fn sized(&mut self) -> Option<&'a [u8]> {
        let length = self.length()?;
        self.padded(length)
    }

    /// Values fill up to whole words of four bytes.
    fn padded(&mut self, length: usize) -> Option<&'a [u8]> {
        let value = self.take(length.min(self.rest.len()))?;
        self.take_most(length.next_multiple_of(4) - length);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(id: u16, data: &[u8]) -> Vec<u8> {
        let length = u32::try_from(data.len()).unwrap_or_default().to_le_bytes();
        [&[1][..], &id.to_le_bytes(), &[0, 0], &length, data, &[0, 0]].concat()
    }

    fn envelope(attributes: &[Vec<u8>]) -> Vec<u8> {
        [&SIGNATURE[..], &[1, 0], &attributes.concat()].concat()
    }

    #[test]
    fn files_come_out_under_their_names() {
        let raw = envelope(&[
            attribute(attribute::BODY, b"Hi\0"),
            attribute(attribute::NEXT_FILE, &[0; 14]),
            attribute(attribute::TITLE, b"a.txt\0"),
            attribute(attribute::DATA, b"one"),
        ]);
        let found = open(&raw).unwrap_or_default();
        assert_eq!(found.text.as_deref(), Some("Hi"));
        assert_eq!((found.files[0].name.as_str(), found.files[0].bytes.as_slice()), ("a.txt", &b"one"[..]));
        let cut = open(&raw[..raw.len() - 3]).unwrap_or_default();
        assert_eq!(cut.files[0].bytes, b"on");
    }

    #[test]
    fn nonsense_is_no_envelope_and_does_no_harm() {
        assert_eq!(open(b"not one"), None);
        let endless = [&u32::MAX.to_le_bytes()[..], &[0x1f, 0x00, 0x07, 0x37], &[0xff; 40]].concat();
        let raw = envelope(&[attribute(attribute::NEXT_FILE, &[]), attribute(attribute::FILE, &endless)]);
        assert_eq!(open(&raw), Some(Envelope::default()));
    }
}
