//! What was found, as it is told: to people, to programs, and to those that show advice beside changes.

mod json;
mod people;
mod sarif;

use std::io::{self, Write};

pub use json::Json;
pub use people::People;
pub use sarif::Sarif;

use crate::{look::Told, summary::Summary};

/// Tells what was found, text by text, so that memory stays small.
pub trait Report {
    /// What was found in a text.
    fn text(&mut self, told: &Told) -> io::Result<()>;

    /// What it comes to.
    fn end(&mut self, summary: &Summary) -> io::Result<()>;
}

/// Only what it comes to.
pub struct Short<T>(pub T);

impl<T: Report> Report for Short<T> {
    fn text(&mut self, _told: &Told) -> io::Result<()> {
        Ok(())
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        self.0.end(summary)
    }
}

/// What repairs would change, and nothing else.
pub struct Patches<W>(pub W);

impl<W: Write> Report for Patches<W> {
    fn text(&mut self, told: &Told) -> io::Result<()> {
        told.instead.iter().try_for_each(|it| self.0.write_all(it.as_bytes()))
    }

    fn end(&mut self, _summary: &Summary) -> io::Result<()> {
        self.0.flush()
    }
}

/// A text as it can be shown: it may hold orders to the terminal, which are told, not obeyed.
pub fn visible(text: &str) -> String {
    let shown = |it: char| if it.is_control() { char::REPLACEMENT_CHARACTER } else { it };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_to_the_terminal_are_not_obeyed() {
        assert_eq!(visible("a\u{1b}[31mb"), "a\u{fffd}[31mb");
    }
}
