//! What a message says, as plain text to the letter.

use html2text::config;
use mail_parser::{Message, MimeHeaders, PartType};
use unicode_normalization::UnicodeNormalization;

use super::{quote, repair};

/// Bytes of HTML turned into text; more is no letter, and the raw message is kept.
const HTML_LIMIT: usize = 2 * 1024 * 1024;
/// Columns before text from HTML is wrapped: wide enough for paragraphs, narrow enough for rules drawn across.
const WIDTH: usize = 400;
/// Stands in the HTML where a quote begins; it is in no alphabet.
const MARK: &str = "\u{e0f1}";

/// The text, and where its tail of quoted text begins.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Body {
    pub text: String,
    pub quote_from: Option<usize>,
    /// Whether the message also has, or only has, HTML.
    pub html: bool,
}

/// Reads the text parts; HTML only where there is no text.
pub(super) fn of(raw: &[u8], message: &Message<'_>) -> Body {
    let html = htmls(raw, message);
    let plain: Vec<String> = message.text_body.iter().filter_map(|id| plain(raw, message, *id)).collect();
    let text = clean(&plain.join("\n"));
    let has_html = !html.is_empty();
    if !text.trim().is_empty() || !has_html {
        let quote_from = quote::in_text(&text);
        return Body { text, quote_from, html: has_html };
    }
    let Body { text, quote_from, .. } = from_html(&html.join("\n"));
    Body { text, quote_from, html: true }
}

/// The HTML parts that make up the body.
pub(super) fn htmls(raw: &[u8], message: &Message<'_>) -> Vec<String> {
    let parts = message.html_body.iter().filter_map(|id| message.parts.get(*id as usize));
    let texts = parts.filter_map(|part| match &part.body {
        PartType::Html(html) => Some(repair::text(raw, part, html).into_owned()),
        _ => None,
    });
    texts.collect()
}

fn plain(raw: &[u8], message: &Message<'_>, id: u32) -> Option<String> {
    let part = message.parts.get(id as usize)?;
    let PartType::Text(text) = &part.body else { return None };
    let text = repair::text(raw, part, text);
    let label = part.content_type().and_then(|kind| kind.attribute("charset")).unwrap_or_default();
    // Vietnamese in this charset comes in pieces that no search would find.
    let pieces = label.eq_ignore_ascii_case("windows-1258");
    Some(if pieces { text.nfc().collect() } else { text.into_owned() })
}

fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "");
    text.trim_end_matches(['\n', ' ', '\t']).trim_start_matches('\n').to_owned()
}

/// HTML as text, with the place where its quote begins.
pub(super) fn from_html(html: &str) -> Body {
    let html = cut(html);
    let Some(at) = quote::in_html(html) else {
        return Body { text: clean(&flatten(html)), quote_from: None, html: true };
    };
    let marked = format!("{}{MARK}{}", &html[..at], &html[at..]);
    let text = clean(&flatten(&marked));
    let Some((before, after)) = text.split_once(MARK) else {
        return Body { text, quote_from: None, html: true };
    };
    let quote_from = quote::of_marked(before, after).then_some(before.len());
    Body { text: format!("{before}{}", after.replace(MARK, "")), quote_from, html: true }
}

fn cut(html: &str) -> &str {
    let end = (0..=html.len().min(HTML_LIMIT)).rev().find(|at| html.is_char_boundary(*at));
    &html[..end.unwrap_or_default()]
}

fn flatten(html: &str) -> String {
    if is_too_deep(html) {
        return strip(html);
    }
    let plain = config::plain_no_decorate().allow_width_overflow().no_table_borders().raw_mode(true);
    let text = plain.string_from_read(html.as_bytes(), WIDTH).unwrap_or_else(|_| strip(html));
    let lines = text.lines().map(|line| match line.chars().all(|c| c == '─') && !line.is_empty() {
        true => "──────────",
        false => line.trim_end(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Elements within elements before a page is taken for an attack: mail programs come to a hundred or two.
const DEPTH: usize = 2000;

/// Whether so many elements stay open that laying them out would take longer than the letter is worth.
fn is_too_deep(html: &str) -> bool {
    let (mut depth, mut deepest) = (0usize, 0usize);
    let bytes = html.as_bytes();
    for at in memchr::memchr_iter(b'<', bytes) {
        match bytes.get(at + 1) {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(letter) if letter.is_ascii_alphabetic() && !is_void(&bytes[at + 1..]) => depth += 1,
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest > DEPTH
}

/// Whether an element has no end: `br`, `img` and what mail seldom closes.
fn is_void(tag: &[u8]) -> bool {
    let name: Vec<u8> =
        tag.iter().take_while(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect();
    matches!(
        &*name,
        b"br"
            | b"img"
            | b"hr"
            | b"meta"
            | b"link"
            | b"input"
            | b"p"
            | b"li"
            | b"td"
            | b"tr"
            | b"col"
            | b"wbr"
    )
}

/// Text between tags, for HTML that cannot be laid out.
fn strip(html: &str) -> String {
    let texts = html.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
    texts.collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}
