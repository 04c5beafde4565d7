//! Text with the marks of reStructuredText, AsciiDoc or Org. Its plain paragraphs are told as those of plain text are;
//! blocks of code, orders to programs and literals are not. What else such marks mean is not known here, so that
//! nothing in such a text is put right.

use super::{Reads, Span, lines, plain};

/// Paragraphs between marks.
pub struct Markup;

/// What one line of four or more of these opens, another such line closes: code, literals, comments, quotations.
const FENCES: &str = "-.+/_`";

/// Of so many marks such a line is made.
const FENCE: usize = 4;

impl Reads for Markup {
    fn spans(&self, text: &str) -> Vec<Span> {
        plain::paragraphs(&without_orders(text))
    }
}

/// Within this nothing is told.
enum Block<'a> {
    /// Until this line comes again.
    Fence(&'a str),
    /// Until an order ends it.
    Order,
}

// As long as before, so that places stay where they are.
fn without_orders(text: &str) -> String {
    let mut told = String::with_capacity(text.len());
    let mut block: Option<Block<'_>> = None;
    let mut is_free = true;
    for (at, line) in lines(text) {
        told.push_str(&text[told.len()..at]);
        let bare = line.trim_end();
        let is_end = match &block {
            Some(Block::Fence(fence)) => bare == *fence,
            Some(Block::Order) => order(bare).is_some_and(|it| it.starts_with("END")),
            None => false,
        };
        let is_silent = block.is_some() || is_order(bare) || (is_free && is_fence(bare));
        if is_end {
            block = None;
        } else if block.is_none() && is_free && is_fence(bare) {
            block = Some(Block::Fence(bare));
        } else if block.is_none() && order(bare).is_some_and(|it| it.starts_with("BEGIN")) {
            block = Some(Block::Order);
        }
        // Under a title a line is drawn; a fence stands after a blank line, or after what names it.
        is_free = bare.is_empty() || is_order(bare) || bare.starts_with('.');
        told.push_str(&if is_silent { " ".repeat(line.len()) } else { line.to_owned() });
    }
    told.push_str(&text[told.len()..]);
    told
}

fn is_fence(line: &str) -> bool {
    let mark = line.chars().next().filter(|it| FENCES.contains(*it));
    line.len() >= FENCE && mark.is_some_and(|mark| line.chars().all(|it| it == mark))
}

// What follows `#+` in Org, in capitals.
fn order(line: &str) -> Option<String> {
    line.trim_start().strip_prefix("#+").map(str::to_uppercase)
}

fn is_order(line: &str) -> bool {
    let is_named = line.starts_with('[') && line.ends_with(']');
    let is_macro = line.split_once("::").is_some_and(|(name, rest)| {
        !name.is_empty() && name.chars().all(char::is_alphanumeric) && rest.ends_with(']')
    });
    is_named || is_macro || order(line).is_some() || line.starts_with([':', '|']) || line.starts_with("//")
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, told};
    use crate::{Auditor, Language};

    const RST: &str = "Title\n=====\n\nRun::\n\n  users\n\n.. code-block:: sh\n   :users: users\n\n   users\n\n.. image:: users.png\n\n\
                       We ask ``users`` of it.\n\n:users: users\n";
    const ADOC: &str = "= Title\n:users: users\n\n[source,ruby]\n----\nusers\n\nusers\n----\n\n....\nusers\n....\n\ninclude::users[]\n\
                        Ask them.\n";
    const ORG: &str = "#+TITLE: users\nHear them.\n\n#+begin_src sh\nusers\n\nusers\n#+end_src\n: users\n\n| users |\n\nBye.\n";

    #[test]
    fn code_and_orders_are_left_alone() {
        assert_eq!(told(Kind::Markup, RST), ["Title", "Run::", "We ask ", "`` of it."]);
        assert_eq!(told(Kind::Markup, ADOC), ["= Title", "Ask them."]);
        assert_eq!(told(Kind::Markup, ORG), ["Hear them.", "Bye."]);
    }

    #[test]
    fn nothing_is_put_right() {
        let text = "We utilize it.\n";
        for name in ["a.rst", "a.adoc", "a.org"] {
            let audit = Auditor::shipped().in_language(text, Kind::of(name).unwrap(), Language::En);
            assert_eq!((audit.findings.len(), crate::fixed(text, &audit.findings).as_str()), (1, text));
        }
    }
}
