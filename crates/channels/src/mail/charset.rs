//! What text is written in: charsets by the names mail gives them, and bytes that nobody named a charset for.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, EUC_KR, Encoding, GB18030, SHIFT_JIS, UTF_8, WINDOWS_874, WINDOWS_1251};
use mail_parser::decoders::charsets::map::charset_decoder;

/// Names that no standard lists.
const ALIASES: &[(&str, &Encoding)] = &[
    ("eucgb2312_cn", GB18030),
    ("euc-cn", GB18030),
    ("gb-2312", GB18030),
    ("cp936", GB18030),
    ("ms936", GB18030),
    ("cp949", EUC_KR),
    ("ms949", EUC_KR),
    ("cp950", BIG5),
    ("cp874", WINDOWS_874),
    ("cp932", SHIFT_JIS),
    ("win1251", WINDOWS_1251),
    ("win-1251", WINDOWS_1251),
    ("cp65001", UTF_8),
    ("utf8mb4", UTF_8),
];

/// Bytes that show what a text is written in; the detector is thorough, and not fast.
const ENOUGH: usize = 64 * 1024;
/// Bytes in which the name of a charset is looked for: heads of HTML, and of mail that came a long way.
const META: usize = 8 * 1024;

/// The text, where the parser's own tables do not have this charset or give it up.
pub(super) fn decode(label: &str, bytes: &[u8]) -> Option<String> {
    match label.to_ascii_lowercase().as_str() {
        "hz-gb-2312" | "hz" => return Some(hz(bytes)),
        "iso-2022-kr" | "csiso2022kr" => return Some(shifted(bytes)),
        _ => {}
    }
    let known = charset_decoder(label.as_bytes()).is_some();
    let (text, broken) = alias(label).filter(|_| !known)?.decode_without_bom_handling(bytes);
    // UTF-8 that is not whole is something else; in other charsets a letter may be lost on the way.
    (!broken || !label.to_ascii_lowercase().starts_with("utf")).then(|| text.into_owned())
}

fn alias(label: &str) -> Option<&'static Encoding> {
    let label = label.trim_matches(['"', '\'', ' ']);
    let found = ALIASES.iter().find(|(name, _)| label.eq_ignore_ascii_case(name)).map(|(_, it)| *it);
    // An encoding that stands for those too dangerous to decode is none.
    found.or_else(|| Encoding::for_label_no_replacement(label.as_bytes()))
}

/// The charset of a Windows code page.
pub(super) fn of_codepage(page: u32) -> Option<&'static Encoding> {
    match page {
        65001 => Some(UTF_8),
        28591..=28606 => alias(&format!("iso-8859-{}", page - 28590)),
        20127 => alias("us-ascii"),
        20866 => alias("koi8-r"),
        50220..=50222 => alias("iso-2022-jp"),
        51932 => alias("euc-jp"),
        page => alias(&format!("cp{page}")),
    }
}

/// Whether each of its letters is one byte.
pub(super) fn is_single_byte(label: &str) -> bool {
    Encoding::for_label(label.as_bytes()).is_some_and(Encoding::is_single_byte)
}

/// What bytes without a charset are written in, by the letters that stand beside each other.
pub(super) fn likely(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(ENOUGH)], bytes.len() <= ENOUGH);
    detector.guess(None, Utf8Detection::Allow)
}

/// What bytes without a charset say.
pub(super) fn guess(bytes: &[u8]) -> Cow<'_, str> {
    likely(bytes).decode_without_bom_handling(bytes).0
}

/// The charset that HTML names for itself in its head, or a head of headers for its text.
pub(super) fn named(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(META)];
    let at = head.windows(8).position(|it| it.eq_ignore_ascii_case(b"charset="))? + 8;
    let label = head[at..].trim_ascii_start();
    let label = label.strip_prefix(b"\"").or(label.strip_prefix(b"'")).unwrap_or(label);
    let end = label.iter().position(|byte| !(byte.is_ascii_alphanumeric() || b"-_:.".contains(byte)));
    alias(std::str::from_utf8(&label[..end.unwrap_or(label.len())]).ok()?)
}

/// Chinese in seven bits (RFC 1843): `~{` begins it, `~}` ends it, `~~` is a tilde.
fn hz(bytes: &[u8]) -> String {
    let (mut plain, mut chinese, mut at) = (Vec::with_capacity(bytes.len()), false, 0);
    while at < bytes.len() {
        let step = match (bytes[at], bytes.get(at + 1)) {
            (b'~', Some(b'{')) => {
                chinese = true;
                2
            }
            (b'~', Some(b'}')) => {
                chinese = false;
                2
            }
            (b'~', Some(b'~')) => {
                plain.push(b'~');
                2
            }
            (b'~', Some(b'\n')) => 2,
            (byte, _) => {
                // A line always begins in ASCII again.
                chinese &= byte != b'\n';
                let letter = chinese && byte.is_ascii_graphic();
                plain.push(if letter { byte | 0x80 } else { byte });
                1
            }
        };
        at += step;
    }
    GB18030.decode_without_bom_handling(&plain).0.into_owned()
}

/// Korean in seven bits (RFC 1557): shift-out begins it, shift-in or the end of the line ends it.
fn shifted(bytes: &[u8]) -> String {
    let mut korean = false;
    let mut plain = Vec::with_capacity(bytes.len());
    let named = bytes.strip_prefix(b"\x1b$)C").unwrap_or(bytes);
    for byte in named {
        match byte {
            0x0e => korean = true,
            0x0f => korean = false,
            byte => {
                korean &= *byte != b'\n';
                let letter = korean && byte.is_ascii_graphic();
                plain.push(if letter { byte | 0x80 } else { *byte });
            }
        }
    }
    EUC_KR.decode_without_bom_handling(&plain).0.into_owned().replace("\u{1b}$)C", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_bit_charsets_are_read() {
        let told = decode("HZ-GB-2312", b"~{<:Ky2;S{#,NpJ)l6HK!#~} Bye~~");
        assert_eq!(told.as_deref(), Some("己所不欲，勿施於人。 Bye~"));
        let told = decode("iso-2022-kr", b"\x1b$)C\x0e>H3g\x0f!\n");
        assert_eq!(told.as_deref(), Some("안녕!\n"));
    }

    #[test]
    fn text_without_a_charset_is_guessed() {
        assert_eq!(guess(b"Gr\xfc\xdfe aus M\xfcnchen"), "Grüße aus München");
        let russian = WINDOWS_1251.encode("Добрый день, высылаю договор").0;
        assert_eq!(guess(&russian), "Добрый день, высылаю договор");
        let chinese = GB18030.encode("系统退信，您的邮件无法投递").0;
        assert_eq!(guess(&chinese), "系统退信，您的邮件无法投递");
    }

    #[test]
    fn names_of_many_programs_are_known() {
        assert_eq!(decode("eucgb2312_cn", b"\xb4\xf0\xb8\xb4").as_deref(), Some("答复"));
        assert!(alias("cp936").is_some() && alias("x-klingon").is_none());
        let html = b"<html><meta http-equiv=Content-Type content=\"text/html; charset=GB2312\">";
        assert_eq!(named(html).map(Encoding::name), Some("GBK"));
    }
}
