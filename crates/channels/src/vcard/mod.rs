//! Address books: vCard 2.1, 3 and 4, as phones and mail programs write them, and a writer of vCard 4.
//!
//! Read here and not by a library, because the old dialects decide charset and encoding property by property,
//! groups (`item1.EMAIL` with `item1.X-ABLabel`) carry meaning, and nothing that is unknown may be dropped.

mod contact;
mod property;
mod write;

use std::io;

use crate::{
    Context, Heard, Input, Place, Source,
    seen::Seen,
    text::{Charset, Line, Lines},
};

pub use write::write;

/// Bytes a card may have: a large photo fits.
pub const CARD_LIMIT: usize = 16 * 1024 * 1024;

/// The cards of a file.
pub struct Cards<R> {
    lines: Lines<R>,
    context: Context,
    size: u64,
    seen: Seen,
    held: Option<(Line, Vec<u8>)>,
    offset: u64,
}

/// A card's lines, unfolded only when they are read.
struct Card {
    place: Place,
    lines: Vec<Vec<u8>>,
    bytes: usize,
    fault: Option<&'static str>,
}

impl Card {
    fn raw(&self) -> Vec<u8> {
        self.lines.join(&b'\n')
    }
}

impl<R: Input> Cards<R> {
    /// Reads cards from the byte `resume_at` on (0 for all of them).
    pub fn open(mut input: R, context: Context, resume_at: u64) -> io::Result<Self> {
        let size = crate::size_of(&mut input)?;
        let lines = Lines::of_text(input, None, CARD_LIMIT)?;
        let offset = lines.offset();
        let mut cards = Self { lines, context, size, seen: Seen::default(), held: None, offset };
        // Cards without a UID are told apart by their count from the start.
        while cards.offset < resume_at && cards.next()?.is_some() {}
        Ok(cards)
    }

    fn line(&mut self) -> io::Result<Option<(Line, Vec<u8>)>> {
        if let Some(held) = self.held.take() {
            return Ok(Some(held));
        }
        let mut bytes = Vec::new();
        let Some(line) = self.lines.next(&mut bytes)? else { return Ok(None) };
        bytes.retain(|byte| *byte != 0 || self.lines.charset() != Charset::UTF_8);
        // Wide text becomes UTF-8 at once; what else is in the bytes only the property's charset tells.
        if self.lines.charset() != Charset::UTF_8 {
            bytes = self.lines.charset().decode(&bytes).0.into_bytes();
        }
        Ok(Some((line, bytes)))
    }

    /// Collects a card, or the lines that stand outside of any.
    fn card(&mut self) -> io::Result<Option<Card>> {
        let Some((first, bytes)) = self.first_line()? else { return Ok(None) };
        let place = Place { line: first.number, offset: first.start };
        let mut card = Card { place, bytes: bytes.len(), lines: vec![bytes], fault: None };
        self.offset = self.lines.offset();
        if !is(card.lines[0].trim_ascii_start(), b"BEGIN:VCARD") {
            card.fault = Some("the line stands outside of any card");
            return Ok(Some(card));
        }
        let mut depth = 1;
        while depth > 0 {
            let Some((line, bytes)) = self.line()? else {
                card.fault = Some("the card has no END:VCARD");
                break;
            };
            depth += i32::from(is(&bytes, b"BEGIN:VCARD")) - i32::from(is(&bytes, b"END:VCARD"));
            if depth > 1
                && !card.lines.last().is_some_and(|last| starts(last, b"AGENT"))
                && is(&bytes, b"BEGIN:VCARD")
            {
                card.fault = Some("the card has no END:VCARD before the next begins");
                self.held = Some((line, bytes));
                break;
            }
            self.offset = self.lines.offset();
            card.bytes += bytes.len();
            match card.bytes > CARD_LIMIT || line.overlong {
                true => card.fault = Some("the card is larger than 16 MB"),
                false => card.lines.push(bytes),
            }
        }
        Ok(Some(card))
    }

    fn first_line(&mut self) -> io::Result<Option<(Line, Vec<u8>)>> {
        loop {
            match self.line()? {
                Some((_, bytes)) if bytes.trim_ascii().is_empty() => self.offset = self.lines.offset(),
                other => return Ok(other),
            }
        }
    }
}

/// Whether a line is this one; a line that begins with a blank goes on with the one before.
fn is(line: &[u8], wanted: &[u8]) -> bool {
    line.trim_ascii_end().eq_ignore_ascii_case(wanted)
}

fn starts(line: &[u8], wanted: &[u8]) -> bool {
    line.get(..wanted.len()).is_some_and(|start| start.eq_ignore_ascii_case(wanted))
}

impl<R: Input> Source for Cards<R> {
    fn next(&mut self) -> io::Result<Option<Heard>> {
        let Some(card) = self.card()? else { return Ok(None) };
        if let Some(fault) = card.fault {
            return Ok(Some(Heard::refused(card.place, &card.raw(), fault)));
        }
        let properties = property::read(&card.lines);
        Ok(Some(match contact::read(properties, &self.context, &mut self.seen) {
            Ok(contact) => Heard::Told {
                place: card.place,
                fragments: vec![contact.fragment],
                files: contact.files,
                warnings: contact.warnings,
            },
            Err(reason) => Heard::refused(card.place, &card.raw(), reason),
        }))
    }

    fn offset(&self) -> u64 {
        self.offset
    }

    fn size(&self) -> Option<u64> {
        Some(self.size)
    }
}

#[cfg(test)]
mod tests;
