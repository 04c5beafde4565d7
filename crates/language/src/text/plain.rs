//! Plain text: paragraphs with blank lines between. Indented lines after a blank one, and lines behind `>`, are not ours.

use super::{Reads, Role, Span, lines};

/// Paragraphs.
pub struct Plain;

/// Code is set in by so much.
const INDENT: &[&str] = &["    ", "\t"];

impl Reads for Plain {
    fn spans(&self, text: &str) -> Vec<Span> {
        paragraphs(text, 0)
    }
}

/// The paragraphs of a text that begins at `base`.
pub(super) fn paragraphs(text: &str, base: usize) -> Vec<Span> {
    let mut all: Vec<Span> = Vec::new();
    let mut open: Option<Span> = None;
    for (at, line) in lines(text) {
        let (start, end) = (base + at, base + at + line.len());
        let Some(role) = role(line, open.is_some()) else {
            all.extend(open.take());
            continue;
        };
        match &mut open {
            Some(span) if span.role == role => (span.range.end, span.block.end) = (end, end),
            _ => {
                all.extend(open.take());
                open = Some(Span { range: start..end, role, block: start..end });
            }
        }
    }
    all.extend(open);
    all
}

fn role(line: &str, inside: bool) -> Option<Role> {
    let is_code = !inside && INDENT.iter().any(|it| line.starts_with(it));
    match line {
        _ if line.trim().is_empty() || is_code => None,
        _ if line.starts_with('>') => Some(Role::Quoted),
        _ => Some(Role::Prose),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, told};

    #[test]
    fn paragraphs_are_told_and_what_others_said_is_not() {
        let text = "Dear Ada,\nhow are you?\n\n> our users\n\n    $ run\n\nYours\r\n";
        assert_eq!(told(Kind::Plain, text), ["Dear Ada,\nhow are you?", "Yours"]);
    }
}
