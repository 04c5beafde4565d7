//! HTML laid out as a letter: words without marks of emphasis, quotes with `>`, lists with their signs.

use html2text::{config, render::TextDecorator};

/// Columns before text is wrapped: wide enough for any paragraph.
const WIDTH: usize = 10_000;

/// Elements within elements before a page is taken for an attack: mail programs come to a hundred or two.
const DEPTH: usize = 2000;

/// The text of a page.
pub(super) fn text(html: &str) -> String {
    if is_too_deep(html) {
        return strip(html);
    }
    let letter = config::with_decorator(Letter).allow_width_overflow().no_table_borders().raw_mode(true);
    let text = letter.string_from_read(html.as_bytes(), WIDTH).unwrap_or_else(|_| strip(html));
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

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
    let name: Vec<u8> = tag
        .iter()
        .take(8)
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .map(u8::to_ascii_lowercase)
        .collect();
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

/// Leaves words as they are: what was said, not how it was set.
struct Letter;

/// No mark.
fn bare() -> (String, ()) {
    (String::new(), ())
}

impl TextDecorator for Letter {
    type Annotation = ();

    fn decorate_link_start(&mut self, _: &str) -> (String, ()) {
        bare()
    }
    fn decorate_link_end(&mut self) -> String {
        String::new()
    }
    fn decorate_em_start(&self) -> (String, ()) {
        bare()
    }
    fn decorate_em_end(&self) -> String {
        String::new()
    }
    fn decorate_strong_start(&self) -> (String, ()) {
        bare()
    }
    fn decorate_strong_end(&self) -> String {
        String::new()
    }
    fn decorate_strikeout_start(&self) -> (String, ()) {
        bare()
    }
    fn decorate_strikeout_end(&self) -> String {
        String::new()
    }
    fn decorate_code_start(&self) -> (String, ()) {
        bare()
    }
    fn decorate_code_end(&self) -> String {
        String::new()
    }
    fn decorate_preformat_first(&self) {}
    fn decorate_preformat_cont(&self) {}
    fn decorate_image(&mut self, _: &str, title: &str) -> (String, ()) {
        (title.to_owned(), ())
    }
    fn header_prefix(&self, _: usize) -> String {
        String::new()
    }
    fn quote_prefix(&self) -> String {
        "> ".to_owned()
    }
    fn unordered_item_prefix(&self) -> String {
        "* ".to_owned()
    }
    fn ordered_item_prefix(&self, number: i64) -> String {
        format!("{number}. ")
    }
    fn decorate_superscript_start(&self) -> (String, ()) {
        bare()
    }
    fn decorate_superscript_end(&self) -> String {
        String::new()
    }
    fn make_subblock_decorator(&self) -> Self {
        Self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_reads_as_a_letter() {
        let html = "<h1>Hi</h1><p>Read <a href=x><b>this</b></a>.</p><ul><li>one<li>two</ul><hr><blockquote>old</blockquote>";
        let text = text(html);
        for part in ["Hi", "Read this.", "* one\n* two", "> old"] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    #[test]
    fn a_page_built_to_exhaust_us_is_only_stripped() {
        let deep = format!("{}deep{}", "<div>".repeat(200_000), "</div>".repeat(200_000));
        assert_eq!(text(&deep), "deep");
    }
}
