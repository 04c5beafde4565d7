//! What a message says, as plain text to the letter.

use mail_parser::{Message, MessagePart, MimeHeaders, PartType};
use unicode_normalization::UnicodeNormalization;

use super::{layout, quote, repair};

/// Bytes of HTML turned into text; more is no letter, and the raw message is kept.
const HTML_LIMIT: usize = 2 * 1024 * 1024;
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
    let mut plain: Vec<String> = message.text_body.iter().filter_map(|id| plain(raw, message, *id)).collect();
    if plain.is_empty() && html.is_empty() {
        plain = cut_short(raw, message);
    }
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

/// The text of a message that ends before its last boundary, which the parser takes for an attachment.
fn cut_short(raw: &[u8], message: &Message<'_>) -> Vec<String> {
    let broken = message.parts.iter().enumerate().filter(|(_, part)| {
        let attached = part.content_disposition().is_some_and(|disposition| disposition.is_attachment());
        part.is_encoding_problem && !attached
    });
    let text = |(id, part): (usize, &MessagePart<'_>)| {
        let text = plain(raw, message, id as u32)?;
        Some(if part.is_content_type("text", "html") { layout::text(cut(&text)) } else { text })
    };
    broken.filter_map(text).collect()
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
        return Body { text: clean(&layout::text(html)), quote_from: None, html: true };
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
