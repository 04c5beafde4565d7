//! HTML: what stands between tags and in the few attributes that are shown; not scripts, code, quotations.

use std::ops::Range;

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

use super::{Reads, Role, Span, hush::Hush, marks};

/// HTML.
pub struct Html;

/// Elements whose text is no prose of ours.
const SILENT: &[&[u8]] = &[
    b"script",
    b"style",
    b"pre",
    b"code",
    b"kbd",
    b"samp",
    b"tt",
    b"var",
    b"textarea",
    b"svg",
    b"math",
    b"template",
];

/// Elements in which somebody else speaks.
const QUOTES: &[&[u8]] = &[b"blockquote", b"q", b"cite"];

/// Elements that stand within a sentence. All others end it.
const INLINE: &[&[u8]] = &[
    b"a", b"abbr", b"b", b"bdi", b"bdo", b"code", b"em", b"i", b"kbd", b"mark", b"q", b"s", b"samp", b"tt",
    b"small", b"span", b"strong", b"sub", b"sup", b"time", b"u", b"var", b"cite", b"ins", b"del", b"font",
];

/// Attributes that are shown or read aloud.
const SHOWN: &[&[u8]] = &[b"alt", b"title", b"placeholder", b"aria-label", b"label"];

/// Nobody quotes deeper; what does was made to keep us busy.
const DEEP: usize = 64;

impl Reads for Html {
    fn spans(&self, text: &str) -> Vec<Span> {
        marks::without(within(text, 0), &marks::of(text))
    }
}

/// Whether the text of an element is no prose.
pub(super) fn is_silent(name: &[u8]) -> bool {
    SILENT.contains(&name) || QUOTES.contains(&name)
}

/// The words in a piece of HTML that begins at `base`.
pub(super) fn within(text: &str, base: usize) -> Vec<Span> {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let mut reading = Reading { text, base, ..Reading::default() };
    for token in Tokenizer::new_with_emitter(text, emitter).flatten() {
        reading.take(token);
    }
    let end = reading.unfinished();
    reading.text_until(end);
    reading.end_block(end);
    reading.spans.sort_by_key(|it| it.range.start);
    reading.spans
}

#[derive(Default)]
struct Reading<'a> {
    text: &'a str,
    base: usize,
    spans: Vec<Span>,
    // Where the last tag ended, and where the block began.
    here: usize,
    block: usize,
    // The first span of the block, whose end is not known yet.
    open: usize,
    // Elements that silence or quote, innermost last.
    within: Vec<Vec<u8>>,
    hush: Hush,
    heading: bool,
}

