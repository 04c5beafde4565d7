//! Markdown: what is neither code, link target, markup, front matter nor quotation.

use std::{
    cell::OnceCell,
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
    ops::Range,
};

use memchr::memmem;
use pulldown_cmark::{BrokenLink, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::{Reads, Role, Span, html, hush::Hush, lines, marks, stretches::Stretches};

/// Markdown as CommonMark has it, with tables, footnotes, front matter and mathematics.
pub struct Markdown;

fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM
}

impl Reads for Markdown {
    fn spans(&self, text: &str) -> Vec<Span> {
        let start = front(text);
        let mut reading = Reading { text, base: start, ..Reading::default() };
        for (event, range) in Parser::new_ext(&text[start..], options()).into_offset_iter() {
            reading.take(event, range);
        }
        marks::without(reading.spans, &marks::of(text))
    }

    fn silent(&self, text: &str) -> Vec<Range<usize>> {
        Stretches::of(text, front(text)).silent()
    }

    fn spans_near(&self, text: &str, places: &[usize]) -> Vec<Span> {
        let start = front(text);
        let stretches = Stretches::of(text, start);
        let labels = Labels::default();
        let mut reading = Reading { text, ..Reading::default() };
        let mut here = 0;
        for place in places.iter().filter(|it| **it >= start) {
            if *place < here {
                continue;
            }
            let stretch = stretches.around(*place);
            here = stretch.end;
            reading.base = stretch.start;
            let mut known =
                |link: BrokenLink<'_>| labels.know(text, &link.reference).then(|| ("".into(), "".into()));
            let parser = Parser::new_with_broken_link_callback(&text[stretch], options(), Some(&mut known));
            for (event, range) in parser.into_offset_iter() {
                reading.take(event, range);
            }
        }
        marks::without(reading.spans, &marks::of(text))
    }
}

// Where the front matter ends: settings between lines of three dashes or pluses at the very beginning.
fn front(text: &str) -> usize {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut lines = lines(&text[start..]);
    let Some((_, first)) = lines.next().filter(|(_, it)| matches!(it.trim_end(), "---" | "+++")) else {
        return 0;
    };
    let end = lines.find(|(_, it)| it.trim_end() == first.trim_end());
    end.map_or(0, |(at, line)| start + at + line.len())
}

/// The names that a text gives to its links, read when one is first asked for, and kept as hashes: there may be very
/// many, and the worst that could come of two alike is a word that is left alone.
#[derive(Default)]
struct Labels(OnceCell<HashSet<u64>>);

impl Labels {
    fn know(&self, text: &str, label: &str) -> bool {
        self.0.get_or_init(|| labels(text)).contains(&folded(label))
    }
}

fn labels(text: &str) -> HashSet<u64> {
    let bytes = text.as_bytes();
    let label = |end: usize| {
        let from = end.saturating_sub(1_000);
        let start = memchr::memrchr(b'[', &bytes[from..end]).map(|it| from + it)?;
        let is_mark =
            |it: &&u8| **it != b'\n' && (it.is_ascii_whitespace() || b">-*+.)0123456789".contains(it));
        let marks = bytes[..start].iter().rev().take_while(is_mark).count();
        let is_alone = start == marks || bytes[start - marks - 1] == b'\n';
        is_alone.then(|| folded(&text[start + 1..end]))
    };
    memmem::find_iter(bytes, "]:").filter_map(label).collect()
}

// The same for labels that differ in capitals or spaces only.
fn folded(label: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    for word in label.split_whitespace() {
        for letter in word.chars().flat_map(char::to_lowercase) {
            letter.hash(&mut hasher);
        }
        ' '.hash(&mut hasher);
    }
    hasher.finish()
}

#[derive(Default)]
struct Reading<'a> {
    text: &'a str,
    // Where what is parsed begins.
    base: usize,
    spans: Vec<Span>,
    block: Range<usize>,
    heading: bool,
    quoted: usize,
    // Code, front matter, blocks of HTML: within these nothing is told.
    silent: usize,
    // Whether each open link's text is at the same time a name.
    labels: Vec<bool>,
    // Elements within the line whose text is no prose.
    hidden: usize,
    hush: Hush,
}

