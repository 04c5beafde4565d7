//! Templates: HTML with the marks of a template language (`{{ }}`, `{% %}`, `<% %>`, `${ }`), which are left alone.

use std::ops::Range;

use super::{Reads, Span, html};

/// HTML with marks of a template language.
pub struct Template;

/// How such marks open and close.
const MARKS: &[(&str, &str)] = &[("{{", "}}"), ("{%", "%}"), ("<%", "%>"), ("${", "}"), ("{#", "#}")];

impl Reads for Template {
    fn spans(&self, text: &str) -> Vec<Span> {
        let marks = marks(text);
        let blank = without(text, &marks);
        html::within(&blank, 0).into_iter().flat_map(|span| outside(&span, &marks)).collect()
    }
}

fn marks(text: &str) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let mut here = 0;
    while let Some((start, close)) = next_mark(text, here) {
        let end = text[start..].find(close).map_or(text.len(), |n| start + n + close.len());
        all.push(start..end);
        here = end;
    }
    all
}

fn next_mark(text: &str, from: usize) -> Option<(usize, &'static str)> {
    let rest = &text.as_bytes()[from..];
    let opens = |at: usize| MARKS.iter().find(|(open, _)| rest[at..].starts_with(open.as_bytes()));
    memchr::memchr3_iter(b'{', b'<', b'$', rest).find_map(|at| Some((from + at, opens(at)?.1)))
}

// As long as before, so that places stay where they are.
fn without(text: &str, marks: &[Range<usize>]) -> String {
    let mut blank = String::with_capacity(text.len());
    let mut here = 0;
    for mark in marks {
        blank.push_str(&text[here..mark.start]);
        blank.extend(text[mark.clone()].bytes().map(|it| if it == b'\n' { '\n' } else { ' ' }));
        here = mark.end;
    }
    blank.push_str(&text[here..]);
    blank
}

fn outside(span: &Span, marks: &[Range<usize>]) -> Vec<Span> {
    let mut all = Vec::new();
    let mut here = span.range.start;
    let first = marks.partition_point(|it| it.start < span.range.start);
    let inside = marks[first..].iter().take_while(|it| it.end <= span.range.end);
    for mark in inside {
        all.push(here..mark.start);
        here = mark.end;
    }
    all.push(here..span.range.end);
    all.retain(|it| !it.is_empty());
    all.into_iter().map(|range| Span { range, ..span.clone() }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, told};

    #[test]
    fn marks_of_the_template_are_left_alone() {
        let text = "<p>Hello {{ user.name }}, our {% if users %}users{% endif %} wait.</p><a title=\"{{ users }}\">x</a>";
        let words: Vec<&str> =
            told(Kind::Template, text).into_iter().map(str::trim).filter(|it| !it.is_empty()).collect();
        assert_eq!(words, ["Hello", ", our", "users", "wait.", "x"]);
    }
}
