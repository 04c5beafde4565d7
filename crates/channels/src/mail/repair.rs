//! Charsets that mail declares wrongly or not at all, put right before and after the parser sees them.

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::STANDARD};
use encoding_rs::Encoding as Charset;
use mail_parser::{
    Encoding, MessagePart, MimeHeaders, PartType,
    decoders::{
        base64::base64_decode, charsets::map::charset_decoder, quoted_printable::quoted_printable_decode,
    },
};

use super::{charset, structure};

/// The message as its sender meant it, ready for the parser: its skeleton whole, its headers readable.
pub(super) fn whole(raw: &[u8]) -> Cow<'_, [u8]> {
    structure::mend(headers(raw))
}

/// The message with its own headers readable: raw 8-bit bytes as UTF-8, and encoded words that say what they are.
fn headers(raw: &[u8]) -> Cow<'_, [u8]> {
    let end = header_end(raw);
    let head = &raw[..end];
    let is_plain = head.is_ascii() && !head.windows(2).any(|pair| pair == b"=?");
    if is_plain {
        return Cow::Borrowed(raw);
    }
    let text = utf8_lines(head);
    match mend_words(&text) {
        Some(mended) => Cow::Owned([mended.as_bytes(), &raw[end..]].concat()),
        None if text.as_bytes() == head => Cow::Borrowed(raw),
        None => Cow::Owned([text.as_bytes(), &raw[end..]].concat()),
    }
}

/// Where the first empty line begins.
pub(super) fn header_end(raw: &[u8]) -> usize {
    let mut at = 0;
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        if line.trim_ascii().is_empty() {
            return at;
        }
        at += line.len();
    }
    at
}

/// Lines that are UTF-8 as they are; the others in the charset the head names, or that their letters make likely.
fn utf8_lines(head: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(head) {
        return Cow::Borrowed(text);
    }
    let lines = || head.split_inclusive(|byte| *byte == b'\n');
    let foreign: Vec<u8> =
        lines().filter(|line| std::str::from_utf8(line).is_err()).flatten().copied().collect();
    let charset = charset::named(head).filter(|it| !it.decode_without_bom_handling(&foreign).1);
    let charset = charset.unwrap_or_else(|| charset::likely(&foreign));
    Cow::Owned(lines().map(|line| readable(line, charset)).collect())
}

fn readable(bytes: &[u8], charset: &'static Charset) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => charset.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// One encoded word.
struct Word<'a> {
    label: &'a str,
    bytes: Vec<u8>,
    length: usize,
    /// Whether it lacks the signs that fill it up; the parser would lose its last letters.
    unpadded: bool,
}

/// Rewrites runs of encoded words whose bytes are not in the charset they claim; nothing if all are.
fn mend_words(text: &str) -> Option<String> {
    let (mut mended, mut rest, mut changed) = (String::new(), text, false);
    while let Some(at) = rest.find("=?") {
        mended.push_str(&rest[..at]);
        rest = &rest[at..];
        let (words, length) = run(rest);
        if words.is_empty() {
            mended.push_str("=?");
            rest = &rest[2..];
            continue;
        }
        match meant(&words) {
            Some(meant) => {
                changed = true;
                mended.push_str(&format!("=?utf-8?B?{}?=", STANDARD.encode(meant)));
            }
            None => mended.push_str(&rest[..length]),
        }
        rest = &rest[length..];
    }
    mended.push_str(rest);
    changed.then_some(mended)
}

/// Encoded words of one charset that follow each other, and how much of the text they take.
fn run(text: &str) -> (Vec<Word<'_>>, usize) {
    let (mut words, mut end, mut at): (Vec<Word<'_>>, usize, usize) = (Vec::new(), 0, 0);
    while let Some(next) = word(&text[at..]) {
        if words.first().is_some_and(|first| !first.label.eq_ignore_ascii_case(next.label)) {
            break;
        }
        end = at + next.length;
        words.push(next);
        let gap = text[end..].len() - text[end..].trim_start().len();
        at = end + gap;
    }
    (words, end)
}

fn word(text: &str) -> Option<Word<'_>> {
    let inner = text.strip_prefix("=?")?;
    let (label, after) = inner.split_once('?')?;
    let (encoding, after) = after.split_once('?')?;
    let (data, _) = after.split_once("?=")?;
    if label.contains(char::is_whitespace) || data.contains('\n') || encoding.len() != 1 {
        return None;
    }
    let bytes = match encoding {
        "b" | "B" => base64_decode(data.as_bytes())?,
        "q" | "Q" => quoted_printable_decode(data.replace('_', " ").as_bytes())?,
        _ => return None,
    };
    let length = 2 + label.len() + 1 + encoding.len() + 1 + data.len() + 2;
    let unpadded = encoding.eq_ignore_ascii_case("b") && is_unpadded(data.as_bytes());
    Some(Word { label: label.split('*').next().unwrap_or(label), bytes, length, unpadded })
}