impl Reading<'_> {
    // Where a tag begins that the text ends in, or else where the text ends.
    fn unfinished(&self) -> usize {
        let bytes = self.text.as_bytes();
        let from = self.here.min(bytes.len());
        let opens =
            |at: &usize| bytes.get(at + 1).is_some_and(|it| it.is_ascii_alphabetic() || b"/!?".contains(it));
        memchr::memchr_iter(b'<', &bytes[from..]).map(|n| from + n).find(opens).unwrap_or(bytes.len())
    }

    fn take(&mut self, token: Token<usize>) {
        match token {
            Token::StartTag(tag) => {
                self.pass(tag.span.start..tag.span.end, &tag.name);
                self.enter(&tag);
            }
            Token::EndTag(tag) => {
                self.pass(tag.span.start..tag.span.end, &tag.name);
                self.leave(&tag.name);
            }
            Token::Comment(it) => self.pass_over(it.span.start..it.span.end),
            Token::Doctype(it) => self.pass(it.span.start..it.span.end, b""),
            Token::String(_) | Token::Error(_) => {}
        }
    }

    fn pass(&mut self, tag: Range<usize>, name: &[u8]) {
        self.pass_over(tag.clone());
        if !INLINE.contains(&name) {
            self.end_block(tag.start);
            self.block = tag.end;
        }
    }

    fn pass_over(&mut self, mark: Range<usize>) {
        self.text_until(mark.start);
        self.here = mark.end;
    }

    fn enter(&mut self, tag: &StartTag<usize>) {
        let name: &[u8] = &tag.name;
        self.hush.enter(name, self.text.get(tag.span.start..tag.span.end).unwrap_or_default());
        if !self.hush.is_on() {
            self.shown(tag);
        }
        if is_silent(name) && !tag.self_closing && self.within.len() < DEEP {
            self.within.push(name.to_vec());
        }
        self.heading |= is_heading(name);
    }

    fn leave(&mut self, name: &[u8]) {
        self.hush.leave(name);
        if let Some(at) = self.within.iter().rposition(|it| it == name) {
            self.within.truncate(at);
        }
        self.heading &= !is_heading(name);
    }

    fn shown(&mut self, tag: &StartTag<usize>) {
        let shown = tag
            .attributes
            .iter()
            .filter(|(name, value)| SHOWN.contains(&name.as_slice()) && !value.is_empty());
        for (_, value) in shown {
            if let Some(at) = self.place(value.span.start..tag.span.end, value) {
                let range = self.base + at..self.base + at + value.len();
                self.spans.push(Span { range: range.clone(), role: Role::Prose, block: range });
            }
        }
    }

    // Where the value of an attribute stands to the letter; nowhere, if it is written with references.
    fn place(&self, from: Range<usize>, value: &[u8]) -> Option<usize> {
        let bytes = self.text.as_bytes().get(from.clone())?;
        let equals = memchr::memchr(b'=', bytes)?;
        let quoted =
            bytes[equals + 1..].iter().position(|it| !it.is_ascii_whitespace() && !b"\"'".contains(it))?;
        let at = equals + 1 + quoted;
        // A value may itself begin with space.
        let lead = value.iter().position(|it| !it.is_ascii_whitespace() && !b"\"'".contains(it))?;
        let start = at.checked_sub(lead)?;
        bytes[start..].starts_with(value).then_some(from.start + start)
    }

    fn text_until(&mut self, end: usize) {
        let range = self.here..end.max(self.here);
        let has_words = self.text.get(range.clone()).is_some_and(|it| it.trim() != "");
        if let Some(role) = self.role().filter(|_| has_words) {
            let range = self.base + range.start..self.base + range.end;
            self.spans.push(Span { range: range.clone(), role, block: range });
        }
        self.here = self.here.max(end);
    }

    fn role(&self) -> Option<Role> {
        let is = |names: &[&[u8]]| self.within.iter().any(|it| names.contains(&it.as_slice()));
        match (is(SILENT), is(QUOTES)) {
            (true, _) => None,
            _ if self.hush.is_on() => None,
            (_, true) => Some(Role::Quoted),
            _ if self.heading => Some(Role::Heading),
            _ => Some(Role::Prose),
        }
    }

    fn end_block(&mut self, end: usize) {
        let block = self.base + self.block..self.base + end;
        for span in &mut self.spans[self.open..] {
            if block.start <= span.range.start && span.range.end <= block.end {
                span.block = block.clone();
            }
        }
        self.open = self.spans.len();
    }
}

fn is_heading(name: &[u8]) -> bool {
    matches!(name, [b'h', b'1'..=b'6'])
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, told};
    use super::*;

    #[test]
    fn scripts_code_comments_and_quotations_are_left_alone() {
        let text = "<!DOCTYPE html><title>A shop</title><script>users < 3</script><!-- users --><h1>Our users</h1>\
                    <p>We <b>ask</b> <code>users</code> what <q>users</q> want.<br>Yes.<blockquote>users</blockquote>";
        assert_eq!(told(Kind::Html, text), ["A shop", "Our users", "We ", "ask", " what ", " want.", "Yes."]);
    }

    #[test]
    fn a_sentence_goes_on_through_what_stands_within_it() {
        let text = "<p>We ask <b>our users</b> often.</p>";
        let spans = Html.spans(text);
        assert_eq!(&text[spans[1].block.clone()], "We ask <b>our users</b> often.");
    }

    #[test]
    fn what_is_no_tag_after_all_ends_where_the_standard_says() {
        let text = "</>a<!users>b</{users <!-- >c<!--users--!>d<!-->e<!-- users --><? users>f</ users";
        assert_eq!(told(Kind::Html, text), ["</>a", "b", "c", "d", "e", "f"]);
    }

    #[test]
    fn what_is_shown_of_an_attribute_is_read() {
        let text = "<img alt='our users' class=users><input placeholder=\"a name\">";
        assert_eq!(told(Kind::Html, text), ["our users", "a name"]);
    }
}