impl Reading<'_> {
    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        let range = self.base + range.start..self.base + range.end;
        match event {
            Event::Start(tag) => self.enter(&tag, range),
            Event::End(tag) => self.leave(tag),
            Event::Text(_) if self.is_prose() => self.tell(range),
            Event::InlineHtml(tag) => self.pass_tag(&tag),
            _ => {}
        }
    }

    fn is_prose(&self) -> bool {
        self.silent == 0 && self.hidden == 0 && !self.hush.is_on() && !self.labels.contains(&true)
    }

    fn enter(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Paragraph | Tag::Item | Tag::TableCell => self.begin(range),
            Tag::Heading { .. } => {
                self.heading = true;
                self.begin(range);
            }
            // What GitHub sets off as a note is ours.
            Tag::BlockQuote(None) => self.quoted += 1,
            Tag::CodeBlock(_) | Tag::MetadataBlock(_) => self.silent += 1,
            Tag::HtmlBlock => {
                self.silent += 1;
                self.html(range);
            }
            Tag::Link { link_type, .. } | Tag::Image { link_type, .. } => {
                self.labels.push(is_label(*link_type))
            }
            _ => {}
        }
    }

    fn begin(&mut self, block: Range<usize>) {
        (self.block, self.hidden, self.hush) = (block, 0, Hush::default());
    }

    fn leave(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => self.heading = false,
            TagEnd::BlockQuote(None) => self.quoted = self.quoted.saturating_sub(1),
            TagEnd::CodeBlock | TagEnd::MetadataBlock(_) | TagEnd::HtmlBlock => {
                self.silent = self.silent.saturating_sub(1);
            }
            TagEnd::Link | TagEnd::Image => drop(self.labels.pop()),
            _ => {}
        }
    }

    fn pass_tag(&mut self, tag: &str) {
        let name = tag.trim_start_matches(['<', '/']);
        let name = &name[..name.find(|it: char| !it.is_ascii_alphanumeric()).unwrap_or(name.len())];
        let is_end = tag.starts_with("</");
        if is_end {
            self.hush.leave(name.as_bytes());
        } else {
            self.hush.enter(name.as_bytes(), tag);
        }
        if html::is_silent(name.as_bytes()) {
            self.hidden = if is_end { self.hidden.saturating_sub(1) } else { self.hidden + 1 };
        }
    }

    fn tell(&mut self, range: Range<usize>) {
        let role = match (self.quoted, self.heading) {
            (0, true) => Role::Heading,
            (0, false) => Role::Prose,
            _ => Role::Quoted,
        };
        match self.spans.last_mut() {
            Some(last) if last.range.end == range.start && last.block == self.block => {
                last.range.end = range.end
            }
            _ => self.spans.push(Span { range, role, block: self.block.clone() }),
        }
    }

    fn html(&mut self, range: Range<usize>) {
        let quoted = self.quoted > 0;
        for mut span in html::within(&self.text[range.clone()], range.start) {
            span.role = if quoted { Role::Quoted } else { span.role };
            self.spans.push(span);
        }
    }
}

// Their text is at the same time the name by which the target is found.
fn is_label(kind: LinkType) -> bool {
    !matches!(kind, LinkType::Inline | LinkType::Reference | LinkType::ReferenceUnknown)
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, told};
    use super::*;

    #[test]
    fn code_targets_labels_and_front_matter_are_left_alone() {
        let text = "---\ntitle: users\n---\n# Our users\n\nSee `users` and [users](/users \"users\") or [users][] \
                    <https://a.b/users>.\n\n```\nusers\n```\n\n    users\n\n[users]: /users\n";
        assert_eq!(told(Kind::Markdown, text), ["Our users", "See ", " and ", "users", " or ", " ", "."]);
    }

    #[test]
    fn quotations_are_told_apart_and_notes_are_ours() {
        let text = "> our users\n\n> [!NOTE]\n> Ask users.\n\n- an item\n";
        let roles: Vec<Role> = Markdown.spans(text).iter().map(|it| it.role).collect();
        assert_eq!(roles, [Role::Quoted, Role::Prose, Role::Prose]);
    }

    #[test]
    fn html_within_is_read_as_html() {
        let text =
            "<div title=\"a title\">\nour users <code>users</code>\n</div>\n\nand <kbd>users</kbd> here\n";
        assert_eq!(told(Kind::Markdown, text), ["a title", "\nour users ", "and ", " here"]);
    }

    #[test]
    fn what_begins_no_block_after_all_hides_none() {
        for text in ["<!\n<pre>users\n\nusers\n", "<prefer\n<!-- </pre>\n\nusers\n"] {
            let places: Vec<usize> = text.match_indices("users").map(|it| it.0).collect();
            assert_eq!(Markdown.spans_near(text, &places), Markdown.spans(text), "{text}");
        }
    }

    #[test]
    fn a_cell_is_a_whole_of_its_own() {
        let text = "| who | what |\n| --- | --- |\n| users | table |\n";
        let blocks: Vec<&str> = Markdown.spans(text).into_iter().map(|it| &text[it.block]).collect();
        assert!(blocks.contains(&" users ") || blocks.contains(&"users"), "{blocks:?}");
    }
}
