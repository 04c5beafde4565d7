//! What a message says, as plain text to the letter.

use mail_parser::{Message, MessagePart, MimeHeaders, PartType};
use unicode_normalization::UnicodeNormalization;

use super::{charset, flowed, layout, quote, repair, winmail};

/// Bytes of HTML turned into text; more is no letter, and the raw message is kept.
const HTML_LIMIT: usize = 2 * 1024 * 1024;
/// Texts that are for programs to read.
const DATA: &[&str] = &[
    "calendar",
    "csv",
    "directory",
    "rfc822-headers",
    "richtext",
    "rtf",
    "vcard",
    "x-vcalendar",
    "x-vcard",
    "xml",
];
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

/// Reads the text parts; HTML only where there is no text; what is in an Outlook envelope only where there is neither.
pub(super) fn of(raw: &[u8], message: &Message<'_>) -> Body {
    let html = htmls(raw, message);
    let mut plain: Vec<String> = message.text_body.iter().filter_map(|id| plain(raw, message, *id)).collect();
    plain.extend(strays(message).into_iter().filter_map(|id| stray(raw, message, id)));
    let text = clean(&plain.join("\n"));
    let has_html = !html.is_empty();
    if !text.trim().is_empty() {
        let quote_from = quote::in_text(&text);
        return Body { text, quote_from, html: has_html };
    }
    match has_html {
        true => from_html(&html.join("\n")),
        false => enveloped(raw, message),
    }
}

/// The letter in an Outlook envelope.
fn enveloped(raw: &[u8], message: &Message<'_>) -> Body {
    let envelope = winmail::opened(raw, message).into_iter().map(|(_, it)| it).next().unwrap_or_default();
    match (envelope.text, envelope.html) {
        (Some(text), _) if !text.trim().is_empty() => {
            let text = clean(&text);
            Body { quote_from: quote::in_text(&text), text, html: false }
        }
        // It is not among the parts that `html` shows.
        (_, Some(html)) => Body { html: false, ..from_html(&html) },
        _ => Body::default(),
    }
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

/// Texts that are the letter though the parser takes them for attachments: of a message that breaks off, of a multipart
/// that names no boundary, of a type that is not said whole. Only where there is no other letter.
pub(super) fn strays(message: &Message<'_>) -> Vec<u32> {
    let is_text = |id: &u32| {
        let part = message.parts.get(*id as usize);
        part.is_some_and(|part| matches!(part.body, PartType::Text(_) | PartType::Html(_)))
    };
    if message.text_body.iter().chain(&message.html_body).any(is_text) {
        return Vec::new();
    }
    let parts = message.parts.iter().zip(0u32..);
    parts.filter(|(part, _)| is_stray(part)).map(|(_, id)| id).collect()
}

fn is_stray(part: &MessagePart<'_>) -> bool {
    let attached = part.content_disposition().is_some_and(|disposition| disposition.is_attachment());
    let is_multipart = part.content_type().is_some_and(|kind| kind.c_type.eq_ignore_ascii_case("multipart"));
    match part.body {
        PartType::Text(_) if !attached => {}
        // A multipart that is said to be one, but not where its parts begin.
        PartType::Binary(_) => return is_multipart,
        _ => return false,
    }
    part.is_encoding_problem
        || is_multipart
        || part.content_type().is_none_or(|kind| {
            let subtype = kind.c_subtype.as_deref().unwrap_or_default().to_lowercase();
            let is_text = kind.c_type.eq_ignore_ascii_case("text") && !DATA.contains(&&*subtype);
            is_text && !kind.has_attribute("name")
        })
}

fn stray(raw: &[u8], message: &Message<'_>, id: u32) -> Option<String> {
    let part = message.parts.get(id as usize)?;
    if let PartType::Binary(bytes) = &part.body {
        return Some(charset::guess(bytes).into_owned());
    }
    let text = plain(raw, message, id)?;
    Some(if part.is_content_type("text", "html") { layout::text(cut(&text)) } else { text })
}

fn plain(raw: &[u8], message: &Message<'_>, id: u32) -> Option<String> {
    let part = message.parts.get(id as usize)?;
    let PartType::Text(text) = &part.body else { return None };
    let text = repair::text(raw, part, text);
    let label = part.content_type().and_then(|kind| kind.attribute("charset")).unwrap_or_default();
    // Vietnamese in this charset comes in pieces that no search would find.
    let pieces = label.eq_ignore_ascii_case("windows-1258");
    let text = if pieces { text.nfc().collect() } else { text.into_owned() };
    let says = |name, word| {
        let told = part.content_type().and_then(|kind| kind.attribute(name));
        told.is_some_and(|told| told.eq_ignore_ascii_case(word))
    };
    Some(if says("format", "flowed") { flowed::unfold(&text, says("delsp", "yes")) } else { text })
}

fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "");
    text.trim_end_matches(['\n', ' ', '\t']).trim_start_matches('\n').to_owned()
}

/// HTML as text, with the place where its quote begins.
pub(super) fn from_html(html: &str) -> Body {
    let html = cut(html);
    let Some(at) = quote::in_html(html) else {
        let text = clean(&layout::text(html));
        return Body { quote_from: quote::in_page(&text), text, html: true };
    };
    let marked = format!("{}{MARK}{}", &html[..at], &html[at..]);
    let text = clean(&layout::text(&marked));
    let Some((before, after)) = text.split_once(MARK) else {
        return Body { text, quote_from: None, html: true };
    };
    let after = after.replace(MARK, "");
    let blank = after.len() - after.trim_start().len();
    let quote_from = quote::of_marked(before, &after).then_some(before.len() + blank);
    Body { text: format!("{before}{after}"), quote_from, html: true }
}

fn cut(html: &str) -> &str {
    let end = (0..=html.len().min(HTML_LIMIT)).rev().find(|at| html.is_char_boundary(*at));
    &html[..end.unwrap_or_default()]
}
