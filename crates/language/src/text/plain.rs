//! Plain text: paragraphs with blank lines between. What is set in after a blank line, commands, examples of a dialogue
//! with a program, tables, and lines behind `>` are not ours.

use super::{Reads, Role, Span, lines};

/// Paragraphs.
pub struct Plain;

/// What is set in less than this may be a list.
const LIST: usize = 4;

/// What prompts for a command; the last ones only where they are set in.
const PROMPTS: &[&str] = &["$ ", "# ", "% "];

/// What begins an item of a list.
const BULLETS: &[&str] = &["- ", "* ", "+ ", "\u{2022} ", "\u{b7} "];

/// Of such marks a line is drawn beneath a heading.
const RULERS: &str = "=-~^\"#*+`.'";

/// So many of them, at least.
const DRAWN: usize = 3;

impl Reads for Plain {
    fn spans(&self, text: &str) -> Vec<Span> {
        paragraphs(text)
    }
}

/// The paragraphs of a text.
pub(super) fn paragraphs(text: &str) -> Vec<Span> {
    let mut reading = Reading::default();
    for (at, line) in lines(text) {
        reading.take(at, line);
    }
    reading.close();
    reading.all.into_iter().flat_map(|it| without_literals(text, it)).collect()
}

#[derive(Default)]
struct Reading<'a> {
    all: Vec<Span>,
    open: Option<Span>,
    // The line before, with the place where it begins.
    last: (usize, &'a str),
    // Whether a dialogue with a program goes on.
    dialogue: bool,
}

impl<'a> Reading<'a> {
    fn take(&mut self, at: usize, line: &'a str) {
        let end = at + line.len();
        match self.role(line) {
            None if is_ruler(line) => self.head(),
            None => self.close(),
            Some(role) => match &mut self.open {
                Some(span) if span.role == role => (span.range.end, span.block.end) = (end, end),
                _ => {
                    self.close();
                    self.open = Some(Span { range: at..end, role, block: at..end });
                }
            },
        }
        self.last = (at, line);
    }

    fn role(&mut self, line: &str) -> Option<Role> {
        let bare = line.trim_start();
        self.dialogue = !bare.is_empty() && (self.dialogue || bare.starts_with(">>>"));
        match line {
            _ if self.dialogue || bare.is_empty() || is_ruler(line) => None,
            _ if line.starts_with('>') => Some(Role::Quoted),
            _ if is_command(line) || is_drawn(bare) || self.is_set_in(line) => None,
            _ => Some(Role::Prose),
        }
    }

    fn is_set_in(&self, line: &str) -> bool {
        let indent = line.len() - line.trim_start_matches(' ').len();
        let is_set_in = indent > 1 || line.starts_with('\t');
        let is_list = indent < LIST && is_item(&line[indent..]);
        let is_free = self.open.is_none() || self.last.1.trim_end().ends_with(':');
        is_set_in && is_free && !is_list
    }

    // The line before is a heading, since this one is drawn beneath it.
    fn head(&mut self) {
        let Some(mut span) = self.open.take_if(|it| it.role == Role::Prose) else { return self.close() };
        let (start, end) = (self.last.0, span.range.end);
        if span.range.start < start {
            (span.range.end, span.block.end) = (start, start);
            self.all.push(span);
        }
        self.all.push(Span { range: start..end, role: Role::Heading, block: start..end });
    }

    fn close(&mut self) {
        self.all.extend(self.open.take());
    }
}

fn is_ruler(line: &str) -> bool {
    let line = line.trim_end();
    let mark = line.chars().next().filter(|it| RULERS.contains(*it));
    line.len() >= DRAWN && mark.is_some_and(|mark| line.chars().all(|it| it == mark))
}

fn is_command(line: &str) -> bool {
    let bare = line.trim_start();
    let is_free = bare.len() < line.len();
    let first = if is_free { PROMPTS } else { &PROMPTS[..1] };
    // So do orders to the programs that set a text.
    first.iter().any(|it| bare.starts_with(it)) || line.starts_with(".. ")
}

// A line of a table.
fn is_drawn(bare: &str) -> bool {
    bare.starts_with('|') || bare.starts_with("+-") || bare.starts_with("+=")
}

fn is_item(bare: &str) -> bool {
    let number = bare.trim_start_matches(|it: char| it.is_ascii_digit());
    let is_numbered = number.len() < bare.len() && (number.starts_with(". ") || number.starts_with(") "));
    is_numbered || BULLETS.iter().any(|it| bare.starts_with(it))
}

// What stands between two backticks on either side is code.
fn without_literals(text: &str, span: Span) -> Vec<Span> {
    let mut all = Vec::new();
    let mut here = span.range.start;
    let mut marks = text[span.range.clone()].match_indices("``").map(|it| span.range.start + it.0);
    while let (Some(start), Some(end)) = (marks.next(), marks.next()) {
        all.push(here..start);
        here = end;
    }
    all.push(here..span.range.end);
    all.retain(|it| !it.is_empty());
    all.into_iter().map(|range| Span { range, ..span.clone() }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, told};

    #[test]
    fn paragraphs_are_told_and_what_others_said_is_not() {
        let text = "Dear Ada,\nhow are you?\n\n> our users\n\n    $ run\n\nYours\r\n";
        assert_eq!(told(Kind::Plain, text), ["Dear Ada,\nhow are you?", "Yours"]);
    }

    #[test]
    fn commands_examples_and_tables_are_left_alone() {
        let text = "Run it:\n  make users\n\n  $ make users\nand\n$ users\nor\n  # users\n\n  set in\n  twice\n\n\
                    >>> ask()\nusers\n\n| users |\n+-------+\n.. image:: users\n\nso ``users`` wait\n";
        assert_eq!(told(Kind::Plain, text), ["Run it:", "and", "or", "so ", "`` wait"]);
    }

    #[test]
    fn a_list_is_told_and_so_is_a_heading() {
        let text = "> quoted\n---\nOur title\n=========\n\n  - one thing\n    and more\n  2. another\n\nA line\nA title\n-------\n";
        let want = ["Our title", "  - one thing\n    and more\n  2. another", "A line\n", "A title"];
        assert_eq!(told(Kind::Plain, text), want);
        let roles: Vec<_> = Kind::Plain.spans(text).into_iter().map(|it| it.role).collect();
        use crate::text::Role::{Heading, Prose, Quoted};
        assert_eq!(roles, [Quoted, Heading, Prose, Prose, Heading]);
    }
}