/// What a run of words means, where its charset is not what it says or cuts letters in two.
fn meant(words: &[Word<'_>]) -> Option<String> {
    let first = words.first()?;
    let whole: Vec<u8> = words.iter().flat_map(|word| word.bytes.iter().copied()).collect();
    let known = charset_decoder(first.label.as_bytes());
    let unpadded = words.iter().any(|word| word.unpadded);
    if whole.is_ascii() {
        let ours = charset::decode(first.label, &whole);
        return ours.or_else(|| known.filter(|_| unpadded).map(|decode| decode(&whole)));
    }
    match (known, String::from_utf8(whole)) {
        (Some(_), Ok(text)) => Some(text),
        (Some(decode), Err(error)) => unpadded.then(|| decode(error.as_bytes())),
        (None, Ok(text)) => {
            let cut = words.iter().any(|word| std::str::from_utf8(&word.bytes).is_err());
            (cut || unpadded).then_some(text)
        }
        (None, Err(error)) => {
            let bytes = error.as_bytes();
            charset::decode(first.label, bytes).or_else(|| Some(charset::guess(bytes).into_owned()))
        }
    }
}

/// Whether base64 ends within a group of four letters.
fn is_unpadded(encoded: &[u8]) -> bool {
    let letters = encoded.iter().filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
    !encoded.contains(&b'=') && letters.count() % 4 > 1
}

/// A text part as it was meant: UTF-8 where the bytes are that, whatever was declared; what its letters make likely
/// where nothing readable was declared, or where they are not what was.
pub(super) fn text<'a>(raw: &[u8], part: &MessagePart<'_>, decoded: &'a str) -> Cow<'a, str> {
    let label = part.content_type().and_then(|kind| kind.attribute("charset")).unwrap_or_default();
    let decoder = charset_decoder(label.as_bytes());
    let broken = decoded.contains('\u{fffd}');
    if loses_its_end(raw, part) {
        let bytes = bytes(raw, part);
        let text = decoder.map_or_else(|| charset::guess(&bytes).into_owned(), |decode| decode(&bytes));
        return Cow::Owned(text);
    }
    if decoded.is_ascii() || !(broken || decoder.is_some()) {
        return Cow::Borrowed(decoded);
    }
    let bytes = bytes(raw, part);
    match std::str::from_utf8(&bytes) {
        Ok(text) if !text.is_ascii() => Cow::Owned(text.to_owned()),
        _ if broken => {
            meant_text(label, decoder.is_some(), part, &bytes).map_or(Cow::Borrowed(decoded), Cow::Owned)
        }
        _ => Cow::Borrowed(decoded),
    }
}

/// Whether the parser drops the last letters, because nothing fills up the base64 they are in.
fn loses_its_end(raw: &[u8], part: &MessagePart<'_>) -> bool {
    part.encoding == Encoding::Base64 && is_unpadded(encoded(raw, part))
}

/// What bytes say that are not in the charset they claim; nothing if another would not do better.
fn meant_text(label: &str, known: bool, part: &MessagePart<'_>, bytes: &[u8]) -> Option<String> {
    if let Some(text) = charset::decode(label, bytes) {
        return Some(text);
    }
    if known {
        // A letter that a charset of one byte each does not have shows that it is another charset.
        let guessed = charset::is_single_byte(label).then(|| charset::guess(bytes));
        return guessed.filter(|text| !text.contains('\u{fffd}')).map(Cow::into_owned);
    }
    let is_html = part.is_content_type("text", "html");
    let named = charset::named(bytes).filter(|_| is_html).map(|it| it.decode_without_bom_handling(bytes));
    match named {
        Some((text, false)) => Some(text.into_owned()),
        _ => Some(charset::guess(bytes).into_owned()),
    }
}

fn encoded<'a>(raw: &'a [u8], part: &MessagePart<'_>) -> &'a [u8] {
    let (from, to) = (part.offset_body as usize, part.offset_end as usize);
    raw.get(from..to.min(raw.len())).unwrap_or_default()
}

/// What a part holds.
pub(super) fn content<'a>(raw: &'a [u8], part: &'a MessagePart<'_>) -> Cow<'a, [u8]> {
    match &part.body {
        PartType::Binary(_) | PartType::InlineBinary(_) if loses_its_end(raw, part) => {
            Cow::Owned(bytes(raw, part))
        }
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => Cow::Borrowed(bytes),
        PartType::Multipart(_) => Cow::Borrowed(&[]),
        _ => Cow::Owned(bytes(raw, part)),
    }
}

/// A part's bytes without its transfer encoding.
pub(super) fn bytes(raw: &[u8], part: &MessagePart<'_>) -> Vec<u8> {
    let encoded = encoded(raw, part);
    let decoded = match part.encoding {
        Encoding::Base64 => base64_decode(encoded),
        Encoding::QuotedPrintable => quoted_printable_decode(encoded),
        Encoding::None => None,
    };
    decoded.unwrap_or_else(|| encoded.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(head: &[u8]) -> String {
        String::from_utf8(headers(head).into_owned()).unwrap()
    }

    #[test]
    fn raw_bytes_in_headers_become_readable() {
        assert_eq!(
            mended(b"Subject: Gr\xfc\xdfe\nFrom: J\xc3\xb6rg\n\nbody"),
            "Subject: Grüße\nFrom: Jörg\n\nbody"
        );
    }

    #[test]
    fn words_that_claim_the_wrong_charset_are_mended() {
        let word = mended(b"Subject: =?gb2312?B?5L2g5aW9?=\n\n");
        assert_eq!(word, format!("Subject: =?utf-8?B?{}?=\n\n", STANDARD.encode("你好")));
        let split = mended(b"Subject: =?utf-8?B?5L2g5Q==?=\n =?utf-8?B?pb0=?= x\n\n");
        assert_eq!(split, format!("Subject: =?utf-8?B?{}?= x\n\n", STANDARD.encode("你好")));
        let latin = mended(b"Subject: =?utf-8?Q?Gr=FC=DFe?=\n\n");
        assert_eq!(latin, format!("Subject: =?utf-8?B?{}?=\n\n", STANDARD.encode("Grüße")));
        let fine = "Subject: =?iso-8859-1?Q?Gr=FC=DFe?= =?bad\n\n";
        assert_eq!(mended(fine.as_bytes()), fine);
    }
}
