//! Marks of programs within prose: what a template language puts in, and links of a wiki. They are left alone where
//! they end not far behind.

use std::ops::Range;

use memchr::memmem;

use super::Span;

/// How such marks open and close, and how far behind at most.
const MARKS: &[(&str, &str, usize)] =
    &[("{{", "}}", 1_000), ("{%", "%}", 1_000), ("{#", "#}", 1_000), ("<%", "%>", 1_000), ("[[", "]]", 200)];

/// The marks of a text, in their order.
pub(super) fn of(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut ends = Ends { bytes, next: [0; MARKS.len()] };
    let mut all: Vec<Range<usize>> = Vec::new();
    for at in memchr::memchr3_iter(b'{', b'<', b'[', bytes) {
        let is_within = all.last().is_some_and(|it| at < it.end);
        let kind = MARKS.iter().position(|it| bytes[at..].starts_with(it.0.as_bytes()));
        if let Some(end) = kind.filter(|_| !is_within).and_then(|kind| ends.of(kind, at)) {
            all.push(at..end);
        }
    }
    all
}

/// Where each kind of mark closes next. It never looks back, so that many marks without an end cost no more than
/// their bytes.
struct Ends<'a> {
    bytes: &'a [u8],
    next: [usize; MARKS.len()],
}

impl Ends<'_> {
    fn of(&mut self, kind: usize, at: usize) -> Option<usize> {
        let (open, close, far) = MARKS[kind];
        let from = at + open.len();
        if self.next[kind] < from {
            let found = memmem::find(&self.bytes[from..], close.as_bytes());
            self.next[kind] = found.map_or(usize::MAX, |n| from + n);
        }
        let end = self.next[kind];
        (end < from.saturating_add(far)).then(|| end + close.len())
    }
}

/// What is left of spans without some places; both in their order.
pub(super) fn without(spans: Vec<Span>, places: &[Range<usize>]) -> Vec<Span> {
    if places.is_empty() {
        return spans;
    }
    spans.into_iter().flat_map(|it| rest(it, places)).collect()
}

fn rest(span: Span, places: &[Range<usize>]) -> Vec<Span> {
    let first = places.partition_point(|it| it.end <= span.range.start);
    let inside = places[first..].iter().take_while(|it| it.start < span.range.end);
    let (mut all, mut here) = (Vec::new(), span.range.start);
    for place in inside {
        all.push(here..place.start.max(here));
        here = place.end.min(span.range.end);
    }
    all.push(here..span.range.end);
    all.retain(|it| !it.is_empty());
    all.into_iter().map(|range| Span { range, ..span.clone() }).collect()
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Kind, told},
        *,
    };

    #[test]
    fn what_a_template_puts_in_is_left_alone() {
        let text = "a {{ users }}, b {% users\n%}, c {# users #}, d {{< users it >}}, e <%= users %>, f";
        let want = ["a", ", b", ", c", ", d", ", e", ", f"];
        for kind in [Kind::Markdown, Kind::Html] {
            let words: Vec<&str> = told(kind, text).into_iter().map(str::trim).collect();
            assert_eq!(words, want, "{kind:?}");
        }
    }

    #[test]
    fn links_of_a_wiki_are_left_alone() {
        let words = told(Kind::Markdown, "see [[Our users]] and ![[users.png]] there, [ours](/users)");
        assert_eq!(words, ["see ", " and !", " there, ", "ours"]);
    }

    #[test]
    fn a_mark_without_an_end_hides_nothing() {
        assert_eq!(told(Kind::Markdown, "a {{ b"), ["a {{ b"]);
        let far = format!("a {{{{ {} }}}}", "b ".repeat(1_000));
        assert!(of(&far).is_empty());
        let many = "{{ [[ {% ".repeat(100_000);
        assert!(of(&many).is_empty());
    }
}
